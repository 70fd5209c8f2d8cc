"""Fixed: a program with whole counts as they were chosen, a linear one again."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.basis import AT_LOWER, BASIC, Basis
from planner.lp.program import Program

Floats = NDArray[np.float64]

SNAP: Final = 1e-14
"""Relative distance from a whole number at which an amount is that number: rounding of its own, and
no more, as what is kept of a lot and what it had must differ by nothing."""


def divisible(program: Program) -> Program:
    """Return a program with everything divisible, for solvers that would read its counts."""
    return dataclasses.replace(program, integer=program.integer[:0])


def partly(program: Program, kept: NDArray[np.bool_]) -> Program:
    """Return a program in which only some counts are whole: what is divisible opens everything.

    Args:
        program: the program.
        kept: which of its integer columns stay whole, (integer columns,).
    """
    own = program.integer[kept]
    rows, columns = program.switches
    still = np.isin(columns, own)
    return dataclasses.replace(
        program,
        integer=own,
        switches=(rows[still], columns[still]),
        switch_most=program.switch_most[still],
    )


def whole_part(program: Program, x: Floats) -> Floats:
    """Return the counts nearest to the integer columns of an answer, (integer columns,), scaled.

    Args:
        program: the program.
        x: values of all its columns, user units, (columns,).
    """
    own = program.integer
    return np.asarray(np.rint(x[own] / program.column_scale[own]), dtype=np.float64)


def fixed(program: Program, counts: Floats) -> Program:
    """Return a program in which every integer column is what was chosen.

    A column that such a count alone determines (``order = size x racks``) is fixed with it and the
    row between the two is free, so that the price of one more stands at that column and not at a
    row that says how racks are counted.  A switched row holds where its column is 0 and is free
    where it is 1.

    Args:
        program: the program.
        counts: the whole numbers, scaled, in the order of ``program.integer``.

    Returns:
        A linear program with the same columns, rows and coefficients.
    """
    if not len(program.integer):
        return program
    lower, upper = program.column_lower.copy(), program.column_upper.copy()
    low, high = program.row_lower.copy(), program.row_upper.copy()
    lower[program.integer] = upper[program.integer] = counts
    counted = program.whole_columns()
    rows, columns = program.switches
    off = counted[columns] & (lower[columns] < 0.5)  # what is divisible itself closes nothing
    low[rows], high[rows] = -np.inf, np.where(off, 0.0, np.inf)

    column, row = program.entry_columns(), program.indices
    touched = np.bincount(row, weights=counted[column], minlength=program.num_rows) > 0
    equal = (low == high) & touched
    stuck = lower == upper
    # one pass after another: what a count determines may determine the next
    while True:
        free = np.bincount(row, weights=~stuck[column], minlength=program.num_rows)
        alone = equal & (free == 1)
        if not alone.any():
            break
        value = np.where(stuck, lower, 0.0)
        rest = low - program.activity(value)
        mine = alone[row] & ~stuck[column]
        _, once = np.unique(column[mine], return_index=True)  # two rows may name the same column
        r, c, a = row[mine][once], column[mine][once], program.data[mine][once]
        amount = _snapped(rest[r] / a, program.column_scale[c])
        amount = np.clip(amount, lower[c], upper[c])
        lower[c] = upper[c] = amount
        stuck[c] = True
        low[r], high[r] = -np.inf, np.inf
        equal[r] = False
    return dataclasses.replace(
        program,
        column_lower=lower,
        column_upper=upper,
        row_lower=low,
        row_upper=high,
        integer=program.integer[:0],
        counted=program.integer,
        chosen=np.flatnonzero((lower == upper) & (program.column_lower < program.column_upper)),
    )


def fixed_basis(program: Program, linear: Program, basis: Basis) -> tuple[Basis, bool]:
    """Return a basis of a program for its counts fixed, and whether it may have to be repaired.

    What a count determines leaves it and the row between the two comes in: where the counts were
    bounds of a search before, what it found is optimal at once.

    Args:
        program: the program with its integer columns.
        linear: it with its counts ``fixed``.
        basis: of the program.
    """
    freed = (program.row_lower == program.row_upper) & (linear.row_lower < linear.row_upper)
    columns, rows = basis.columns.copy(), basis.rows.copy()
    for which in (linear.chosen, linear.counted):
        columns[which] = np.where(columns[which] == BASIC, AT_LOWER, columns[which])
    rows[freed] = BASIC
    basic = np.count_nonzero(columns == BASIC) + np.count_nonzero(rows == BASIC)
    return Basis(columns, rows), basic != program.num_rows


def _snapped(scaled: Floats, scale: Floats) -> Floats:
    """Return amounts without the rounding of their own making: 72 chips and not 71.99999999."""
    user = scaled * scale
    near = np.rint(user)
    exact = np.abs(user - near) <= SNAP * np.maximum(np.abs(user), 1.0)
    return np.where(exact, near / scale, scaled)
