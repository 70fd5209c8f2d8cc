"""Series: figures of a table by period, and the gaps in them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.case.blanks import blanks
from planner.case.cells import plain
from planner.case.checks.findings import CAP, more
from planner.case.columns import Bools, Floats, Ints, Texts, numbers, texts, whole
from planner.case.declare import Column
from planner.case.problems import Problem
from planner.case.tables import TABLE

if TYPE_CHECKING:
    from planner.case.case import Case


@dataclass(frozen=True, slots=True)
class Series:
    """One column of a table by period, as a grid of things (G) and periods of the plan (T)."""

    table: str
    column: str
    names: Texts
    """What each series is about, (G,)."""
    value: Floats
    """Figures, (G, T); NaN where there is none."""
    row: Ints
    """Row of the frame that holds a cell, (G, T); -1 where no row does."""
    asked: Bools
    """Where a figure matters, (G, T)."""
    instead: Floats | None = None
    """What takes over where there is no figure, (G, T); None where the column's help says it."""


def grid(case: Case, table: str, column: str, group: Ints, names: Texts) -> Series:
    """Return one column of a table by period.

    Args:
        case: the case.
        table: the table, with ``period`` in its key.
        column: a column of figures.
        group: series of each row of the table, -1 for none, (n,).
        names: what each series is about, (G,).

    Returns:
        The series, asked for in every period.
    """
    frame, shape = case[table], (len(names), case.calendar.count)
    period = whole(frame, "period")
    inside = (group >= 0) & (period >= 0) & (period < shape[1])
    at = (group[inside], period[inside])
    row, value = np.full(shape, -1, dtype=np.int64), np.full(shape, np.nan)
    row[at] = np.flatnonzero(inside)
    figure = np.where(blanks(frame, table, column), np.nan, numbers(frame, column))
    value[at] = figure[inside]
    return Series(table, column, names, value, row, np.ones(shape, dtype=bool))


def series_gaps(case: Case, series: Series) -> list[Problem]:
    """Return one problem per series that has figures in some periods and none in others that ask.

    Args:
        case: the case.
        series: the series.

    Returns:
        Errors or warnings, as the column declares; each names the first period without a figure,
        its neighbours, and what takes over.
    """
    column = TABLE[series.table].column(series.column)
    given = ~np.isnan(series.value)
    gap = np.logical_and(series.asked & ~given, given.any(axis=1, keepdims=True))
    found = np.flatnonzero(gap.any(axis=1))
    problems = [_told(case, series, column, int(g), gap[g]) for g in found[:CAP]]
    return more(problems, len(found))


def _told(case: Case, series: Series, column: Column, g: int, gap: Bools) -> Problem:
    """Return the problem of one series by its gaps, (T,): the first, and the figures beside it."""
    frame, labels = case[series.table], case.calendar.labels
    first, given = int(gap.argmax()), np.flatnonzero(~np.isnan(series.value[g]))
    before, after = given[given < first], given[given > first]
    near = [int(part[at]) for part, at in ((before, -1), (after, 0)) if len(part)]
    beside = " and ".join(f"{plain(series.value[g, t])} in {labels[t]}" for t in near)
    blank = np.flatnonzero(gap & (series.row[g] >= 0))
    i = int(series.row[g, blank[0]] if len(blank) else series.row[g, near[0]])
    count = int(gap.sum())
    also = f" (and {count - 1} more periods)" if count > 1 else ""
    ends = "; the table ends before the plan does" if not len(after) else ""
    takes = "" if series.instead is None else plain(series.instead[g, first])
    says = f"instead {takes} would hold" if takes else f"a blank means: {_meaning(column)}"
    error = column.beside == "error"
    zero = " (0 where there is none)" if series.table == "demand" else ""
    return Problem(
        "blank-beside",
        "error" if error else "warning",
        str(texts(frame, "_file")[i]),
        int(whole(frame, "_row")[i]),
        series.column,
        "",
        f"has no figure for {series.names[g]} in {labels[first]}{also} beside {beside}{ends}; "
        f"{says}",
        f"fill in every period{zero}" + ("" if error else ", or accept it in case.yaml"),
        count,
    )


def _meaning(column: Column) -> str:
    said = column.help.partition("blank = ")[2].partition(".")[0]
    return said or (plain(column.default) if column.default is not None else "none")


def asked_in(series: Series, asked: Bools, instead: Floats | None = None) -> Series:
    """Return a series whose figures matter in other cells, (G, T)."""
    taken = None if instead is None else np.asarray(instead)
    return dataclasses.replace(series, asked=np.asarray(asked), instead=taken)
