"""How far a search for whole things goes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How far to go."""

    gap: float
    """Relative distance of cost and bound at which it is enough."""
    time_limit_s: float | None = None
    threads: int = 2
    seed: int = 0
