"""Batches: the windows within which batch work may be served whenever there is time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.columns import Floats, Ints, texts, whole

if TYPE_CHECKING:
    from planner.case.case import Case


def windows_of(case: Case) -> Ints:
    """Return the window of each workload in periods, (W,): ``window_periods`` for batch work, 1 for
    all other."""
    workloads = case["workloads"]
    return np.where(texts(workloads, "kind") == "batch", whole(workloads, "window_periods"), 1)


def window_sum(amount: Floats, length: Ints) -> Floats:
    """Return, for every period, the sum of ``amount`` (W, T) over the window it lies in; windows
    are counted from period 0."""
    block = np.arange(amount.shape[1])[None, :] // length[:, None]
    totals = np.zeros_like(amount)
    np.add.at(totals, (np.arange(len(amount))[:, None], block), amount)
    return np.take_along_axis(totals, block, axis=1)
