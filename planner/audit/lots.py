"""Lots: everything that holds chips, put together again from the written decisions and the
inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.actions import check_status
from planner.audit.facts import Bools, Facts, Floats, Ints, column, whole
from planner.audit.given_lots import committed_lots, fleet_lots
from planner.audit.moved_lots import moved_lots
from planner.audit.new_lots import new_lots
from planner.audit.origins import COMMITTED, FLEET, MOVED, NEW
from planner.audit.tolerance import RELATIVE
from planner.audit.verdict import Check, require

__all__ = ["COMMITTED", "FLEET", "MOVED", "NEW", "Lots", "assemble"]


@dataclass(frozen=True, slots=True)
class Lots:
    """Lots as arrays of equal length; ``alive``, ``left`` and ``held`` by lot and period.

    Periods are relative to the plan.  ``alive`` is the share of the chips counted at ``counted``
    (order, plan start or move) still alive, (L, T+1); ``left`` the chips retired or moved away at
    the start of a period, (L, T); ``retired`` those retired, (L, T); ``held`` what is then there,
    (L, T); ``at_end`` what is left at the end of life, or of the plan.
    """

    line: NDArray[np.object_]
    origin: Ints
    chip: Ints
    site: Ints
    ordered: Ints
    """Order period; NO_PERIOD for fleet and orders in flight."""
    born: Ints
    """In service since (age 0)."""
    first: Ints
    """First period in which it serves at its site, at least 0."""
    leaves: Ints
    chips: Floats
    attrition: Floats
    owned: Bools
    price: Floats
    deposit: Floats
    paid: Ints
    """Period in which the deposit was paid; before the plan for fleet and orders in flight."""
    hourly: Floats
    may_retire: Bools
    purchase: Bools
    row: Ints
    """Row in fleet.csv, orders.csv or offers.csv."""
    alive: Floats
    left: Floats
    retired: Floats
    held: Floats
    at_end: Floats

    def __len__(self) -> int:
        return len(self.line)


def assemble(facts: Facts, buy: pd.DataFrame) -> tuple[Lots, list[Check]]:
    """Return every lot with what is held of it in each period, from buy_plan.csv and the inputs.

    Args:
        facts: the inputs.
        buy: buy_plan.csv.

    Returns:
        The lots, and the checks of the lines that make them: existing and committed chips, windows,
        lead times, terms, rules, cancellations, relocations, retirements.
    """
    T = facts.T
    fleet, checks = fleet_lots(facts, buy)
    orders, more = committed_lots(facts, buy)
    new, newer = new_lots(facts, buy)
    moved, newest = moved_lots(facts, buy, fleet)
    checks += [*more, *newer, *newest, check_status(buy)]
    lots = pd.concat([fleet, orders, new, moved.drop(columns="source")], ignore_index=True)
    take = {name: lots[name].to_numpy() for name in lots.columns}
    integers = {
        name: take[name].astype(np.int64)
        for name in (
            "origin",
            "chip",
            "site",
            "ordered",
            "born",
            "first",
            "leaves",
            "row",
            "counted",
            "paid",
        )
    }
    booleans = {name: take[name].astype(bool) for name in ("owned", "may_retire", "purchase")}
    floats = {
        name: take[name].astype(np.float64)
        for name in ("chips", "attrition", "price", "deposit", "hourly")
    }
    L, times = len(lots), np.arange(T + 1)
    chip, attrition = np.repeat(integers["chip"], T + 1), np.repeat(floats["attrition"], T + 1)
    now = facts.survival(
        chip, attrition, (times[None, :] - integers["born"][:, None]).ravel()
    ).reshape(L, T + 1)
    base = facts.survival(
        integers["chip"], floats["attrition"], integers["counted"] - integers["born"]
    )
    alive = np.divide(now, base[:, None], out=np.zeros_like(now), where=base[:, None] > 0)

    first, last = np.maximum(integers["first"], 0), np.minimum(integers["leaves"], T)
    serving = (times[None, :T] >= first[:, None]) & (times[None, :T] < last[:, None])
    service = _Service(take["line"], integers["origin"], first, last, booleans["may_retire"])
    retired, check = _retired(facts, buy, service)
    checks += check
    left = retired.copy()
    source = moved["source"].to_numpy(dtype=np.int64)
    at = np.clip(moved["ordered"].to_numpy(dtype=np.int64), 0, T - 1)
    np.add.at(left, (source, at), moved["chips"].to_numpy(dtype=np.float64))
    share = np.divide(left, alive[:, :T], out=np.zeros_like(left), where=alive[:, :T] > 0)
    remain = floats["chips"][:, None] - np.cumsum(share, axis=1)
    held = np.where(serving, alive[:, :T] * remain, 0.0)
    at_end = alive[np.arange(L), np.maximum(last, 0)] * remain[:, T - 1]
    checks.append(_enough(facts, take["line"], np.where(serving, alive[:, :T] * remain, 0.0), left))
    return Lots(
        line=take["line"].astype(object),
        origin=integers["origin"],
        chip=integers["chip"],
        site=integers["site"],
        ordered=integers["ordered"],
        born=integers["born"],
        first=first,
        leaves=integers["leaves"],
        chips=floats["chips"],
        attrition=floats["attrition"],
        owned=booleans["owned"],
        price=floats["price"],
        deposit=floats["deposit"],
        paid=integers["paid"],
        hourly=floats["hourly"],
        may_retire=booleans["may_retire"],
        purchase=booleans["purchase"],
        row=integers["row"],
        alive=alive,
        left=left,
        retired=retired,
        held=held,
        at_end=at_end,
    ), checks


def _enough(facts: Facts, line: NDArray[np.object_], held: Floats, left: Floats) -> Check:
    """Return the check that no lot gives away more chips than it has."""
    size = np.maximum(held, left)
    lot, period = (
        np.nonzero(left > 0) if left.size else (np.empty(0, np.int64), np.empty(0, np.int64))
    )
    short = held[lot, period]
    tolerance = facts.few + RELATIVE * size[lot, period]
    return require(
        "holdings.left",
        short >= -tolerance,
        lambda i: (
            f"buy_plan.csv: {left[lot[i], period[i]]:.10g} chips leave line {line[lot[i]]} in "
            f"{facts.label(period[i])}, {short[i]:.10g} remain"
        ),
        "no more chips are retired or moved than are held",
    )


class _Service(NamedTuple):
    """Which lots serve when, (L,) each: from period ``first`` to before ``last``."""

    line: NDArray[np.object_]
    origin: Ints
    first: Ints
    last: Ints
    may_retire: Bools


def _retired(facts: Facts, buy: pd.DataFrame, service: _Service) -> tuple[Floats, list[Check]]:
    """Return chips retired by lot and period (L, T) from the lines retire/<line>@period, and the
    check that each may be."""
    line, origin, first, last, may = service
    lines = buy[buy["action"] == "retire"]
    of = (
        lines["line_id"].str.removeprefix("retire/").str.rpartition("@")[0].to_numpy(dtype=object)
        if len(lines)
        else np.empty(0, dtype=object)
    )
    rows = np.flatnonzero(
        ~pd.Index(line).duplicated()
    )  # chips moved several times share a line; their lot comes first
    lot = pd.Index(line[rows]).get_indexer(pd.Index(of))
    lot = np.where(lot >= 0, rows[np.maximum(lot, 0)] if len(rows) else -1, -1)
    period, chips = whole(lines, "order_period"), column(lines, "chips")
    safe = np.maximum(lot, 0)
    if not len(line):
        safe = np.zeros(0, np.int64)
        good = np.zeros(len(of), bool)
    else:
        # the fleet may leave at the very start, other lots from the period after they arrive
        start = np.where(origin == FLEET, first, first + 1)[safe]
        good = (lot >= 0) & may[safe] & (period >= start) & (period < last[safe]) & (chips >= 0)
    check = require(
        "buy_plan.retirement",
        good,
        lambda i: (
            f"buy_plan.csv, line {lines['line_id'].iloc[i]}: its lot may not be retired "
            + (
                "(unknown line)"
                if lot[i] < 0
                else "(retire_early or cancellable not set, or outside its service)"
            )
        ),
        "chips are retired only from lots that allow it, while in service",
    )
    table = np.zeros((len(line), facts.T))
    np.add.at(table, (safe[good] if len(line) else safe, period[good]), chips[good])
    return table, [check]
