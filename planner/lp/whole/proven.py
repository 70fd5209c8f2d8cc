"""Proven: what is known of the cost of an answer of whole things."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Proven:
    """Costs and bounds of an answer of whole things, USD."""

    cost: float
    """Of the answer."""
    divisible: float
    """Of the cheapest answer with everything divisible."""
    own_bound: float
    """What weak duality proves of that: a sum that is ours."""
    bound: float
    """What no answer of whole things costs less than: the higher of the own bound and what branch
    and bound tells."""
    nodes: int
    """Of branch and bound; 0 where the own bound was near enough."""

    @property
    def gap(self) -> float:
        """Relative distance of cost and bound."""
        return max(self.cost - self.bound, 0.0) / max(abs(self.cost), 1.0)

    def stored(self) -> NDArray[np.float64]:
        """Return it as solution.npz keeps it, (5,)."""
        return np.array([self.cost, self.divisible, self.own_bound, self.bound, self.nodes])


def from_stored(values: NDArray[np.float64]) -> Proven:
    """Return it as it was kept, (5,)."""
    cost, divisible, own, bound, nodes = (float(value) for value in values)
    return Proven(cost, divisible, own, bound, int(nodes))
