"""Ties: among all answers that cost the same, one that is chosen and not met by chance.

A linear program of this kind has many optimal answers; which one a solver stops at depends on its
seed.  By complementary slackness the optimal answers are exactly those that keep every column with
a reduced cost at its bound and every row with a dual at its limit. On that face the cost is
constant, so any preference may be minimised there without spending a cent; a second preference then
decides among the answers that the first leaves equal, and so on.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.basis import DUAL, PRIMAL
from planner.lp.highs import LiveModel
from planner.lp.program import Program
from planner.lp.relabel import column_keys
from planner.lp.solution import Solution, total

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats, Floats, Floats]
"""Lower and upper bounds of columns (n,), lower and upper limits of rows (m,), scaled."""

FACE: Final = 1e-7
"""Scaled reduced costs and duals above this hold their column or row; it is the solver's own
tolerance."""
COST_CHANGE: Final = 1e-9
"""Largest change of cost, relative, that settling ties may make; beyond it the first answer is
kept."""


def settle_ties(
    model: LiveModel,
    solution: Solution,
    preferences: Sequence[Floats],
    progress: Callable[[str], None] | None = None,
) -> Solution:
    """Return the optimal answer that the preferences choose, with the duals of the given one.

    Args:
        model: the live model that found ``solution``; its numbers are the program's again
            afterwards, and it goes on by simplex from where it stands.
        solution: an optimal solution of its program.
        preferences: weights per column and scaled unit, (columns,) each, the most important
            first; less is better.
        progress: see ``LiveModel.solve``.

    Returns:
        The chosen answer; ``solution`` itself where the solver cannot settle it within
        ``COST_CHANGE``.
    """
    program = model.program
    chosen = solution.x / program.column_scale
    reduced = solution.reduced_cost * program.column_scale / program.money_scale
    dual = solution.row_dual * program.row_scale / program.money_scale
    bounds = (program.column_lower, program.column_upper, program.row_lower, program.row_upper)
    columns, rows = np.arange(program.num_columns), np.arange(program.num_rows)
    iterations = solution.iterations
    model.set_option(
        "solver", "simplex"
    )  # from the basis that the first solve left, whatever found it
    model.set_option(
        "simplex_strategy", PRIMAL
    )  # the answer stays feasible; only the costs are new
    try:
        for weights in preferences:
            if not weights.any():
                continue
            bounds = _face(chosen, reduced, dual, bounds)
            model.set_column_bounds(
                columns, bounds[0] * program.column_scale, bounds[1] * program.column_scale
            )
            model.set_row_bounds(rows, bounds[2] * program.row_scale, bounds[3] * program.row_scale)
            model.set_costs(columns, weights * program.money_scale / program.column_scale)
            answer = model.solve(progress=progress)
            if answer.status != "optimal":
                return solution
            chosen = answer.x / program.column_scale
            reduced = answer.reduced_cost * program.column_scale / program.money_scale
            dual = answer.row_dual * program.row_scale / program.money_scale
            iterations += answer.iterations
    finally:
        model.set_option("simplex_strategy", DUAL)
        model.set_column_bounds(
            columns,
            program.column_lower * program.column_scale,
            program.column_upper * program.column_scale,
        )
        model.set_row_bounds(
            rows, program.row_lower * program.row_scale, program.row_upper * program.row_scale
        )
        model.set_costs(columns, program.cost * program.money_scale / program.column_scale)
    objective = total(program.cost, chosen) * program.money_scale
    if abs(objective - solution.objective) > COST_CHANGE * max(abs(solution.objective), 1.0):
        return solution
    return dataclasses.replace(
        solution, x=chosen * program.column_scale, objective=objective, iterations=iterations
    )


def _face(x: Floats, reduced: Floats, dual: Floats, bounds: Bounds) -> Bounds:
    """Bounds of the optimal face: a column with a reduced cost stays at its bound, a row with a
    dual at its limit."""
    lower, upper, row_lower, row_upper = bounds
    held = np.abs(reduced) > FACE
    at = np.where(np.abs(x - lower) <= np.abs(upper - x), lower, upper)
    tight_low, tight_high = (
        (dual > FACE) & np.isfinite(row_lower),
        (dual < -FACE) & np.isfinite(row_upper),
    )
    return (
        np.where(held, at, lower),
        np.where(held, at, upper),
        np.where(tight_high, row_upper, row_lower),
        np.where(tight_low, row_lower, row_upper),
    )


def spread(program: Program) -> Floats:
    """Return a number in [0, 1) for every column that depends on its names alone.

    Weights must be in general position: with an arithmetic pattern (column number times a constant,
    say) swapping work between two sites in one period and back in the next would cancel exactly and
    stay a tie.  Being made from names, a weight is the same next quarter, when other columns have
    come and gone.

    Args:
        program: the program.

    Returns:
        Floats, (columns,).
    """
    return np.asarray(
        (column_keys(program) >> np.uint64(11)).astype(np.float64) / 2.0**53, dtype=np.float64
    )
