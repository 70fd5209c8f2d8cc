"""Chapter 5: supply against demand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from planner.plan.totals import is_short
from planner.report.dates import moment
from planner.report.page.chart import Chart, Floats
from planner.report.page.run import Chapter, Run
from planner.report.page.says import met_says
from planner.report.page.sheet import Sheet, plain, sheet
from planner.report.page.stacks import Beside, coloured, stacked
from planner.report.page.timelines import spans
from planner.report.page.years import years_first
from planner.report.section import Section, records
from planner.words import count, money, number, percent, printable

SPLIT: Final = {
    "milestone": "training",
    "research": "research",
    "online": "inference, online",
    "batch": "inference, batch",
}


LEAST_ROOM: Final = 5e-4
"""Share of the chip-hours; less is neither free nor short."""


def supply_and_demand(run: Run) -> Chapter:
    """Return the chapter on chips held, what they do, demand that is met, training runs."""
    fleet = run["fleet"]
    fleet = fleet.assign(there=fleet["powered"].fillna(0.0) + fleet["rented"].fillna(0.0))
    charts = [_against(run, fleet), _chips(run, fleet)]
    runs = _milestones(run)
    sheets = (
        [
            sheet(
                "milestones",
                "Training runs",
                run["milestones"].assign(deadline=run["milestones"]["deadline"].map(moment)),
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
                ],
                heads={"late_usd": "late USD"},
            )
        ]
        if len(run["milestones"])
        else []
    )
    sheets = [_demand(run), *sheets, _units(run)]
    return Chapter(
        "supply",
        "Supply and demand",
        says=met_says(run.figures),
        charts=(*charts, *([runs] if runs else [])),
        sheets=tuple(sheets),
    )


def _against(run: Run, fleet: pd.DataFrame) -> Chart:
    """Chip-hours that are there against those that the demand takes, by class of work, with the
    headroom."""
    work = run["allocation"]
    keys = ["work", "period"]
    hours = work.groupby([*keys, "kind"], as_index=False)["chip_hours"].sum()
    coverage = run["demand_coverage"].rename(columns={"workload": "work"})
    met = coverage.assign(
        more=coverage["demand"] / coverage["served"].where(coverage["served"] > 0)
    )
    hours = hours.merge(met[[*keys, "more"]], on=keys, how="left")
    asked = hours["chip_hours"] * hours["more"].fillna(1.0).clip(lower=1.0)
    hours = hours.assign(of=hours["kind"].map(SPLIT).fillna("other"), asked=asked)
    found = run.by_period(hours, "of", "asked")
    series = {name: found[name] for name in SPLIT.values() if name in found}
    there = fleet.assign(
        all="all", there=fleet["busy_chip_hours"].fillna(0.0) + fleet["idle_chip_hours"].fillna(0.0)
    )
    supply = run.by_period(there, "all", "there").get("all", np.zeros(len(run.periods)))

    def draw(periods: Sequence[str], values: Mapping[str, Floats]) -> Chart:
        line = values["there"]
        demand = np.sum([v for name, v in values.items() if name != "there"], axis=0)
        room = np.divide(line - demand, line, out=np.zeros(len(line)), where=line > 0)
        words = tuple(
            headroom(float(share)) if total > 0 else ""
            for share, total in zip(room, line, strict=True)
        )
        return stacked(
            "Chip-hours: what the demand takes, and what there is",
            periods,
            {name: v for name, v in values.items() if name != "there"},
            "chip-hours",
            "what is free stands above; what is not served counts as demand",
            Beside("there is", line, words, "headroom"),
        )

    return years_first(run.periods, {**series, "there": supply}, "sum", draw)


def headroom(share: float) -> str:
    """Return in words which share of the chip-hours is left, or missing."""
    if abs(share) < LEAST_ROOM:
        return "full"
    return f"{percent(abs(share))} {'free' if share > 0 else 'short'}"


def _chips(run: Run, fleet: pd.DataFrame) -> Chart:
    """Chips at work or ready, by type: at the end of each year."""
    note = "powered and rented; what is held without power is among what needs a person"
    there = run.by_period(fleet, "chip", "there")

    def draw(periods: Sequence[str], values: Mapping[str, Floats]) -> Chart:
        colours = coloured(len(periods), there)
        title = "Chips at work or ready, by type"
        return stacked(title, periods, values, "chips", note, colours)

    return years_first(run.periods, there, "last", draw)


def _milestones(run: Run) -> Chart | None:
    table = run["milestones"]
    if table.empty:
        return None
    position = {label: t for t, label in enumerate(run.periods)}
    items = []
    for row in records(table):
        begin, end = position.get(row.planned_start), position.get(row.planned_finish)
        tip = (
            f"{row.milestone}: finished before the plan, deadline {moment(row.deadline)}"
            if row.done_flop >= row.flop * (1.0 - 1e-7)
            else f"{row.milestone}: {row.planned_start} to "
            f"{row.planned_finish or 'after the plan'}, "
            f"deadline {moment(row.deadline)}, up to {count(row.peak_chips)} chips at {row.where}"
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
    """Demand and the least that is served of it, one row per workload, the worst first."""
    coverage = run["demand_coverage"]
    asked = coverage[coverage["demand"] > 0]
    share = (1.0 - asked["short"] / asked["demand"]).where(is_short(asked), 1.0)
    rows = []
    for name, mine in asked.assign(share=share).groupby("workload", sort=True):
        worst = mine.iloc[int(mine["share"].to_numpy().argmin())]
        short = float(mine["short"].sum())
        rows.append(
            (
                float(worst["share"]),
                (
                    printable(name),
                    printable(worst["unit"]),
                    number(float(mine["demand"].sum())),
                    percent(float(worst["share"])),
                    str(worst["period"]) if worst["share"] < 1.0 else "",
                    number(short) if worst["share"] < 1.0 else "",
                    money(float(mine["short_usd"].sum())) if worst["share"] < 1.0 else "",
                ),
            )
        )
    rows.sort(key=lambda row: row[0])
    header = ("workload", "unit", "demand in the plan", "served, least", "in", "short", "penalty")
    told = tuple(row for _, row in rows)
    section = Section("Demand met", header, told, frozenset({2, 3, 5, 6}))
    return plain("demand_coverage", section)


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
            "loaded_usd",
            "cost_usd",
            "cost_share_pct",
            "chip_hours_share_pct",
        ],
        heads={
            "name": "work",
            "loaded_usd": "fully loaded, USD",
            "cost_usd": "cost USD (NPV)",
            "cost_share_pct": "% of cost",
            "chip_hours_share_pct": "% of chip-hours",
        },
    )
