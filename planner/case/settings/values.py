"""What case.yaml says, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slice:
    """A share of every period's hours: peak, shoulder, night, ..."""

    name: str
    hours_share: float


@dataclass(frozen=True, slots=True)
class Accept:
    """A warning that somebody has looked at and takes for right, and why."""

    warning: str
    """The warning as it is printed, ``*`` standing for anything."""
    reason: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What case.yaml says, every default written out."""

    name: str
    start: str
    periods: int
    discount_rate: float
    description: str = ""
    frequency: str = "quarter"
    residual: str = "annuity"
    slices: tuple[Slice, ...] = (Slice("all", 1.0),)
    power_basis: str | None = None
    headroom: float = 0.0
    fiscal_year_start: int = 1
    carbon_usd_per_tonne: float = 0.0
    frozen_periods: int = 0
    change_usd_per_chip: float = 0.0
    whole: bool | None = None
    """Whether what is ordered comes in whole things; of a case always known, None: not said."""
    stale_after_days: int = 365
    accept: tuple[Accept, ...] = ()
    solver: str = "highs"
    time_limit_s: float | None = None
    threads: int = 2
    gap: float = 1e-6
    whole_gap: float = 1e-3
    seed: int = 0
