"""Blanks: which cells of a table were left empty, for those who ask once defaults stand in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import Bools, Ints, whole
from planner.case.declare import Table
from planner.case.tables import READ
from planner.case.text import TextTable


def blank_bits(text: TextTable, table: Table) -> Ints:
    """Return which cells of a row are blank, (n,): bit k for the k-th declared column.

    Only columns say so in which a blank beside filled neighbours is told; in the others, and once
    a default stands in the cell, nobody needs to know.
    """
    found = np.zeros(len(text.row), dtype=np.int64)
    for k, column in enumerate(table.columns):
        if column.beside in ("error", "warning"):
            cells = text.columns.get(column.name)
            empty = np.ones(len(found), dtype=bool) if cells is None else cells == ""
            found |= np.where(empty, np.int64(1 << k), np.int64(0))
    return found


def header_bits(text: TextTable, table: Table) -> int:
    """Return which declared columns have a header in a table as written: bit k for the k-th."""
    return sum(1 << k for k, column in enumerate(table.columns) if column.name in text.columns)


def has_header(frame: pd.DataFrame, table: str, column: str) -> bool:
    """Return whether a column has a header in its file, whatever stands below it.

    Args:
        frame: the table as read, with rows.
        table: its name.
        column: a declared column.
    """
    k = [declared.name for declared in READ[table].columns].index(column)
    return bool((whole(frame, "_written")[0] >> k) & 1)


def blanks(frame: pd.DataFrame, table: str, column: str) -> Bools:
    """Return in which rows of a table a cell was left blank, (n,).

    Args:
        frame: the table as read.
        table: its name.
        column: a required column, which has no blanks, or one that declares ``beside`` as an error
            or a warning.

    Raises:
        KeyError: for a column whose blanks nobody asked to keep.
    """
    k = [declared.name for declared in READ[table].columns].index(column)
    declared = READ[table].columns[k]
    if declared.required:
        return np.zeros(len(frame), dtype=bool)
    if declared.beside not in ("error", "warning"):
        raise KeyError(f"{table}.{column} does not tell its blanks")
    return np.asarray((frame["_blank"].to_numpy(dtype=np.int64) >> k) & 1, dtype=bool)
