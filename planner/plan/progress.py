"""Progress: what counts of the FLOP of a run that keeps chips and builds on another."""

from __future__ import annotations

import numpy as np

from planner.case.case import Case
from planner.case.columns import numbers, texts
from planner.model.index import Floats, Index
from planner.model.milestones import Milestones


def counted(case: Case, index: Index, milestones: Milestones, flop: Floats) -> Floats:
    """Return the FLOP of every run that count by the end of every period.

    Of a run with ``min_chips`` in some period that builds on another, chips that must be kept may
    idle: ``min(before + FLOP, goal x least share of what it builds on a period before)``.  Of all
    others every FLOP counts.  The most that can count is what the plan has: to count less never
    saves anything.

    Args:
        case: the case.
        index: its index.
        milestones: its milestones.
        flop: FLOP trained, (M, T).

    Returns:
        Cumulative FLOP, (M, T).
    """
    through = np.cumsum(flop, axis=1)
    kept = (numbers(case["milestones"], "min_chips") > 0) & milestones.whole.any(axis=1)
    mine = [m for m, names in enumerate(texts(case["milestones"], "after")) if names and kept[m]]
    if not mine:
        return through
    on = [index.code("milestone", texts(case["milestones"], "after")[m]) for m in mine]
    before = np.zeros(len(through))
    for t in range(through.shape[1]):
        share = np.minimum(before / milestones.flop, 1.0)
        most = np.array([share[names].min() for names in on]) * milestones.flop[mine]
        now = through[:, t].copy()
        now[mine] = np.maximum(before[mine], np.minimum(before[mine] + flop[mine, t], most))
        through[:, t] = before = now
    return through
