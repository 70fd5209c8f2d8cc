"""Reading what HiGHS has found: status, answer, duals, in the user's units."""

from __future__ import annotations

from typing import Any, Final

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Program
from planner.lp.solution import Solution, Status, total

Floats = NDArray[np.float64]

_STATUS: Final[dict[str, Status]] = {
    "kOptimal": "optimal",
    "kInfeasible": "infeasible",
    "kUnbounded": "unbounded",
    "kTimeLimit": "limit",
    "kIterationLimit": "limit",
    "kInterrupt": "limit",
    "kHighsInterrupt": "limit",
    "kModelEmpty": "optimal",
}


def solution_of(highs: Any, program: Program, cost: Floats, asked: str, seconds: float) -> Solution:
    """Return what HiGHS has found.

    Args:
        highs: HiGHS after a run.
        program: the program it has.
        cost: the objective it has, scaled, (n,).
        asked: the algorithm that was asked for.
        seconds: how long it took.

    Returns:
        The solution in user units.
    """
    status = highs.getModelStatus()
    name = str(status).rsplit(".", 1)[-1]
    info, answer = highs.getInfo(), highs.getSolution()
    x, dual, reduced = (
        np.array(answer.col_value),
        np.array(answer.row_dual),
        np.array(answer.col_dual),
    )
    word = _STATUS.get(name, "error")
    if word == "optimal" and len(x) != program.num_columns:
        x = np.clip(np.zeros(program.num_columns), program.column_lower, program.column_upper)
    feasible = (
        word == "optimal"
        or info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    )
    if not feasible:
        x = np.empty(0)  # where it stopped is no answer, and its cost no cost
    found = len(x) == program.num_columns
    if len(dual) != program.num_rows or not answer.dual_valid:
        dual, reduced = np.zeros(program.num_rows), cost.copy()
    iterations = int(info.simplex_iteration_count) + max(int(info.ipm_iteration_count), 0)
    return Solution(
        status=word,
        message=highs.modelStatusToString(status),
        objective=total(cost, x) * program.money_scale if found else float("nan"),
        x=x * program.column_scale if found else np.empty(0),
        row_dual=dual * program.money_scale / program.row_scale,
        reduced_cost=reduced * program.money_scale / program.column_scale,
        iterations=iterations,
        seconds=seconds,
        solver=f"HiGHS {highs.version()} {asked}",
    )
