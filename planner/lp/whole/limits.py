"""How far a search for whole things goes."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

LEAST_S: Final = 0.01
"""Seconds that are left where the time is over: a solver takes no less."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far to go."""

    gap: float
    """Relative distance of cost and bound at which it is enough."""
    time_limit_s: float | None = None
    threads: int = 2
    seed: int = 0

    def near(self, cost: float, bound: float) -> bool:
        """Return whether a cost is near enough to a bound, USD."""
        return cost - bound <= self.gap * max(abs(cost), 1.0)

    def after(self, begin: float) -> Limits:
        """Return what is left of them since a ``time.perf_counter`` of ``begin``."""
        if self.time_limit_s is None:
            return self
        left = max(self.time_limit_s - (time.perf_counter() - begin), LEAST_S)
        return replace(self, time_limit_s=left)
