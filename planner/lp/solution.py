"""The answer of a solver, in the user's units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Status = Literal["optimal", "infeasible", "unbounded", "limit", "error", "whole"]
"""``whole``: there is an answer, but none of whole things."""


def total(cost: Floats, x: Floats) -> float:
    """Return ``sum cost x`` over (columns,); not ``cost @ x``, which BLAS spreads over threads that
    then wait for more to do at full speed."""
    return float((cost * x).sum())


@dataclass(frozen=True, slots=True)
class Solution:
    """Values and duals of a program; arrays are empty unless the status is ``optimal`` (or
    ``limit`` with a point found)."""

    status: Status
    message: str
    objective: float
    """USD."""
    x: Floats
    """Value of every column, user units."""
    row_dual: Floats
    """d objective / d right-hand side of every row, USD per user unit."""
    reduced_cost: Floats
    """USD per user unit of every column."""
    iterations: int
    seconds: float
    solver: str
    basis: Any = None
