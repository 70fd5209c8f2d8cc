"""Progress: what counts of the FLOP of a run that keeps chips and builds on another."""

from __future__ import annotations

import numpy as np

from planner.audit.facts import Bools, Facts, Floats, Ints, column


def after(facts: Facts) -> tuple[Ints, Ints]:
    """Return the pairs of a run and a run that it builds on, in order of the table: numbers of
    milestones, (pairs,) each."""
    pairs = facts.case["milestones"]["after"].reset_index(drop=True).explode().dropna()
    pairs = pairs[pairs != ""]
    on = facts.codes("milestone", pairs.to_numpy(dtype=object))
    return pairs.index.to_numpy(dtype=np.int64), on


def counting(facts: Facts, flop: Floats, doubt: Floats, kept: Bools) -> tuple[Floats, Floats]:
    """Return cumulative FLOP that count, those done before the plan with them, and how far
    rounding may have moved them, both (M, T).

    A run that keeps chips in some period although what it builds on is not there has them idle:
    by the end of a period no larger share of it counts than was done of each of those a period
    before, and never more than the whole.

    Args:
        facts: the inputs.
        flop: FLOP trained, (M, T).
        doubt: what rounding may have moved of them, (M, T).
        kept: runs that keep chips in some period, (M,).
    """
    goal, past = (column(facts.case["milestones"], name) for name in ("flop", "done_flop"))
    through, slack = past[:, None] + np.cumsum(flop, axis=1), np.cumsum(doubt, axis=1)
    run, on = after(facts)
    held = kept[run]
    run, on = run[held], on[held]
    some = np.unique(run)
    for t in range(facts.T if len(some) else 0):
        last = through[:, t - 1] if t else past
        loose = slack[:, t - 1] if t else np.zeros(len(goal))
        most, room = goal.copy(), np.zeros(len(goal))
        np.minimum.at(most, run, goal[run] * last[on] / goal[on])
        np.maximum.at(room, run, goal[run] * loose[on] / goal[on])
        grown = np.clip(last + flop[:, t], last, np.maximum(most, last))
        through[some, t] = grown[some]
        slack[some, t] += room[some]
    return through, slack
