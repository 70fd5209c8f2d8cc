"""Handing over: a whole program to HiGHS, or only the numbers in which it differs from the last."""

from __future__ import annotations

from typing import Any, Final

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Program

Floats = NDArray[np.float64]

SMALL_COEFFICIENT: Final = 1e-9
LARGE_COEFFICIENT: Final = 1e15
"""What HiGHS takes for 0 and for infinite in the matrix."""


def checked(status: highspy.HighsStatus, what: str) -> None:
    """Raise ``RuntimeError`` where HiGHS refused what it was asked for."""
    if status == highspy.HighsStatus.kError:
        raise RuntimeError(f"HiGHS refused to {what}")


def hand_over(highs: Any, program: Program) -> None:
    """Hand a whole program to HiGHS; raises ``RuntimeError`` where it drops a coefficient."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = program.num_columns, program.num_rows
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = (
        program.cost,
        program.column_lower,
        program.column_upper,
    )
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = (
        program.indptr,
        program.indices,
        program.data,
    )
    checked(highs.passModel(lp), "take the program")
    if highs.getNumNz() != len(program.data):
        size = np.abs(program.data)
        odd = np.flatnonzero((size <= SMALL_COEFFICIENT) | (size >= LARGE_COEFFICIENT))
        named = [
            f"{program.column_label(int(program.entry_columns()[at]))} in "
            f"{program.row_label(int(program.indices[at]))}: {program.data[at]:.3g}"
            for at in odd[:3]
        ]
        raise RuntimeError(
            f"HiGHS dropped {len(program.data) - highs.getNumNz()} coefficients, too "
            f"small or too large: {'; '.join(named)}. Check the units of what they name"
        )


def alike(old: Program, program: Program) -> bool:
    """Return whether two programs have the same matrix, so that only numbers beside it differ."""
    same = (
        old.indptr.shape == program.indptr.shape
        and old.row_lower.shape == program.row_lower.shape
        and np.array_equal(old.indptr, program.indptr)
    )
    return same and (
        (old.indices is program.indices and old.data is program.data)
        or (np.array_equal(old.indices, program.indices) and np.array_equal(old.data, program.data))
    )


def change_numbers(highs: Any, cost: Floats, old: Program, program: Program) -> None:
    """Change what differs beside the matrix: costs (from ``cost``, scaled, (columns,), which HiGHS
    has), bounds and limits."""
    all_columns, all_rows = (
        np.arange(program.num_columns, dtype=np.int32),
        np.arange(program.num_rows, dtype=np.int32),
    )
    dear = all_columns[cost != program.cost]
    checked(highs.changeColsCost(len(dear), dear, program.cost[dear]), "change costs")
    moved = all_columns[
        (old.column_lower != program.column_lower) | (old.column_upper != program.column_upper)
    ]
    checked(
        highs.changeColsBounds(
            len(moved), moved, program.column_lower[moved], program.column_upper[moved]
        ),
        "change column bounds",
    )
    shifted = all_rows[(old.row_lower != program.row_lower) | (old.row_upper != program.row_upper)]
    change: Any = highs.changeRowsBounds
    checked(
        change(len(shifted), shifted, program.row_lower[shifted], program.row_upper[shifted]),
        "change row bounds",
    )
