"""Tight: what whole numbers alone say of limits, before any is chosen.

A column that equals a multiple of one count (``order = size x racks``) comes in steps of that
multiple.  A limit in which everything comes in steps is itself one: with ``g`` the greatest step
that all of them are multiples of::

    sum of k_j n_j <= b,  n_j whole, k_j multiples of g      =>      sum of k_j n_j <= g floor(b/g)

No answer of whole things is lost, so the linear program of the tighter limits proves a higher bound
of what they cost than the divisible one, by the same weak duality.  Rows that hold only where
something is not opened are ordinary ones wherever the most that they let through is stated.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Ints, Program
from planner.lp.whole.most import limited

Floats = NDArray[np.float64]

STEP: Final = 1e-9
"""Relative distance from a whole number of units at which a step is that number."""
ROOM: Final = 1e-6
"""Of a step: what is left of a limit when it is rounded, so that no rounding of ours cuts off a
whole number."""


@dataclass(frozen=True, slots=True)
class Multiples:
    """Columns that are a multiple of one count each, counts among them, scaled."""

    of: Ints
    """The count behind every column, (columns,); -1 where it is none."""
    by: Floats
    """How much of the column one of it is, (columns,); 0 where it is none."""


def multiples(program: Program) -> Multiples:
    """Return which columns are a multiple of one count.

    Args:
        program: the program, with its integer columns.
    """
    counted = program.whole_columns()
    of, by = np.full(program.num_columns, -1, dtype=np.int64), np.zeros(program.num_columns)
    of[program.integer], by[program.integer] = program.integer, 1.0
    column, row = program.entry_columns(), program.indices
    zero = (program.row_lower == 0.0) & (program.row_upper == 0.0)
    each = np.bincount(row, minlength=program.num_rows)
    counts = np.bincount(row, weights=counted[column], minlength=program.num_rows)
    pair = (zero & (each == 2) & (counts == 1))[row]
    own, others = pair & counted[column], pair & ~counted[column]
    # both have one entry in every such row: in the order of the rows they stand side by side
    a, b = (np.flatnonzero(part)[np.argsort(row[part], kind="stable")] for part in (own, others))
    follower, first = np.unique(column[b], return_index=True)
    of[follower] = column[a[first]]
    by[follower] = -program.data[a[first]] / program.data[b[first]]
    return Multiples(of, by)


def tightened(program: Program) -> Program:
    """Return the program with limits rounded to what whole numbers can reach.

    Args:
        program: the program.

    Returns:
        The same columns, rows and integer columns; its linear relaxation costs at least as much as
        that of ``program``, and no answer of whole things is lost.
    """
    if not len(program.integer):
        return program
    program = limited(program, program.switch_most)
    lower, upper = program.column_lower.copy(), program.column_upper.copy()
    found = multiples(program)
    known = np.flatnonzero((found.of >= 0) & (found.by > 0))
    count, by = found.of[known], found.by[known]
    np.maximum.at(lower, count, np.ceil(lower[known] / by - ROOM))
    np.minimum.at(upper, count, np.floor(upper[known] / by + ROOM))
    row_lower, row_upper = _rows(program, found)
    return dataclasses.replace(
        program,
        column_lower=lower,
        column_upper=upper,
        row_lower=row_lower,
        row_upper=row_upper,
    )


def _rows(program: Program, found: Multiples) -> tuple[Floats, Floats]:
    """Return the limits of all rows, rounded where everything in them comes in steps."""
    low, high = program.row_lower.copy(), program.row_upper.copy()
    column, row = program.entry_columns(), program.indices
    stuck = (program.column_lower == program.column_upper)[column]
    steps = (found.of >= 0)[column]
    n = program.num_rows
    size = np.abs(program.data * found.by[column] * program.row_scale[row])
    near = np.rint(size)
    whole = steps & (near >= 1.0) & (np.abs(size - near) <= STEP * near) & (near < 2**53)
    other = np.bincount(row, weights=~stuck & ~whole, minlength=n)
    own = ~stuck & whole
    mine = (other == 0) & (np.bincount(row, weights=own, minlength=n) > 0) & (low < high)
    at = np.flatnonzero(own & mine[row])
    if not len(at):
        return low, high
    at = at[np.argsort(row[at], kind="stable")]
    starts = np.flatnonzero(np.diff(row[at], prepend=-1))
    rows = row[at][starts]
    step = np.gcd.reduceat(near[at].astype(np.int64), starts) / program.row_scale[rows]
    rest = np.bincount(
        row, weights=np.where(stuck, program.data * program.column_lower[column], 0.0), minlength=n
    )[rows]
    top, bottom = (high[rows] - rest) / step, (low[rows] - rest) / step
    high[rows] = np.minimum(high[rows], np.floor(top + ROOM) * step + rest)
    low[rows] = np.maximum(low[rows], np.ceil(bottom - ROOM) * step + rest)
    return low, high
