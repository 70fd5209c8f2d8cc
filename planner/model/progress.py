"""Progress: what is done of every milestone by the end of every period.

::

    done[m,t] = done[m,t-1] + FLOP[m,t], before the plan: done_flop       row ``milestone_flow``
    progress[m,t] - progress[m,t-1] <= done[m,t] - done[m,t-1]            row ``progress``
    done[m,D] = flop; late allowed: done[m,t] + late[m,t] = flop, t >= D  row ``milestone``
    done[m,t]/flop[m] <= done[n,t-1]/flop[n]  for every predecessor n     row ``precedence``

A run with ``min_chips`` in some period keeps them before what it builds on is there and after its
own FLOP are done, so its row ``milestone`` is ``>=``, as are all where nothing could be gained by
more.  Of a run that keeps chips *and* builds on another, only what builds on something counts:
``progress`` stands for ``done`` in its rows ``milestone`` and ``precedence``, so that chips which
must be kept never make a plan impossible that has them idle.  The dual of ``milestone`` is the
marginal cost of training (USD per FLOP).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.columns import texts
from planner.model.draft import Draft
from planner.model.holding import CHIPS
from planner.model.index import Bools, Floats, Ints
from planner.model.milestones import Milestones


@dataclass(frozen=True, slots=True)
class Progress:
    """Cells (milestone, period) from the first period in which a run can work to the end of the
    plan, with their columns; arrays over cells unless said otherwise."""

    milestone: Ints
    period: Ints
    done: Ints
    """Columns of the FLOP trained by the end of the period."""
    counted: Ints
    """Columns of the FLOP that count: ``progress`` where there is one, else ``done``."""
    scale: Floats
    """Typical FLOP of the milestone, for its rows."""
    cell: Ints
    """Number of the cell, (M, T); -1 where there is none."""
    works: Bools
    """Where a run can work, (M, T)."""

    def at(self, milestone: Ints, period: Ints) -> Ints:
        """Return the columns that count, (n,), of pairs of milestone and period, (n,); -1 where
        none is (also before the first period)."""
        cell = np.where(period >= 0, self.cell[milestone, np.maximum(period, 0)], -1)
        return np.where(cell >= 0, self.counted[np.maximum(cell, 0)], -1)


def add_progress(
    draft: Draft,
    milestones: Milestones,
    flop: pd.DataFrame,
) -> Progress:
    """Add the columns ``done`` and ``progress`` and the rows ``milestone_flow`` and ``progress``.

    Args:
        draft: the program being written.
        milestones: the milestones.
        flop: the columns at work: milestone, period, column, flop (FLOP per chip).

    Returns:
        The cells and their columns.
    """
    builder = draft.builder
    m, t = flop["milestone"].to_numpy(), flop["period"].to_numpy()
    per_chip = flop["flop"].to_numpy()
    M, T = milestones.inside.shape
    # done exists from the first period with work on, to the end of the plan: after the last work it
    # stays what it is; and from the deadline on, so that an impossible one is a row that says so
    works = np.zeros((M, T), dtype=bool)
    works[m, t] = True  # also where nothing could be powered: the rows are there all the same
    active = np.maximum.accumulate(works, axis=1)
    active |= np.arange(T)[None, :] >= milestones.deadline[:, None]
    active |= (milestones.past > 0)[:, None]
    dm, dt = np.nonzero(active)
    largest = np.zeros(M)
    np.maximum.at(largest, m, per_chip)
    # a run that no chip can do keeps a sensible size
    scale = np.where(largest > 0, largest * CHIPS, milestones.flop)[dm]
    labels = {"milestone": dm, "period": dt}
    done = builder.columns("done", labels, 0.0, np.inf, scale=scale)
    cell = np.full((M, T), -1, dtype=np.int64)
    cell[dm, dt] = np.arange(len(dm))
    before = np.where(dt > 0, cell[dm, np.maximum(dt - 1, 0)], -1)
    past = np.where(before < 0, milestones.past[dm], 0.0)  # stands in the first cell of a run
    flow = builder.rows("milestone_flow", labels, 0.0 - past, 0.0 - past, scale=scale)
    builder.entries(flow[cell[m, t]], flop["column"].to_numpy(), per_chip)
    builder.entries(flow, done, -1.0)
    builder.entries(flow[before >= 0], done[before[before >= 0]], 1.0)

    mine = np.flatnonzero((milestones.kept & milestones.builds)[dm])
    counted = done.copy()
    labels = {"milestone": dm[mine], "period": dt[mine]}
    counted[mine] = builder.columns("progress", labels, 0.0, np.inf, scale=scale[mine])
    # what was done before the plan counts, and is in ``done`` already
    rows = builder.rows("progress", labels, -np.inf, 0.0, scale=scale[mine])
    for columns, sign in ((counted, 1.0), (done, -1.0)):
        builder.entries(rows, columns[mine], sign)
        later = before[mine] >= 0
        builder.entries(rows[later], columns[before[mine][later]], -sign)
    return Progress(dm, dt, done, counted, scale, cell, works)


def add_deadlines(
    draft: Draft,
    milestones: Milestones,
    progress: Progress,
    most: Floats,
) -> None:
    """Add the columns ``late`` and the rows ``milestone``.

    Args:
        draft: the program being written.
        milestones: the milestones.
        progress: what counts of them.
        most: the most FLOP of each run that its row allows, (M,); infinite where it says nothing.
    """
    builder, ledger, index = draft.builder, draft.ledger, draft.index
    soft = ~np.isnan(milestones.late)
    late_too = soft[:, None] & (np.arange(index.T)[None, :] > milestones.deadline[:, None])
    m, t = np.nonzero((np.arange(index.T)[None, :] == milestones.deadline[:, None]) | late_too)
    cell = progress.cell[m, t]
    scale = progress.scale[cell]
    rows = builder.rows(
        "milestone", {"milestone": m, "period": t}, milestones.flop[m], most[m], scale=scale
    )
    builder.entries(rows, progress.counted[cell], 1.0)
    allowed = soft[m]
    late = builder.columns(
        "late",
        {"milestone": m[allowed], "period": t[allowed]},
        0.0,
        np.inf,
        scale=scale[allowed],
    )
    builder.entries(rows[allowed], late, 1.0)
    ledger.add("late", late, t[allowed], (milestones.late / milestones.flop)[m[allowed]])


def add_precedence(draft: Draft, milestones: Milestones, progress: Progress) -> None:
    """Add the rows ``precedence``: the finished share of a run is at most that of what it builds
    on, a period before.

    Args:
        draft: the program being written.
        milestones: the milestones.
        progress: what counts of them.
    """
    builder, case, index = draft.builder, draft.case, draft.index
    before = texts(case["milestones"], "after")
    sizes = np.array([len(names) for names in before], dtype=np.int64)
    run = np.repeat(np.arange(len(before)), sizes)
    needs = index.code("milestone", [name for names in before for name in names])
    pair, period = np.nonzero(progress.works[run])
    run, needs = run[pair], needs[pair]
    labels = {"milestone": run, "after": needs, "period": period}
    prior = progress.at(needs, period - 1)
    has = prior >= 0
    # without a cell a period before: what was done before the plan
    share = np.where(has, 0.0, (milestones.past / milestones.flop)[needs])
    rows = builder.rows("precedence", labels, -np.inf, share)
    builder.entries(rows, progress.at(run, period), 1.0 / milestones.flop[run])
    builder.entries(rows[has], prior[has], -1.0 / milestones.flop[needs[has]])
