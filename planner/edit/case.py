"""Cases edited: the files of a case with changes in some tables and settings, nothing written
yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.case.files import WORKBOOK
from planner.case.tables import TABLE
from planner.case.yaml_file import FILE
from planner.edit.book import edit_workbook, sheets_of
from planner.edit.change import Change, Edit, EditError
from planner.edit.csv_text import edit_csv, new_csv
from planner.edit.settings import edit_settings


@dataclass(frozen=True, slots=True)
class Edited:
    """The files of a case that an edit changes, by their name in a case folder (a workbook that is
    a whole case: ``case.xlsx``), and every change, file by file and row by row."""

    files: Mapping[str, bytes]
    changes: tuple[Change, ...]
    calculated: bool = False
    """Whether a workbook among them holds formulas, whose stored values are those of before."""


def edit_case(
    case: Path, edits: Mapping[str, Edit], settings: Mapping[str, str | None] | None = None
) -> Edited:
    """Return the files of a case with changes in its tables and settings.

    A table that the case does not have yet is made: of the columns and rows that its edit adds, as
    a CSV file, in a workbook that is a whole case as a sheet.

    Args:
        case: the case folder, or a workbook; one that can be read.
        edits: what is to change, by the name of the table.
        settings: new text by setting (``start``, ``run.seed``); None removes it.

    Raises:
        EditError: where an edit names what is not there, or what cannot be changed in place.
        OSError: where a file cannot be read.
    """
    book = case if case.is_file() else case / WORKBOOK
    in_book = sheets_of(case)
    files: dict[str, bytes] = {}
    changes: list[Change] = []
    sheets: dict[str, Edit] = {}
    for name in (name for name in TABLE if name in edits):
        edit, path = edits[name], TABLE[name].path
        if name in in_book or case.is_file():
            sheets[name] = edit
            continue
        there = (case / path).is_file()
        content = (case / path).read_bytes() if there else b""
        edited, found = edit_csv(content, edit, path) if there else new_csv(edit, path)
        if found:
            files[path] = edited
        changes += found
    unknown = sorted(set(edits) - set(TABLE))
    if unknown:
        raise EditError(f"{unknown[0]} is not a table")
    in_sheet: Mapping[str, str | None] = {}
    if settings and not case.is_file() and (case / FILE).is_file():
        edited, found = edit_settings((case / FILE).read_bytes(), settings)
        files |= {FILE: edited} if found else {}
        changes = [*found, *changes]
    elif settings:
        in_sheet = settings
    calculated = False
    if sheets or in_sheet:
        file = case.name if case.is_file() else WORKBOOK
        edited, found, calculated = edit_workbook(book, sheets, in_sheet, file)
        files |= {WORKBOOK: edited} if found else {}
        changes += found
    return Edited(files, tuple(changes), calculated)
