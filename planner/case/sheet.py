"""Sheets: the XML of one sheet of an .xlsx file as rows of text, with everything in it that is no
plain value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from planner.case.stored import Shared
from planner.case.xml_parts import Damaged, Part, Text, TooLarge, feed, parse, whole

MOST_SHEET_ROWS: Final = 1_048_576
MOST_SHEET_COLUMNS: Final = 16_384

_PLACE: Final = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell that is no plain value: where it stands, what it is and what it shows.

    ``what`` is ``error``, ``formula`` (nothing stored), ``time``, ``date``, ``month``, ``year`` (a
    date cell, by what its format shows), ``half-date`` (its format hides a part that it holds) or
    ``truth``.
    """

    row: int
    column: int
    what: str
    shown: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a sheet as text, from row 1 and column A on, and what is odd about it."""

    records: list[list[str]]
    odd: list[Odd]
    merged: list[tuple[str, int]] = field(default_factory=list)
    """Merged ranges and the first row of each."""
    hidden_rows: list[int] = field(default_factory=list)
    """Hidden rows that hold something."""
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    """First and last of hidden columns, counted from 1."""
    formulas: list[Odd] = field(default_factory=list)
    """Formulas whose value was stored by what calculated them last; the first thousand."""


class _Reader:
    """Takes the elements of a sheet as they come."""

    def __init__(self, shared: Shared, most: int) -> None:
        self.shared, self.most = shared, most
        self.rows: dict[int, list[str]] = {}
        self.odd: list[Odd] = []
        self.formulas: list[Odd] = []
        self.merged: list[tuple[str, int]] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self.hidden: set[int] = set()
        self.area = self.row = self.column = self.width = 0
        self.record: list[str] = []
        self.columns: dict[str, int] = {}
        self.shown, self.digits = "0", 1
        self.style, self.type, self.formula, self.reading = 0, "n", "", 0
        self.inline = self.calculated = self.inside = False
        self.text, self.written = Text(), Text()
        self.value: str | None = None
        self.parser: Any = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        if name == "c":
            self._cell(attributes)
        elif name == "v":
            self.parser.CharacterDataHandler = self.text.add
        elif name == "row":
            self._row(attributes)
        elif name == "f":
            self.calculated = True
            self.parser.CharacterDataHandler = self.written.add
        elif name == "is":
            self.inline = True
        elif name == "rPh":
            self.reading += 1
        elif name == "t":
            if self.inline and not self.reading:
                self.parser.CharacterDataHandler = self.text.add
        elif name == "mergeCell":
            place = attributes.get("ref", "")[:30]
            digits = re.search("[0-9]{1,7}", place)
            if len(self.merged) <= 100:
                self.merged.append((place, int(digits[0]) if digits else 1))
        elif (
            name == "col"
            and attributes.get("hidden") in ("1", "true")
            and len(self.hidden_columns) < 100
        ):
            self.hidden_columns.append((whole(attributes.get("min")), whole(attributes.get("max"))))

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name in ("v", "t", "f"):
            self.parser.CharacterDataHandler = None
            if name == "v":
                self.value = self.text.take()
        elif name == "c":
            self._done()
        elif name == "is":
            self.inline = False
            self.value = self.text.take()
        elif name == "rPh":
            self.reading -= 1

    def _row(self, attributes: Mapping[str, str]) -> None:
        row = attributes.get("r")
        self.row = self.row + 1 if row is None else whole(row)
        if self.row > MOST_SHEET_ROWS:
            most = f"{MOST_SHEET_ROWS:,} rows"
            raise TooLarge(f"more than {most}", f"must have at most {most}", "use CSV files")
        if not self.row:
            raise Damaged(f"it has a row {str(row)[:20]}")
        if self.row in self.rows:
            raise Damaged(f"row {self.row} stands in it twice")
        self.record = self.rows[self.row] = []
        self.shown = str(self.row)
        self.digits = len(self.shown)
        self.column = 0
        if attributes.get("hidden") in ("1", "true"):
            self.hidden.add(self.row)

    def _cell(self, attributes: Mapping[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            self.column += 1
        else:
            column = self.columns.get(place[: -self.digits])
            if column is None or not place.endswith(self.shown):
                column = self._place(place)
            self.column = column
        if self.column > MOST_SHEET_COLUMNS:
            raise TooLarge(
                f"more than {MOST_SHEET_COLUMNS:,} columns",
                f"must have at most {MOST_SHEET_COLUMNS:,} columns",
                "keep one row per period, or use CSV files",
            )
        self.type, self.style = attributes.get("t", "n"), whole(attributes.get("s"))
        self.value, self.calculated = None, False

    def _place(self, place: str) -> int:
        """Return the column of a cell by its place, and remember it by its letters."""
        found = _PLACE.fullmatch(place)
        if found is None or int(found[2]) != self.row:
            raise Damaged(f"it has a cell {place[:20]} in row {self.row}")
        column = self.columns[found[1]] = column_number(found[1])
        return column

    def _done(self) -> None:
        value, what, shown = self.value, "", ""
        if self.calculated:
            formula = self.written.take()
            shown = f"={formula}" if formula else "a formula"
            if value is None or value == "":
                what, value = "formula", shown
            elif len(self.formulas) < 1000:
                self.formulas.append(Odd(self.row, self.column, "stale", shown))
        if value is None or value == "":
            return
        if not what:
            value, what = self.shared.plain(value, self.type, self.style, self.row)
        if what:
            self.odd.append(Odd(self.row, self.column, what, value if what != "formula" else shown))
        self._put(value)

    def _put(self, value: str) -> None:
        record, at = self.record, self.column - 1
        if at >= len(record):
            self.area += at + 1 - len(record)
            self.width = max(self.width, at + 1)
            if self.area > self.most or (self.row > 1 and self.row * self.width > self.most):
                raise TooLarge(
                    f"{self.row:,} rows, {self.width:,} columns",
                    f"must have at most {self.most:,} cells in a sheet, up to its last row and "
                    "column",
                    "delete the rows and columns beside the table, or use CSV files",
                )
            record.extend([""] * (at - len(record)))
            record.append(value)
        elif record[at]:
            raise Damaged(f"a cell in row {self.row} stands in it twice")
        else:
            record[at] = value


def column_number(letters: str) -> int:
    """Return the number of a column, A = 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def read_sheet(part: Part, shared: Shared, most: int) -> Sheet:
    """Read the XML of a sheet.

    Args:
        part: its bytes.
        shared: what the sheets of its workbook share.
        most: cells up to the last row and column.

    Returns:
        The sheet; every record as long as the longest, blank rows empty.

    Raises:
        Damaged: where it is not what the format says.
        TooLarge: where it holds more than is read.
    """
    reader = _Reader(shared, most)
    reader.parser = parse(reader.start, reader.end)
    feed(reader.parser, part)
    last = max((row for row, record in reader.rows.items() if record), default=0)
    if last * reader.width > most:
        raise TooLarge(
            f"{last:,} rows, {reader.width:,} columns",
            f"must have at most {most:,} cells in a sheet, up to its last row and column",
            "delete the rows and columns beside the table, or use CSV files",
        )
    width = reader.width
    for record in reader.rows.values():
        if record and len(record) < width:
            record.extend([""] * (width - len(record)))
    records = [reader.rows.get(row, []) for row in range(1, last + 1)]
    hidden = sorted(row for row in reader.hidden if reader.rows[row])
    return Sheet(records, reader.odd, reader.merged, hidden, reader.hidden_columns, reader.formulas)
