"""Every count of the second statement of a model tried, one after another.

Counts are fixed one by one, first to last.  A branch is left only where the linear program with the
counts so far, and all others divisible, has no answer or none that is cheaper than the best known:
nothing is left out that could be the best, and no largest amount is assumed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np
import pulp

from planner.case.case import Case
from tests.oracle import state
from tests.oracle.facts import Facts
from tests.oracle.program import MONEY, Program
from tests.oracle.training import choices

TRIES = 2_000
"""Linear programs at which a case is given up as too large."""
BETTER = 1e-6
"""USD that an answer must be cheaper to be another."""


class TooLargeError(Exception):
    """More counts than can be tried."""


@dataclass
class Tried:
    """The cheapest of all counts."""

    usd: float = math.inf
    """Its cost; infinite where there is none."""
    gross: float = 0.0
    """Sum of the absolute costs of its columns, USD."""
    counts: dict[str, float] = field(default_factory=dict)
    """By name of the column."""
    programs: int = 0
    """Linear programs that were solved."""


def problems(case: Case) -> list[Program]:
    """Return the problems of a case, one for every way to choose the places of runs."""
    return [state(case, None, chosen) for chosen in choices(Facts(case))]


def every_count(program: Program) -> Tried:
    """Return the cheapest answer of a problem, every one of its counts tried.

    Raises:
        TooLargeError: where that takes more than ``TRIES`` linear programs.
        ValueError: where even the divisible problem has no least cost.
    """
    problem = program.problem
    problem += pulp.lpSum(p.discount * p.usd / MONEY * p.variable for p in program.payments)
    solver = pulp.HiGHS(msg=False, mip=False)
    solver.createAndConfigureSolver(problem)
    solver.buildSolverModel(problem)
    highs: Any = problem.solverModel
    for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        highs.setOptionValue(name, 1e-9)
    counts = [column for column in problem.variables() if column.cat == pulp.LpInteger]
    best = Tried()
    answer = _solve(highs, best)
    if answer is not None:
        _try(highs, counts, answer, {}, best)
    return best


def _solve(highs: Any, best: Tried) -> tuple[float, list[float]] | None:
    """Cost and values of the linear program as it stands; None where it has no answer."""
    best.programs += 1
    if best.programs > TRIES:
        raise TooLargeError
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return highs.getObjectiveValue() * MONEY, highs.getSolution().col_value
    if status in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    ):
        return None
    raise ValueError(highs.modelStatusToString(status))


def _try(
    highs: Any,
    counts: list[Any],
    answer: tuple[float, list[float]],
    chosen: dict[str, float],
    best: Tried,
) -> None:
    """Try every value of the counts that are not chosen yet, below an answer that is cheaper than
    the best."""
    if len(chosen) == len(counts):
        best.usd, best.counts = answer[0], dict(chosen)
        best.gross = float(np.abs(np.multiply(highs.getLp().col_cost_, answer[1])).sum() * MONEY)
        return
    column = counts[len(chosen)]
    low, high = column.lowBound, math.inf if column.upBound is None else column.upBound
    # cost is convex along a count and least where the divisible answer has it: on either side of
    # that, beyond a value which is too dear or impossible all others are
    there = answer[1][column.index]
    start = min(max(float(round(there)), low), high)
    for first, step in ((start, 1.0), (start - 1.0, -1.0)):
        value = first
        while low <= value <= high:
            highs.changeColBounds(column.index, value, value)
            here = _solve(highs, best)
            if here is not None and here[0] < best.usd - BETTER:
                _try(highs, counts, here, chosen | {column.name: value}, best)
            elif value != start:
                break
            value += step
    highs.changeColBounds(column.index, low, high)
