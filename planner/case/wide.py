"""Wide tables: periods as headers become one row per period, and every cell keeps the row and the
header it came from."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.cells import Texts
from planner.case.declare import Table
from planner.case.periods import likely_period, looks_like_period
from planner.case.problems import Place, Problem, error, suggest
from planner.case.tables import TABLE
from planner.case.text import CAP, TextTable

MOST_TOLD: Final = 100
"""Unknown columns of a table that are told one by one."""


def values_of(table: Table) -> tuple[str, ...]:
    """Return the value columns of a table with periods as headers: its numbers outside the key."""
    return tuple(
        column.name
        for column in table.columns
        if column.type == "number" and column.name not in table.key
    )


def numbered(columns: Sequence[Any], sort: bool) -> tuple[np.ndarray, np.ndarray]:
    """Number the distinct rows of columns, in sorted order or in that of their first appearance.

    Args:
        columns: arrays of one length, the most significant first.
        sort: whether the numbers follow the order of the values.

    Returns:
        The number of every row, (n,), and the first row with each number.
    """
    number = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        code, distinct = pd.factorize(column, sort=sort, use_na_sentinel=False)
        number = pd.factorize(number * max(len(distinct), 1) + code, sort=sort)[0].astype(
            np.int64
        )  # at most n, so that the product of two stays whole
    first = np.empty(int(number.max(initial=-1)) + 1, dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return number, first


def again(first: np.ndarray, n: int) -> np.ndarray:
    """Return the rows that repeat an earlier one, by the first row of each, in their order."""
    again = np.ones(n, dtype=bool)
    again[first] = False
    return np.flatnonzero(again)


def _melt(
    text: TextTable, table: Table, periods: list[str]
) -> tuple[TextTable | None, list[Problem]]:
    """Turn a table with periods as headers into one row per period.

    A table with one value column holds it in the cells; one with several says in a column
    ``measure`` which each row holds.
    """
    others = [name for name in text.columns if name not in periods]
    values = values_of(table)
    required = [
        column.name for column in table.columns if column.name in values and column.required
    ]
    if "measure" in others:
        measure = text.columns["measure"]
        wrong = ~np.isin(measure, values)
        if wrong.any():
            return None, [
                error(
                    "not-allowed",
                    Place(text.file, int(text.row[i]), "measure"),
                    str(measure[i]),
                    f"must be one of {', '.join(values)}",
                    suggest(str(measure[i]), values) or "name the value column this row holds",
                )
                for i in np.flatnonzero(wrong)[:CAP]
            ]
        others.remove("measure")
    elif len(required) == 1 or len(values) == 1:
        measure = np.full(len(text.row), (required or list(values))[0], dtype=object)
    else:
        return None, [
            error(
                "missing-column",
                Place(text.file, 1, "measure"),
                "",
                f"is needed where periods are headers: it says which of {', '.join(values)} a row "
                "holds",
                "add the column, or write one row per period",
            )
        ]
    clash = [name for name in values if name in others]
    if clash or "period" in others:
        name = clash[0] if clash else "period"
        return None, [
            error(
                "unknown-column",
                Place(text.file, 1, name),
                "",
                "cannot stand beside periods as headers",
                "write either one row per period or periods as headers",
            )
        ]
    n, p = len(text.row), len(periods)
    cells = (
        np.stack([text.columns[name] for name in periods], axis=1).ravel()
        if n
        else np.empty(0, dtype=object)
    )
    long = {name: np.repeat(text.columns[name], p) for name in others}
    long["period"] = np.tile(np.array(periods, dtype=object), n)
    measures, row = np.repeat(measure, p), np.repeat(text.row, p)
    filled = cells != ""
    blank_required = ~filled & np.isin(measures, required)
    problems = [
        error(
            "missing-value",
            Place(text.file, int(row[i]), str(long["period"][i])),
            "",
            f"must be given: {table.column(str(measures[i])).help}",
            "fill the cell",
        )
        for i in np.flatnonzero(blank_required)[:CAP]
    ]
    problems += [
        error(
            "missing-value",
            Place(text.file, int(text.row[i]), str(measure[i])),
            "",
            f"has no figure in any period: {' '.join(str(long[name][i * p]) for name in others)}",
            "fill in the row, or remove it",
        )
        for i in np.flatnonzero(~filled.reshape(n, p).any(axis=1) & ~np.isin(measure, required))
    ][:CAP]
    if problems:
        return None, problems
    key = [name for name in table.key if name in long]
    every = numbered([long[name] for name in key], sort=False)[0]
    whole, all_measures, all_rows = long, measures, row
    long, measures, cells, row = (
        {name: column[filled] for name, column in long.items()},
        measures[filled],
        cells[filled],
        row[filled],
    )
    entry, first = numbered(
        [long[name] for name in key], sort=False
    )  # one row per key; a key that two rows of the same measure share is a duplicate
    twice = again(numbered([entry, measures], sort=False)[1], len(entry))
    if len(twice):
        return None, [
            error(
                "duplicate-key",
                Place(text.file, int(row[i]), str(long["period"][i])),
                "",
                f"{' '.join(str(long[name][i]) for name in key if name != 'period')} "
                f"{measures[i]} is given twice",
                "keep one of the rows",
            )
            for i in twice[:CAP]
        ]
    of = np.full(len(whole["period"]), -1, dtype=np.int64)
    of[every[filled]] = entry
    of = of[every]  # the entry of every cell, blank ones included; -1 where all of a key are blank
    columns = {name: long[name][first] for name in key}
    for name in others:
        if name not in key:
            columns[name], found = _agreed(text, name, whole[name], of, all_rows, len(first))
            problems += found
    if problems:
        return None, problems
    cell_rows = {}
    for name in dict.fromkeys(measure):
        part = measures == name
        column = np.full(len(first), "", dtype=object)
        column[entry[part]] = cells[part]
        columns[str(name)] = column
        part = (all_measures == name) & (of >= 0)
        cell_rows[str(name)] = rows = np.zeros(len(first), dtype=np.int64)
        rows[of[part]] = all_rows[part]
    return (
        TextTable(
            text.name,
            text.file,
            columns,
            row[first],
            at=columns["period"],
            cell_rows=cell_rows,
            commas=text.commas,
        ),
        [],
    )


def _agreed(
    text: TextTable, name: str, cells: Texts, of: np.ndarray, row: np.ndarray, count: int
) -> tuple[Texts, list[Problem]]:
    """Return a column beside the periods by entry: its rows, one per measure, may leave it blank
    but not say different things.

    Args:
        text: the table as written.
        name: the column.
        cells: its cells, one per row and period, (n,).
        of: the entry each belongs to, -1 for none, (n,).
        row: the row each stands in, (n,).
        count: entries.
    """
    filled = np.flatnonzero((cells != "") & (of >= 0))
    column = np.full(count, "", dtype=object)
    column[of[filled[::-1]]] = cells[filled[::-1]]  # the first of them stays
    other = filled[column[of[filled]] != cells[filled]]
    if name in ("note", "source", "as_of"):
        return column, []
    problems = []
    for at in other[np.unique(row[other], return_index=True)[1]][:CAP]:
        need = f"must be what the other rows of the same {'; '.join(TABLE[text.name].key[:1])} say"
        fix = "write the same in each, or leave all but one blank"
        value = str(cells[at])
        problems.append(error("bad-value", Place(text.file, int(row[at]), name), value, need, fix))
    return column, problems


def widen(text: TextTable) -> tuple[TextTable | None, list[Problem]]:
    """Return the long form of a table, and the problems of its header.

    Args:
        text: the table as written.

    Returns:
        The table with declared columns only (None where it cannot be used), and problems.
    """
    table = TABLE[text.name]
    declared = [column.name for column in table.columns]
    problems: list[Problem] = []
    if table.wide:
        periods = [
            name for name in text.columns if name not in declared and looks_like_period(name)
        ]
        if len(periods) >= 2 or (periods and "period" not in text.columns):
            melted, problems = _melt(text, table, periods)
            if melted is None:
                return None, problems
            text = melted
    if not table.other_columns:
        unknown = [name for name in text.columns if name not in declared]
        problems += [_unknown_column(text, table, name, declared) for name in unknown[:MOST_TOLD]]
        if len(unknown) > MOST_TOLD:
            last = problems[-1]
            fix = f"{last.fix} ({len(unknown) - MOST_TOLD} more columns are unknown)"
            problems[-1] = dataclasses.replace(last, fix=fix)
    for column in table.columns:
        if column.required and column.name not in text.columns:
            problems.append(
                error(
                    "missing-column",
                    Place(text.file, 1, column.name),
                    "",
                    f"is needed: {column.help}",
                    "add the column",
                )
            )
    return (None if problems else text), problems


def _unknown_column(text: TextTable, table: Table, name: str, declared: list[str]) -> Problem:
    """Return the problem of a header that is none, with what it looks like."""
    meant, need = likely_period(name), f"is not a column of {table.name}"
    fix = suggest(name, declared) or f"remove it; the columns are {', '.join(declared)}"
    if meant and table.wide:
        need, fix = "is a period in another spelling", f"write {meant}"
    elif table.wide and re.fullmatch(r"[0-9OIl]{2,4}[- ]?[QM][0-9OIl]{1,2}", name, re.IGNORECASE):
        need, fix = "looks like a period and is none", "write it as 2027Q1, 2027-03 or 2027"
    elif meant or looks_like_period(name):
        need = f"is a period, and {table.name} has none"
        fix = "remove it" if "period" not in declared else "write one row per period"
    return error("unknown-column", Place(text.file, 1, name), "", need, fix)
