"""Energy: what chips draw, idle and at work, in every slice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.audit.allocation import Allocation
from planner.audit.facts import Facts, Floats
from planner.audit.holdings import Capacity
from planner.audit.tolerance import WRITTEN


@dataclass(frozen=True, slots=True)
class Energy:
    """Utility energy: ``mwh`` by (C, S, T, K), 0 at cloud sites; draw in kW by (S, T, K)."""

    mwh: Floats
    draw: Floats
    unsure: Floats
    """kW by which rounding of chips may move the draw behind ``mwh``, (C, S, T, K)."""

    @property
    def doubt(self) -> Floats:
        """KW by which the draw of a site may be off in any slice, (S, T)."""
        return np.asarray(self.unsure.sum(axis=0).max(axis=2, initial=0.0), dtype=np.float64)


def draw(facts: Facts, allocation: Allocation, capacity: Capacity) -> Energy:
    """Return energy: idle draw of powered chips, and what work draws above it, times PUE."""
    kw = np.repeat(
        (facts.kw_idle[:, None, None] * capacity.powered)[:, :, :, None], facts.K, axis=3
    )
    above = allocation.kw - facts.kw_idle[allocation.chip]
    np.add.at(
        kw,
        (allocation.chip, allocation.site, allocation.period, allocation.slice),
        above * allocation.chips,
    )
    kw *= np.where(facts.cloud, 0.0, facts.pue)[None, :, None, None]
    hours = facts.hours[:, None] * facts.share[None, :]
    # every row of the fleet and of the allocation is rounded on its own; so is one left out
    unsure = np.repeat((facts.kw_idle[:, None, None] * (capacity.held > 0))[..., None], facts.K, 3)
    np.add.at(
        unsure,
        (allocation.chip, allocation.site, allocation.period, allocation.slice),
        np.abs(above),
    )
    unsure *= WRITTEN * np.where(facts.cloud, 0.0, facts.pue)[None, :, None, None]
    return Energy(kw * hours / 1000.0, kw.sum(axis=0), unsure)
