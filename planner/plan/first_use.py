"""First use: what the chips of a place work on most, from a period on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.plan.answer import Answer


def first_use(answer: Answer, work: pd.DataFrame) -> np.ndarray:
    """Return, per chip, site and period, what the chips there work on most from that period on,
    first: names (C, S, T)."""
    f = answer.formulation
    index = f.index
    names = np.concatenate([index.axes["workload"], index.axes["milestone"], [""]])
    shape = (len(index.kw_peak), len(index.pue), index.T + 1)
    top = np.full(shape, len(names) - 1, dtype=np.int64)
    sums = (
        work.groupby(["chip", "site", "period", "work"], as_index=False)[["chip_hours"]]
        .sum()
        .sort_values(["chip_hours", "work"], ascending=[True, False])
    )
    top[sums["chip"], sums["site"], sums["period"]] = sums["work"]  # the largest is written last
    # carry backwards: a lot that arrives before there is work is for the first work after
    for t in range(index.T - 1, -1, -1):
        empty = top[:, :, t] == len(names) - 1
        top[:, :, t] = np.where(empty, top[:, :, t + 1], top[:, :, t])
    return np.asarray(names[top[:, :, :-1]])
