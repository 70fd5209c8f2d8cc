"""Converting: one column of text to its declared type, with every cell that is wrong located."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from planner.case.cells import (
    LARGEST_WHOLE,
    by_unique,
    name_of,
    names_of,
    number_of,
    text_of,
    yes_no_of,
)
from planner.case.columns import Ints
from planner.case.declare import Column, bounds_text, inside, least, most
from planner.case.melt import values_of
from planner.case.periods import Calendar
from planner.case.problems import Place, Problem, error, suggest
from planner.case.tables import READ
from planner.case.text import CAP, TextTable

TO_FILL: Final = "REQUIRED"
"""What stands in a cell of a new case that only its owner can fill."""
_CODE: Final = {
    "number": "bad-number",
    "integer": "bad-number",
    "period": "bad-period",
    "instant": "bad-period",
    "date": "bad-date",
    "choice": "not-allowed",
    "yes_no": "not-allowed",
}


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


def typed(text: TextTable, column: Column, calendar: Calendar) -> tuple[Any, list[Problem]]:
    """Return one typed column, and its problems."""
    n = len(text.row)
    cells = text.columns.get(column.name)
    if cells is None:
        cells = np.full(n, "", dtype=object)
    blank = cells == ""
    asked = (cells == TO_FILL) & (column.type != "text")
    problems: list[Problem] = []

    def where(i: int) -> Place:
        name = (
            str(text.at[i])
            if text.at is not None and column.name in values_of(READ[text.name])
            else column.name
        )
        return Place(text.file, text.row_of(i, column.name), name)

    if column.required:
        problems += [
            error("missing-value", where(i), "", f"must be given: {column.help}", "fill the cell")
            for i in np.flatnonzero(blank)[:CAP]
        ]
    problems += _to_fill(text, column, np.flatnonzero(asked), where)
    blank |= asked
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


def _to_fill(
    text: TextTable, column: Column, asked: Ints, where: Callable[[int], Place]
) -> list[Problem]:
    """Return what is to be filled in, the cells of one row of the file together."""
    rows: dict[int, list[int]] = {}
    for i in asked:
        rows.setdefault(text.row_of(int(i), column.name), []).append(int(i))
    problems = []
    for cells in rows.values():
        first, last = where(cells[0]), where(cells[-1])
        many = f"{len(cells)} figures of this row, {first.column} to {last.column}"
        problems.append(
            Problem(
                "to-fill",
                "error",
                *first,
                TO_FILL,
                f"is yours to fill in: {re.split('[.;]', column.help)[0]}"
                + (f", in {column.unit}" if column.unit not in ("", column.name) else ""),
                f"write the {many if len(cells) > 1 else 'figure'}",
                len(cells),
            )
        )
    return problems
