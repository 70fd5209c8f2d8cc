"""Chapter 5: supply against demand."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from planner.report.page.chart import Chart, Floats
from planner.report.page.run import Chapter, Run
from planner.report.page.sheet import Sheet, plain, sheet
from planner.report.page.stacks import stacked
from planner.report.page.timelines import spans
from planner.report.section import Section, records
from planner.words import money, number, percent, printable

SPLIT: Final = {
    "milestone": "training",
    "research": "research",
    "online": "inference, online",
    "batch": "inference, batch",
}


def supply_and_demand(run: Run) -> Chapter:
    """Return chapter 5: chips held, what they do, demand that is met, training runs."""
    fleet = run["fleet"]
    fleet = fleet.assign(there=fleet["powered"].fillna(0.0) + fleet["rented"].fillna(0.0))
    charts = [
        stacked(
            "Chips at work or ready, by type",
            run.periods,
            run.by_period(fleet, "chip", "there"),
            "chips",
            note="powered and rented; what is held without power is in the exceptions",
        )
    ]
    work = run["allocation"]
    work = work.assign(of=work["kind"].map(SPLIT).fillna("other"), capacity=work["chip_hours"])
    hours = run.by_period(work, "of", "chip_hours")
    order = [name for name in SPLIT.values() if name in hours]
    idle = _idle(run, hours)
    charts.append(
        stacked(
            "Chip-hours: training, research and inference",
            run.periods,
            {**{name: hours[name] for name in order}, "idle": idle},
            "chip-hours",
            note="idle training chips serve inference where that pays",
        )
    )
    charts.append(
        stacked(
            "Chip-hours by workload and milestone",
            run.periods,
            run.by_period(work, "work", "chip_hours"),
            "chip-hours",
        )
    )
    runs = _milestones(run)
    sheets = (
        [
            sheet(
                "milestones",
                "Training runs",
                run["milestones"],
                [
                    "milestone",
                    "deadline",
                    "planned_start",
                    "planned_finish",
                    "slack_periods",
                    "peak_chips",
                    "chip_hours",
                    "where",
                    "late_usd",
                    "marginal_usd_per_1e21_flop",
                ],
                heads={
                    "late_usd": "late USD",
                    "marginal_usd_per_1e21_flop": "one 1e21 FLOP more, USD",
                },
            )
        ]
        if len(run["milestones"])
        else []
    )
    sheets.append(_demand(run))
    sheets.append(_units(run))
    return Chapter(
        "supply",
        "Supply against demand",
        charts=(*charts, *([runs] if runs else [])),
        sheets=tuple(sheets),
    )


def _idle(run: Run, hours: dict[str, Floats]) -> Floats:
    """Chip-hours that are there and not used."""
    fleet = run["fleet"]
    if "idle_chip_hours" in fleet.columns:
        idle = run.by_period(fleet.assign(all="all"), "all", "idle_chip_hours")
        return idle.get("all", np.zeros(len(run.periods)))
    return np.zeros(len(run.periods))


def _milestones(run: Run) -> Chart | None:
    table = run["milestones"]
    if table.empty:
        return None
    position = {label: t for t, label in enumerate(run.periods)}
    items = []
    for row in records(table):
        begin, end = position.get(row.planned_start), position.get(row.planned_finish)
        tip = (
            f"{row.milestone}: finished before the plan, deadline {row.deadline}"
            if row.done_flop >= row.flop * (1.0 - 1e-7)
            else f"{row.milestone}: {row.planned_start} to "
            f"{row.planned_finish or 'after the plan'}, "
            f"deadline {row.deadline}, up to {number(row.peak_chips)} chips at {row.where}"
        )
        items.append(
            (
                printable(row.milestone),
                float(begin) if begin is not None else np.nan,
                float(end + 1) if end is not None else np.nan,
                _instant(str(row.deadline), position, len(run.periods)),
                tip,
            )
        )
    return spans("Training runs and their deadlines", run.periods, items)


def _instant(label: str, position: dict[str, int], count: int) -> float:
    """The end of a deadline's period, or the share of it that is stated behind a plus."""
    found = re.match(r"(.+?)\+(\d+(?:\.\d+)?)%$", label)
    if found:
        return position[found[1]] + float(found[2]) / 100.0 if found[1] in position else np.nan
    return (
        float(position[label] + 1)
        if label in position
        else float(count)
        if label[:4] > max(position)[:4]
        else np.nan
    )


def _demand(run: Run) -> Sheet:
    """Demand and what is served, one row per workload."""
    coverage = run["demand_coverage"]
    sums = (
        coverage.groupby(["workload", "unit"], sort=True)
        .agg(
            demand=("demand", "sum"),
            served=("served", "sum"),
            short=("short", "sum"),
            short_usd=("short_usd", "sum"),
        )
        .reset_index()
    )
    met = np.where(
        sums["demand"] > 0, sums["served"] / sums["demand"].where(sums["demand"] > 0, 1.0), 1.0
    )
    rows = tuple(
        (
            printable(r.workload),
            printable(r.unit),
            number(r.demand),
            percent(float(share)) if r.short > 0 else "100 %",
            number(r.short) if r.short > 0 else "",
            money(r.short_usd) if r.short > 0 else "",
        )
        for r, share in zip(records(sums), met, strict=True)
    )
    return plain(
        "demand_coverage",
        Section(
            "Demand met",
            ("workload", "unit", "demand in the plan", "met", "short", "penalty"),
            rows,
            frozenset({2, 3, 4, 5}),
        ),
    )


def _units(run: Run) -> Sheet:
    costs = run["unit_costs"]
    return sheet(
        "unit_costs",
        "What a unit of work costs",
        costs[costs["kind"] != "split"],
        [
            "name",
            "unit",
            "volume",
            "marginal_usd",
            "loaded_usd",
            "cost_usd",
            "cost_share_pct",
            "chip_hours_share_pct",
        ],
        heads={
            "name": "work",
            "marginal_usd": "one more, USD",
            "loaded_usd": "fully loaded, USD",
            "cost_usd": "cost USD (NPV)",
            "cost_share_pct": "% of cost",
            "chip_hours_share_pct": "% of chip-hours",
        },
    )
