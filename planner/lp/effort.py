"""Effort: how much a search may take, counted so that every machine stops at the same place."""

from __future__ import annotations

import math
import time
from typing import Final

LEAST: Final = 2e7
"""Pivots times rows that any search may take: more than a small program ever needs."""
BEGINNING: Final = 1 / 64
"""Every solve costs as much as so many pivots per row before the first."""


class Effort:
    """What a search has taken of what it may take.

    It is counted in pivots of the simplex times rows of the program, which is what time goes into,
    and not in seconds: another machine, or a busy one, gives the same answer.

    Args:
        allowance: pivots times rows.
        until: moment of ``time.monotonic`` after which it has ended in any case.
    """

    def __init__(self, allowance: float = math.inf, until: float = math.inf) -> None:
        self.allowance, self.until, self.used = allowance, until, 0.0

    def spend(self, pivots: int, rows: int) -> None:
        """Count a solve."""
        self.used += (pivots + BEGINNING * rows) * rows

    def past(self, allowance: float) -> bool:
        """Return whether so much has been taken, or all that may be."""
        return self.spent or self.used >= allowance

    @property
    def spent(self) -> bool:
        """Whether the search must come to its end."""
        return self.used >= self.allowance or time.monotonic() >= self.until


def allowance(rows: int, cold_solves: float) -> float:
    """Return what about so many solves from nothing of a program of so many rows take, pivots times
    rows: one takes about as many pivots as there are rows."""
    return max(LEAST, cold_solves * float(rows) * rows)
