"""One fabric: a run on one site, or one chip type, of several that it may use.

::

    sum_s run_site[m,s] = 1                                              row ``one_site``
    FLOP[m,s] <= (flop[m] - done before the plan) x run_site[m,s]        row ``at_run_site``

over all periods and chips of the run, and the same by chip type (``run_chip``, ``one_chip``,
``on_run_chip``).  ``run_site`` and ``run_chip`` are 0 or 1.  A run that must keep chips may do more
than its FLOP: of it chips are counted, at most ``max_chips`` in every period and slice; without
``max_chips`` the row holds only where the site is not chosen.  The relaxation (``whole: no``) lets
a run spread over all of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.case.columns import numbers
from planner.model.draft import Draft
from planner.model.holding import CHIPS
from planner.model.index import Bools, Floats, Ints
from planner.model.milestones import Milestones


class AtWork(NamedTuple):
    """The columns ``train``: milestone, chip, site, period, slice (-1: all) and FLOP per chip, (n,)
    each."""

    column: Ints
    milestone: Ints
    chip: Ints
    site: Ints
    period: Ints
    slice: Ints
    flop: Floats


def add_one_fabric(draft: Draft, milestones: Milestones, work: AtWork) -> None:
    """Add the choice of one site, and of one chip type, of the runs that have one to make.

    Args:
        draft: the program being written.
        milestones: the milestones.
        work: their columns at work.
    """
    if not draft.whole:
        return
    sites, chips = milestones.may.any(axis=(1, 3)), milestones.may.any(axis=(2, 3))
    for axis, chosen, rows, one, allowed in (
        ("site", "run_site", "at_run_site", "one_site", sites & milestones.one_site[:, None]),
        ("chip", "run_chip", "on_run_chip", "one_chip", chips & milestones.one_chip[:, None]),
    ):
        may = allowed & (allowed.sum(axis=1) > 1)[:, None]
        if may.any():
            _choose(draft, milestones, work, may, (axis, chosen, rows, one))


def _choose(
    draft: Draft,
    milestones: Milestones,
    work: AtWork,
    may: Bools,
    names: tuple[str, str, str, str],
) -> None:
    """Add the choice along one axis, of the names in ``may``, (M, names): ``names`` are the axis,
    the columns, the rows of the work at each and those that choose one."""
    builder, (axis, chosen, rows, one) = draft.builder, names
    m, at = np.nonzero(may)
    labels = {"milestone": m, axis: at}
    choice = builder.columns(chosen, labels, 0.0, 1.0, integer=True)
    runs = np.flatnonzero(may.any(axis=1))
    single = builder.rows(one, {"milestone": runs}, 1.0, 1.0)
    builder.entries(single[np.searchsorted(runs, m)], choice, 1.0)

    most = numbers(draft.case["milestones"], "max_chips")
    left = np.maximum(milestones.flop - milestones.past, 0.0)
    kept = milestones.kept
    slots = np.zeros(len(kept))  # periods and slices of a run that keeps chips
    used = np.unique(np.stack([work.milestone, work.period, work.slice]), axis=1)
    np.add.at(slots, used[0], 1.0)
    free = kept & np.isnan(most)
    amount = np.where(kept, np.nan_to_num(most) * slots, left)
    # in whole runs, or in chips: what a row counts has the size of its limit
    scale = np.where(kept, CHIPS, np.maximum(milestones.flop, 1.0))
    row = builder.rows(rows, labels, -np.inf, np.where(free[m], np.inf, 0.0), scale=scale[m])
    number = np.full(may.shape, -1, dtype=np.int64)
    number[m, at] = row
    mine = number[work.milestone, work.site if axis == "site" else work.chip]
    has = mine >= 0
    each = np.where(kept[work.milestone], 1.0, work.flop)
    builder.entries(mine[has], work.column[has], each[has])
    stated = np.flatnonzero(~free[m])
    builder.entries(row[stated], choice[stated], -amount[m[stated]])
    switched = np.flatnonzero(free[m])
    if len(switched):
        builder.switch(row[switched], choice[switched])
