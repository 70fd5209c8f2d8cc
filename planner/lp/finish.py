"""Finishing: from an answer without a basis, as first-order methods give it, to a corner."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.basis import AT_LOWER, AT_UPPER, BASIC, Basis
from planner.lp.highs import LiveModel, Progress
from planner.lp.solution import Solution

Floats = NDArray[np.float64]

NEAR: Final = 1e-6
"""Scaled distance from a limit, relative where that is large, at which something stands there."""
CHARGED: Final = 1e-9
"""A scaled dual below this holds no row at its limit."""


def finished(model: LiveModel, solution: Solution, progress: Progress | None = None) -> Solution:
    """Return the optimum that the simplex reaches from where another algorithm stopped.

    What is between its limits there begins in the basis, what is at one begins there.

    Args:
        model: the model that gave the answer; it goes on by simplex afterwards.
        solution: its answer.
        progress: see ``LiveModel.solve``.
    """
    program = model.program
    x = solution.x / program.column_scale
    dual = solution.row_dual * program.row_scale / program.money_scale
    columns = _stands(x, program.column_lower, program.column_upper)
    rows = _stands(program.activity(x), program.row_lower, program.row_upper)
    rows = np.where(np.abs(dual) > CHARGED, rows, np.int8(BASIC))
    model.set_basis(Basis(columns, rows), repair=True)
    found = model.solve(progress=progress)
    return dataclasses.replace(
        found,
        iterations=solution.iterations + found.iterations,
        seconds=solution.seconds + found.seconds,
    )


def _stands(value: Floats, lower: Floats, upper: Floats) -> NDArray[np.int8]:
    """Return HiGHS's status of something with a value between limits."""
    low = value - lower <= NEAR * np.maximum(1.0, np.abs(lower))
    high = upper - value <= NEAR * np.maximum(1.0, np.abs(upper))
    return np.where(low, AT_LOWER, np.where(high, AT_UPPER, BASIC)).astype(np.int8)
