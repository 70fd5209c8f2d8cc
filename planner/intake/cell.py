"""Cells and sheets as a person sees them: what each cell holds, where a merge spread it, and what
is hidden."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from planner.case.text import column_letters

Kind = Literal["blank", "text", "number", "date", "error", "uncalculated"]
"""``error``: an error such as #N/A; ``uncalculated``: a formula whose value is not stored."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its kind, its text as it is shown, and the number or day it holds."""

    kind: Kind = "blank"
    text: str = ""
    value: float = float("nan")
    day: datetime.date | None = None
    format: str = ""
    """The number format, which may name a unit: ``0 %``, ``#,##0 "MW"``."""
    spread: bool = False
    """Whether a merged cell left of it or above it says what it holds."""
    bold: bool = False


BLANK: Final = Cell()


class Spot(NamedTuple):
    """A cell's place in a sheet: row and column, counted from 0."""

    row: int
    column: int

    def __str__(self) -> str:
        return f"{column_letters(self.column + 1)}{self.row + 1}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook, or a whole text file, whose sheet has no name."""

    file: str
    name: str
    rows: Sequence[Sequence[Cell]]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False
    separator: str = ""
    """What separates the fields of a text file."""

    @property
    def at(self) -> str:
        """How messages name it: ``file[sheet]``."""
        return f"{self.file}[{self.name}]" if self.name else self.file

    @property
    def width(self) -> int:
        """Columns of it."""
        return max((len(row) for row in self.rows), default=0)

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell; a blank one beyond what is written."""
        cells = self.rows[row] if 0 <= row < len(self.rows) else ()
        return cells[column] if 0 <= column < len(cells) else BLANK

    def place(self, spot: Spot) -> str:
        """Return how messages name a cell: ``file[sheet] D7``."""
        return f"{self.at} {spot}"


def range_text(spots: Sequence[Spot]) -> str:
    """Return the smallest range of cells that holds some: ``B4:I4``, or ``B4`` for one."""
    rows, columns = [s.row for s in spots], [s.column for s in spots]
    first, last = Spot(min(rows), min(columns)), Spot(max(rows), max(columns))
    return str(first) if first == last else f"{first}:{last}"
