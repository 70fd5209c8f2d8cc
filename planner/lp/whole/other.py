"""The same whole program for a solver of PuLP's."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from planner.lp.certificate import certify
from planner.lp.program import Floats, Program
from planner.lp.pulp import solve_with_pulp
from planner.lp.solution import Solution
from planner.lp.whole.branch import Branched
from planner.lp.whole.fixed import divisible, whole_part
from planner.lp.whole.limits import Limits
from planner.lp.whole.most import limited, most
from planner.lp.whole.proven import Proven
from planner.lp.whole.solve import SHARE, Whole, any_whole
from planner.lp.whole.tight import tightened
from planner.lp.whole.trial import Trial


def bounded(
    program: Program, relaxed: Solution, starts: Sequence[Floats], limits: Limits
) -> Program | None:
    """Return the program with the largest amount of every switched row written into it, as solvers
    and files want it; None where no answer of whole things was found to take it from.

    Args:
        program: the program.
        relaxed: the answer of its linear relaxation.
        starts: counts to begin with, see ``solve_whole``.
        limits: when to end.
    """
    if not np.isnan(program.switch_most).any():
        return limited(program, program.switch_most)
    start = any_whole(program, relaxed, starts, limits)
    if start is None:
        return None
    amounts, sure = most(program, start.objective, threads=limits.threads, seed=limits.seed)
    return limited(program, amounts) if sure else None


def solve_whole_with_pulp(
    program: Program, relaxed: Solution, starts: Sequence[Floats], limits: Limits, solver: str
) -> Whole | Branched:
    """Return the best answer of whole things that a solver of PuLP's finds.

    Its own bound is not to be had through PuLP; what it ends within is taken for it.

    Args:
        program: the program.
        relaxed: an optimal answer of its linear relaxation.
        starts: counts to begin with, see ``solve_whole``.
        limits: when to end.
        solver: PuLP's name of it.
    """
    ready = bounded(program, relaxed, starts, limits)
    if ready is None:
        return Branched("error", np.empty(0), -math.inf, 0, "no whole plan was found")
    within = limits.gap * SHARE
    found = solve_with_pulp(ready, solver, time_limit_s=limits.time_limit_s, gap=within)
    if found.status not in ("optimal", "limit") or not len(found.x):
        return Branched(found.status, np.empty(0), -math.inf, 0, found.message)
    counts = whole_part(program, found.x)
    trial = Trial(program, None, limits)
    solution = trial(counts)
    if solution.status != "optimal" or trial.model is None:
        return Branched("error", np.empty(0), -math.inf, 0, "its counts are not quite whole")
    own = certify(divisible(tightened(program)), relaxed).bound
    bound = own
    if found.status == "optimal":
        bound = max(own, found.objective - within * abs(found.objective))
    return Whole(
        trial.model,
        dataclasses.replace(solution, solver=found.solver),
        counts,
        relaxed,
        relaxed.row_dual,
        Proven(
            solution.objective,
            relaxed.objective,
            own,
            min(bound, solution.objective),
            int(bound > own),  # how many it had it does not say
        ),
        found.message if found.status == "limit" else "",
    )
