"""Lots: everything that can hold chips, what is held of them, and what they cost."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import pulp

from tests.oracle.facts import BURST, CONTRACTS, Facts, between, blank
from tests.oracle.program import Program


@dataclass
class Lot:
    """One lot; ``order`` chips, of which ``held[t]`` are there in period t, and ``end`` after the
    last one."""

    kind: str
    chip: str
    site: str
    a: int
    e: int
    attrition: float
    order: Any
    name: str = ""
    o: int = -1
    price: float | None = None
    deposit: float = 0.0
    hourly: float = 0.0
    early: bool = False
    owned: bool = False
    paid: int = 0
    """Period in which ``share`` of the price was paid, the rest on arrival."""
    share: float = 0.0
    born: int | None = None
    """Of chips on their way from another site: when they first went into service."""
    racks: float = 1.0
    """Chips of a rack, counted as ``order`` is."""
    group: str = ""
    """Supply group of an order in flight."""
    held: dict[int, Any] = field(default_factory=dict)
    gone: dict[int, Any] = field(default_factory=dict)
    """What is retired or given up, by period."""
    moved: list[tuple[int, int, str, Any]] = field(default_factory=list)
    end: Any = 0
    """Chips alive at the start of period ``min(e, T)``, those moved included."""

    @property
    def since(self) -> int:
        """Period from which its chips' age counts."""
        return self.a if self.born is None else self.born

    def survival(self, facts: Facts, n: int) -> float:
        if blank(self.attrition):
            return between(facts.curves["survival"][self.chip], n / facts.ppy)
        return float((1 - self.attrition) ** (n / facts.ppy))

    def step(self, facts: Facts, t: int, since: int) -> float:
        """Share of the chips at ``since`` that is alive at ``t``."""
        before = self.survival(facts, since - self.since)
        return self.survival(facts, t - self.since) / before if before > 0 else 0.0


def make_lots(facts: Facts, program: Program) -> list[Lot]:
    lots = []
    for name, offer in facts.offers.items():
        if offer["kind"] in BURST or offer["kind"] == "relocate":
            continue
        for site in offer["site"]:
            for o in range(int(offer["first_order"]), int(offer["last_order"]) + 1):
                a = o + int(offer["lead_periods"])
                if a >= facts.T or facts.forbidden(offer["chip"], site, o):
                    continue
                bought = offer["kind"] == "purchase"
                lots.append(
                    Lot(
                        offer["kind"],
                        offer["chip"],
                        site,
                        a,
                        a + int(offer["term_periods"]),
                        offer["annual_attrition"],
                        program.variable("order"),
                        name,
                        o,
                        facts.price(name, o, "usd_per_chip"),
                        offer["deposit_share"],
                        facts.price(name, o, "usd_per_chip_hour"),
                        early=bool(offer["retire_early"]) if bought else bool(offer["cancellable"]),
                        owned=bought,
                        paid=o,
                        share=offer["deposit_share"],
                        racks=offer["lot_size"],
                    )
                )
    for row in facts.rows["orders"]:
        low = row["chips"] if blank(row["cancel_fee_share"]) else 0.0
        order = program.variable("in_flight", low, row["chips"])
        a = int(row["arrives"])
        lots.append(
            Lot(
                "in_flight",
                row["chip"],
                row["site"],
                a,
                int(row["leaves_service"]),
                row["annual_attrition"],
                order,
                row["order"],
                price=None if blank(row["usd_per_chip"]) else row["usd_per_chip"],
                hourly=row["usd_per_chip_hour"],
                early=bool(row["retire_early"]),
                owned=row["kind"] == "purchase",
                paid=int(row["ordered"]),
                share=row["paid_share"],
                racks=row["lot_size"],
                born=int(row["in_service"]) if row["in_service"] != row["arrives"] else None,
                group=row["supply_group"],
            )
        )
    for row in facts.rows["fleet"]:
        order = program.variable("fleet", row["chips"], row["chips"])
        lots.append(
            Lot(
                "fleet",
                row["chip"],
                row["site"],
                int(row["in_service"]),
                int(row["leaves_service"]),
                row["annual_attrition"],
                order,
                price=None if blank(row["usd_per_chip"]) else row["usd_per_chip"],
                hourly=row["usd_per_chip_hour"],
                early=bool(row["retire_early"]),
                owned=row["kind"] == "purchase",
                paid=int(row["ordered"]),
                share=row["paid_share"],
                racks=row["lot_size"],
            )
        )
    return lots


def hold(facts: Facts, program: Program, lots: list[Lot]) -> None:
    """Moves, and what is held in every period."""
    for name, offer in facts.offers.items():
        if offer["kind"] != "relocate":
            continue
        for o in range(int(offer["first_order"]), int(offer["last_order"]) + 1):
            arrival = o + int(offer["lead_periods"])
            sums: list[Any] = []
            for lot in lots:
                if (
                    lot.kind != "fleet"
                    or lot.chip != offer["chip"]
                    or lot.site != offer["from_site"]
                ):
                    continue
                for site in offer["site"]:
                    if arrival < min(lot.e, facts.T) and not facts.forbidden(lot.chip, site, o):
                        move = program.variable("move")
                        lot.moved.append((o, arrival, site, move))
                        sums.append(move)
                        program.pay(
                            "relocation",
                            "opex",
                            o,
                            facts.start(o),
                            facts.price(name, o, "usd_per_chip"),
                            move,
                            lot.chip,
                            site,
                        )
            if arrival < facts.T:
                program.moves[name, o] = sums
                limit_orders(program, offer, sums)
    for lot in lots:
        hold_lot(facts, program, lot)


def limit_orders(program: Program, offer: dict[str, Any], columns: list[Any]) -> None:
    """Limits of an offer in one period; where nothing can be ordered (rules, lots that are gone)
    its minimum asks for nothing."""
    if columns:
        if offer["min_per_period"] > 0:
            program.require(pulp.lpSum(columns) >= offer["min_per_period"])
        if not blank(offer["max_per_period"]):
            program.require(pulp.lpSum(columns) <= offer["max_per_period"])


def hold_lot(facts: Facts, program: Program, lot: Lot) -> None:
    first, last = max(lot.a, 0), min(lot.e, facts.T)
    base = max(lot.since, 0)
    if last <= first or not (lot.early or lot.moved):
        for t in range(first, last):
            lot.held[t] = lot.step(facts, t, base) * lot.order
        lot.end = lot.step(facts, last, base) * lot.order
        return
    before = lot.order
    for t in range(first, last):
        leaving = pulp.lpSum(move for o, _, _, move in lot.moved if o == t)
        if t == first and lot.kind != "fleet":
            held = lot.step(facts, first, base) * lot.order
        else:
            held = program.variable("held")
            there = before if t == first else lot.step(facts, t, t - 1) * before
            if lot.early:
                gone = lot.gone[t] = program.variable("retired")
                program.require(held + leaving + gone == there)
                if lot.owned:
                    program.pay(
                        "decommissioning",
                        "opex",
                        t,
                        facts.start(t),
                        facts.chips[lot.chip]["decommission_usd_per_chip"],
                        gone,
                        lot.chip,
                        lot.site,
                    )
                    if lot.chip in facts.curves["resale"] and lot.price is not None:
                        share = between(
                            facts.curves["resale"][lot.chip], (t - lot.since) / facts.ppy
                        )
                        program.pay(
                            "resale",
                            "none",
                            t,
                            facts.start(t),
                            -share * lot.price,
                            gone,
                            lot.chip,
                            lot.site,
                        )
            else:
                program.require(held + leaving == there)
        lot.held[t] = held
        before = held
    stay = lot.step(facts, last, last - 1) * before
    lot.end = stay + pulp.lpSum(lot.step(facts, last, o) * move for o, _, _, move in lot.moved)


def held_at(facts: Facts, lots: list[Lot], chip: str, site: str, t: int) -> Any:
    """Chips held of a type at a site in a period, moved ones included."""
    terms = [lot.held[t] for lot in lots if lot.chip == chip and lot.site == site and t in lot.held]
    for lot in lots:
        if lot.chip == chip and t < min(lot.e, facts.T):
            terms += [
                lot.step(facts, t, o) * move
                for o, arrival, place, move in lot.moved
                if place == site and arrival <= t
            ]
    return pulp.lpSum(terms)


def pay_lots(facts: Facts, program: Program, lots: list[Lot]) -> None:
    for lot in lots:
        price = lot.price or 0.0
        if lot.kind == "in_flight":
            row = next(row for row in facts.rows["orders"] if row["order"] == lot.name)
            term, category = (
                ("chips", "capex") if row["kind"] == "purchase" else ("prepaid", "opex")
            )
            if lot.a < facts.T and lot.born is None:
                program.pay(
                    term,
                    category,
                    lot.a,
                    facts.start(lot.a),
                    (1 - row["paid_share"]) * price,
                    lot.order,
                    lot.chip,
                    lot.site,
                )
            if not blank(row["cancel_fee_share"]):
                cancelled = program.variable("cancelled")
                program.require(cancelled + lot.order == row["chips"])
                program.pay(
                    "cancellation",
                    category,
                    0,
                    1.0,
                    row["cancel_fee_share"] * price,
                    cancelled,
                    lot.chip,
                    lot.site,
                )
        elif lot.kind != "fleet":
            term, category = ("prepaid", "opex") if lot.kind in CONTRACTS else ("chips", "capex")
            program.pay(
                term,
                category,
                lot.o,
                facts.start(lot.o),
                lot.deposit * price,
                lot.order,
                lot.chip,
                lot.site,
            )
            program.pay(
                term,
                category,
                lot.a,
                facts.start(lot.a),
                (1 - lot.deposit) * price,
                lot.order,
                lot.chip,
                lot.site,
            )
        for t in range(lot.a if lot.born is not None else 0):  # left before the plan
            moving, usd = lot.step(facts, t, 0) * lot.order, lot.hourly * facts.hours[t]
            program.pay("contracts", "opex", t, facts.mid(t), usd, moving, lot.chip, lot.site)
        for o, arrival, site, move in lot.moved:
            for t in range(o, arrival):  # a contract runs on while its chips are on their way
                moving = lot.step(facts, t, o) * move
                usd = lot.hourly * facts.hours[t]
                program.pay("contracts", "opex", t, facts.mid(t), usd, moving, lot.chip, site)
        for t in range(max(lot.a, 0), min(lot.e, facts.T)):
            here = [(lot.site, lot.held[t])] + [
                (site, lot.step(facts, t, o) * move)
                for o, arrival, site, move in lot.moved
                if arrival <= t
            ]
            for site, held in here:
                program.pay(
                    "contracts",
                    "opex",
                    t,
                    facts.mid(t),
                    lot.hourly * facts.hours[t],
                    held,
                    lot.chip,
                    site,
                )
                if lot.owned:
                    program.pay(
                        "maintenance",
                        "opex",
                        t,
                        facts.mid(t),
                        facts.maintenance(lot.chip, (t - lot.since) / facts.ppy) / facts.ppy,
                        held,
                        lot.chip,
                        site,
                    )
        if lot.owned and 0 <= lot.e < facts.T:
            program.pay(
                "decommissioning",
                "opex",
                lot.e,
                facts.start(lot.e),
                facts.chips[lot.chip]["decommission_usd_per_chip"],
                lot.end,
                lot.chip,
                lot.site,
            )
        if lot.e > facts.T > lot.a and lot.price is not None:
            program.pay(
                "residual",
                "none",
                facts.T - 1,
                1.0,
                -lot_residual(facts, lot, lot.price),
                lot.end,
                lot.chip,
                lot.site,
            )


def lot_residual(facts: Facts, lot: Lot, price: float) -> float:
    if facts.settings.residual == "table":
        return (
            between(facts.curves["resale"][lot.chip], (facts.T - lot.since) / facts.ppy)
            * price
            * facts.start(facts.T)
            if lot.owned
            else 0.0
        )
    paid = lot.share * facts.start(lot.paid) + (1 - lot.share) * facts.start(lot.since)
    used, life = (facts.T - lot.since) / facts.ppy, (lot.e - lot.since) / facts.ppy
    chip = facts.chips[lot.chip]
    if lot.owned and not blank(chip["technical_life_years"]):
        periods = max(math.floor(chip["economic_life_years"] * facts.ppy + 0.5), 1)
        life = min(life, periods / facts.ppy)
        used = min(used, life)
    return residual(facts, price, price * paid, used, life)


def residual(facts: Facts, price: float, paid: float, years: float, lifetime: float) -> float:
    """Discounted value of what is left after some years of a lifetime, by the rule of the case (not
    ``table``)."""
    r = facts.r
    if facts.settings.residual == "annuity":
        charged = (
            years / lifetime if r == 0 else (1 - (1 + r) ** -years) / (1 - (1 + r) ** -lifetime)
        )
        return paid * (1 - charged)
    if facts.settings.residual == "straight_line":
        return price * (1 - years / lifetime) * facts.start(facts.T)
    return 0.0
