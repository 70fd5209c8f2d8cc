"""What is wrong with a sheet before its cells are looked at: what shows no plain value, merged
cells, what is hidden; and the settings of a sheet ``case``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from planner.case.problems import Place, Problem, error, warning
from planner.case.sheet import Odd, Sheet
from planner.case.tables import TABLE
from planner.case.text import CAP, column_letters

NOTES: Final = ("note", "notes", "remark", "unit", "description")
"""Headers of a sheet ``case`` under which anything may stand."""


@dataclass(frozen=True, slots=True)
class SheetSettings:
    """The settings of a sheet ``case``: the cell beside every name, and the row it stands in."""

    file: str
    values: dict[str, str]
    rows: dict[str, int]


_SAYS: Final = {
    "error": (
        "error-cell",
        "is an error of the spreadsheet, not a value",
        "correct its formula, or clear the cell where a blank has a meaning",
    ),
    "formula": (
        "formula",
        "is a formula without a stored value, and nothing in an input is calculated",
        "write its value, or open the workbook in a spreadsheet and save it",
    ),
    "stale": (
        "formula",
        "is a formula that was never calculated: a program has written the workbook",
        "write its value, or open the workbook in a spreadsheet and save it",
    ),
    "time": (
        "bad-date",
        "holds a time of day",
        "format the cell as text and write the value",
    ),
    "half-date": (
        "bad-date",
        "is a date of which the cell shows only a part",
        "format the cell as text and write what is meant, such as 2027-06",
    ),
}


def sheet_problems(sheet: Sheet, table: str, at: str, *, uncalculated: bool) -> list[Problem]:
    """Return the cells of a sheet that cannot be read as what they show.

    Args:
        sheet: the sheet.
        table: the table it holds, or ``case``.
        at: how messages name it.
        uncalculated: whether the workbook says that its formulas are yet to be calculated.
    """
    header_row, header = _header(sheet)
    types = {column.name: column.type for column in TABLE[table].columns} if table in TABLE else {}
    problems = []
    for place, row in sheet.merged[:CAP]:
        need = "is merged, and only its first cell holds a value"
        problems.append(
            error("merged", Place(at, row, place), "", need, "unmerge it and fill every cell")
        )
    for odd in [*sheet.odd, *(sheet.formulas if uncalculated else ())]:
        name = header.get(odd.column, "")
        told = _SAYS.get(odd.what)
        if told is None and table in TABLE and odd.row != header_row:
            told = _typed(odd, name, types.get(name, "number"))
        if told is not None:
            code, need, fix = told
            where = name or column_letters(odd.column)
            problems.append(error(code, Place(at, odd.row, where), odd.shown, need, fix))
            if len(problems) > CAP:
                break
    return problems


def _header(sheet: Sheet) -> tuple[int, dict[int, str]]:
    """Return the row of the header and its names by column."""
    for number, record in enumerate(sheet.records, start=1):
        if any(map(str.strip, record)):
            names = {i: name.strip() for i, name in enumerate(record, start=1) if name.strip()}
            return number, names
    return 0, {}


def _typed(odd: Odd, name: str, kind: str) -> tuple[str, str, str] | None:
    """Return what is wrong with a date or a truth value in a column of some type."""
    if odd.what == "truth":
        if kind in ("yes_no", "text"):
            return None
        return "not-allowed", f"is a truth value in a column of type {kind}", "write the value"
    if kind == "instant" and odd.what == "date" and name == "deadline" and odd.shown[-3:] == "-01":
        month = odd.shown[:7]
        return (
            "bad-date",
            f"is a date cell: a spreadsheet makes one of {month}, and as a date it is the first "
            "moment of that month",
            f"format the cell as text and write {month} for its end, or {odd.shown} for its first "
            "day",
        )
    if kind in ("period", "instant", "date", "text"):
        return None
    fix = "format the cell as text and write the value again: a spreadsheet makes dates of 3-5"
    return "bad-date", f"is a date in a column of type {kind}", fix


def sheet_warnings(sheet: Sheet, at: str, *, hidden: bool) -> list[Problem]:
    """Return what a reader of the sheet does not see and what is read all the same."""
    row, header = _header(sheet)
    warnings = []

    def warn(row: int, column: str, value: str, need: str) -> None:
        fix = "show what is meant to count, delete the rest"
        warnings.append(warning("hidden", Place(at, row, column), value, need, fix))

    if hidden and header:
        warn(row, "", "", "is a hidden sheet, and is read all the same")
    for first, last in _runs(sheet.hidden_rows)[:CAP]:
        rows = f"row {first}" if first == last else f"rows {first} to {last}"
        warn(first, "", rows, "hidden, and read all the same")
    for first, last in sheet.hidden_columns:
        names = [name for column, name in header.items() if first <= column <= last]
        if names:
            warn(row, names[0], ", ".join(names[:10]), "hidden, and read all the same")
    return warnings


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return first and last of every run of consecutive numbers."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return runs


def _is_header(key: str, value: str) -> bool:
    """Return whether the first row of a sheet of settings names its columns."""
    named = key.lower() in ("key", "keys", "setting", "settings", "parameter", "parameters")
    return named or (value.lower() in ("value", "values") and key.lower() != "description")


def settings_of(records: Sequence[Sequence[str]], at: str) -> tuple[SheetSettings, list[Problem]]:
    """Return the settings of a sheet of two columns, setting and value, and its problems."""
    values: dict[str, str] = {}
    rows: dict[str, int] = {}
    problems = []
    header: Sequence[str] = ()
    for number, record in enumerate(records, start=1):
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        key, value = cells[0], cells[1] if len(cells) > 1 else ""
        if not values and not header and _is_header(key, value):
            header = [cell.lower() for cell in cells]
            continue
        for position, cell in enumerate(cells[2:], start=2):
            titled = position < len(header) and header[position] in NOTES
            if cell and not titled:
                where, need = column_letters(position + 1), "is neither a setting nor its value"
                fix = "head the column `note`, or move it to a sheet `notes`"
                problems.append(error("row-length", Place(at, number, where), cell, need, fix))
        if not key:
            if value:
                need, fix = "stands beside no setting", "write the setting left of it"
                problems.append(error("missing-value", Place(at, number, "key"), value, need, fix))
        elif key in values:
            need = f"given twice, first in row {rows[key]}"
            fix = "keep one of them"
            problems.append(error("duplicate-key", Place(at, number, key), "", need, fix))
        else:
            values[key], rows[key] = value, number
    return SheetSettings(at, values, rows), problems
