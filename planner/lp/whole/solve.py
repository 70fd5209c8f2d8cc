"""A whole answer: the divisible one, a start by rounding, branch and bound, and the counts fixed.

::

    own bound        weak duality of the linear relaxation, a sum that is ours
    branch's bound   what HiGHS proves with the counts whole, at least as high
    cost             of the linear program with the counts fixed

The bound of the whole is the higher of the two, and the gap is told against it; where the own bound
is near enough no branching is needed and the proof is ours alone.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.basis import Basis
from planner.lp.certificate import certify
from planner.lp.highs import LiveModel
from planner.lp.program import Program
from planner.lp.solution import Solution
from planner.lp.whole.branch import Branched, branch
from planner.lp.whole.fixed import fixed, whole_part
from planner.lp.whole.limits import Limits
from planner.lp.whole.most import GUESS, guess, limited, most
from planner.lp.whole.proven import Proven

Floats = NDArray[np.float64]

SHARE: Final = 0.95
"""Of the gap that is allowed, what branch and bound, ours or another solver's, may leave: the rest
is for tolerances."""


@dataclass(frozen=True, slots=True)
class Whole:
    """The best answer of whole things, and what is known about it."""

    program: Program
    """The program with the counts fixed: a linear one."""
    solution: Solution
    """Its answer, with duals."""
    counts: Floats
    """The whole numbers, scaled, in the order of the integer columns."""
    relaxed: Solution
    """The answer with everything divisible."""
    proven: Proven
    """What is known of its cost."""
    stopped: str = ""
    """What ended the search before it was near enough, in the solver's words; empty: nothing."""


def solve_whole(
    program: Program,
    relaxed: Solution,
    basis: Basis | None,
    starts: Sequence[Floats],
    limits: Limits,
    progress: Callable[[str], None] | None = None,
) -> Whole | Branched:
    """Return the best answer of whole things, or why there is none.

    Args:
        program: the program with its integer columns.
        relaxed: an optimal answer of its linear relaxation.
        basis: the basis of that answer, to go on from; None where there is none.
        starts: counts to begin with, scaled, in the order of the integer columns.
        limits: when to end.
        progress: called with where it stands.

    Returns:
        The answer; or, where none was found, what branch and bound says.

    Raises:
        RuntimeError: where HiGHS refuses something.
    """
    begin = time.perf_counter()
    own = certify(program, relaxed).bound
    trial = Trial(program, basis, limits)
    best: tuple[Floats, Solution] | None = None
    for counts in starts:
        if best is not None and _gap(best[1].objective, own) <= limits.gap:
            break
        found = trial(counts)
        if found.status == "optimal" and (best is None or found.objective < best[1].objective):
            best = counts, found
            if progress is not None:
                progress(_standing(found.objective, own))
    bound, nodes, stopped = own, 0, ""
    if best is None or _gap(best[1].objective, own) > limits.gap:
        searched = search(program, relaxed, best, limits.after(begin), progress)
        stopped = searched.message if searched.status == "limit" else ""
        nodes = max(searched.nodes, 1)  # HiGHS counts none where the root was enough
        bound = max(own, searched.bound) if math.isfinite(searched.bound) else own
        if len(searched.x):
            counts = whole_part(program, searched.x)
            found = trial(counts)
            if found.status == "optimal" and (best is None or found.objective < best[1].objective):
                best = counts, found
        if best is None:
            return searched
    counts, solution = best
    return Whole(
        fixed(program, counts),
        solution,
        counts,
        relaxed,
        Proven(
            solution.objective,
            relaxed.objective,
            own,
            min(bound, solution.objective),
            nodes,
        ),
        stopped,
    )


@dataclass(slots=True)
class Trial:
    """Solves the linear program of fixed counts, from where the last one ended."""

    program: Program
    basis: Basis | None
    limits: Limits
    model: LiveModel | None = None

    def __call__(self, counts: Floats) -> Solution:
        """Return the answer with the counts as given."""
        program = fixed(self.program, counts)
        if self.model is None:
            self.model = LiveModel(program, threads=self.limits.threads, seed=self.limits.seed)
        else:
            self.model.become(program)
        if self.basis is not None:
            self.model.set_basis(self.basis)
        return self.model.solve()


def search(
    program: Program,
    relaxed: Solution,
    best: tuple[Floats, Solution] | None,
    limits: Limits,
    progress: Callable[[str], None] | None,
) -> Branched:
    """Return what branch and bound finds, its bound proven of every answer of whole things.

    Args:
        program: the program.
        relaxed: the answer of its linear relaxation.
        best: counts and answer that are known; None where none is.
        limits: when to end.
        progress: called with where it stands.
    """
    begin = time.perf_counter()

    def go(start: Solution | None, amounts: Floats) -> Branched:
        at = None if start is None else start.x
        return branch(
            limited(program, amounts),
            at,
            dataclasses.replace(limits.after(begin), gap=limits.gap * SHARE),
            progress,
        )

    rows, _ = program.switches
    start = None if best is None else best[1]
    if start is None and len(rows):  # any plan of whole things, to know what it costs at most
        found = guessed(program, relaxed, limits, progress)
        if isinstance(found, Branched):
            return found
        start = found
    if not len(rows):
        return go(start, np.empty(0))
    assert start is not None
    amounts, sure = most(program, start.objective, threads=limits.threads, seed=limits.seed)
    used = program.activity(start.x / program.column_scale)[rows]
    amounts = np.where(np.isnan(amounts), np.maximum(used, 1.0) * GUESS, amounts)
    found = go(start, amounts)
    return found if sure else dataclasses.replace(found, bound=-math.inf)


def guessed(
    program: Program,
    relaxed: Solution,
    limits: Limits,
    progress: Callable[[str], None] | None,
) -> Solution | Branched:
    """Return some answer of whole things, searched with largest amounts that are only guessed; or
    what branch and bound says where it finds none, which then proves nothing.

    Args:
        program: the program.
        relaxed: the answer of its linear relaxation.
        limits: when to end.
        progress: called with where it stands.
    """
    found = branch(
        guess(program, relaxed.x),
        None,
        limits,
        progress,
    )
    if len(found.x):
        start = Trial(program, None, limits)(whole_part(program, found.x))
        if start.status == "optimal":
            return start
    return dataclasses.replace(found, status="error", x=found.x[:0], bound=-math.inf)


def any_whole(
    program: Program, relaxed: Solution, starts: Sequence[Floats], limits: Limits
) -> Solution | None:
    """Return some answer of whole things: the cheapest start by rounding, or one by branch and
    bound; None where neither finds one."""
    trial = Trial(program, None, limits)
    found = [trial(counts) for counts in starts]
    good = [answer for answer in found if answer.status == "optimal"]
    if good:
        return min(good, key=lambda answer: answer.objective)
    some = guessed(program, relaxed, limits, None)
    return None if isinstance(some, Branched) else some


def _gap(cost: float, bound: float) -> float:
    return (cost - bound) / max(abs(cost), 1.0)


def _standing(cost: float, bound: float) -> str:
    return (
        f"whole {cost / 1e6:,.2f} MUSD, bound {bound / 1e6:,.2f} MUSD, gap {_gap(cost, bound):.1e}"
    )
