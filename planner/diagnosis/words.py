"""Words: limits and where they stand in the case's own terms, and figures as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.origin import rows_of
from planner.case.tables import TABLE


@dataclass(frozen=True, slots=True)
class Place:
    """Where an input stands: file, and rows as a spreadsheet shows them (none: the whole file)."""

    file: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One whole limit in a conflict."""

    family: str
    kind: str
    name: str
    """The site, supply group, offer, milestone, workload, budget, policy or rule it belongs to."""
    text: str
    periods: tuple[str, ...]
    places: tuple[Place, ...]


def figure(value: float) -> str:
    """Return a number as people read it: thousands separators, at most six significant digits."""
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else "no limit"
    if abs(value) >= 1e15 or abs(value) < 1e-4:
        return f"{value:.6g}"
    if value == round(value) or abs(value) >= 1e6:
        return f"{value:,.0f}"
    digits = max(0, 5 - int(np.floor(np.log10(abs(value)))))
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".")


def usd(value: float) -> str:
    """Return money as people read it."""
    for size, name in ((1e9, "billion USD"), (1e6, "million USD")):
        if abs(value) >= size * 0.9999999:
            return f"{figure(value / size)} {name}"
    return f"{figure(value)} USD"


def span(case: Case, periods: Sequence[int]) -> str:
    """Return ``2028Q1``, ``2028Q1 to 2028Q4`` or ``2028Q1, 2028Q3``."""
    if not periods:
        return "every period"
    label, first, last = case.calendar.label, min(periods), max(periods)
    if first == last:
        return label(first)
    if len(set(periods)) == last - first + 1:
        return f"{label(first)} to {label(last)}"
    shown = [label(t) for t in sorted(set(periods))]
    return (
        ", ".join(shown)
        if len(shown) <= 6
        else f"{len(shown)} periods from {shown[0]} to {shown[-1]}"
    )


def places(
    case: Case, table: str, rows: Sequence[int], columns: Sequence[str] = ("",)
) -> tuple[Place, ...]:
    """Return where rows of a case table were read: those of the figures of some columns, which a
    wide table may have in several."""
    frame = case[table]
    if frame.empty or not len(rows):
        return (Place(TABLE[table].path, ()),)
    part = frame.iloc[list(rows)]
    return tuple(
        Place(str(file), tuple(sorted({int(row) for c in columns for row in rows_of(rows_, c)})))
        for file, rows_ in part.groupby("_file", sort=True)
    )


def entities(case: Case, limits: pd.DataFrame) -> np.ndarray:
    """Return what every limit of a table of limits is about, by its name without the period,
    (n,)."""
    names = np.full(len(limits), "last plan", dtype=object)
    for table, part in limits.reset_index(drop=True).groupby("table", sort=False):
        rows = part["at"].to_numpy(dtype=np.int64)
        if (rows < 0).any():
            continue
        frame = case[str(table)].iloc[rows]
        if table == "budgets":
            words = frame["category"] + " " + frame["period"]
        elif table == "fleet":
            words = frame["chip"] + " at " + frame["site"]
        else:
            words = frame[TABLE[str(table)].key[0]]
        names[part.index.to_numpy()] = words.to_numpy(dtype=object)
    return names
