"""The certificate: a lower bound on the cost and the residuals of an answer, from the arrays alone.

For any row duals ``y``, weak duality gives ``bound = sum_i y_i b_i(y_i) + sum_j min over x_j in [l_j, u_j] of (c - A'y)_j x_j`` where
``b_i`` is the lower limit of a row for ``y_i > 0`` and the upper one for ``y_i < 0``.  The solver only proposes ``y``; the sum is ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Program
from planner.lp.solution import Solution

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What has been proven about an answer."""

    objective: float
    """Cost of the answer, USD."""
    bound: float
    """No plan can cost less, USD; minus infinity where the duals prove nothing."""
    gap: float
    """(objective - bound) / max(|objective|, 1 USD)."""
    max_row_residual: float
    """Largest violation of a row, relative to the row's scale."""
    worst_row: str
    max_bound_residual: float
    """Largest violation of a column's bounds, relative to the column's scale."""
    worst_column: str
    unproven: str
    """The column that makes the bound infinite, if any."""


def _matrix_columns(program: Program) -> NDArray[np.int64]:
    return np.repeat(np.arange(program.num_columns), np.diff(program.indptr))


def certify(program: Program, solution: Solution) -> Certificate:
    """Return the certificate of a solution.

    Args:
        program: the program.
        solution: values and duals in user units; only ``x`` and ``row_dual`` are used.

    Returns:
        Bound, gap and residuals.
    """
    x = solution.x / program.column_scale
    y = solution.row_dual * program.row_scale / program.money_scale
    # a dual that leans on a limit that is not there proves nothing: it is set to zero, which stays valid
    y = np.where((y > 0) & np.isinf(program.row_lower), 0.0, y)
    y = np.where((y < 0) & np.isinf(program.row_upper), 0.0, y)
    column = _matrix_columns(program)
    reduced = program.cost - np.bincount(column, weights=program.data * y[program.indices], minlength=program.num_columns)
    side = np.where(y > 0, program.row_lower, program.row_upper)
    rows = np.where(y != 0, y * np.where(y != 0, side, 0.0), 0.0)
    bound = np.where(reduced > 0, program.column_lower, program.column_upper)
    open_ = np.flatnonzero((reduced != 0) & np.isinf(bound))
    columns = np.where(reduced != 0, reduced * np.where(np.isinf(bound), 0.0, bound), 0.0)
    lower = -math.inf if len(open_) else (math.fsum(rows) + math.fsum(columns)) * program.money_scale
    objective = math.fsum(program.cost * x) * program.money_scale

    activity = np.bincount(program.indices, weights=program.data * x[column], minlength=program.num_rows)
    row_miss = np.maximum(np.maximum(program.row_lower - activity, activity - program.row_upper), 0.0)
    column_miss = np.maximum(np.maximum(program.column_lower - x, x - program.column_upper), 0.0)
    return Certificate(
        objective=objective, bound=lower, gap=(objective - lower) / max(abs(objective), 1.0), max_row_residual=float(row_miss.max(initial=0.0)),
        worst_row=program.row_label(int(row_miss.argmax())) if row_miss.any() else "", max_bound_residual=float(column_miss.max(initial=0.0)),
        worst_column=program.column_label(int(column_miss.argmax())) if column_miss.any() else "", unproven=program.column_label(int(open_[0])) if len(open_) else "",
    )


@dataclass(frozen=True, slots=True)
class CoefficientRange:
    """Smallest and largest size of the coefficients that a block of columns has in a block of rows, scaled."""

    rows: str
    columns: str
    smallest: float
    largest: float
    count: int


WIDE_SPAN = 1e9
SMALLEST, LARGEST = 1e-6, 1e6


def coefficient_ranges(program: Program) -> tuple[tuple[CoefficientRange, ...], tuple[str, ...]]:
    """Return the ranges of coefficients by block, and warnings where they are wide.

    Args:
        program: the program.

    Returns:
        One range per pair of blocks that share entries, and sentences naming the blocks that stretch the range.
    """
    row_first = np.array([block.first for block in program.row_blocks], dtype=np.int64)
    column_first = np.array([block.first for block in program.column_blocks], dtype=np.int64)
    if not len(program.data):
        return (), ()
    # of blocks that begin at the same place, all but the last are empty
    row_block = np.searchsorted(row_first, program.indices, side="right") - 1
    column_block = np.searchsorted(column_first, _matrix_columns(program), side="right") - 1
    key = row_block * len(column_first) + column_block
    size = np.abs(program.data)
    pairs, inverse = np.unique(key, return_inverse=True)
    low, high = np.full(len(pairs), np.inf), np.zeros(len(pairs))
    np.minimum.at(low, inverse, size)
    np.maximum.at(high, inverse, size)
    count = np.bincount(inverse)
    ranges = tuple(
        CoefficientRange(program.row_blocks[pair // len(column_first)].name, program.column_blocks[pair % len(column_first)].name, float(a), float(b), int(n))
        for pair, a, b, n in zip(pairs, low, high, count, strict=True)
    )
    warnings = [f"coefficients of {r.columns} in {r.rows} run from {r.smallest:.3g} to {r.largest:.3g}" for r in ranges if r.smallest < SMALLEST or r.largest > LARGEST]
    span = float(size.max() / size.min())
    if span > WIDE_SPAN:
        warnings.append(f"coefficients span {span:.1e} over the whole program")
    return ranges, tuple(warnings)
