"""Reading: from tables of text to typed tables, wide or long, with every problem located."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.cells import (
    LARGEST_WHOLE,
    by_unique,
    name_of,
    names_of,
    number_of,
    text_of,
    yes_no_of,
)
from planner.case.declare import Column, Table, bounds_text, inside, least, most
from planner.case.origin import HEADER, ROW_OF
from planner.case.periods import Calendar
from planner.case.problems import CaseError, Place, Problem, error, suggest
from planner.case.tables import TABLE
from planner.case.text import CAP, TextTable
from planner.case.wide import again, numbered, values_of, widen

__all__ = ["CAP", "CaseError", "Problem", "read_table", "values_of", "widen"]


def _converter(
    column: Column, calendar: Calendar, *, commas: bool
) -> Callable[[str], tuple[Any, str]]:
    """Return the function that reads one cell of a column."""
    largest, smallest = most(column.unit), least(column.unit)

    def period(text: str) -> tuple[Any, str]:
        try:
            return calendar.parse(text), ""
        except ValueError as reason:
            return 0, str(reason)

    def instant(text: str) -> tuple[Any, str]:
        try:
            return calendar.parse_instant(text, end=column.name == "deadline"), ""
        except ValueError as reason:
            return np.nan, f"{reason}, or a date 2027-05-15"

    def date(text: str) -> tuple[Any, str]:
        import datetime

        try:
            return datetime.date.fromisoformat(text).isoformat(), ""
        except ValueError:
            return "", "must be a date such as 2026-10-31"

    def number(text: str) -> tuple[Any, str]:
        value, need = number_of(text, commas=commas)
        if not need and column.type == "integer" and value != np.floor(value):
            need = "must be a whole number"
        if not need and column.type == "integer" and abs(value) > LARGEST_WHOLE:
            need = f"must be at most {LARGEST_WHOLE:,}"
        if not need and smallest is not None and 0 < abs(value) < smallest:
            need = f"must be 0 or at least {smallest:g} ({column.unit}): check the unit"
        if not need and largest is not None and abs(value) > largest:
            need = (
                f"must be at most {largest:g} ({column.unit}): check the unit, and leave a "
                "limit blank that limits nothing"
            )
        if not need and not inside(column, value):
            need = f"must be {bounds_text(column)}"
        return value, need

    def choice(text: str) -> tuple[Any, str]:
        return text, "" if text in column.allowed else f"must be one of {', '.join(column.allowed)}"

    return {
        "name": name_of,
        "names": names_of,
        "text": text_of,
        "choice": choice,
        "number": number,
        "integer": number,
        "yes_no": yes_no_of,
        "period": period,
        "instant": instant,
        "date": date,
    }[column.type]


_CODE: Final = {
    "number": "bad-number",
    "integer": "bad-number",
    "period": "bad-period",
    "instant": "bad-period",
    "date": "bad-date",
    "choice": "not-allowed",
    "yes_no": "not-allowed",
}


def _column(text: TextTable, column: Column, calendar: Calendar) -> tuple[Any, list[Problem]]:
    """Return one typed column, and its problems."""
    n = len(text.row)
    cells = text.columns.get(column.name)
    if cells is None:
        cells = np.full(n, "", dtype=object)
    blank = cells == ""
    problems: list[Problem] = []

    def where(i: int) -> Place:
        name = (
            str(text.at[i])
            if text.at is not None and column.name in values_of(TABLE[text.name])
            else column.name
        )
        return Place(text.file, text.row_of(i, column.name), name)

    if column.required:
        problems += [
            error("missing-value", where(i), "", f"must be given: {column.help}", "fill the cell")
            for i in np.flatnonzero(blank)[:CAP]
        ]
    values, needs = by_unique(cells[~blank], _converter(column, calendar, commas=text.commas))
    filled = np.flatnonzero(~blank)
    for i in np.flatnonzero(needs != "")[:CAP]:
        text_ = str(cells[filled[i]])
        hint = suggest(text_, column.allowed) if column.allowed else ""
        code = _CODE.get(column.type, "bad-name")
        if (
            needs[i].startswith("must be")
            and column.type in ("number", "integer")
            and "whole" not in needs[i]
        ):
            code = "out-of-range"
        problems.append(
            error(
                code,
                where(int(filled[i])),
                text_,
                str(needs[i]),
                hint or "correct the cell",
            )
        )
    if problems:
        return None, problems
    if column.type in ("number", "instant") or (
        column.type in ("integer", "period") and not column.required and column.default is None
    ):
        result: Any = np.full(
            n, np.nan if column.default is None else float(column.default), dtype=np.float64
        )
        result[filled] = values.astype(np.float64)
    elif column.type in ("integer", "period"):
        result = np.full(n, 0 if column.default is None else int(column.default), dtype=np.int64)
        result[filled] = values.astype(np.int64)
    elif column.type == "yes_no":
        result = np.full(n, bool(column.default), dtype=bool)
        result[filled] = values.astype(bool)
    elif column.type == "names":
        result = np.empty(n, dtype=object)
        default = tuple(part for part in str(column.default or "").split(";") if part)
        result[:] = [default] * n
        result[filled] = values
    else:
        result = np.full(n, "" if column.default is None else str(column.default), dtype=object)
        result[filled] = values
    return result, []


def read_table(text: TextTable, calendar: Calendar) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Return a typed table: every declared column, long form, sorted by key, with ``_file``,
    ``_row`` and ``_blank`` (see ``blanks``).

    Args:
        text: the table as written.
        calendar: the plan's calendar.

    Returns:
        The frame (None where a cell is wrong), and problems.
    """
    long, problems = widen(text)
    if long is None:
        return None, problems
    table = TABLE[text.name]
    if table.other_columns:
        long = _only_orders(long)
    columns: dict[str, Any] = {}
    for column in table.columns:
        columns[column.name], found = _column(long, column, calendar)
        problems += found
    if problems:
        return None, problems
    row = np.asarray(long.row, dtype=np.int64)
    key = list(table.key) or (["offer", "site", "order_period"] if table.other_columns else [])
    if key:
        entry, first = numbered([columns[name] for name in key], sort=True)
        twice = again(first, len(entry))
        for i in twice[:CAP]:
            what = " ".join(
                calendar.label(columns[name][i])
                if table.column(name).type == "period"
                else str(columns[name][i])
                for name in key
            )
            problems.append(
                error(
                    "duplicate-key",
                    Place(long.file, int(row[i]), "; ".join(key)),
                    what,
                    f"stands in row {int(row[first[entry[i]]])} as well",
                    "keep one of the rows",
                )
            )
        if problems:
            return None, problems
        order = np.argsort(entry, kind="stable")
    else:
        lines = list(
            zip(*(map(str, columns[column.name]) for column in table.columns), strict=True)
        )
        order = np.array(sorted(range(len(lines)), key=lines.__getitem__), dtype=np.int64)
    frame = pd.DataFrame(
        {name: values[order] for name, values in columns.items()}
        | {"_file": long.file, "_row": row[order], "_blank": _blank(long, table)[order]}
        | {
            f"{ROW_OF}{name}": np.where(rows > 0, rows, row)[order]
            for name, rows in long.cell_rows.items()
        }
        | ({} if long.at is None else {HEADER: long.at[order]})
    )
    return frame, []


def _blank(text: TextTable, table: Table) -> np.ndarray:
    """Return which cells of a row are blank, (n,): bit k for the k-th declared column.

    Only columns say so in which a blank beside filled neighbours is told; in the others, and once
    a default stands in the cell, nobody needs to know.
    """
    found = np.zeros(len(text.row), dtype=np.int64)
    for k, column in enumerate(table.columns):
        if column.beside in ("error", "warning"):
            cells = text.columns.get(column.name)
            empty = np.ones(len(found), dtype=bool) if cells is None else cells == ""
            found |= np.where(empty, np.int64(1 << k), np.int64(0))
    return found


def blanks(frame: pd.DataFrame, table: str, column: str) -> np.ndarray:
    """Return in which rows of a table a cell was left blank, (n,).

    Args:
        frame: the table as read.
        table: its name.
        column: a required column, which has no blanks, or one that declares ``beside`` as an error
            or a warning.

    Raises:
        KeyError: for a column whose blanks nobody asked to keep.
    """
    k = [declared.name for declared in TABLE[table].columns].index(column)
    declared = TABLE[table].columns[k]
    if declared.required:
        return np.zeros(len(frame), dtype=bool)
    if declared.beside not in ("error", "warning"):
        raise KeyError(f"{table}.{column} does not tell its blanks")
    return np.asarray((frame["_blank"].to_numpy(dtype=np.int64) >> k) & 1, dtype=bool)


def _only_orders(text: TextTable) -> TextTable:
    """Keep the order lines of a buy plan: what was kept, rented, retired, moved or cancelled is not
    compared."""
    n = len(text.row)
    action, status = (
        text.columns.get(name, np.full(n, "", dtype=object)) for name in ("action", "status")
    )
    kept = ~np.isin(action, ["rent", "retire", "relocate", "keep", "cancel"]) & ~np.isin(
        status, ["existing", "committed"]
    )
    columns = {name: cells[kept] for name, cells in text.columns.items()}
    return dataclasses.replace(text, columns=columns, row=text.row[kept])


def empty_table(table: Table) -> pd.DataFrame:
    """Return an absent table: all columns, no rows, the types it would have."""
    kinds = {"number": "float64", "instant": "float64", "yes_no": "bool"}
    types = {
        column.name: (
            "float64"
            if column.type in ("integer", "period")
            and not column.required
            and column.default is None
            else "int64"
            if column.type in ("integer", "period")
            else kinds.get(column.type, "object")
        )
        for column in table.columns
    }
    return pd.DataFrame(
        {
            name: np.empty(0, dtype=kind)
            for name, kind in (
                types | {"_file": "object", "_row": "int64", "_blank": "int64"}
            ).items()
        }
    )
