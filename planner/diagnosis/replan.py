"""Replan: what a case costs with its inputs changed, each solve from the plan found before."""

from __future__ import annotations

import math
import time

from planner.case.case import Case
from planner.lp.basis import Basis
from planner.lp.certificate import certify
from planner.lp.coarse import climb, coarse_model
from planner.lp.effort import Effort
from planner.lp.highs import LiveModel
from planner.lp.program import Program
from planner.lp.solution import Solution
from planner.model import formulate

RESIDUAL = 1e-6
"""Largest residual, relative to the program's scale, of a plan whose cost is told."""
DEVEX = 1
"""HiGHS's number for the pricing of the dual simplex that begins without any solves."""


class Replan:
    """Plans of cases that differ in a few cells.

    Args:
        effort: what the solves are counted in.
        time_limit_s: seconds of each solve; None = no limit.
        threads: threads for the solver.
    """

    def __init__(self, effort: Effort, time_limit_s: float | None = None, threads: int = 2) -> None:
        self.effort, self._limit, self._threads = effort, time_limit_s, threads
        self._model: LiveModel | None = None
        self._start: tuple[Program, Basis] | None = None

    def cost(self, case: Case) -> float | None:
        """Return the proven optimal cost of a case, USD; None where there is none."""
        try:
            program = formulate(case).program
            for solve in (self._hot, self._cold):
                solution = solve(program, case)
                if solution is None:
                    continue
                self.effort.spend(solution.iterations, program.num_rows)
                cost = _proven(program, solution, case.settings.gap)
                if cost is not None or solution.status == "infeasible":
                    return cost
        except (ValueError, RuntimeError):
            return None
        return None

    def _hot(self, program: Program, case: Case) -> Solution | None:
        if self._model is None or self._start is None:
            return None
        self._model.become(program, self._start)
        return self._model.solve(time_limit_s=self._left())

    def _cold(self, program: Program, case: Case) -> Solution | None:
        model = LiveModel(program, threads=self._threads, seed=case.settings.seed)
        simplex = model.algorithm == "simplex"
        coarse = coarse_model(program, threads=self._threads, seed=case.settings.seed)
        solution = climb(model, coarse if simplex else None, time_limit_s=self._left())
        basis = model.basis() if solution.status == "optimal" else None
        if basis is not None:
            model.set_option("solver", "simplex")
            model.set_option("simplex_dual_edge_weight_strategy", DEVEX)
            self._model, self._start = model, (program, basis)
        return solution

    def _left(self) -> float | None:
        """Return the seconds that the next solve may take."""
        left = self.effort.until - time.monotonic()
        limit = min(math.inf if self._limit is None else self._limit, max(left, 0.0))
        return None if math.isinf(limit) else limit


def _proven(program: Program, solution: Solution, gap: float) -> float | None:
    if solution.status != "optimal":
        return None
    certificate = certify(program, solution)
    residual = max(certificate.max_row_residual, certificate.max_bound_residual)
    good = abs(certificate.gap) <= max(gap, 1e-6) and residual <= RESIDUAL
    return certificate.objective if good else None
