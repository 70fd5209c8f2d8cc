"""A start: whole counts near the divisible answer, by rounding."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Ints, Program

Floats = NDArray[np.float64]

NEAR: Final = 1e-6
"""A count this near to a whole number is that number."""


def singles(program: Program, x: Floats) -> Floats:
    """Return whole counts, each rounded up by itself, in the order of the integer columns.

    Of what excludes each other the largest is chosen, and a column of 0 or 1 that opens a switched
    row is 1 where the divisible answer uses what it opens.

    Args:
        program: the program.
        x: the answer of its linear relaxation, scaled, (columns,).
    """
    own = program.integer
    value, low, high = x[own], program.column_lower[own], program.column_upper[own]
    counts = np.ceil(value - NEAR)
    rows, columns = program.switches
    used = program.activity(x)[rows] > NEAR
    counts[np.searchsorted(own, columns[used])] = 1.0
    for members in _choices(program):
        counts[members] = 0.0
        counts[members[np.argmax(value[members])]] = 1.0
    return np.asarray(np.clip(counts, np.ceil(low - NEAR), np.floor(high + NEAR)))


def _choices(program: Program) -> list[Ints]:
    """Return, for every row that says that exactly one of some columns of 0 or 1 is 1, their places
    among the integer columns."""
    counted = program.whole_columns()
    column, row = program.entry_columns(), program.indices
    others = np.bincount(
        row, weights=~counted[column] | (program.data != 1.0), minlength=program.num_rows
    )
    one = (program.row_lower == 1.0) & (program.row_upper == 1.0) & (others == 0)
    mine = one[row]
    if not mine.any():
        return []
    order = np.argsort(row[mine], kind="stable")
    place = np.searchsorted(program.integer, column[mine][order])
    ends = np.flatnonzero(np.diff(row[mine][order])) + 1
    return np.split(place, ends)
