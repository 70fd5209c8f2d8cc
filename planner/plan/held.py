"""Chips held, and the places that they stand in."""

from __future__ import annotations

import numpy as np

from planner.plan.answer import Answer, Floats, Ints


def held_chips(answer: Answer) -> Floats:
    """Return the chips held by every entry of ``holding``, (n,)."""
    holding = answer.formulation.holding
    return np.asarray(holding.coefficient * answer.x[holding.column], dtype=np.float64)


def places_of(answer: Answer, chip: Ints, site: Ints, period: Ints) -> Ints:
    """Return the place of each (chip, site, period), -1 where there is none; codes, (n,) each."""
    capacity, index = answer.formulation.capacity, answer.formulation.index
    S, T = len(index.pue), index.T
    key = (capacity.chip * S + capacity.site) * T + capacity.period
    wanted = (chip * S + site) * T + period
    at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    return np.where(key[at] == wanted, at, -1)
