"""The draft of an edit: what changes in one table of a case, and why, while it is worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.case.tables import TABLE
from planner.case.text import TextTable
from planner.edit import Edit, NewColumn, NewRow


@dataclass(slots=True)
class Draft:
    """The changes of one table, by the rows that a spreadsheet shows and the headers as written; a
    cell of a column that the table does not have yet brings the column."""

    table: str
    text: TextTable | None = None
    """The table as written; None where there is none yet."""
    cells: dict[tuple[int, str], str] = field(default_factory=dict)
    """New cell by row and column."""
    dropped: dict[int, str] = field(default_factory=dict)
    """Why a row goes, by row."""
    dropped_columns: dict[str, str] = field(default_factory=dict)
    """Why a column goes, by header."""
    copied_columns: dict[str, str] = field(default_factory=dict)
    """New header -> the column it repeats, row by row, and stands behind."""
    added: list[tuple[Mapping[str, str], str]] = field(default_factory=list)
    """New rows, at the end, and why each comes."""
    _at: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = [] if self.text is None else self.text.row.tolist()
        self._at = {row: at for at, row in enumerate(rows)}

    def before(self, row: int, column: str) -> str:
        """Return the cell of a row as it was written; "" where the table has no such column."""
        if self.text is None or column not in self.text.columns or row not in self._at:
            return ""
        return str(self.text.columns[column][self._at[row]])

    def cells_of(self, row: int) -> dict[str, str]:
        """Return the cells of a row as they were written, by column."""
        columns = {} if self.text is None else self.text.columns
        return {name: self.before(row, name) for name in columns}

    def set(self, row: int, column: str, cell: str) -> None:
        """Change a cell, unless it says the same already."""
        if self.before(row, column) != cell:
            self.cells[row, column] = cell

    def edit(self) -> Edit:
        """Return the edit that was drafted."""
        known = set() if self.text is None else set(self.text.columns)
        cells = {
            (row, name): cell for (row, name), cell in self.cells.items() if row not in self.dropped
        }
        new = {name for _, name in cells} | {
            n for row, _ in self.added for n, c in row.items() if c
        }
        if self.text is None:
            new |= {column.name for column in TABLE[self.table].columns if column.required}
        declared = [column.name for column in TABLE[self.table].columns]
        ordered = [name for name in declared if name in new - known]
        added = [NewColumn(name) for name in (*ordered, *sorted(new - known - {*declared}))]
        behind = ""
        copies: list[NewColumn] = []
        for name, old in self.copied_columns.items():
            copies.append(NewColumn(name, after=behind or old))
            behind = name
            for row in self._at:
                if row not in self.dropped and self.before(row, old):
                    cells[row, name] = self.before(row, old)
        rows = tuple(
            NewRow({name: cell for name, cell in row.items() if cell}) for row, _ in self.added
        )
        return Edit(
            cells, rows, frozenset(self.dropped), (*copies, *added), frozenset(self.dropped_columns)
        )

    def __bool__(self) -> bool:
        """Return whether anything changes."""
        return bool(
            self.cells or self.dropped or self.dropped_columns or self.copied_columns or self.added
        )
