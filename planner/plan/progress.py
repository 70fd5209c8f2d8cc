"""Progress: what counts of the FLOP of a run that keeps chips and builds on another."""

from __future__ import annotations

import numpy as np

from planner.case.case import Case
from planner.case.columns import texts
from planner.model.index import Floats, Index
from planner.model.milestones import Milestones


def counted(case: Case, index: Index, milestones: Milestones, flop: Floats) -> Floats:
    """Return the FLOP of every run that count by the end of every period, done before the plan or
    in it.

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
    through = milestones.past[:, None] + np.cumsum(flop, axis=1)
    mine = np.flatnonzero(milestones.kept & milestones.builds)
    if not len(mine):
        return through
    on = [index.code("milestone", names) for names in texts(case["milestones"], "after")[mine]]
    before = milestones.past
    for t in range(through.shape[1]):
        share = np.minimum(before / milestones.flop, 1.0)
        most = np.array([share[names].min() for names in on]) * milestones.flop[mine]
        now = through[:, t].copy()
        now[mine] = np.maximum(before[mine], np.minimum(before[mine] + flop[mine, t], most))
        through[:, t] = before = now
    return through
