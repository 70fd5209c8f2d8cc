"""The certificate: a lower bound on the cost and the residuals of an answer, from the arrays alone.

The bound is what the duals prove by weak duality (:mod:`planner.lp.duality`).  The solver only
proposes them; the sum is ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.duality import NONE, least
from planner.lp.program import Program
from planner.lp.solution import Solution

Floats = NDArray[np.float64]

RESIDUAL_TOLERANCE: Final = 1e-6
"""Largest row or bound residual, relative to the program's scale, of a plan that may be called
proven."""


MARGIN: Final = 1e-6
"""Answers that cost no more than the one at hand and so much, relative, are those that the bound is
about."""


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
    objective = math.fsum(program.cost * x)
    proven, at_most = least(program, program.cost, y), math.inf
    if proven.endless != NONE:  # of answers that cost more nothing need be proven
        at_most = objective + MARGIN * max(abs(objective), 1.0)
        proven = least(program, program.cost, y, at_most)
    endless = proven.endless != NONE
    lower = -math.inf
    if not endless:
        lower = min(math.fsum(proven.rows) + math.fsum(proven.columns), at_most)
        lower *= program.money_scale
    objective *= program.money_scale

    row_miss, column_miss = residuals(program, x)
    return Certificate(
        objective=objective,
        bound=lower,
        gap=(objective - lower) / max(abs(objective), 1.0),
        max_row_residual=float(row_miss.max(initial=0.0)),
        worst_row=program.row_label(int(row_miss.argmax())) if row_miss.any() else "",
        max_bound_residual=float(column_miss.max(initial=0.0)),
        worst_column=program.column_label(int(column_miss.argmax())) if column_miss.any() else "",
        unproven=program.column_label(proven.endless) if endless else "",
    )


def certificate_faults(certificate: Certificate, gap: float) -> list[str]:
    """Return one sentence for each thing that keeps a solution from being proven optimal: gap and
    residuals; empty = proven."""
    faults = []
    if certificate.unproven:
        faults.append(
            f"the solver's dual values prove no bound: column {certificate.unproven} has no limit "
            "that would give one"
        )
    elif not abs(certificate.gap) <= gap:
        faults.append(
            f"the bound {certificate.bound:,.2f} USD is {certificate.gap:.1e} away from the cost "
            f"{certificate.objective:,.2f} USD; {gap:.0e} is allowed"
        )
    if not certificate.max_row_residual <= RESIDUAL_TOLERANCE:
        faults.append(
            f"row {certificate.worst_row} is violated by {certificate.max_row_residual:.1e}; "
            f"{RESIDUAL_TOLERANCE:.0e} is allowed"
        )
    if not certificate.max_bound_residual <= RESIDUAL_TOLERANCE:
        faults.append(
            f"column {certificate.worst_column} is out of its bounds by "
            f"{certificate.max_bound_residual:.1e}; {RESIDUAL_TOLERANCE:.0e} is allowed"
        )
    return faults


def residuals(program: Program, x: Floats) -> tuple[Floats, Floats]:
    """Return by how much every row and every column's bounds are violated, relative to their
    scales: (rows,) and (columns,).

    Args:
        program: the program.
        x: values of the columns, scaled, (columns,).
    """
    activity = program.activity(x)
    row_miss = np.maximum(
        np.maximum(program.row_lower - activity, activity - program.row_upper), 0.0
    )
    return row_miss, np.maximum(np.maximum(program.column_lower - x, x - program.column_upper), 0.0)


@dataclass(frozen=True, slots=True)
class CoefficientRange:
    """Smallest and largest size of the coefficients that a block of columns has in a block of rows,
    scaled."""

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
        One range per pair of blocks that share entries, and sentences naming the blocks that
        stretch the range.
    """
    if not len(program.data):
        return (), ()
    block_of_row = np.repeat(
        np.arange(len(program.row_blocks)), [block.count for block in program.row_blocks]
    )
    found = []
    # a loop over blocks of columns, whose entries lie side by side
    for number, block in enumerate(program.column_blocks):
        here = slice(
            int(program.indptr[block.first]), int(program.indptr[block.first + block.count])
        )
        size, meets = np.abs(program.data[here]), block_of_row[program.indices[here]]
        low, high = np.full(len(program.row_blocks), np.inf), np.zeros(len(program.row_blocks))
        np.minimum.at(low, meets, size)
        np.maximum.at(high, meets, size)
        count = np.bincount(meets, minlength=len(program.row_blocks))
        found += [
            (
                int(row),
                number,
                CoefficientRange(
                    program.row_blocks[row].name,
                    block.name,
                    float(low[row]),
                    float(high[row]),
                    int(count[row]),
                ),
            )
            for row in np.flatnonzero(count)
        ]
    ranges = tuple(entry for _, _, entry in sorted(found, key=lambda item: item[:2]))
    warnings = [
        f"coefficients of {r.columns} in {r.rows} run from {r.smallest:.3g} to {r.largest:.3g}"
        for r in ranges
        if r.smallest < SMALLEST or r.largest > LARGEST
    ]
    span = max(r.largest for r in ranges) / min(r.smallest for r in ranges)
    if span > WIDE_SPAN:
        warnings.append(f"coefficients span {span:.1e} over the whole program")
    return ranges, tuple(warnings)
