"""Edits: what is to change in a table as its user wrote it, and what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

What = Literal["cell", "row added", "row dropped", "column added", "column dropped"]


class EditError(Exception):
    """An edit that the table as it is written cannot take; the message says why."""


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to add: its cells by header (blank where none is given), and the row it stands below
    (as a spreadsheet shows it before the edit; 0: below the last)."""

    cells: Mapping[str, str]
    after: int = 0


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A column to add, and the header it stands right of (blank: of the last)."""

    name: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to change in one table.

    Rows are those that a spreadsheet shows before the edit, columns the headers as written, which
    are periods where the table is wide; ``planner.case.origin`` says both for a cell of a case.
    """

    cells: Mapping[tuple[int, str], str] = field(default_factory=dict)
    """New text by row and header, in columns that are added too."""
    added_rows: tuple[NewRow, ...] = ()
    dropped_rows: frozenset[int] = frozenset()
    added_columns: tuple[NewColumn, ...] = ()
    dropped_columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a file: a cell, or a whole row or column that came or went."""

    file: str
    """As messages name it: ``demand.csv`` or ``case.xlsx[demand]``."""
    what: What
    row: int | None
    """Before the edit; None for a row that is new, and for a column."""
    now: int | None
    """After the edit; None for a row that is gone, and for a column."""
    column: str
    """The header; blank for a whole row."""
    old: str
    """Blank for what is new; of a row its cells, separated by ``|``."""
    new: str
    """Blank for what is gone; of a row its cells, separated by ``|``."""

    def __str__(self) -> str:
        """One line: ``demand.csv:4 2027Q1: 120 -> 240``."""
        if self.what == "cell":
            old, new = self.old or "blank", self.new or "blank"
            return f"{self.file}:{self.now} {self.column}: {old} -> {new}"
        if self.what in ("row added", "row dropped"):
            at = self.now if self.what == "row added" else self.row
            return f"{self.file}:{at} {self.what}: {self.new or self.old}"
        return f"{self.file} {self.what}: {self.column}"


def row_text(cells: Mapping[str, str]) -> str:
    """Return the filled cells of a row on one line, in their order."""
    return " | ".join(f"{name} {cell}" for name, cell in cells.items() if cell)
