"""Research that the rest of the plan asks for: a share of the fleet, a multiple of the milestones.

::

    by share, per period: row ``research_share``
        sum share use = share_of_fleet x sum availability powered
    by multiple, per period: rows ``research_flow`` and ``research_multiple``
        done = done before + FLOP of the period, before the plan: done_flop
        done >= multiple x sum of milestones' done, = in the last period
        (or ahead as it was before the plan, of what must be trained)
"""

from __future__ import annotations

import numpy as np

from planner.case.case import Case
from planner.case.columns import numbers
from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.holding import CHIPS
from planner.model.index import Ints
from planner.model.progress import Progress
from planner.model.serving import Serving
from planner.model.work import Work, load_may_pay


def add_research(
    draft: Draft, work: Work, serving: Serving, capacity: Capacity, progress: Progress
) -> None:
    """Add research as a share of the fleet or a multiple of the milestones.

    Args:
        draft: the program being written.
        work: the workloads.
        serving: the columns ``use``.
        capacity: the places.
        progress: what is done of the milestones.
    """
    _add_shares(draft, work, serving, capacity)
    _add_multiples(draft, work, serving, capacity.period[serving.place], progress)


def _add_shares(draft: Draft, work: Work, serving: Serving, capacity: Capacity) -> None:
    """Row ``research_share``, over all powered chips everywhere."""
    builder, index = draft.builder, draft.index
    T = index.T
    t = capacity.period[serving.place]
    share = np.flatnonzero(work.kind == "share")
    w, period = (axis.ravel() for axis in np.meshgrid(share, np.arange(T), indexing="ij"))
    rows = builder.rows("research_share", {"workload": w, "period": period}, 0.0, 0.0, scale=CHIPS)
    number = np.full((len(work.kind), T), -1, dtype=np.int64)
    number[w, period] = rows
    use = np.flatnonzero(work.kind[serving.work] == "share")
    builder.entries(
        number[serving.work[use], t[use]], serving.column[use], index.share[serving.slice[use]]
    )
    floor = numbers(draft.case["workloads"], "share_of_fleet")
    place = capacity.powered_place
    powered_t = capacity.period[place]
    fleet = index.availability[capacity.chip[place], capacity.site[place], powered_t]
    builder.entries(
        number[share][:, powered_t].ravel(),
        np.tile(capacity.powered, len(share)),
        -(floor[share][:, None] * fleet[None, :]).ravel(),
    )


def _add_multiples(draft: Draft, work: Work, serving: Serving, t: Ints, progress: Progress) -> None:
    """Columns ``research_done`` and rows ``research_flow`` and ``research_multiple``; ``t`` are the
    periods of the columns ``use``."""
    builder, case, index = draft.builder, draft.case, draft.index
    T = index.T
    number = np.full((len(work.kind), T), -1, dtype=np.int64)
    multiple = np.flatnonzero(work.kind == "multiple")
    w, period = (axis.ravel() for axis in np.meshgrid(multiple, np.arange(T), indexing="ij"))
    use = np.flatnonzero(work.kind[serving.work] == "multiple")
    scale = (
        CHIPS * float(serving.done[use].max())
        if len(use)
        else max(float(numbers(case["milestones"], "flop").max(initial=0.0)), 1.0)
    )
    done = builder.columns(
        "research_done",
        {"workload": w, "period": period},
        0.0,
        np.inf,
        scale=scale,
    )
    past = np.where(period == 0, numbers(case["workloads"], "done_flop")[w], 0.0)
    flow = builder.rows(
        "research_flow",
        {"workload": w, "period": period},
        0.0 - past,
        0.0 - past,
        scale=scale,
    )
    number[w, period] = flow
    builder.entries(number[serving.work[use], t[use]], serving.column[use], serving.done[use])
    builder.entries(flow, done, -1.0)
    later = period > 0
    builder.entries(flow[later], done[np.flatnonzero(later) - 1], 1.0)
    times = numbers(case["workloads"], "multiple_of_milestones")
    ahead = np.maximum(numbers(case["workloads"], "done_flop") - times * _least(case), 0.0)
    floor_rows = builder.rows(
        "research_multiple",
        {"workload": w, "period": period},
        0.0,
        # it may run ahead, but in the end there is no more
        np.where((period < T - 1) | (not load_may_pay(case, index)), np.inf, ahead[w]),
        scale=scale,
    )
    builder.entries(floor_rows, done, 1.0)
    number[w, period] = floor_rows
    at, column = progress.period, progress.done
    builder.entries(
        number[multiple][:, at].ravel(),
        np.tile(column, len(multiple)),
        -np.repeat(times[multiple], len(at)),
    )


def _least(case: Case) -> float:
    """Return the least FLOP of all milestones that are done by the end of a plan: the whole of what
    has a hard deadline, of the others what was done before."""
    table = case["milestones"]
    soft = ~np.isnan(numbers(table, "late_usd_per_period"))
    return float(np.where(soft, numbers(table, "done_flop"), numbers(table, "flop")).sum())
