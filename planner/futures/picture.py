"""The scenarios of a case as tables: who is told from whom when, and demand, prices and supply of
each beside the case."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import numbers, whole
from planner.futures.scenario import Futures
from planner.report.section import Section
from planner.words import number, percent, printable

SERIES: Final = (
    ("demand", "output_mtok", "demand, million output tokens"),
    ("supply", "max_chips", "supply limits, chips"),
    ("power", "mw", "power, MW"),
)
"""Tables that are summed by period, the column, and what it is called."""
PERIODS: Final = 8
"""Periods that fit on a terminal."""


def picture(futures: Futures) -> list[Section]:
    """Return the tables of the scenarios of a case."""
    label = futures.base.case.calendar.label
    header = ("scenario", "probability", "known from", "like until then", "changes", "note")
    rows = tuple(
        (
            printable(one.name),
            percent(one.probability),
            label(one.known),
            printable(one.like) or "all",
            _changes(one.changed.overrides, sorted(one.changed.tables)),
            printable(one.note),
        )
        for one in futures.scenarios
    )
    reveal = ", ".join(label(period) for period in futures.reveal.periods)
    risk = futures.reveal.risk
    note = f"orders before {label(futures.reveal.periods[0])} are common; known at {reveal}"
    if risk.weight:
        note += f"; the mean of the worst {percent(1 - risk.cvar)} weighs {percent(risk.weight)}"
    found = [Section("Scenarios", header, rows, frozenset({1}), note)]
    found += [
        part
        for table, column, title in SERIES
        if (part := _fan(futures, table, column, title)) is not None
    ]
    lead = _lead(futures)
    return found if lead is None else [*found, lead]


def _changes(overrides: tuple[str, ...], tables: list[str]) -> str:
    parts = [printable(text) for text in overrides[:3]]
    if len(overrides) > 3:
        parts.append(f"and {len(overrides) - 3} more")
    parts += [f"rows of {name}" for name in tables]
    return "; ".join(parts) or "nothing: the case as it stands"


def _by_period(case: Case, table: str, column: str) -> pd.Series[float]:
    frame = case[table]
    amount = numbers(frame, column)
    known = np.isfinite(amount)
    period = whole(frame, "period")[known]
    inside = (period >= 0) & (period < case.calendar.count)
    return pd.Series(amount[known][inside]).groupby(period[inside]).sum()


def _fan(futures: Futures, table: str, column: str, title: str) -> Section | None:
    """Return a series of every scenario; None where all have the same."""
    calendar = futures.base.case.calendar
    shown = np.unique(np.linspace(0, calendar.count - 1, PERIODS).round().astype(int))
    series = [_by_period(one.case, table, column) for one in futures.scenarios]
    if all(one.equals(series[0]) for one in series):
        return None
    rows = tuple(
        (printable(one.name), *(number(float(values.get(int(t), 0.0))) for t in shown))
        for one, values in zip(futures.scenarios, series, strict=True)
    )
    share = np.array([one.probability for one in futures.scenarios])
    expected = [
        number(float(sum(p * s.get(int(t), 0.0) for p, s in zip(share, series, strict=True))))
        for t in shown
    ]
    header = ("scenario", *(calendar.label(int(t)) for t in shown))
    right = frozenset(range(1, len(header)))
    return Section(title[0].upper() + title[1:], header, (*rows, ("expected", *expected)), right)


def _lead(futures: Futures) -> Section | None:
    """Return the lead times that are not the same in all scenarios; None where all are."""
    base = futures.base.case["offers"]
    leads = [one.case["offers"] for one in futures.scenarios]
    if any(len(frame) != len(base) for frame in leads) or not len(base):
        return None
    periods = np.stack([whole(frame, "lead_periods") for frame in leads])
    moved = np.flatnonzero((periods != periods[0]).any(axis=0))
    if not len(moved):
        return None
    header = ("offer", *(printable(one.name) for one in futures.scenarios))
    rows = tuple(
        (printable(str(base["offer"].iat[int(at)])), *(str(n) for n in periods[:, at]))
        for at in moved
    )
    return Section("Lead times, periods", header, rows, frozenset(range(1, len(header))))
