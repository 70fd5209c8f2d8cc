"""Implied: upper bounds of columns that follow from the rows of a program, found by adding up.

A row ``sum a x <= b`` bounds every column with ``a > 0`` where all others have a least value::

    x_j <= l_j + (b - sum_i min(a_i l_i, a_i u_i)) / a_j

Round by round, columns that have no bound take that of the rows in which nothing else runs without
end; so every bound rests on bounds of the case and on rows, never on itself.  Where only answers
that cost at most so much are asked about, their cost is one more row.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Program

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def implied_upper(program: Program, wanted: Bools, at_most: float = np.inf) -> Floats:
    """Return upper bounds of columns, their own or, where that is infinite, what rows make of it.

    Args:
        program: the program.
        wanted: columns whose bounds are asked for, (columns,); others may keep an infinite one
            although rows bound them.
        at_most: only answers that cost no more are asked about, scaled.

    Returns:
        Upper bounds, scaled, (columns,); infinite where neither the column nor its rows give one.
    """
    upper = program.column_upper.copy()
    column, row = program.entry_columns(), program.indices
    # each limit of a row as ``sum a x <= b``
    sides = [
        (sign * program.data, sign * limit)
        for sign, limit in ((1.0, program.row_upper), (-1.0, program.row_lower))
        if np.isfinite(limit).any()
    ]
    while np.isinf(upper[wanted]).any():
        found = np.full(len(upper), np.inf)
        for data, limit in sides:
            least = data * np.where(data > 0, program.column_lower[column], upper[column])
            reach = np.bincount(row, weights=least, minlength=program.num_rows)
            bounds = (data > 0) & np.isinf(upper[column]) & np.isfinite((limit - reach)[row])
            j, i = column[bounds], row[bounds]
            room = np.maximum(limit[i] - reach[i], 0.0) / data[bounds]
            np.minimum.at(found, j, program.column_lower[j] + room)
        if np.isfinite(at_most):
            paid = np.flatnonzero(program.cost)
            cost, low = program.cost[paid], program.column_lower[paid]
            left = at_most - (cost * np.where(cost > 0, low, upper[paid])).sum()
            if np.isfinite(left):
                room = max(left, 0.0) / np.where(cost > 0, cost, np.inf)
                found[paid] = np.minimum(found[paid], np.where(cost > 0, low + room, np.inf))
        new = np.isinf(upper) & np.isfinite(found)
        if not new.any():
            break
        upper[new] = found[new]
    return upper
