"""Solving a whole program: divisible first, whole then, and prices with the counts fixed."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.choices import runner_ups
from planner.limits import RANGED
from planner.lp.basis import Basis
from planner.lp.certificate import certificate_faults, certify
from planner.lp.polish import polished
from planner.lp.program import Block, Program
from planner.lp.solution import Solution
from planner.lp.whole.against import standing
from planner.lp.whole.branch import Branched
from planner.lp.whole.fixed import divisible, partly
from planner.lp.whole.limits import Limits
from planner.lp.whole.proven import Proven
from planner.lp.whole.solve import Whole, solve_whole
from planner.lp.whole.trial import Trial
from planner.model import Formulation
from planner.model.counts import subjects
from planner.model.stages import guided
from planner.plan.extract import RANGED_COLUMNS
from planner.report.progress import Progress
from planner.solving import Options, Solved, cure, settled, solve_program
from planner.words import money

Floats = NDArray[np.float64]

KINDS: Final = {
    "part": "racks",
    "racks_moved": "racks",
    "part_moved": "racks",
    "placed": "orders",
    "step_on": "price steps",
    "full": "price steps",
}
"""Kinds of whole things by block of counts, where the block is not named as its kind."""
MOST: Final = 30
"""Offers (projects, ...) that are tried one by one."""


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
    guide = guided(formulation)
    full = Limits(settings.whole_gap, limit, threads, settings.seed)
    limits = full.after(begin)
    if name == "highs":
        whole = solve_whole(program, relaxed.solution, relaxed.basis, guide, limits, progress.note)
    else:
        from planner.lp.whole.other import solve_whole_with_pulp

        whole = solve_whole_with_pulp(
            program,
            relaxed.solution,
            guide.starts(relaxed.solution.x),
            limits,
            name.removeprefix("pulp:"),
        )
    if isinstance(whole, Branched):
        return Solved(_none(formulation, relaxed.solution, whole, threads))
    proven = dataclasses.replace(
        whole.proven,
        by_kind=_by_kind(program, whole, relaxed.basis, limits),
        choices=runner_ups(formulation, whole, relaxed.basis, full.after(begin), progress.note),
    )
    whole = dataclasses.replace(whole, proven=proven)
    model, solution = whole.model, whole.solution
    if certificate_faults(certify(model.program, solution), settings.gap):
        model, solution = cure(model, solution, settings.gap, settings.seed, threads, progress)
    solution = polished(model.program, solution)
    progress.note("how far each dual holds")
    low, high, cost_up = model.ranges(RANGED, RANGED_COLUMNS)
    if whole.stopped and solution.status == "optimal" and whole.proven.gap > settings.whole_gap:
        solution = dataclasses.replace(solution, status="limit", message=whole.stopped)
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
        model.program,
        whole,
        relaxed.basis,
    )


def _counted(program: Program) -> Iterator[tuple[str, Block, np.ndarray]]:
    """Return every block of a program that counts whole things: its kind, the block, and its
    integer columns."""
    counted = program.whole_columns()
    for block in program.column_blocks:
        ids = np.arange(block.first, block.first + block.count)
        ids = ids[counted[ids]]
        if len(ids):
            yield KINDS.get(block.name, block.name), block, ids


def _by_kind(
    program: Program, whole: Whole, basis: Basis | None, limits: Limits
) -> dict[str, float]:
    """Return what would be saved if one kind of whole thing alone were divisible, all other counts
    as they are, USD, each by solving so."""
    columns: dict[str, list[np.ndarray]] = {}
    for kind, _, ids in _counted(program):
        columns.setdefault(kind, []).append(ids)
    cost, found = whole.solution.objective, {}
    if len(columns) == 1:
        return dict.fromkeys(columns, cost - whole.relaxed.objective)
    own = whole.model.basis()
    trial = Trial(program, own, limits)
    for kind, parts in columns.items():
        keep = ~np.isin(program.integer, np.concatenate(parts))
        trial.program = partly(program, keep)
        # nearer to the plan, or to the divisible one
        trial.basis = own if 2 * np.count_nonzero(keep) > len(keep) else basis
        answer = trial(whole.counts[keep])
        if answer.status == "optimal":
            found[kind] = max(cost - answer.objective, 0.0)
    return found


def _none(
    formulation: Formulation, relaxed: Solution, branched: Branched, threads: int
) -> Solution:
    """Return that no whole plan was found, with what stands in its way and what is known of the
    divisible one."""
    nothing: Floats = np.empty(0)
    found = f"with everything divisible there is one for {money(relaxed.objective)}"
    message = f"{branched.message}; {found}"
    if branched.status != "limit":
        names = _in_the_way(formulation, relaxed, threads)
        way = ", or ".join(names) if names else "several of them together"
        message = f"{found}; what stands in the way of one of whole things: {way}"
    return dataclasses.replace(
        relaxed,
        status="limit" if branched.status == "limit" else "whole",
        message=message,
        objective=float("nan"),
        x=nothing,
        row_dual=nothing,
        reduced_cost=nothing,
    )


def _in_the_way(formulation: Formulation, relaxed: Solution, threads: int) -> Sequence[str]:
    """Return the kinds of whole things without which there would be a plan, and of the first of
    them the offers, projects, runs or workloads."""
    seed = formulation.case.settings.seed
    program = formulation.program
    kinds: dict[str, list[np.ndarray]] = {}
    items: dict[str, dict[str, list[np.ndarray]]] = {}
    for kind, block, ids in _counted(program):
        kinds.setdefault(kind, []).append(ids)
        names = subjects(formulation, block)[ids - block.first]
        for name in dict.fromkeys(names.tolist()):
            items.setdefault(kind, {}).setdefault(name, []).append(ids[names == name])
    joined = {kind: np.concatenate(parts) for kind, parts in kinds.items()}
    found = standing(program, joined, relaxed.x, threads=threads, seed=seed)
    if not found:
        return ()
    kind = found[0]
    single = dict(list(items[kind].items())[:MOST])
    groups = {f"{kind} of {name}": np.concatenate(parts) for name, parts in single.items()}
    closer = standing(program, groups, relaxed.x, threads=threads, seed=seed)
    return [*closer, *found[1:]] if closer else found


def check_whole(proven: Proven, gap: float) -> list[str]:
    """Return what keeps a whole plan from being called proven: its gap; empty = proven."""
    if proven.gap <= gap:
        return []
    return [
        f"the whole plan costs {proven.cost:,.2f} USD, no plan less than {proven.bound:,.2f} USD: "
        f"a gap of {proven.gap:.1e}, and {gap:.0e} is allowed"
    ]
