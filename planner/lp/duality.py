"""Weak duality: what multipliers of rows prove about every answer of a program, by adding up.

For any multipliers ``y`` and any costs ``c``, whatever keeps rows and bounds costs at least::

    sum_i y_i b_i(y_i) + sum_j min over x_j in [l_j, u_j] of (c - A'y)_j x_j

where ``b_i`` is the lower limit of a row for ``y_i > 0`` and the upper one for ``y_i < 0``.  The
bounds ``l`` and ``u`` are those of the case, or follow from its rows (:mod:`planner.lp.implied`),
or from what an answer costs that is already there: only a cheaper one could prove it wrong.
With ``c = 0`` and a sum above zero there is no such ``x`` at all (Farkas).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.implied import implied_upper
from planner.lp.program import Program

Floats = NDArray[np.float64]

ROUNDING: Final = 1e-12
"""A reduced cost this small beside what it is the difference of is zero: rounding."""
NONE: Final = -1


@dataclass(frozen=True, slots=True)
class Least:
    """The terms of the sum, scaled."""

    rows: Floats
    columns: Floats
    endless: int
    """A column whose term has no end, so that nothing is proven; ``NONE`` if there is none."""


def least(program: Program, cost: Floats, y: Floats, at_most: float = np.inf) -> Least:
    """Return what multipliers prove that every answer costs at least, term by term.

    Args:
        program: the program.
        cost: of every column, scaled, (columns,).
        y: multiplier of every row, scaled, (rows,).
        at_most: the cost of an answer, scaled: then what is proven holds of all answers that cost
            no more, and the others cost more anyway.
    """
    # a multiplier that leans on a limit that is not there proves nothing: it is set to zero, which
    # stays valid
    y = np.where((y > 0) & np.isinf(program.row_lower), 0.0, y)
    y = np.where((y < 0) & np.isinf(program.row_upper), 0.0, y)
    side = np.where(y > 0, program.row_lower, program.row_upper)
    rows = np.where(y != 0, y * np.where(y != 0, side, 0.0), 0.0)

    reduced = cost - program.pull(y)
    upper = program.column_upper
    bound = np.where(reduced > 0, program.column_lower, upper)
    if ((reduced != 0) & np.isinf(bound)).any():
        pulled = np.abs(program.data * y[program.indices])
        size = np.abs(cost) + np.bincount(
            program.entry_columns(), weights=pulled, minlength=program.num_columns
        )
        reduced = np.where(np.isinf(bound) & (np.abs(reduced) <= ROUNDING * size), 0.0, reduced)
        open_ = (reduced < 0) & np.isinf(upper)
        if open_.any():
            upper = implied_upper(program, open_, at_most)
            bound = np.where(reduced > 0, program.column_lower, upper)
    endless = np.flatnonzero((reduced != 0) & np.isinf(bound))
    columns = np.where(reduced != 0, reduced * np.where(np.isinf(bound), 0.0, bound), 0.0)
    return Least(rows, columns, int(endless[0]) if len(endless) else NONE)
