"""A whole answer: the divisible one, a search, branch and bound by HiGHS, and the counts fixed.

::

    own bound        weak duality of the relaxation with limits rounded, a sum that is ours
    tree's bound     what every end of our own search that is still open costs at least
    branch's bound   what HiGHS proves with the counts whole
    cost             of the linear program with the counts fixed

The bound of the whole is the highest of the three, and the gap is told against it; where the own
bound is near enough no branching is needed and the proof is ours alone.
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
from planner.lp.whole.fixed import divisible, whole_part
from planner.lp.whole.guide import Guide
from planner.lp.whole.limits import Limits
from planner.lp.whole.most import GUESS, guess, limited, most
from planner.lp.whole.proven import Proven
from planner.lp.whole.tight import tightened
from planner.lp.whole.tree import Node, Tree
from planner.lp.whole.trial import Best, Trial

Floats = NDArray[np.float64]

SHARE: Final = 0.95
"""Of the gap that is allowed, what branch and bound, ours or another solver's, may leave: the rest
is for tolerances."""


@dataclass(frozen=True, slots=True)
class Whole:
    """The best answer of whole things, and what is known about it."""

    model: LiveModel
    """A live model of the program with the counts fixed, a linear one, at its answer."""
    solution: Solution
    """That answer, with duals."""
    counts: Floats
    """The whole numbers, scaled, in the order of the integer columns."""
    relaxed: Solution
    """The answer with everything divisible."""
    dual: Floats
    """Duals that prove the own bound with tighter limits, user units, (rows,)."""
    proven: Proven
    """What is known of its cost."""
    stopped: str = ""
    """What ended the search before it was near enough, in the solver's words; empty: nothing."""


def solve_whole(
    program: Program,
    relaxed: Solution,
    basis: Basis | None,
    guide: Guide,
    limits: Limits,
    progress: Callable[[str], None] | None = None,
) -> Whole | Branched:
    """Return the best answer of whole things, or why there is none.

    Args:
        program: the program with its integer columns.
        relaxed: an optimal answer of its linear relaxation.
        basis: the basis of that answer, to go on from; None where there is none.
        guide: how counts are chosen.
        limits: when to end.
        progress: called with where it stands.

    Returns:
        The answer; or, where none was found, what branch and bound says.

    Raises:
        RuntimeError: where HiGHS refuses something.
    """
    begin = time.perf_counter()
    told = progress if progress is not None else lambda _: None
    tight = tightened(program)
    model, bounding = rooted(tight, relaxed, basis, limits)
    own = certify(divisible(tight), bounding).bound
    best = Best(Trial(program, model.basis() or basis, limits))
    bound, nodes, stopped = own, 0, ""
    if guide.planned:
        best.first(guide.starts(relaxed.x)[:1], own)
    if not best.near(own) and bounding.status == "optimal":
        x = bounding.x / program.column_scale
        root = Node(own, 0, tight.column_lower, tight.column_upper, x, model.basis())
        grown = Tree(tight, model, guide, limits.after(begin), told).grow(root)
        bound, nodes = max(bound, grown.bound), grown.nodes
        if grown.counts is not None:
            best.trial.basis, best.trial.bounded = grown.basis, True
            best.first([grown.counts], bound)
    if not best.near(bound):
        best.first(guide.starts(relaxed.x), bound)
    if not best.near(bound):
        searched = search(program, relaxed, best.known, limits.after(begin), progress)
        stopped = searched.message if searched.status == "limit" else ""
        nodes += max(searched.nodes, 1)  # HiGHS counts none where the root was enough
        bound = max(bound, searched.bound) if math.isfinite(searched.bound) else bound
        if len(searched.x):
            best.first([whole_part(program, searched.x)], -math.inf)
        if best.known is None:
            return searched
    counts, solution, model = best.settled()
    return Whole(
        model,
        solution,
        counts,
        relaxed,
        bounding.row_dual,
        Proven(
            solution.objective,
            relaxed.objective,
            own,
            min(bound, solution.objective),
            nodes,
        ),
        stopped,
    )


def rooted(
    tight: Program, relaxed: Solution, basis: Basis | None, limits: Limits
) -> tuple[LiveModel, Solution]:
    """Return a model of the linear relaxation of tighter limits and its answer; where it has none,
    the divisible one, whose duals prove a bound as well.

    Args:
        tight: the program with tighter limits.
        relaxed: the divisible answer of the program without them.
        basis: its basis; None where there is none.
        limits: when to end.
    """
    model = LiveModel(divisible(tight), threads=limits.threads, seed=limits.seed)
    if basis is not None:
        model.set_basis(basis)
    found = model.solve(time_limit_s=limits.time_limit_s)
    return model, found if found.status == "optimal" else dataclasses.replace(
        relaxed, status=found.status
    )


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
            tightened(limited(program, amounts)),
            at,
            dataclasses.replace(limits.after(begin), gap=limits.gap * SHARE),
            progress,
        )

    rows, _ = program.switches
    start = None if best is None else best[1]
    unknown = np.isnan(program.switch_most).any()
    if start is None and unknown:  # any plan of whole things, to know what it costs at most
        found = guessed(program, relaxed, limits, progress)
        if isinstance(found, Branched):
            return found
        start = found
    if not len(rows):
        return go(start, np.empty(0))
    upper = math.inf if start is None else start.objective
    amounts, sure = most(program, upper, threads=limits.threads, seed=limits.seed)
    if start is not None:
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
