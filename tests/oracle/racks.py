"""Racks: what is ordered, what leaves and what is moved is whole racks as they were ordered."""

from __future__ import annotations

import math
from typing import Any

import pulp

from tests.oracle.facts import Facts, blank
from tests.oracle.lots import Lot
from tests.oracle.policy import kept_chips, new
from tests.oracle.program import Program


def whole_racks(facts: Facts, program: Program, lots: list[Lot]) -> None:
    if not facts.settings.whole:
        return
    for number, lot in enumerate(lots):
        if lot.racks != 1:
            in_racks(facts, program, lot, float(lot.racks), number)


def in_racks(facts: Facts, program: Program, lot: Lot, size: float, number: int) -> None:
    """What leaves a lot is said, not what stays: with a whole order the rest is whole as well."""
    if not new(lot):
        size = in_equal_parts(lot.order.upBound, size)
    most, rest, part = most_racks(facts, lot, size), 0.0, 1.0
    kept = kept_chips(facts, lot) if new(lot) else lot.order.upBound
    if kept is not None:
        most = math.floor(kept / size + 1e-9)
        rest = max(kept - most * size, 0.0)
        rest = rest if rest > 1e-9 * size else 0.0
    cancellable = not new(lot) and lot.order.lowBound < lot.order.upBound
    if kept is None or cancellable:
        racks = program.count(("racks", number), most)
        if rest:
            part = program.count(("part", number))
        program.require(lot.order == size * racks + rest * part)
    base, parts = max(lot.since, 0), []
    ways = [(t, gone) for t, gone in lot.gone.items()]
    ways += [(o, move) for o, _, _, move in lot.moved]
    for way, (t, amount) in enumerate(ways):
        racks = program.count(("leaving", number, way), most)
        taken: Any = size * racks
        if rest:
            parts.append(program.count(("part_leaving", number, way)))
            taken = taken + rest * parts[-1]
        program.require(amount == lot.step(facts, t, base) * taken)
    if parts:
        program.require(pulp.lpSum(parts) <= part)


def in_equal_parts(chips: float, size: float) -> float:
    """The racks of a lot that is so many but for a millionth of one, as a rolled case states it."""
    racks = round(chips / size)
    return chips / racks if racks and abs(chips - racks * size) <= 1e-6 * size else size


def most_racks(facts: Facts, lot: Lot, size: float) -> float | None:
    """The most racks of a new lot that its offer brings in a period; None where it says nothing."""
    largest = facts.offers[lot.name]["max_per_period"] if new(lot) else lot.order.upBound
    return None if blank(largest) else math.floor(largest / size + 1e-9)
