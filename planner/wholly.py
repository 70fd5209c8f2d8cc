"""Solving a whole program: divisible first, whole then, and prices with the counts fixed."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
from numpy.typing import NDArray

from planner.limits import RANGED
from planner.lp.certificate import certificate_faults, certify
from planner.lp.highs import LiveModel
from planner.lp.polish import polished
from planner.lp.solution import Solution
from planner.lp.ties import settle_ties
from planner.lp.whole.branch import Branched
from planner.lp.whole.fixed import divisible
from planner.lp.whole.proven import Proven
from planner.lp.whole.solve import Limits, solve_whole
from planner.model import Formulation
from planner.model.preference import preferences
from planner.model.start import whole_starts
from planner.plan.extract import RANGED_COLUMNS
from planner.report.progress import Progress
from planner.solving import Options, Solved, cure, settled, solve_program

Floats = NDArray[np.float64]


def solve_wholly(formulation: Formulation, options: Options, progress: Progress) -> Solved:
    """Return the best answer of whole things, with the duals of its linear program.

    Args:
        formulation: what is to be solved.
        options: how to solve.
        progress: where it is told how far it is.

    Returns:
        The answer; where the linear relaxation has none, what that came to.

    Raises:
        RuntimeError: where the solver refuses something.
    """
    program, case = formulation.program, formulation.case
    begin = time.perf_counter()
    settings = case.settings
    name, limit, threads = settled(options, case)
    relaxed = solve_program(divisible(program), case, options, progress, ranged=False)
    if relaxed.solution.status != "optimal":
        return relaxed
    progress.note("whole things: a start by rounding")
    divided = relaxed.solution
    if relaxed.model is not None:  # of equally cheap plans that which commits latest is rounded
        divided = settle_ties(relaxed.model, divided, preferences(formulation), progress.note)
    starts = whole_starts(formulation, divided.x)
    spent = time.perf_counter() - begin
    limits = Limits(
        gap=settings.whole_gap,
        time_limit_s=None if limit is None else max(limit - spent, 0.01),
        threads=threads,
        seed=settings.seed,
    )
    if name == "highs":
        whole = solve_whole(program, relaxed.solution, relaxed.basis, starts, limits, progress.note)
    else:
        from planner.lp.whole.other import solve_whole_with_pulp

        whole = solve_whole_with_pulp(
            program, relaxed.solution, starts, limits, name.removeprefix("pulp:")
        )
    if isinstance(whole, Branched):
        return Solved(_none(relaxed.solution, whole))
    model = LiveModel(whole.program, threads=threads, seed=settings.seed)
    if relaxed.basis is not None:
        model.set_basis(relaxed.basis)
    solution = model.solve(progress=progress.note)
    if certificate_faults(certify(whole.program, solution), settings.gap):
        model, solution = cure(model, solution, settings.gap, settings.seed, threads, progress)
    solution = polished(whole.program, solution)
    progress.note("how far each dual holds")
    low, high, cost_up = model.ranges(RANGED, RANGED_COLUMNS)
    solution = dataclasses.replace(
        solution,
        iterations=solution.iterations + relaxed.solution.iterations,
        seconds=time.perf_counter() - begin,
        solver=relaxed.solution.solver if name == "highs" else whole.solution.solver,
    )
    return Solved(
        solution,
        (low, high),
        cost_up,
        model,
        model.basis(),
        whole.program,
        whole,
        relaxed.basis,
    )


def _none(relaxed: Solution, branched: Branched) -> Solution:
    """Return that no whole plan was found, with what is known of the divisible one."""
    nothing: Floats = np.empty(0)
    return dataclasses.replace(
        relaxed,
        status="limit" if branched.status == "limit" else "error",
        message=(
            f"no plan of whole things was found ({branched.message}); with everything divisible "
            f"there is one for {relaxed.objective / 1e6:,.2f} MUSD"
        ),
        objective=float("nan"),
        x=nothing,
        row_dual=nothing,
        reduced_cost=nothing,
    )


def check_whole(proven: Proven, gap: float) -> list[str]:
    """Return what keeps a whole plan from being called proven: its gap; empty = proven."""
    if proven.gap <= gap:
        return []
    return [
        f"the whole plan costs {proven.cost:,.2f} USD, no plan less than {proven.bound:,.2f} USD: "
        f"a gap of {proven.gap:.1e}, and {gap:.0e} is allowed"
    ]
