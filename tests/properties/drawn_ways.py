"""More ways to get capacity, of random cases: each from a stream of its own, and only where a test
asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


WAYS: dict[str, Callable[[Any, dict[str, list[Row]]], None]] = {
    "growth": draw_growth,
}
