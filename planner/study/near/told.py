"""Alternatives as people read them: ranges with bars, plans in words, and the same as data."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from planner.report.section import Section, Summary
from planner.study.asking import CHIPS_SHOWN
from planner.study.near.alternatives import Alternative, Alternatives, Range
from planner.study.near.asked import Near
from planner.study.near.measures import Measure
from planner.words import count, money, percent, printable

WIDTH: Final = 24
"""Characters of a bar."""
CHANGES: Final = 3
"""Changes of an alternative that are told."""
KINDS: Final = {
    "commitment": "committed in",
    "chip": "chips",
    "chip_year": "chips",
    "site": "site",
    "vendor": "vendor",
}
SMALL: Final = 0.01
"""A change by a smaller share of the range is not told."""


def told(found: Alternatives) -> Summary:
    """Return alternatives as the terminal shows them."""
    proven = sum(one.proven for one in found.ranges)
    facts = (
        ("the plan costs", money(found.plan.cost)),
        ("looked at", f"every plan that costs at most {money(_most(found))}"),
        ("proven", f"{proven} of {len(found.ranges)} ranges, both ends, by dual values"),
    )
    note = "chips ordered over the plan, or in the year that is named; rent by the hour is no order"
    if found.divisible:
        note += "; racks and choices are divisible in all of them, the plan's too"
    ranges = Section(
        "Ranges",
        ("of", "plan", "least", "most", f"0 {'-' * (WIDTH - 2)} most"),
        tuple(_row(one) for one in found.ranges if one.most.value > CHIPS_SHOWN),
        frozenset({1, 2, 3}),
        note,
    )
    others = Section(
        "Plans that differ most",
        ("plan", "cost", "and otherwise"),
        tuple(
            (words(one, found), f"+{percent(_dearer(one, found))}", _changes(one, found))
            for one in found.alternatives
        ),
        frozenset({1}),
        "each is the cheapest plan that does so, or lies far in a direction of its own; costs are "
        "worked out again from the columns"
        if found.alternatives
        else "none: every plan within the share orders the same",
    )
    return Summary(
        f"What else could be done for at most {percent(found.share)} more", facts, (ranges, others)
    )


def _most(found: Alternatives) -> float:
    return found.plan.cost + found.share * abs(found.plan.cost)


def _dearer(one: Alternative, found: Alternatives) -> float:
    return max(one.near.cost - found.plan.cost, 0.0) / max(abs(found.plan.cost), 1.0)


def _figure(measure: Measure, value: float) -> str:
    shown = 0.0 if abs(value) < CHIPS_SHOWN else value
    return money(shown) if measure.unit == "USD" else count(shown)


def _name(measure: Measure) -> str:
    words = f"{KINDS[measure.kind]} {measure.name}"
    return printable(words + (f" in {measure.when}" if measure.kind == "chip_year" else ""))


def _row(one: Range) -> tuple[str, ...]:
    mark = "" if one.proven else " (not proven)"
    return (
        _name(one.measure) + mark,
        _figure(one.measure, one.plan),
        _figure(one.measure, one.least.value),
        _figure(one.measure, one.most.value),
        bar(one.least.value, one.plan, one.most.value),
    )


def bar(least: float, plan: float, most: float) -> str:
    """Return a range as characters from zero to its most, with the plan's own figure in it."""
    if most <= 0.0:
        return ""
    ends = [min(max(round(value / most * (WIDTH - 1)), 0), WIDTH - 1) for value in (least, plan)]
    cells = ["."] * ends[0] + ["="] * (WIDTH - ends[0])
    cells[ends[1]] = "o"
    return "".join(cells)


def words(one: Alternative, found: Alternatives) -> str:
    """Return what an alternative does, in a few words."""
    if one.at is None:
        return "another mix"
    measure = found.ranges[one.at].measure
    value = one.near.totals[one.at]
    when = f" in {measure.when}" if measure.kind == "chip_year" else ""
    name = printable(measure.name)
    amount = f"{'up to' if one.most else 'only'} {_figure(measure, value)}"
    if measure.kind == "commitment":
        return f"commits {amount.removeprefix('up to ')} in {name}"
    if measure.kind == "site":
        return f"nothing ordered at {name}" if not value else f"{amount} chips at {name}"
    if measure.kind == "vendor":
        return f"no chips of {name}" if not value else f"{amount} chips of {name}"
    return f"no {name}{when}" if not value else f"{amount} {name}{when}"


def _changes(one: Alternative, found: Alternatives) -> str:
    """The largest other changes of an alternative, in chips."""
    moved = np.array(one.near.totals) - np.array(found.plan.totals)
    told_: list[str] = []
    for k in np.argsort(-np.abs(moved), kind="stable").tolist():
        part = found.ranges[k]
        wide = part.most.value - part.least.value
        mine = one.at is not None and part.measure.name == found.ranges[one.at].measure.name
        if part.measure.kind not in ("chip", "site") or mine or abs(moved[k]) < SMALL * wide:
            continue
        at = "at " if part.measure.kind == "site" else ""
        sign = "+" if moved[k] > 0 else "-"
        told_.append(f"{sign}{count(abs(float(moved[k])))} {at}{printable(part.measure.name)}")
        if len(told_) == CHANGES:
            break
    return ", ".join(told_)


def as_data(found: Alternatives) -> dict[str, Any]:
    """Return alternatives as JSON holds them."""
    return {
        "objective_usd": found.plan.cost,
        "within": found.share,
        "most_usd": _most(found),
        "divisible": found.divisible,
        "ranges": [
            {
                "kind": one.measure.kind,
                "name": one.measure.name,
                "when": one.measure.when,
                "unit": one.measure.unit,
                "plan": one.plan,
                "least": _end(one.least),
                "most": _end(one.most),
            }
            for one in found.ranges
        ],
        "alternatives": [
            {
                "words": words(one, found),
                "cost_usd": one.near.cost,
                "dearer_share": _dearer(one, found),
                "totals": [
                    {
                        "kind": part.measure.kind,
                        "name": part.measure.name,
                        "when": part.measure.when,
                        "value": value,
                    }
                    for part, value in zip(found.ranges, one.near.totals, strict=True)
                ],
                "faults": list(one.near.faults),
            }
            for one in found.alternatives
        ],
    }


def _end(near: Near) -> dict[str, Any]:
    return {
        "value": near.value,
        "bound": near.bound,
        "cost_usd": near.cost,
        "faults": list(near.faults),
    }
