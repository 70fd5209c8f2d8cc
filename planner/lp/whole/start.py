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
    for members in choices(program):
        counts[members] = 0.0
        counts[members[np.argmax(value[members])]] = 1.0
    return np.asarray(np.clip(counts, np.ceil(low - NEAR), np.floor(high + NEAR)))


def extent(program: Program, x: Floats) -> tuple[Floats, Floats]:
    """Return between which values each count may be with the rest of an answer as it is: the
    highest, and the lowest, which is above 0 where a column of 0 or 1 is used, (integer columns,).

    Args:
        program: the program.
        x: an answer of its linear relaxation, scaled, (columns,).
    """
    own = program.integer
    place = np.full(program.num_columns, -1, dtype=np.int64)
    place[own] = np.arange(len(own))
    column = program.entry_columns()
    at = np.flatnonzero(place[column] >= 0)
    at = at[(program.row_lower < program.row_upper)[program.indices[at]]]  # equal: says nothing
    which, row, data = place[column[at]], program.indices[at], program.data[at]
    activity = program.activity(x)
    lets = activity[program.switches[0]] > NEAR
    activity = activity[row]
    low, high = program.row_lower[row], program.row_upper[row]
    up = np.where(data > 0, high - activity, activity - low) / np.abs(data)
    down = np.where(data > 0, activity - low, high - activity) / np.abs(data)
    more, less = np.full(len(own), np.inf), np.full(len(own), np.inf)
    np.minimum.at(more, which, up)
    np.minimum.at(less, which, down)
    used = x[own] - less
    np.maximum.at(used, place[program.switches[1]], np.where(lets, 1.0, 0.0))
    return x[own] + more, used


def judged(program: Program, x: Floats, share: Floats) -> Floats:
    """Return for columns of 0 or 1, in the order of the integer columns, whether they are 1: where
    the answer uses what they open, and has at least a ``share`` of what that takes; of what
    excludes each other the most used is 1.

    Args:
        program: the program.
        x: an answer of its linear relaxation, scaled, (columns,).
        share: (integer columns,).
    """
    may, used = extent(program, x)
    counts = np.where((may >= share - NEAR) & (used > NEAR), 1.0, 0.0)
    for members in choices(program):
        best = np.where(may[members] >= share[members] - NEAR, used[members], -np.inf)
        counts[members] = 0.0
        counts[members[np.argmax(best)]] = 1.0
    return counts


def undecided(program: Program, x: Floats) -> Floats:
    """Return how far from decided columns of 0 or 1 are, the least the most so; infinite where one
    is: not used, or all there is that it takes, and nothing to pay, (integer columns,).

    Args:
        program: the program.
        x: an answer of its linear relaxation, scaled, (columns,).
    """
    own = program.integer
    may, used = extent(program, x)
    may = np.where(program.cost[own] > 0.0, x[own], may)
    open_ = (used > NEAR) & (may < 1.0 - NEAR)
    score = np.where(open_, np.abs(may - 0.5), np.inf)
    for members in choices(program):
        several = members[used[members] > NEAR]
        if len(several) > 1:
            score[several] = -used[several]
    return score


def choices(program: Program) -> list[Ints]:
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
