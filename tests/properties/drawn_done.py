"""What was done and used of a random case before it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.strategies import Frame

Row = dict[str, Any]


def draw_done(frame: Frame, tables: dict[str, list[Row]]) -> None:
    draw_done_runs(frame.of("done of runs"), tables)
    draw_done_research(frame.of("done of research"), tables)


def draw_done_runs(frame: Frame, tables: dict[str, list[Row]]) -> None:
    share = 1.0
    for row in tables["milestones"]:
        share = frame.pick(0.0, 0.0, 0.1, 0.5, 1.0) * (share if "after" in row else 1.0)
        if frame.some(4) or not share:
            share = 0.0
            continue
        row["done_flop"] = share * row["flop"]
        if share == 1.0 or (row.get("late_usd_per_period") and frame.some(3)):
            if frame.some(5):
                row["deadline"] = frame.pick(frame.label(-1), frame.date(-2))
                row["start"] = frame.pick(None, frame.label(-3), frame.date(-3))
        elif frame.some(5):
            row["start"] = frame.pick(frame.label(-1), frame.date(-1))


def draw_done_research(frame: Frame, tables: dict[str, list[Row]]) -> None:
    trained = sum(row.get("done_flop", 0.0) for row in tables["milestones"])
    for row in tables["workloads"]:
        times = row.get("multiple_of_milestones")
        if times and (trained or frame.some(2)) and frame.some(8):
            done = times * trained * frame.pick(0.8, 1.0, 1.0, 1.3) + frame.pick(0.0, 0.0, 1e21)
            row["done_flop"] = done or None
