"""Polishing: of several optimal duals, those that charge least for what nobody uses.

Capacity at a place where nothing is, and nothing works, has no price of its own: any dual between
what work there would save and what the cheapest capacity would cost is optimal.  The least of them
says from which price on an offer comes in.  A row without a right-hand side adds nothing to the
bound, so its dual may shrink until a column that it charges would begin to pay, as long as
everything in the row stands at its lower bound, where a reduced cost may be anything from 0 up.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Program
from planner.lp.solution import Solution

Floats = NDArray[np.float64]

STANDS: Final = 1e-9
"""Scaled distance from its lower bound at which a column stands there."""
SHRINKS: Final = 1e-12
"""A step this small, relative to the dual, is none."""
MOST_ROUNDS: Final = 50
"""What shrinks lets the next row shrink, from the work back to the order, period by period."""


def polished(program: Program, solution: Solution) -> Solution:
    """Return an optimal solution with smaller duals of rows in which nothing happens.

    Args:
        program: the program.
        solution: an optimal solution of it, in user units.

    Returns:
        The same answer; its duals prove the same bound.
    """
    x = solution.x / program.column_scale
    y = solution.row_dual * program.row_scale / program.money_scale
    side = np.where(y > 0, program.row_lower, program.row_upper)
    equal = program.row_lower == program.row_upper
    column, row = program.entry_columns(), program.indices
    taken = x > program.column_lower + STANDS
    busy = np.bincount(row, weights=taken[column], minlength=program.num_rows) > 0
    idle = (y != 0.0) & (side == 0.0) & ~equal & ~busy
    mine = idle[row]
    column, row, value = column[mine], row[mine], program.data[mine]
    if not len(row):
        return solution
    reduced = program.cost - program.pull(y)
    for _ in range(MOST_ROUNDS):
        # moving a dual by ``way`` changes a reduced cost by ``-value x way``
        way = -np.sign(y)
        loses = (value * way[row] > 0) & (y[row] != 0.0)
        several = np.bincount(column[loses], minlength=len(x))
        room = np.abs(y) * idle
        left = np.maximum(reduced[column[loses]], 0.0) / (
            np.abs(value[loses]) * several[column[loses]]
        )
        np.minimum.at(room, row[loses], left)
        if not (room > SHRINKS * np.abs(y)).any():
            break
        step = way * room
        y = y + step
        reduced = reduced - np.bincount(column, weights=value * step[row], minlength=len(x))
    reduced = program.cost - program.pull(y)
    return dataclasses.replace(
        solution,
        row_dual=y * program.money_scale / program.row_scale,
        reduced_cost=reduced * program.money_scale / program.column_scale,
    )
