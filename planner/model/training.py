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

from planner.case.case import Case
from planner.lp.program import ProgramBuilder
from planner.model.capacity import Capacity
from planner.model.holding import CHIPS
from planner.model.index import Floats, Index, Ints, numbers
from planner.model.ledger import LedgerBuilder
from planner.model.milestones import Runs
from planner.model.progress import Progress, add_deadlines, add_precedence, add_progress
from planner.model.work import SECONDS, load_may_pay


@dataclass(frozen=True, slots=True)
class Training:
    """The columns ``train`` with their codes, and cumulative FLOP by milestone and period.

    ``slice`` is -1 for runs that cannot be interrupted: the same chips in every slice.  ``flop`` is
    FLOP per chip.
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
    builder: ProgramBuilder,
    ledger: LedgerBuilder,
    case: Case,
    index: Index,
    capacity: Capacity,
    runs: Runs,
) -> Training:
    """Add the columns ``train`` and all columns and rows of milestones.

    Args:
        builder: the program being built.
        ledger: the ledger being filled.
        case: the case.
        index: its index.
        capacity: the places.
        runs: the milestones.

    Returns:
        The columns with their codes.
    """
    table = case["milestones"]
    chip, site, period = capacity.chip, capacity.site, capacity.period
    m, p = np.nonzero(runs.may[:, chip, site, period])
    free = runs.interruptible[m]
    m, p, k = (
        np.concatenate([m[~free], np.repeat(m[free], index.K)]),
        np.concatenate([p[~free], np.repeat(p[free], index.K)]),
        np.concatenate([np.full((~free).sum(), -1), np.tile(np.arange(index.K), int(free.sum()))]),
    )
    tiered = np.isfinite(runs.full[m, chip[p]])
    m, p, k = (np.concatenate([a, a[tiered]]) for a in (m, p, k))
    tier = np.concatenate([np.zeros(len(tiered), np.int64), np.ones(int(tiered.sum()), np.int64)])
    c, t = chip[p], period[p]
    part = np.where(k < 0, 1.0, index.share[np.maximum(k, 0)])
    flop = (
        runs.rate[m, c]
        * np.where(tier == 1, runs.beyond[m, c], 1.0)
        * SECONDS
        * index.hours[t]
        * runs.inside[m, t]
        * part
    )
    train = builder.columns(
        "train",
        {"chip": c, "site": site[p], "milestone": m, "period": t, "slice": k, "tier": tier},
        0.0,
        np.where(tier == 0, runs.full[m, c], np.inf),
        scale=CHIPS,
    )
    steady = k < 0
    builder.entries(capacity.chip_time[p[steady]].ravel(), np.repeat(train[steady], index.K), 1.0)
    builder.entries(capacity.chip_time[p[~steady], k[~steady]], train[~steady], 1.0)
    _run_limits(builder, case, index, runs, train, m, t, k)
    kept = (numbers(table, "min_chips") > 0) & runs.whole.any(axis=1)
    work = pd.DataFrame({"milestone": m, "period": t, "column": train, "flop": flop})
    progress = add_progress(builder, case, runs, kept, work)
    # no run does more than it needs, but one that must keep chips may not be able to help it; where
    # work never pays by itself, none does anyway: a row that says so would have a dual of either
    # sign, and `after` makes it a price of nothing
    most = np.where(kept | (not load_may_pay(case, index)), np.inf, runs.flop)
    add_deadlines(builder, ledger, index, runs, progress, most)
    add_precedence(builder, case, index, runs, progress)
    return Training(train, m, p, k, tier, flop, progress)


def _run_limits(
    builder: ProgramBuilder,
    case: Case,
    index: Index,
    runs: Runs,
    train: Ints,
    m: Ints,
    t: Ints,
    k: Ints,
) -> None:
    """Rows ``run_limit`` and ``run_floor``: chips on a milestone at once, per period (slice)."""
    table = case["milestones"]
    M = len(table)
    shape = (M, index.T, index.K)
    cells = np.zeros(shape, dtype=bool)
    slots = np.where(runs.interruptible, index.K, 1)
    cells |= np.arange(index.K)[None, None, :] < slots[:, None, None]
    for name, column, mask in (
        (
            "run_limit",
            "max_chips",
            ~np.isnan(numbers(table, "max_chips"))[:, None] & (runs.inside > 0),
        ),
        ("run_floor", "min_chips", (numbers(table, "min_chips") > 0)[:, None] & runs.whole),
    ):
        rm, rt, rk = np.nonzero(cells & mask[:, :, None])
        chips = numbers(table, column)[rm]
        low, high = (
            (np.full(len(rm), -np.inf), chips)
            if name == "run_limit"
            else (chips, np.full(len(rm), np.inf))
        )
        rows = builder.rows(
            name,
            {"milestone": rm, "period": rt, "slice": np.where(runs.interruptible[rm], rk, -1)},
            low,
            high,
            scale=CHIPS,
        )
        number = np.full(shape, -1, dtype=np.int64)
        number[rm, rt, rk] = rows
        at = number[m, t, np.maximum(k, 0)]
        builder.entries(at[at >= 0], train[at >= 0], 1.0)
