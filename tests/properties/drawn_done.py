"""What was done and used of a random case before it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.strategies import Frame

Row = dict[str, Any]


def draw_done(frame: Frame, tables: dict[str, list[Row]]) -> None:
    draw_done_runs(frame.of("done of runs"), tables)
    draw_done_research(frame.of("done of research"), tables)
    draw_open_windows(frame.of("open windows"), tables)


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


def draw_open_windows(frame: Frame, tables: dict[str, list[Row]]) -> None:
    """A batch window that began before the plan, served in part, wholly, or not at all."""
    for row in tables["workloads"]:
        if row["kind"] != "batch" or frame.some(4):
            continue
        row["window_periods"] = length = frame.pick(2, 3)
        passed = frame.whole(1, length - 1)
        row["window_start"] = frame.label(-passed)
        mine = [d for d in tables["demand"] if d["workload"] == row["workload"]]
        main = next(name for name in mine[0] if name not in ("workload", "period"))
        asked = sum(d[main] for d in mine[: length - passed])
        for t in range(1, passed + 1):
            amount = frame.pick(0.0, 1.0, 1.0) * frame.number(2e3, 1e5) * frame.quarters
            others = [name for name in mine[0] if name not in ("workload", "period", main)]
            tables["demand"].append(
                {"workload": row["workload"], "period": frame.label(-t), main: amount}
                | {name: round(amount * frame.pick(0.5, 2), 6) for name in others}
            )
            asked += amount
        row["served_mtok"] = frame.pick(None, 0.2, 0.5, 0.9, 1.0)
        row["served_mtok"] = row["served_mtok"] and row["served_mtok"] * asked


def draw_used(frame: Frame, tables: dict[str, list[Row]], settings: dict[str, Any]) -> None:
    """What budgets and limits of windows that have begun had before the plan."""
    if frame.frequency == "quarter" and frame.some(5):  # a fiscal year that has begun
        settings["fiscal_year_start"] = frame.pick(4, 7, 10)
    running = settings.get("fiscal_year_start", 1) > 1
    for row in tables["budgets"]:
        if running and row["period"] == "FY2027" and frame.some(7):
            row["used_usd"] = row["usd_max"] * frame.pick(0.1, 0.5, 1.0)
            if row["over_usd_per_usd"] and frame.some(3):
                row["used_usd"] = 1.2 * row["usd_max"]
    for row in tables["limits"]:
        begun = row["period"] == "" or (running and row["period"] == "FY2027")
        if row["measure"] not in ("spend", "carbon") or not begun or frame.some(3):
            continue
        size = {"spend": 1e5, "carbon": 5}[row["measure"]]
        row["used"] = frame.pick(0.0, 0.2, 1.0) * row.get("max", size)
        row["used_total"] = row["used"] + frame.pick(0.0, 0.5, 2.0) * size
        if row["over_usd_per_unit"] and frame.some(2):
            row["used"] = row["used_total"] = 1.5 * row.get("max", size)
