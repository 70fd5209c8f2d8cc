"""Cases as workbooks: the good case as sheets, cell by cell as a spreadsheet would hold them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.helpers import GOOD, YAML

Edit = Callable[[Any, Mapping[str, Any]], None]


def write_book(path: Path, edit: Edit = lambda book, sheets: None, **tables: Any) -> Path:
    """Write the good case as one workbook.

    Args:
        path: the file.
        edit: called with the open workbook and its sheets by name, before it is saved.
        tables: rows of tables that differ from those of the good case; None leaves one out.
    """
    book = xlsxwriter.Workbook(str(path))
    sheets = {"case": book.add_worksheet("case")}
    settings = {key: value for key, value in YAML.items() if key != "slices"}
    settings |= {"slices": "day=0.5; night=0.5"}
    for number, pair in enumerate([("key", "value"), *settings.items()]):
        sheets["case"].write_row(number, 0, pair)
    for name, rows in {**GOOD, **tables}.items():
        if rows is None:
            continue
        sheets[name] = sheet = book.add_worksheet(name)
        header = list(dict.fromkeys(column for row in rows for column in row))
        sheet.write_row(0, 0, header)
        for number, row in enumerate(rows, start=1):
            for column, key in enumerate(header):
                put(sheet, number, column, row.get(key) or "")
    edit(book, sheets)
    book.close()
    return calculated(path)


def put(sheet: Any, row: int, column: int, cell: str) -> None:
    """Write a cell as a person would type it: a number where it is one."""
    try:
        value = float(cell)
    except ValueError:
        if cell:
            sheet.write_string(row, column, cell)
    else:
        sheet.write_number(row, column, value)


def calculated(path: Path) -> Path:
    """Save a workbook as a spreadsheet does, which says that its formulas are calculated."""
    return rewritten(path, lambda _, part: part.replace(b' fullCalcOnLoad="1"', b""))


def rewritten(path: Path, edit: Callable[[str, bytes], bytes]) -> Path:
    """Pass every part of a workbook through a function."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(name, old.read(name)))
    path.write_bytes(buffer.getvalue())
    return path
