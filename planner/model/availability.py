"""Availability: the share of powered chips that can work, by place, period and slice.

That of the chip, and in a window of ``availability.csv`` its own; where several windows hold, the
least of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from planner.case.case import Case
from planner.case.columns import numbers, texts, whole

Floats = NDArray[np.float64]


def availability_of(
    case: Case, axes: Mapping[str, NDArray[np.object_]], T: int, share: Floats
) -> tuple[Floats, Floats]:
    """Return the share of powered chips that can work, (C, S, T, K), and on average over the slices
    of a period, (C, S, T).

    Args:
        case: the case.
        axes: names of chips, sites and slices.
        T: periods.
        share: share of a period's hours in each slice, (K,).
    """
    own = numbers(case["chips"], "availability")
    shape = tuple(len(axes[axis]) for axis in ("chip", "site"))
    mean = np.broadcast_to(own[:, None, None], (*shape, T))
    every = np.broadcast_to(own[:, None, None, None], (*shape, T, len(share)))
    table = case["availability"]
    if not len(table):
        return every, mean
    windows = np.full(every.shape, np.inf)
    cells = [texts(table, axis) for axis in ("chip", "site", "slice")]
    for i, share_there in enumerate(numbers(table, "availability")):  # a few windows
        chip, site, k = (
            np.flatnonzero((cell[i] == "") | (axes[axis] == cell[i]))
            for axis, cell in zip(("chip", "site", "slice"), cells, strict=True)
        )
        first, last = (int(whole(table, name)[i]) for name in ("from", "to"))
        at = np.ix_(chip, site, np.arange(max(first, 0), max(min(last + 1, T), 0)), k)
        windows[at] = np.minimum(windows[at], share_there)
    told = np.isfinite(windows)
    every = np.where(told, windows, every)
    return every, np.where(told.any(axis=3), every @ share, mean)
