"""The plan of an edit: which columns stand where after it, and what is wrong with it, whatever the
table is written in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from planner.edit.change import Edit, EditError


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table before and after an edit."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def moved(self) -> bool:
        """Whether a column comes or goes."""
        return self.before != self.after


def plan_columns(header: Sequence[str], edit: Edit, file: str) -> Columns:
    """Return the headers before and after an edit.

    Args:
        header: as they stand, without spaces around them.
        edit: the edit.
        file: how messages name the table.

    Raises:
        EditError: for a column that is dropped or followed and not there, or added and there.
    """
    names = [name for name in header if name not in edit.dropped_columns]
    gone = edit.dropped_columns - {*header}
    if gone:
        raise EditError(f"{file} has no column {', '.join(sorted(gone))} to drop")
    for column in edit.added_columns:
        if column.name in names:
            raise EditError(f"{file} has a column {column.name} already")
        if column.after and column.after not in names:
            raise EditError(f"{file} has no column {column.after} to put {column.name} after")
        at = names.index(column.after) + 1 if column.after else len(names)
        names.insert(at, column.name)
    return Columns(tuple(header), tuple(names))


def check_cells(edit: Edit, columns: Columns, rows: Collection[int], file: str) -> None:
    """Raise ``EditError`` where an edit names rows or columns that the table does not have.

    Args:
        edit: the edit.
        columns: as planned.
        rows: the rows below the header that hold something.
        file: how messages name the table.
    """
    known = {*columns.after}
    named = {name for _, name in edit.cells}.union(*(row.cells for row in edit.added_rows))
    if named - known:
        raise EditError(f"{file} has no column {', '.join(sorted(named - known))}")
    wanted = {row for row, _ in edit.cells} | edit.dropped_rows
    wanted |= {row.after for row in edit.added_rows if row.after}
    gone = sorted(wanted - {*rows})
    if gone:
        raise EditError(f"{file} has no row {', '.join(map(str, gone[:5]))}")
