"""Training: chips at work on milestones, up to their deadlines.

::

    sum train <= max_chips, >= min_chips, per period (slice)     rows ``run_limit``, ``run_floor``

``FLOP = peak x mfu x goodput x split x 3600 x hours x inside x train``; chips beyond
``chips_at_full_efficiency`` on one site work at ``efficiency_beyond`` (tier 1), so more chips never
finish less.  What is done of a run by when: :mod:`planner.model.progress`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.columns import numbers
from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.fabric import AtWork, add_one_fabric
from planner.model.holding import CHIPS
from planner.model.index import Floats, Ints
from planner.model.milestones import Milestones
from planner.model.progress import Progress, add_deadlines, add_precedence, add_progress
from planner.model.work import SECONDS, load_may_pay


@dataclass(frozen=True, slots=True)
class Training:
    """The columns ``train`` with their codes, and cumulative FLOP by milestone and period.

    ``slice`` is -1 for milestones that cannot be interrupted: the same chips in every slice.
    ``flop`` is FLOP per chip.
    """

    column: Ints
    milestone: Ints
    place: Ints
    slice: Ints
    tier: Ints
    flop: Floats
    progress: Progress
    """What is done and what counts by the end of every period."""


def add_training(
    draft: Draft,
    capacity: Capacity,
    milestones: Milestones,
) -> Training:
    """Add the columns ``train`` and all columns and rows of milestones.

    Args:
        draft: the program being written.
        capacity: the places.
        milestones: the milestones.

    Returns:
        The columns with their codes.
    """
    builder, case, index = draft.builder, draft.case, draft.index
    chip, site, period = capacity.chip, capacity.site, capacity.period
    m, p = np.nonzero(milestones.may[:, chip, site, period])
    free = milestones.interruptible[m]
    m, p, k = (
        np.concatenate([m[~free], np.repeat(m[free], index.K)]),
        np.concatenate([p[~free], np.repeat(p[free], index.K)]),
        np.concatenate([np.full((~free).sum(), -1), np.tile(np.arange(index.K), int(free.sum()))]),
    )
    tiered = np.isfinite(milestones.full[m, chip[p]])
    m, p, k = (np.concatenate([a, a[tiered]]) for a in (m, p, k))
    tier = np.concatenate([np.zeros(len(tiered), np.int64), np.ones(int(tiered.sum()), np.int64)])
    c, t = chip[p], period[p]
    part = np.where(k < 0, 1.0, index.share[np.maximum(k, 0)])
    flop = (
        milestones.rate[m, c]
        * milestones.split[m, c, site[p]]
        * np.where(tier == 1, milestones.beyond[m, c], 1.0)
        * SECONDS
        * index.hours[t]
        * milestones.inside[m, t]
        * part
    )
    train = builder.columns(
        "train",
        {"chip": c, "site": site[p], "milestone": m, "period": t, "slice": k, "tier": tier},
        0.0,
        np.where(tier == 0, milestones.full[m, c], np.inf),
        scale=CHIPS,
    )
    steady = k < 0
    builder.entries(capacity.chip_time[p[steady]].ravel(), np.repeat(train[steady], index.K), 1.0)
    builder.entries(capacity.chip_time[p[~steady], k[~steady]], train[~steady], 1.0)
    work = pd.DataFrame({"milestone": m, "period": t, "slice": k, "column": train, "flop": flop})
    _run_limits(draft, milestones, work)
    add_one_fabric(draft, milestones, AtWork(train, m, c, site[p], t, k, flop))
    progress = add_progress(draft, milestones, work)
    # no run does more than it needs, but one that must keep chips may not be able to help it; where
    # work never pays by itself, none does anyway: a row that says so would have a dual of either
    # sign, and `after` makes it a price of nothing
    most = np.where(milestones.kept | (not load_may_pay(case, index)), np.inf, milestones.flop)
    add_deadlines(draft, milestones, progress, most)
    add_precedence(draft, milestones, progress)
    return Training(train, m, p, k, tier, flop, progress)


def _run_limits(draft: Draft, milestones: Milestones, work: pd.DataFrame) -> None:
    """Rows ``run_limit`` and ``run_floor``: chips on a milestone at once, per period (slice);
    ``work`` are the columns ``train``: milestone, period, slice, column."""
    builder, index, table = draft.builder, draft.index, draft.case["milestones"]
    shape = (len(table), index.T, index.K)
    slots = np.where(milestones.interruptible, index.K, 1)
    cells = np.zeros(shape, dtype=bool)
    cells |= np.arange(index.K)[None, None, :] < slots[:, None, None]
    most, least = numbers(table, "max_chips"), numbers(table, "min_chips")
    none = np.full(len(table), np.nan)
    m, t, k = (work[name].to_numpy() for name in ("milestone", "period", "slice"))
    for name, low, high, mask in (
        ("run_limit", none, most, ~np.isnan(most)[:, None] & (milestones.inside > 0)),
        ("run_floor", least, none, (least > 0)[:, None] & milestones.whole),
    ):
        rm, rt, rk = np.nonzero(cells & mask[:, :, None])
        rows = builder.rows(
            name,
            {
                "milestone": rm,
                "period": rt,
                "slice": np.where(milestones.interruptible[rm], rk, -1),
            },
            np.where(np.isnan(low), -np.inf, low)[rm],
            np.where(np.isnan(high), np.inf, high)[rm],
            scale=CHIPS,
        )
        number = np.full(shape, -1, dtype=np.int64)
        number[rm, rt, rk] = rows
        at = number[m, t, np.maximum(k, 0)]
        builder.entries(at[at >= 0], work["column"].to_numpy()[at >= 0], 1.0)
