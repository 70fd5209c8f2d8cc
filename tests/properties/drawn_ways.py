"""More ways to get capacity, of random cases: each from a stream of its own, and only where a test
asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.properties.drawn_commitments import draw_commitments
from tests.properties.drawn_tokens import draw_tokens

Row = dict[str, Any]


def draw_ways(frame: Any, ways: tuple[str, ...], tables: dict[str, list[Row]]) -> None:
    """Draw some ways."""
    for way in ways:
        WAYS[way](frame.of(f"way {way}"), tables)


def draw_growth(frame: Any, tables: dict[str, list[Row]]) -> None:
    """Ramps of what a case has: some slow enough to bind, some from what is there already."""
    tables["growth"] = []
    for i in range(frame.pick(1, 1, 2, 3)):
        scope = frame.pick("vendor", "chip", "site", "supply_group")
        if scope == "supply_group" and not tables["supply"]:
            scope = "chip"
        member = {
            "vendor": tables["chips"][0]["vendor"],
            "chip": "a",
            "site": frame.pick(*frame.places),
            "supply_group": "g",
        }[scope]
        counts = frame.pick("ordered", "arriving", "held")
        if scope == "supply_group":
            counts = frame.pick("ordered", "arriving")
        held = sum(
            row["chips"]
            for row in tables["fleet"]
            if {"chip": row["chip"], "site": row["site"]}.get(scope, member) == member
        )
        before = held if counts == "held" else frame.pick(0, 1, 5)
        tables["growth"].append(
            {
                "ramp": f"ramp{i}",
                "scope": scope,
                "member": member,
                "counts": counts,
                "max_growth": frame.pick(0, 0.5, 1, 2),
                "seed": frame.pick(1, 3, 10, 30),
                "before": before,
            }
        )


def draw_least(frame: Any, tables: dict[str, list[Row]]) -> None:
    """Least amounts of spend, chips and power, some of them agreed with a price of falling short,
    and most of the same beside a few."""
    for i in range(frame.pick(1, 1, 2)):
        scope = frame.pick("vendor", "chip", "site", "country", "all")
        member = {
            "vendor": tables["chips"][0]["vendor"],
            "chip": "a",
            "site": frame.places[-1],
            "country": tables["sites"][-1]["country"],
            "all": "",
        }[scope]
        what = frame.pick("spend", "chips", "power")
        size = {"spend": 3e4, "chips": 2, "power": 0.002}[what] * frame.pick(0.5, 1, 4)
        soft = {"spend": 0.3, "chips": 500, "power": 1e6}[what] * frame.pick(0.01, 1)
        row = {
            "limit": f"least{i}",
            "scope": scope,
            "member": member,
            "measure": what,
            "min": size,
            "max": size * frame.pick(1, 3) if frame.some(3) else None,
            "period": frame.pick("", frame.label(frame.periods - 1), "FY2027"),
            "over_usd_per_unit": soft if frame.some(6) else None,
        }
        tables["limits"].append(row)


def draw_contracts(frame: Any, tables: dict[str, list[Row]]) -> None:
    """One or two contracts at an own site, some of which can be extended."""
    tables["site_contracts"] = []
    for i, site in enumerate([*frame.home, *frame.home[:1]]):
        if not frame.some(8):
            continue
        first = frame.whole(-1, frame.periods - 2)
        last = frame.whole(max(first, -1 if i else 0), frame.periods)
        row = {
            "contract": f"hall{i}",
            "site": site,
            "kw": frame.number(2, 60),
            "from": frame.label(first),
            "to": frame.label(last),
            "usd_per_kw_month": frame.number(20, 200),
        }
        if frame.some(7):
            row |= {
                "extend_by": frame.label(frame.whole(-1, max(min(last, frame.periods - 1), 0))),
                "extend_periods": frame.whole(1, 3),
            }
            if row["extend_by"] > row["to"]:
                row["extend_by"] = row["to"]
        if "extend_by" in row and frame.some(6):
            row["extend_usd_per_kw_month"] = frame.number(20, 300)
        tables["site_contracts"].append(row)


def draw_lives(frame: Any, tables: dict[str, list[Row]]) -> None:
    """Chips that serve on after their economic life, whose upkeep rises with age."""
    for i, row in enumerate(tables["chips"]):
        row["economic_life_years"] = frame.pick(0.5, 1, 2)
        if i and frame.some(3):
            continue
        longer = row["economic_life_years"] + frame.pick(0, 0.5, 1, 2, 4)
        row["technical_life_years"] = longer
        for lot in [*tables["fleet"], *tables["orders"]]:
            if lot["chip"] == row["chip"] and frame.some(5):
                lot["leaves_service"] = None


def draw_availability(frame: Any, tables: dict[str, list[Row]]) -> None:
    """Windows in which fewer chips can work, or more; some of them over one another."""
    tables["availability"] = []
    for i in range(frame.pick(1, 2, 3)):
        first = frame.whole(-1, frame.periods - 1)
        tables["availability"].append(
            {
                "window": f"w{i}",
                "chip": frame.pick("", *frame.chips),
                "site": frame.pick("", *frame.places),
                "slice": frame.pick("", *frame.slices),
                "from": frame.label(first),
                "to": frame.label(frame.whole(first, frame.periods)),
                "availability": frame.pick(0.2, 0.5, 0.8, 0.9, 1),
            }
        )


WAYS: dict[str, Callable[[Any, dict[str, list[Row]]], None]] = {
    "growth": draw_growth,
    "least": draw_least,
    "tokens": draw_tokens,
    "commitments": draw_commitments,
    "contracts": draw_contracts,
    "lives": draw_lives,
    "availability": draw_availability,
}
