"""OpenDocument spreadsheets read as people have them; what is repeated is written out, what is
merged is spread.

The readers at hand leave out merges, hidden rows or the kind of a cell, so that this one reads the
part of the format that says them.
"""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from planner.case.cells import plain
from planner.case.problems import Place, Problem, error
from planner.case.workbook import LARGEST_UNPACKED_BYTES, why_unfit
from planner.intake.cell import BLANK, Cell, Sheet
from planner.intake.xlsx import MOST_CELLS

_TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_CALC: Final = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_ERRORS: Final = ("#", "Err:")


def read_ods(path: Path) -> tuple[list[Sheet], list[Problem]]:
    """Return the sheets of an OpenDocument spreadsheet; nothing in it is evaluated.

    Args:
        path: the file.

    Returns:
        Sheets in their order, and why it cannot be read.
    """
    problem = why_unfit(path, path.name)
    if problem is not None:
        return [], [problem]
    reader = _Reader(path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("content.xml").file_size > LARGEST_UNPACKED_BYTES:
                raise ValueError(f"more than {LARGEST_UNPACKED_BYTES:,} bytes unpacked")
            with archive.open("content.xml") as part:
                left = LARGEST_UNPACKED_BYTES
                while chunk := part.read(1 << 16):
                    left -= len(chunk)
                    if left < 0:
                        raise ValueError(f"more than {LARGEST_UNPACKED_BYTES:,} bytes unpacked")
                    reader.parser.Parse(chunk, False)
                reader.parser.Parse(b"", True)
    except (KeyboardInterrupt, MemoryError):
        raise
    except Exception as reason:  # a damaged file raises any of a dozen kinds
        need = f"cannot be read as a spreadsheet: {reason}"
        return [], [error("unreadable", Place(path.name), "", need, "save it again as .ods")]
    return reader.sheets, []


class _Reader:
    """Reads content.xml element by element."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.sheets: list[Sheet] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._data
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.name = ""
        self.rows: list[list[Cell]] = []
        self.row: list[Cell] | None = None
        self.hidden: set[int] = set()
        self.merges: list[tuple[int, int, int, int]] = []
        self.cell: dict[str, str] | None = None
        self.text: list[str] = []
        self.remark = 0
        self.row_given: dict[str, str] = {}

    def _doctype(self, *_: Any) -> None:
        raise ValueError("it declares a document type")

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag == _TABLE + "table":
            self.name, self.rows, self.hidden = given.get(_TABLE + "name", ""), [], set()
            self.merges = []
        elif tag == _TABLE + "table-row":
            self.row, self.row_given = [], dict(given)
        elif tag in (_TABLE + "table-cell", _TABLE + "covered-table-cell"):
            self.cell, self.text = dict(given), []
        elif tag == _OFFICE + "annotation":
            self.remark += 1
        elif tag == _TEXT + "p" and self.cell is not None and not self.remark and self.text:
            self.text.append("\n")
        elif tag in (_TEXT + "s", _TEXT + "tab", _TEXT + "line-break"):
            self._data(" ")

    def _data(self, text: str) -> None:
        if self.cell is not None and not self.remark:
            self.text.append(text)

    def _end(self, tag: str) -> None:
        if tag == _OFFICE + "annotation":
            self.remark -= 1
        elif tag in (_TABLE + "table-cell", _TABLE + "covered-table-cell"):
            self._end_cell()
        elif tag == _TABLE + "table-row" and self.row is not None:
            self._end_row(self.row)
        elif tag == _TABLE + "table":
            self._end_table()

    def _end_cell(self) -> None:
        given = self.cell or {}
        self.cell = None
        if self.row is None:
            return
        cell = _cell(given, "".join(self.text).strip())
        count = int(given.get(_TABLE + "number-columns-repeated", 1))
        if cell.kind == "blank" and count > 1000:
            count = 1  # the empty rest of a row
        across = int(given.get(_TABLE + "number-columns-spanned", 1))
        down = int(given.get(_TABLE + "number-rows-spanned", 1))
        if (across > 1 or down > 1) and cell.kind != "blank":
            self.merges.append((len(self.rows), len(self.row), down, across))
        self.row += [cell] * count
        self._bounded(len(self.row))

    def _end_row(self, row: list[Cell]) -> None:
        count = int(self.row_given.get(_TABLE + "number-rows-repeated", 1))
        if count > 1000 and all(cell.kind == "blank" for cell in row):
            count = 1
        self._bounded((len(self.rows) + count) * max(1, len(row)))
        if self.row_given.get(_TABLE + "visibility", "visible") != "visible":
            self.hidden |= {*range(len(self.rows), len(self.rows) + count)}
        self.rows += [list(row) for _ in range(count)]
        self.row = None

    def _bounded(self, cells: int) -> None:
        if cells > MOST_CELLS:
            raise ValueError(f"{self.name} has more than {MOST_CELLS:,} cells")

    def _end_table(self) -> None:
        for top, left, down, across in self.merges:
            first = self.rows[top][left]
            copy = Cell(first.kind, first.text, first.value, first.day, first.format, spread=True)
            for number in range(top, min(top + down, len(self.rows))):
                row = self.rows[number]
                row.extend([BLANK] * (left + across - len(row)))
                row[left : left + across] = [copy] * across
            self.rows[top][left] = first
        while self.rows and all(cell.kind == "blank" for cell in self.rows[-1]):
            self.rows.pop()
        self.sheets.append(Sheet(self.file, self.name, self.rows, frozenset(self.hidden)))


def _cell(given: dict[str, str], text: str) -> Cell:
    """Return a cell of its attributes and its text."""
    kind = given.get(_OFFICE + "value-type", "")
    if given.get(_CALC + "value-type") == "error" or text.startswith(_ERRORS):
        return Cell("error", text)
    if kind in ("float", "percentage", "currency"):
        value = float(given[_OFFICE + "value"])
        style = {"percentage": "0%", "currency": given.get(_OFFICE + "currency", "")}.get(kind, "")
        return Cell("number", plain(value), value, format=style)
    if kind == "date":
        day = datetime.date.fromisoformat(given[_OFFICE + "date-value"][:10])
        return Cell("date", day.isoformat(), day=day)
    if text:
        return Cell("text", text)
    formula = given.get(_TABLE + "formula", "")
    return Cell("uncalculated", formula) if formula and not kind else BLANK
