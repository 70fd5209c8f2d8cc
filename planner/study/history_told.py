"""A history told: as sections for the terminal, as JSON, and as a page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.report.page import render_template
from planner.report.page.chart import Chart, Floats
from planner.report.page.fan import fan
from planner.report.page.run import Chapter
from planner.report.page.sheet import plain
from planner.report.past import accuracy_section
from planner.report.section import Section, Summary
from planner.runs.folder import safe_name
from planner.study.history import History, Kept
from planner.words import money, money_unit, number, plural, printable

MOST_WORKLOADS: Final = 8
"""Workloads that are drawn one by one."""
MOST_PERIODS: Final = 4
MOST_ROWS: Final = 24
"""Periods of a workload, and rows in all, that the terminal lists of what differs."""
SAME: Final = 1e-9
ZETTA: Final = 1e21
"""FLOP are drawn in units that an axis can write."""


def _name(kept: Kept) -> str:
    return f"plan of {kept.start}"


def paid(history: History) -> list[dict[str, Any]]:
    """Return every plan in figures: what is still to pay from the start of the newest on, in money
    of that date, and the cash of the periods that all plans have."""
    now = history.plans[-1].first
    until = min(kept.first + len(kept.periods) - 1 for kept in history.plans)
    return [
        {
            "start": kept.start,
            "end": kept.end,
            "approval": kept.approval,
            "folder": str(kept.folder),
            "objective_usd": float(kept.plan["objective_usd"]),
            "to_pay_usd": kept.to_pay(now),
            "cash_usd": kept.cash(now, until),
            "ordered_first_chips": kept.ordered_first(),
        }
        for kept in history.plans
    ]


def _shared(history: History) -> tuple[str, str]:
    """Return the first and last period that all plans have, from the newest start on."""
    until = min(kept.first + len(kept.periods) - 1 for kept in history.plans)
    newest = history.plans[-1]
    return newest.start, newest.periods[max(until - newest.first, 0)]


def plans_section(history: History) -> Section:
    """Return the plans as a table: who approved them, and what is still to pay."""
    found = paid(history)
    unit = money_unit(*(plan["to_pay_usd"] for plan in found))
    first, last = _shared(history)
    rows = tuple(
        (
            f"{plan['start']} to {plan['end']}",
            printable(plan["approval"]),
            money(plan["objective_usd"], unit),
            money(plan["to_pay_usd"], unit),
            money(plan["cash_usd"], unit),
            number(plan["ordered_first_chips"]),
        )
        for plan in found
    )
    header = (
        "plan",
        "approval",
        f"cost, {unit[1]}",
        f"still to pay from {first}",
        f"cash {first} to {last}",
        "chips ordered at once",
    )
    note = (
        f"still to pay: what each plan costs from {first} to its end, in money of the start of "
        f"{first}; cash: nominal, in the periods that all plans have"
    )
    return Section("Plans", header, rows, frozenset({2, 3, 4, 5}), note)


def held(history: History) -> dict[str, Floats]:
    """Return the chips held by period, by plan, (T,) each."""
    labels = history.labels
    return {_name(k): k.by_period(k.fleet, "held", labels) for k in history.plans}


def demands(history: History) -> list[tuple[str, str, dict[str, Floats], Floats]]:
    """Return name, unit, demand by plan and what was asked for, (T,) each: of every workload, those
    that ask for most first."""
    labels, newest = pd.Index(history.labels), history.plans[-1]
    frame, asked = history.forecasts, history.asked
    size = frame[frame["plan"] == newest.start].groupby("workload")["forecast"].sum()
    units = dict(zip(newest.coverage["workload"], newest.coverage["unit"], strict=True))
    mine = [name for name in size.index if name in units]
    found = []
    for name in sorted(mine, key=lambda name: (units[name], -float(size[name]), name)):
        own = frame[frame["workload"] == name]
        by_plan = {
            _name(kept): _series(own[own["plan"] == kept.start], "forecast", labels)
            for kept in history.plans
        }
        real = _series(asked[asked["workload"] == name], "asked", labels)
        found.append((str(name), str(units[name]), by_plan, real))
    return found


def _series(frame: pd.DataFrame, value: str, labels: pd.Index[str]) -> Floats:
    """Return a column by period, (T,); NaN where nothing is told."""
    found = frame.groupby("period")[value].sum().reindex(labels)
    return np.asarray(found.to_numpy(dtype=np.float64))


def demand_section(history: History) -> Section:
    """Return the demand that plans forecast otherwise than one another, or than it came: those
    furthest off first, period by period."""
    names = [_name(kept) for kept in history.plans]
    rows = []
    for name, unit, by_plan, asked in _furthest(history):
        lines = np.array([*by_plan.values(), asked])
        known = np.isfinite(lines)
        told = np.where(known, lines, np.nan)
        counts = known.sum(axis=0) > 1
        high, low = (f(told[:, counts], axis=0) for f in (np.nanmax, np.nanmin))
        other = np.flatnonzero(counts)[high - low > SAME * np.abs(high)]
        for t in other[:MOST_PERIODS].tolist():
            cells = (number(float(v)) if np.isfinite(v) else "" for v in lines[:, t])
            rows.append((printable(name), unit, history.labels[t], *cells))
    header = ("workload", "unit", "period", *names, "asked for")
    shown = rows[:MOST_ROWS]
    note = "where plans differ from one another, or from what was asked for"
    if len(rows) > len(shown):
        note += f"; {len(rows) - len(shown)} more on the page"
    return Section(
        "Demand as forecast and as it came",
        header,
        tuple(shown),
        frozenset(range(3, len(header))),
        note,
    )


def _by_period(
    title: str, labels: tuple[str, ...], columns: dict[str, Floats], note: str
) -> Section:
    """Return figures by period as a table, periods that all columns leave blank left out."""
    rows = tuple(
        (label, *(number(float(v[t])) if np.isfinite(v[t]) else "" for v in columns.values()))
        for t, label in enumerate(labels)
        if any(np.isfinite(v[t]) for v in columns.values())
    )
    return Section(title, ("period", *columns), rows, frozenset(range(1, len(columns) + 1)), note)


def summary(history: History) -> Summary:
    """Return a history for the terminal."""
    first, last = history.plans[0], history.plans[-1]
    span = f"{plural(len(history.plans), 'plan')}, {first.start} to {last.start}"
    facts = (("case", printable(history.case)), ("history", span), ("newest", last.approval))
    sections = (
        plans_section(history),
        _by_period("Chips held", history.labels, held(history), "as each plan had them"),
        demand_section(history),
        *accuracy_section(history.past),
    )
    return Summary(printable(history.case), facts, tuple(part for part in sections if part.rows))


def as_data(history: History) -> dict[str, Any]:
    """Return a history as JSON holds it; figures by period are in the order of ``periods``."""

    def known(values: Floats) -> list[float | None]:
        return [float(v) if np.isfinite(v) else None for v in values]

    return {
        "case": history.case,
        "plans": paid(history),
        "periods": list(history.labels),
        "chips_held": {name: known(values) for name, values in held(history).items()},
        "demand": [
            {
                "workload": name,
                "unit": unit,
                "plans": {plan: known(values) for plan, values in by_plan.items()},
                "asked": known(asked),
            }
            for name, unit, by_plan, asked in demands(history)
        ],
    }


def _charts(history: History) -> tuple[Chart, ...]:
    """Return the demand of each workload as forecast, and as it came: of which most was asked
    otherwise than forecast, or forecast otherwise than before, comes first."""
    charts = []
    for name, unit, by_plan, asked in _furthest(history)[:MOST_WORKLOADS]:
        size, word = (ZETTA, "1e21 FLOP") if unit == "FLOP" else (1.0, unit)
        drawn = {plan: values / size for plan, values in by_plan.items()}
        real = ("asked for", asked / size) if np.isfinite(asked).any() else None
        charts.append(fan(f"Demand of {printable(name)}", history.labels, drawn, word, real))
    return tuple(charts)


def _furthest(history: History) -> list[tuple[str, str, dict[str, Floats], Floats]]:
    """Return what ``demands`` does, that which came furthest from its forecast first."""
    return sorted(demands(history), key=lambda one: -_spread([*one[2].values(), one[3]]))


def _spread(lines: list[Floats]) -> float:
    """Return by how much lines differ where more than one says something, as a share."""
    values = np.array(lines)
    known = np.isfinite(values).sum(axis=0) > 1
    if not known.any():
        return 0.0
    high, low = np.nanmax(values[:, known], axis=0), np.nanmin(values[:, known], axis=0)
    return float(np.max((high - low) / np.maximum(high, 1e-300)))


def _to_pay(history: History) -> Chart:
    """Return the cash of every plan by period, and of the newest what is ahead."""
    labels = history.labels
    columns = {}
    for kept in history.plans:
        costs = kept.costs[kept.costs["category"] != "none"]
        columns[_name(kept)] = kept.by_period(costs, "nominal_usd", labels)
    return fan("Cash by period, nominal", labels, columns, "USD")


def chapters(history: History) -> tuple[Chapter, ...]:
    """Return the chapters of the page."""
    accuracy = accuracy_section(history.past)
    chips = fan(
        "Chips held, as each plan had them",
        history.labels,
        held(history),
        "chips",
        note="a plan holds chips from its start on; what lies before it is as it was",
    )
    return (
        Chapter(
            "plans",
            "Plans",
            "Every approved plan of the case, one a start, and the newest.",
            charts=(_to_pay(history),),
            sheets=(plain("plans", plans_section(history)),),
        ),
        Chapter("chips", "Chips then and now", charts=(chips,)),
        Chapter(
            "demand",
            "Demand then and now",
            "What each plan took demand to be and, where it is told, what was asked for.",
            charts=_charts(history),
            sheets=tuple(plain("accuracy", section) for section in accuracy),
        ),
    )


def write_history(history: History, out: Path) -> Path:
    """Write the page of a history under an output folder; returns where.

    Raises:
        OSError: where it cannot be written.
    """
    path = out / safe_name(history.case) / "history.html"
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        text = render_template(
            "page.html.j2",
            title=f"{printable(history.case)}: history",
            what_if="",
            status="optimal",
            sections=chapters(history),
        )
        partial.write_text(text, encoding="utf-8", newline="\n")
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path
