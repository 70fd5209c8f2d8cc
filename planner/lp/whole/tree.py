"""Tree: what decides much is tried both ways, and what is counted is rounded at each end.

Branch and bound, each linear program from where the last one ended, over the columns of 0 or 1:
where a run is, which order is placed, which step of a price is reached; and where that is not near
enough, over counts that are few and large, blocks of power.  Racks stay divisible in it and are
rounded by a dive.  What every end that is still open costs at least, by
weak duality, is a bound of all answers of whole things; where it is not near enough because of
racks, this search has no more to say, and the solver's own goes on.
"""

from __future__ import annotations

import dataclasses
import heapq
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.basis import Basis
from planner.lp.certificate import certify
from planner.lp.highs import LiveModel
from planner.lp.program import Program
from planner.lp.ties import settle_ties
from planner.lp.whole.dive import Counted, counted, dive
from planner.lp.whole.fixed import divisible
from planner.lp.whole.guide import COUNTED, NEVER, Guide
from planner.lp.whole.limits import Limits
from planner.lp.whole.start import NEAR, undecided

Floats = NDArray[np.float64]

NODES: Final = 200
"""Most linear programs before the solver's own branch and bound goes on."""
SHARE: Final = 0.5
"""Of the time that there is, before it does."""


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """Some of the columns of 0 or 1 as they are tried."""

    bound: float
    """No answer of it costs less, USD."""
    number: int
    lower: Floats = field(compare=False)
    upper: Floats = field(compare=False)
    """Bounds of the columns, scaled."""
    x: Floats = field(compare=False)
    """Its answer with racks divisible, scaled."""
    basis: Basis | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class Grown:
    """What the search came to."""

    counts: Floats | None
    """The best counts, scaled; None where there are none."""
    cost: float
    bound: float
    """No answer of whole things costs less, USD."""
    nodes: int
    basis: Basis | None
    """Of the linear program in which the counts are bounds; None where there are none."""


@dataclass(slots=True)
class Tree:
    """A search; ``grow`` does it."""

    program: Program
    """With tighter limits."""
    model: LiveModel
    guide: Guide
    limits: Limits
    progress: Callable[[str], None]
    open: list[Node] = field(default_factory=list)
    counts: Floats | None = None
    cost: float = math.inf
    basis: Basis | None = None
    shared: Counted | None = None
    nodes: int = 0
    sure: bool = True
    """Whether every linear program came to an end."""

    def grow(self, root: Node) -> Grown:
        """Return the best that is found from a root."""
        begin, bound = time.perf_counter(), root.bound
        self.open = [root]
        while self.open:
            node = heapq.heappop(self.open)
            bound = max(bound, min(node.bound, self.cost))
            if self._near(node.bound) or self.nodes >= NODES:
                break
            column, rank = self._undecided(node)
            if column < 0 or (self.counts is None and rank > 0):
                self._round(node)
                if self._near(node.bound):
                    break
            if column < 0 or self._late(begin):
                break  # what is left open is a matter of racks, or of time
            self._part(node, column)
        else:
            bound = max(bound, self.cost)  # every end is dearer
        sure = bound if self.sure else root.bound
        return Grown(self.counts, self.cost, sure, self.nodes, self.basis)

    def _near(self, bound: float) -> bool:
        return math.isfinite(self.cost) and self.limits.near(self.cost, bound)

    def _late(self, begin: float) -> bool:
        whole = self.limits.time_limit_s
        return whole is not None and time.perf_counter() - begin > SHARE * whole

    def _at(self, node: Node) -> Program:
        return dataclasses.replace(self.program, column_lower=node.lower, column_upper=node.upper)

    def _undecided(self, node: Node) -> tuple[int, int]:
        """Return the column that a node's answer leaves most in between, of the lowest rank, and
        that; -1 where none is."""
        own, ranks = self.program.integer, self.guide.ranks_of(self.program)
        score = undecided(self._at(node), node.x)
        off = np.abs(node.x[own] - np.rint(node.x[own]))
        score = np.where(ranks == COUNTED, np.where(off > NEAR, 0.5 - off, np.inf), score)
        between = np.isfinite(score) & (node.lower[own] < node.upper[own]) & (ranks != NEVER)
        if not between.any():
            return -1, 0
        rank = int(ranks[between].min())
        first = np.where(between & (ranks == rank), score, np.inf)
        return int(own[np.argmin(first)]), rank

    def _round(self, node: Node) -> None:
        """Dive from a node, and keep what is found where it is better."""
        program = self._at(node)
        self._stand(program, node.basis)
        if self.shared is None:
            self.shared = counted(program)
        x = node.x
        if self.guide.preferences:
            answer = self.model.solve()
            if answer.status == "optimal":
                answer = settle_ties(self.model, answer, self.guide.preferences)
                x = answer.x / program.column_scale
        rounding = self.guide.rounding
        found = dive(
            program,
            self.model,
            x,
            self.guide.stages_of(program),
            lambda x, attempt: rounding(program, x, attempt),
            self.shared,
        )
        if found is not None and found[1].objective < self.cost:
            self.counts, self.cost = found[0], found[1].objective
            self.basis = self.model.basis()
            self.progress(standing(self.cost, node.bound))

    def _stand(self, program: Program, basis: Basis | None) -> None:
        self.model.become(divisible(program))
        if basis is not None:
            self.model.set_basis(basis)

    def _part(self, node: Node, column: int) -> None:
        """Try both sides of a column, of one of 0 or 1 both values."""
        low, high = node.lower[column], node.upper[column]
        down = low if high - low == 1.0 else np.floor(node.x[column])
        for side in ((down + 1.0, high), (low, down)):
            lower, upper = node.lower.copy(), node.upper.copy()
            lower[column], upper[column] = side
            self.nodes += 1
            child = dataclasses.replace(node, number=self.nodes, lower=lower, upper=upper)
            program = self._at(child)
            self._stand(program, node.basis)
            answer = self.model.solve()
            if answer.status == "infeasible":
                continue
            if answer.status != "optimal":
                self.sure = False
                continue
            bound = max(node.bound, certify(divisible(program), answer).bound)
            if bound < self.cost:
                x = answer.x / program.column_scale
                child = dataclasses.replace(child, bound=bound, x=x, basis=self.model.basis())
                heapq.heappush(self.open, child)


def standing(cost: float, bound: float) -> str:
    """Return where a search stands, in words."""
    gap = (cost - bound) / max(abs(cost), 1.0)
    return f"whole {cost / 1e6:,.2f} MUSD, bound {bound / 1e6:,.2f} MUSD, gap {gap:.1e}"
