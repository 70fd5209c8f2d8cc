"""Training: chips at work on milestones, up to their deadlines.

::

    done[m,t] = done[m,t-1] + FLOP[m,t]                                   row ``milestone_flow``
    done[m,D] = flop; late allowed: done[m,t] + late[m,t] = flop, t >= D  row ``milestone``
    sum train <= max_chips, >= min_chips, per period (slice)     rows ``run_limit``, ``run_floor``
    done[m,t]/flop[m] <= done[n,t-1]/flop[n]  for every predecessor n     row ``precedence``

``FLOP = peak x mfu x goodput x split x 3600 x hours x inside x train``; chips beyond
``chips_at_full_efficiency`` on one site work at ``efficiency_beyond`` (tier 1), so more chips never
finish less.  A run with ``min_chips`` in some period keeps them when it is done, so its row
``milestone`` is ``>=``, as are all where nothing could be gained by more.  The dual of
``milestone`` is the marginal cost of training (USD per FLOP).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.lp.program import ProgramBuilder
from planner.model.capacity import Capacity
from planner.model.holding import CHIPS
from planner.model.index import Bools, Floats, Index, Ints, codes, members, numbers, texts
from planner.model.ledger import LedgerBuilder
from planner.model.work import SECONDS, flop_rate, load_may_pay


@dataclass(frozen=True, slots=True)
class Runs:
    """What there is to train and how; arrays over milestones (M,) unless said otherwise."""

    flop: Floats
    inside: Floats
    """Share of each period in which work counts, (M, T)."""
    whole: Bools
    """Periods wholly inside the window, (M, T)."""
    deadline: Ints
    """Last period the window touches, D."""
    rate: Floats
    """FLOP per chip-second up to full efficiency, splitting included, (M, C); 0 = cannot."""
    kw: Floats
    """Draw at work, (M, C)."""
    full: Floats
    """Chips on one site up to which the efficiency is full, (M, C); infinite where there is no such
    limit."""
    beyond: Floats
    """Relative efficiency beyond, (M, C)."""
    may: Bools
    """Where it may run: chip and site allowed, a training row, no rule, (M, C, S, T)."""
    interruptible: Bools
    late: Floats
    """USD per period of lateness, NaN where the deadline is hard."""


def list_runs(case: Case, index: Index) -> Runs:
    """Return the milestones of a case as arrays.

    Args:
        case: the case.
        index: its index.

    Returns:
        Windows, rates and permissions.
    """
    table, training = case["milestones"], case["training"]
    M, T = len(table), index.T
    start, end = numbers(table, "start"), numbers(table, "deadline")
    t = np.arange(T)
    inside = np.clip(np.minimum(end[:, None], t + 1) - np.maximum(start[:, None], t), 0.0, 1.0)
    deadline = np.minimum(np.ceil(end - 1e-9).astype(np.int64) - 1, T - 1)
    late = numbers(table, "late_usd_per_period")
    work = np.where(~np.isnan(late)[:, None] & (t[None, :] > deadline[:, None]), 1.0, inside)
    rate, kw = flop_rate(case, index, texts(table, "class"))
    rate = rate * members(index.axes["chip"], texts(table, "chips"))
    sites = members(index.axes["site"], texts(table, "sites"))
    may = (
        (rate > 0)[:, :, None, None]
        & sites[:, None, :, None]
        & ~index.run_forbidden
        & (work > 0)[:, None, None, :]
    )
    pairs = may.any(axis=3).sum(axis=(1, 2))
    split = np.where(pairs > 1, numbers(table, "split_efficiency"), 1.0)
    if np.isnan(split).any():
        raise ValueError("a milestone with a choice of sites or chips has no split_efficiency")
    full, beyond = np.full(rate.shape, np.inf), np.ones(rate.shape)
    if len(training) and M:
        classes = np.array(sorted(set(texts(training, "class"))), dtype=object)
        grid_full, grid_beyond = (
            np.full((len(classes), rate.shape[1]), np.inf),
            np.ones((len(classes), rate.shape[1])),
        )
        where = (
            codes(classes, texts(training, "class")),
            index.code("chip", texts(training, "chip")),
        )
        tiered = ~np.isnan(numbers(training, "chips_at_full_efficiency"))
        grid_full[where] = np.where(tiered, numbers(training, "chips_at_full_efficiency"), np.inf)
        grid_beyond[where] = np.where(tiered, numbers(training, "efficiency_beyond"), 1.0)
        mine = codes(classes, texts(table, "class"))
        full, beyond = grid_full[mine], grid_beyond[mine]
    return Runs(
        flop=numbers(table, "flop"),
        inside=work,
        whole=(inside >= 1.0 - 1e-12),
        deadline=deadline,
        rate=rate * split[:, None],
        kw=kw,
        full=full,
        beyond=beyond,
        may=may,
        interruptible=table["interruptible"].to_numpy(dtype=bool),
        late=late,
    )


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
    done: pd.DataFrame
    """Columns milestone, period, column: cumulative FLOP after every period of the plan in which it
    can be above zero."""


def add_training(
    builder: ProgramBuilder,
    ledger: LedgerBuilder,
    case: Case,
    index: Index,
    capacity: Capacity,
    runs: Runs,
) -> Training:
    """Add the columns ``train``, ``done`` and ``late`` and all rows of milestones.

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
    floored = (numbers(table, "min_chips") > 0) & runs.whole.any(axis=1)
    # where work never pays by itself, no run does more than it needs anyway; a row that says so
    # would have a dual of either sign, and `after` makes it a price of nothing
    floored |= not load_may_pay(case, index)
    done = _progress(builder, ledger, index, runs, floored, train, m, t, flop)
    _precedence(builder, case, index, runs, done, m, t)
    return Training(train, m, p, k, tier, flop, done)


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


def _progress(
    builder: ProgramBuilder,
    ledger: LedgerBuilder,
    index: Index,
    runs: Runs,
    floored: Bools,
    train: Ints,
    m: Ints,
    t: Ints,
    flop: Floats,
) -> pd.DataFrame:
    """Columns ``done`` and ``late``, rows ``milestone_flow`` and ``milestone``."""
    M, T = len(runs.flop), index.T
    most = np.zeros((M, T))
    np.add.at(most, (m, t), flop)
    # done exists from the first period with work on, to the end of the plan: after the last work it
    # stays what it is
    works = np.zeros((M, T), dtype=bool)
    works[m, t] = True  # also where nothing could be powered: the rows are there all the same
    active = np.maximum.accumulate(works, axis=1)
    active |= (
        np.arange(T)[None, :] >= runs.deadline[:, None]
    )  # so that an impossible deadline is a row that says so
    dm, dt = np.nonzero(active)
    largest = np.zeros(M)
    np.maximum.at(largest, m, flop)
    scale = np.where(
        largest > 0, largest * CHIPS, runs.flop
    )  # a run that no chip can do keeps a sensible size
    done = builder.columns(
        "done",
        {"milestone": dm, "period": dt},
        0.0,
        np.inf,
        scale=scale[dm],
    )
    flow = builder.rows(
        "milestone_flow", {"milestone": dm, "period": dt}, 0.0, 0.0, scale=scale[dm]
    )
    number = np.full((M, T), -1, dtype=np.int64)
    number[dm, dt] = np.arange(len(dm))
    builder.entries(flow[number[m, t]], train, flop)
    builder.entries(flow, done, -1.0)
    earlier = np.flatnonzero((dt > 0) & (number[dm, np.maximum(dt - 1, 0)] >= 0))
    builder.entries(flow[earlier], done[number[dm[earlier], dt[earlier] - 1]], 1.0)

    soft = ~np.isnan(runs.late)
    due = (np.arange(T)[None, :] == runs.deadline[:, None]) | (
        soft[:, None] & (np.arange(T)[None, :] > runs.deadline[:, None])
    )
    rm, rt = np.nonzero(due)
    # no run does more than it needs, but one that must keep chips may not be able to help it
    most = np.where(floored, np.inf, runs.flop)
    rows = builder.rows(
        "milestone", {"milestone": rm, "period": rt}, runs.flop[rm], most[rm], scale=scale[rm]
    )
    builder.entries(rows, done[number[rm, rt]], 1.0)
    allowed = soft[rm]
    late = builder.columns(
        "late",
        {"milestone": rm[allowed], "period": rt[allowed]},
        0.0,
        np.inf,
        scale=scale[rm[allowed]],
    )
    builder.entries(rows[allowed], late, 1.0)
    ledger.add("late", "none", late, rt[allowed], (runs.late / runs.flop)[rm[allowed]], when="mid")
    return pd.DataFrame({"milestone": dm, "period": dt, "column": done})


def _precedence(
    builder: ProgramBuilder,
    case: Case,
    index: Index,
    runs: Runs,
    done: pd.DataFrame,
    m: Ints,
    t: Ints,
) -> None:
    """Row ``precedence``: the finished share of a run is at most that of what it builds on, a
    period before."""
    table = case["milestones"]
    before = texts(table, "after")
    sizes = np.array([len(names) for names in before], dtype=np.int64)
    run = np.repeat(np.arange(len(table)), sizes)
    needs = index.code("milestone", [name for names in before for name in names])
    works = np.zeros((len(table), index.T), dtype=bool)
    works[m, t] = True
    pair, period = np.nonzero(works[run])
    number = np.full((len(table), index.T), -1, dtype=np.int64)
    number[done["milestone"], done["period"]] = done["column"]
    rows = builder.rows(
        "precedence", {"milestone": run[pair], "after": needs[pair], "period": period}, -np.inf, 0.0
    )
    builder.entries(rows, number[run[pair], period], 1.0 / runs.flop[run[pair]])
    prior = np.where(period > 0, number[needs[pair], np.maximum(period - 1, 0)], -1)
    has = prior >= 0
    builder.entries(rows[has], prior[has], -1.0 / runs.flop[needs[pair]][has])
