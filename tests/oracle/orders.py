"""Orders: placed or not, at least so large, at most so many, each with its fee."""

from __future__ import annotations

from typing import Any

import pulp

from tests.oracle.facts import BURST, Facts, blank
from tests.oracle.lots import Lot
from tests.oracle.policy import kept_chips, new
from tests.oracle.program import Program


def place_orders(facts: Facts, program: Program, lots: list[Lot]) -> None:
    for name, offer in facts.offers.items():
        if offer["kind"] not in BURST:
            place(facts, program, lots, name, offer)


def place(
    facts: Facts, program: Program, lots: list[Lot], name: str, offer: dict[str, Any]
) -> None:
    """The orders of one offer."""
    fee = 0.0 if blank(offer["usd_per_order"]) else offer["usd_per_order"]
    whole = facts.settings.whole
    least = 0.0 if blank(offer["min_order"]) or not whole else offer["min_order"]
    most = None if blank(offer["max_orders"]) or not whole else offer["max_orders"]
    if not fee and not least and most is None:
        return
    placed: dict[int, Any] = {}
    fixed: set[int] = set()
    for t in facts.periods:
        mine = [lot for lot in lots if new(lot) and (lot.name, lot.o) == (name, t)]
        chips = [lot.order for lot in mine]
        if offer["kind"] == "relocate":
            chips = program.moves.get((name, t), [])
        if not chips:
            continue
        kept = [kept_chips(facts, lot) for lot in mine]
        if any(amount for amount in kept):
            fixed.add(t)
        largest = None if blank(offer["max_per_period"]) else offer["max_per_period"]
        if t in fixed:
            placed[t] = program.variable("placed", 1.0, 1.0)
        elif kept and all(amount == 0.0 for amount in kept):
            continue
        elif whole:
            placed[t] = program.count(("placed", name, t))
        else:
            placed[t] = program.variable("placed", 0.0, 1.0)
        if t not in fixed and (whole or largest is not None):
            program.only_if(pulp.lpSum(chips), placed[t], largest)
        if t not in fixed and least:
            program.require(pulp.lpSum(chips) >= least * placed[t])
        category = "capex" if offer["kind"] == "purchase" else "opex"
        program.pay("ordering", category, t, facts.start(t), fee, placed[t], offer["chip"])
    if most is None:
        return
    first = facts.calendar.fiscal_year(0)
    years = {facts.calendar.fiscal_year(t) for t in placed}
    for year in years if offer["max_orders_per"] == "fiscal_year" else [None]:
        inside = [t for t in placed if year in (None, facts.calendar.fiscal_year(t))]
        before = offer["orders_before"] if year in (None, first) else 0
        room = max(most - before, sum(t in fixed for t in inside))
        if inside:
            program.require(pulp.lpSum(placed[t] for t in inside) <= room)
