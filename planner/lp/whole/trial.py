"""Trial: what counts cost, by the linear program with them fixed, and the best of those tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.lp.basis import Basis
from planner.lp.highs import LiveModel
from planner.lp.program import Program
from planner.lp.solution import Solution
from planner.lp.whole.fixed import fixed, fixed_basis
from planner.lp.whole.limits import Limits

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Trial:
    """Solves the linear program of fixed counts, each from the same basis."""

    program: Program
    basis: Basis | None
    limits: Limits
    bounded: bool = False
    """Whether that is of a program in which counts are bounds, and not fixed."""
    model: LiveModel | None = None
    last: Floats | None = None
    """The counts that the model has."""

    def __call__(self, counts: Floats) -> Solution:
        """Return the answer with the counts as given."""
        program = fixed(self.program, counts)
        if self.model is None:
            self.model = LiveModel(program, threads=self.limits.threads, seed=self.limits.seed)
        else:
            self.model.become(program)
        if self.basis is not None:
            start, rough = self.basis, False
            if self.bounded:
                start, rough = fixed_basis(self.program, program, start)
            self.model.set_basis(start, repair=rough)
        self.last = counts
        return self.model.solve()


@dataclass(slots=True)
class Best:
    """The cheapest answer of whole things so far."""

    trial: Trial
    known: tuple[Floats, Solution] | None = None

    def near(self, bound: float) -> bool:
        """Return whether it is near enough to a bound."""
        return self.known is not None and self.trial.limits.near(self.known[1].objective, bound)

    def first(self, starts: Sequence[Floats], bound: float) -> None:
        """Try counts until an answer is near enough to a bound."""
        for counts in starts:
            if self.near(bound):
                break
            found = self.trial(counts)
            if found.status == "optimal" and (
                self.known is None or found.objective < self.known[1].objective
            ):
                self.known = counts, found

    def settled(self) -> tuple[Floats, Solution, LiveModel]:
        """Return the best counts, their answer, and a live model that stands at it."""
        assert self.known is not None
        if self.trial.last is not self.known[0]:
            self.known = self.known[0], self.trial(self.known[0])
        assert self.trial.model is not None
        return *self.known, self.trial.model
