"""Guide: how a search for whole things is led, by what knows what they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Ints, Program
from planner.lp.whole.start import singles

Floats = NDArray[np.float64]
NEVER = -1
"""Rank of counts that are only rounded."""
COUNTED = 2
"""Rank of counts that are few and large, where rounding them is not near enough: tried below and
above what the divisible answer has."""


@dataclass(frozen=True, slots=True)
class Guide:
    """How counts are chosen; left out: each by itself, all at once."""

    starts: Callable[[Floats], Sequence[Floats]] = lambda _: ()
    """Whole counts to begin with, scaled, in the order of the integer columns, from an answer with
    everything divisible, user units, (columns,)."""
    planned: bool = False
    """Whether the first of them comes before all search: it is kept where it is good enough."""
    rounding: Callable[[Program, Floats, int], Floats] = lambda program, x, _: singles(program, x)
    """Whole counts near an answer of a program, scaled, (columns,), by how often it was tried."""
    stages: Ints | None = None
    """When each count is chosen, (integer columns,)."""
    ranks: Ints | None = None
    """Which columns of 0 or 1 decide so much that both are tried, the lowest first; ``COUNTED`` of
    larger ones, ``NEVER`` for others, (integer columns,)."""
    preferences: Sequence[Floats] = field(default=())
    """Which of equally cheap answers is rounded, see ``settle_ties``."""

    def stages_of(self, program: Program) -> Ints:
        """Return when each count is chosen, (integer columns,)."""
        none = np.zeros(len(program.integer), dtype=np.int64)
        return none if self.stages is None else self.stages

    def ranks_of(self, program: Program) -> Ints:
        """Return which columns are tried both ways, (integer columns,)."""
        own = program.integer
        binary = (program.column_lower[own] == 0.0) & (program.column_upper[own] == 1.0)
        return np.where(binary, 0, NEVER) if self.ranks is None else self.ranks
