"""Edits: every column of every written table, a cell at a time, changed so that a reader would act
on it differently."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from planner.case.case import Case
from planner.case.declare import Column, Table


@dataclass(frozen=True, slots=True)
class Edit:
    """A cell of a written table, what stands there and what is put there."""

    table: str
    column: str
    row: int
    old: str
    new: str


def read_cells(folder: Path, table: Table) -> pd.DataFrame:
    """Return a written table as text cells."""
    return pd.read_csv(folder / table.path, dtype=str, keep_default_na=False, na_filter=False)


def edits_of(folder: Path, table: Table, case: Case, rows: int = 2) -> Iterator[Edit]:
    """Yield edits of every column of a table: cells that are filled first, then a blank one, and a
    filled one made blank."""
    cells = read_cells(folder, table)
    for column in (c for c in table.columns if c.name in cells):
        values = cells[column.name]
        filled = [int(i) for i in values.index[values != ""]]
        chosen = [filled[0], filled[len(filled) // 2], filled[-1]][:rows] if filled else []
        blank = [int(i) for i in values.index[values == ""]][:1]
        for row in dict.fromkeys([*chosen, *blank]):
            old = str(values[row])
            new = changed(old, column, case, cells)
            if new is not None:
                yield Edit(table.name, column.name, row, old, new)
        if rows > 1 and filled:
            yield Edit(table.name, column.name, filled[-1], str(values[filled[-1]]), "")


def changed(old: str, column: Column, case: Case, cells: pd.DataFrame) -> str | None:
    """Return another value that the column could hold; None where there is none."""
    if column.type in ("number", "integer"):
        if old == "":
            return "7"
        value, others = float(old), pd.to_numeric(cells[column.name], errors="coerce").abs()
        if abs(value) > 1e-6 * others.max():
            return f"{value * 1.07:.12g}"
        # of what is next to nothing beside the others something is made
        return f"{value + max(0.07 * others.max(), 1.0):.12g}"
    if column.type == "period" or (old and old in case.calendar.labels):
        return str(case.calendar.label(int(case.calendar.parse(old)) + 1)) if old else "2028"
    if column.type == "date":
        if not old:
            return "2028-03-01"
        return (datetime.date.fromisoformat(old) + datetime.timedelta(days=90)).isoformat()
    if column.allowed:
        return next((value for value in column.allowed if value != old), None)
    others = sorted(set(cells[column.name]) - {old, ""})
    return others[0] if others and old else f"{old} or so"


def apply(folder: Path, table: Table, edit: Edit) -> bytes:
    """Put an edit into the file; return what it was."""
    path = folder / table.path
    before = path.read_bytes()
    cells = read_cells(folder, table)
    cells.loc[edit.row, edit.column] = edit.new
    path.write_bytes(cells.to_csv(index=False, lineterminator="\n").encode())
    return before
