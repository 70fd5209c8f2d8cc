"""Price steps: which chips cost more or less than the offer's own price."""

from __future__ import annotations

from typing import Any

import pulp

from tests.oracle.facts import Facts, blank
from tests.oracle.lots import Lot, lot_residual
from tests.oracle.policy import new
from tests.oracle.program import Program

Row = dict[str, Any]


def price_steps(facts: Facts, program: Program, lots: list[Lot]) -> None:
    owners: dict[tuple[str, str], list[Row]] = {}
    for row in facts.rows["offer_steps"]:
        owners.setdefault((row["offer"], row["supply_group"]), []).append(row)
    for (offer, group), rows in owners.items():
        mine = [
            lot
            for lot in lots
            if new(lot)
            and (lot.name == offer or (group and facts.offers[lot.name]["supply_group"] == group))
        ]
        steps = sorted(rows, key=lambda row: float(row["from_chips"]))
        before = sum(
            row["chips_before"]
            for name, row in facts.offers.items()
            if name == offer or (group and row["supply_group"] == group)
        )
        windows: dict[Any, list[Lot]] = {}
        for lot in mine:
            windows.setdefault(window(facts, steps[0]["counts"], lot.o), []).append(lot)
        for key, together in windows.items():
            begun = key in ("plan", f"FY{facts.calendar.fiscal_year(0)}")
            price(facts, program, (offer or group, key), steps, together, before if begun else 0.0)


def window(facts: Facts, counts: str, o: int) -> Any:
    """What is counted together with an order period."""
    if counts == "order":
        return o
    return "plan" if counts == "plan" else f"FY{facts.calendar.fiscal_year(o)}"


def price(
    facts: Facts,
    program: Program,
    name: tuple[str, Any],
    steps: list[Row],
    lots: list[Lot],
    before: float,
) -> None:
    """Price the chips of one window."""
    edges = [0.0, *(float(row["from_chips"]) for row in steps)]
    left = [max(edge - before, 0.0) for edge in edges]
    at: list[dict[int, Any]] = [{} for _ in edges]
    for i, lot in enumerate(lots):
        for s, row in enumerate(steps, 1):
            at[s][i] = program.variable("at_step")
            pay(facts, program, lot, row["usd_per_chip"] - (lot.price or 0.0), at[s][i])
        at[0][i] = lot.order - pulp.lpSum(at[s][i] for s in range(1, len(edges)))
        program.require(at[0][i] >= 0)
    if steps[0]["on"] == "all":
        for_all(facts, program, name, lots, left, at)
    else:
        for_above(facts, program, name, lots, left, at)


def most(facts: Facts, lots: list[Lot], t: int) -> float | None:
    """The most that may be ordered in a window through a period."""
    total = 0.0
    for offer, o in {(lot.name, lot.o) for lot in lots}:
        limit = facts.offers[offer]["max_per_period"]
        if o <= t and blank(limit):
            return None
        total += limit if o <= t else 0.0
    return total


def choice(facts: Facts, program: Program, key: tuple[Any, ...], up: float = 1.0) -> Any:
    """0 or 1, or a share where everything is divisible."""
    return program.count(key, up) if facts.settings.whole else program.variable(key[0], 0.0, up)


def open_step(facts: Facts, program: Program, amount: Any, switch: Any, room: float | None) -> None:
    if room is not None or facts.settings.whole:
        program.only_if(amount, switch, room)


def for_all(
    facts: Facts, program: Program, name: Any, lots: list[Lot], left: list[float], at: list[Any]
) -> None:
    """One step for all chips."""
    chosen = []
    for s in range(len(left)):
        end = left[s + 1] if s + 1 < len(left) else None
        shut = end is not None and end <= 0
        chosen.append(choice(facts, program, ("step_on", *name, s), 0.0 if shut else 1.0))
        total = pulp.lpSum(at[s].values())
        limits = [room for room in (end, most(facts, lots, facts.T)) if room is not None]
        open_step(facts, program, total, chosen[s], min(limits) if limits else None)
        if s:
            program.require(total >= left[s] * chosen[s])
    program.require(pulp.lpSum(chosen) == 1)


def for_above(
    facts: Facts, program: Program, name: Any, lots: list[Lot], left: list[float], at: list[Any]
) -> None:
    """Step after step, in the order of time."""
    last = len(left) - 1
    for t in sorted({lot.o for lot in lots}):
        filled = [
            pulp.lpSum(at[s][i] for i, lot in enumerate(lots) if lot.o <= t)
            for s in range(last + 1)
        ]
        full = None
        for s in range(last + 1):
            width = left[s + 1] - left[s] if s < last else None
            if width is not None:
                program.require(filled[s] <= width)
            if s:
                limits = [room for room in (width, most(facts, lots, t)) if room is not None]
                open_step(facts, program, filled[s], full, min(limits) if limits else None)
            if width is not None:
                full = choice(facts, program, ("full", *name, t, s))
                program.require(filled[s] >= width * full)


def pay(facts: Facts, program: Program, lot: Lot, more: float, chips: Any) -> None:
    """What chips cost beyond the offer's own price, and what is left of it."""
    bought = lot.kind == "purchase"
    term, category = ("chips", "capex") if bought else ("prepaid", "opex")
    for t, share in ((lot.o, lot.deposit), (lot.a, 1 - lot.deposit)):
        usd = share * more
        program.pay(term, category, t, facts.start(t), usd, chips, lot.chip, lot.site)
    if lot.e > facts.T:
        alive = lot.survival(facts, facts.T - lot.a)
        usd = -lot_residual(facts, lot, more) * alive
        program.pay("residual", "none", facts.T - 1, 1.0, usd, chips, lot.chip, lot.site)
