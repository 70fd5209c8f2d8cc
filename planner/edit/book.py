"""Workbooks edited: the sheets that change, and every other part of the file as it is (formats,
charts, notes, formulas).

Rows and columns that are dropped are cleared and keep their place, and what is added stands at the
end, so that formulas which point at others go on pointing at them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from planner.case.files import WORKBOOK
from planner.case.periods import looks_like_period
from planner.case.sheet_problems import settings_of
from planner.case.tables import TABLE
from planner.case.workbook import SETTINGS_SHEET, Book
from planner.edit.change import Change, Edit, EditError, row_text
from planner.edit.package import Package
from planner.edit.sheet_xml import Value, edit_sheet, styles_of
from planner.edit.table import check_cells, plan_columns

Grid = dict[tuple[int, int], Value]
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def sheets_of(case: Path) -> frozenset[str]:
    """Return the tables that stand in the workbook of a case: the case itself, or the one in its
    folder."""
    path = case if case.is_file() else case / WORKBOOK
    if not path.is_file():
        return frozenset()
    with zipfile.ZipFile(path) as archive:
        return frozenset(entry.name for entry in Book(archive).sheets) & {*TABLE}


def edit_workbook(
    path: Path, edits: Mapping[str, Edit], settings: Mapping[str, str | None], file: str
) -> tuple[bytes, list[Change], bool]:
    """Return a workbook with edits of its sheets, what changed, and whether it holds formulas.

    Args:
        path: the workbook, which the planner can read.
        edits: what is to change, by table; a table without a sheet gets one.
        settings: what is to change in its sheet ``case``.
        file: how changes name it.

    Raises:
        EditError: where an edit names what is not there, or a cell cannot be changed in place.
    """
    content = path.read_bytes()
    package = Package(content)
    changes: list[Change] = []
    gone = calculated = False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = Book(archive)
        parts = {entry.name: entry.part for entry in book.sheets}
        for entry in book.sheets:
            sheet = book.sheet(entry) if entry.name in {SETTINGS_SHEET, *TABLE} else None
            calculated |= sheet is not None and bool(sheet.formulas)
            at = f"{file}[{entry.name}]"
            if (
                sheet is None
                or entry.name not in ({SETTINGS_SHEET} if settings else {}) | edits.keys()
            ):
                continue
            if entry.name == SETTINGS_SHEET:
                grid, found = _settings_grid(sheet.records, settings, at)
                like = 0
            else:
                grid, found = _grid(sheet.records, edits[entry.name], at, entry.name)
                like = len(sheet.records)
            part = package.name(entry.part)
            if edits.get(entry.name, Edit()).dropped_columns and package.has_tables(part):
                raise EditError(
                    f"{at} is a table of the spreadsheet: convert it to a range, then run again"
                )
            try:
                text = package.read(part)
                text, formulas = edit_sheet(text, grid, styles_of(text, like))
            except EditError as reason:
                raise EditError(f"{at}: {reason}") from None
            package.put(part, text)
            gone |= formulas
            changes += found
    for name, edit in edits.items():
        if name not in parts:
            changes += _new_sheet(package, name, edit, f"{file}[{name}]")
    if gone:  # it would name cells that hold no formula any more
        package.drop_chain()
    return package.content(), changes, calculated


def _header(records: Sequence[Sequence[str]], at: str) -> tuple[int, dict[str, int]]:
    """Return the row of the header, and the column of every name."""
    for number, record in enumerate(records, start=1):
        if any(map(str.strip, record)):
            named = enumerate(record, start=1)
            return number, {name.strip(): i for i, name in named if name.strip()}
    raise EditError(f"{at} has no header row")


def _grid(
    records: Sequence[Sequence[str]], edit: Edit, at: str, table: str
) -> tuple[Grid, list[Change]]:
    """Return the cells that an edit of a sheet changes, and what changes."""
    top, place = _header(records, at)
    columns = plan_columns([*place], edit, at)
    rows = [n for n, record in enumerate(records, 1) if n > top and any(map(str.strip, record))]
    check_cells(edit, columns, rows, at)
    for name in (column.name for column in edit.added_columns):
        place[name] = max(place.values(), default=0) + 1
    numbers = {name for name in place if _holds_numbers(name, table)}

    def value(name: str, text: str) -> Value:
        return Value(text, name in numbers and _NUMBER.fullmatch(text) is not None)

    def before(row: int, name: str) -> str:
        record = records[row - 1] if row <= len(records) else ()
        return record[place[name] - 1].strip() if place[name] <= len(record) else ""

    grid: Grid = {}
    changes = []
    for name in edit.dropped_columns:
        changes.append(Change(at, "column dropped", None, None, name, name, ""))
        grid |= {(row, place[name]): Value("") for row in (top, *rows) if before(row, name)}
    for name in (column.name for column in edit.added_columns):
        changes.append(Change(at, "column added", None, None, name, "", name))
        grid[top, place[name]] = Value(name)
    for row in sorted(edit.dropped_rows):
        old = {name: before(row, name) for name in columns.before}
        changes.append(Change(at, "row dropped", row, None, "", row_text(old), ""))
        grid |= {(row, place[name]): Value("") for name, text in old.items() if text}
    for (row, name), text in edit.cells.items():
        if row not in edit.dropped_rows and before(row, name) != text:
            changes.append(Change(at, "cell", row, row, name, before(row, name), text))
            grid[row, place[name]] = value(name, text)
    last = max(rows, default=top)
    for number, new in enumerate(edit.added_rows, start=last + 1):
        cells = {name: new.cells.get(name, "") for name in columns.after}
        changes.append(Change(at, "row added", None, number, "", "", row_text(cells)))
        grid |= {(number, place[name]): value(name, text) for name, text in cells.items() if text}
    return grid, changes


def _holds_numbers(name: str, table: str) -> bool:
    """Return whether the cells below a header are numbers."""
    types = {column.name: column.type for column in TABLE[table].columns}
    return types.get(name) in ("number", "integer") or (
        name not in types and TABLE[table].wide and looks_like_period(name)
    )


def _settings_grid(
    records: list[list[str]], settings: Mapping[str, str | None], at: str
) -> tuple[Grid, list[Change]]:
    """Return the cells of a sheet of settings that change, and what changes."""
    found = settings_of(records, at)[0]
    grid: Grid = {}
    changes = []
    last = max(found.rows.values(), default=1)
    for name, value in settings.items():
        old, row = found.values.get(name, ""), found.rows.get(name)
        if (value or "") == old and (value is not None or row is None):
            continue
        if row is None:
            last += 1
            row = last
        changes.append(Change(at, "cell", row, row, name, old, value or ""))
        grid[row, 1] = Value(name if value is not None else "")
        grid[row, 2] = Value(value or "", _NUMBER.fullmatch(value or "") is not None)
    return grid, changes


def _new_sheet(package: Package, table: str, edit: Edit, at: str) -> list[Change]:
    """Add a sheet for a table that the workbook does not have; return what it holds."""
    names = [column.name for column in edit.added_columns]
    if not names:
        raise EditError(f"the case has no {at}: an edit that makes it adds its columns")
    grid, changes = _grid([names], Edit(edit.cells, edit.added_rows), at, table)
    grid |= {(1, column): Value(name) for column, name in enumerate(names, start=1)}
    package.add_sheet(table, lambda empty: edit_sheet(empty, grid, {})[0])
    return [Change(at, "column added", None, None, name, "", name) for name in names] + changes
