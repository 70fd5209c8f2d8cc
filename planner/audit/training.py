"""Training: FLOP of every milestone from its chips, against window, size and precedence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.audit.allocation import Allocation
from planner.audit.facts import (
    Facts,
    Floats,
    Ints,
    column,
    flags,
    load_may_pay,
    pick,
    text,
)
from planner.audit.progress import after, counting
from planner.audit.rates import belongs, training_rate
from planner.audit.tolerance import WRITTEN
from planner.audit.verdict import Check, agree, at_least, at_most, require


@dataclass(frozen=True, slots=True)
class Training:
    """FLOP by milestone and period, (M, T), its sum through each period, what is late and how sure
    that is."""

    flop: Floats
    through: Floats
    late: Floats
    """FLOP missing at the end of every period from the deadline's on; 0 before, and where the
    deadline is hard."""
    doubt: Floats
    per_row: Floats
    """FLOP of every row of the allocation, (N,); 0 for other work."""
    deadline: Ints


def _window(facts: Facts) -> tuple[Floats, Floats, Ints]:
    """Return the share of each period in which work counts, the share inside the window (M, T), and
    the deadline's period (M,)."""
    table, t = facts.case["milestones"], np.arange(facts.T)
    start, end = column(table, "start")[:, None], column(table, "deadline")[:, None]
    inside = np.clip(np.minimum(end, t + 1.0) - np.maximum(start, t), 0.0, 1.0)
    deadline = np.minimum(np.ceil(end[:, 0] - 1e-9).astype(np.int64) - 1, facts.T - 1)
    soft = table["late_usd_per_period"].notna().to_numpy()
    return np.where(soft[:, None] & (t[None, :] > deadline[:, None]), 1.0, inside), inside, deadline


def _split(facts: Facts, open_: Floats) -> Floats:
    """Return the efficiency left to runs that could use more than one (chip, site) pair, at that
    site or on that chip type where they have only one, (M, C, S); 1 for the others."""
    table, C, T = facts.case["milestones"], len(facts.chip), facts.T
    M = len(table)
    if not M:
        return np.ones((0, C, len(facts.site)))
    m, c = (axis.ravel() for axis in np.indices((M, C)))
    rate = training_rate(facts, text(table, "class")[m], c)[0].reshape(M, C)
    pairs = ((rate > 0) & belongs(facts, table, "chips", "chip"))[:, :, None] & belongs(
        facts, table, "sites", "site"
    )[:, None, :]
    m, c, s = np.nonzero(pairs)
    times = np.zeros(len(m), bool)
    for t in range(T):  # periods are few; pairs are looked at all at once
        period = np.full(len(m), t)
        times |= (open_[m, t] > 0) & ~facts.forbidden(
            c, s, period, milestone=text(table, "milestone")[m]
        )
    may = np.zeros(pairs.shape, bool)
    may[m[times], c[times], s[times]] = True
    one_site = flags(table, "single_site")[:, None, None]
    one_chip = flags(table, "single_chip")[:, None, None]
    count = np.zeros(may.shape) + may.sum(axis=(1, 2))[:, None, None]
    count = np.where(one_chip, may.sum(axis=2)[:, :, None], count)
    count = np.where(one_site, may.sum(axis=1)[:, None, :], count)
    count = np.where(one_site & one_chip, 1, count)
    return np.where(count > 1, column(table, "split_efficiency")[:, None, None], 1.0)


def train(facts: Facts, allocation: Allocation, table_flop: Floats) -> tuple[Training, list[Check]]:
    """Return FLOP of the milestones and the checks of their windows, sizes, steadiness, deadlines
    and precedence.

    Args:
        facts: the inputs.
        allocation: allocation.csv.
        table_flop: its column flop, (rows of the file,).

    Returns:
        What was trained, and the checks.  Where chips work in two tiers the file may state less
        FLOP than they could deliver: the plan counts on no more, so neither does the audit.
    """
    table, M, T = facts.case["milestones"], len(facts.milestone), facts.T
    mine = np.flatnonzero(allocation.run >= 0)
    m, t, k, c = pick(mine, allocation.run, allocation.period, allocation.slice, allocation.chip)
    chips = allocation.chips[mine]
    open_, inside, deadline = _window(facts)
    rate, _, full, beyond = training_rate(facts, text(table, "class")[m], c)
    rate = rate * _split(facts, open_)[m, c, allocation.site[mine]]
    useful = np.minimum(chips, full) + beyond * np.maximum(chips - full, 0.0)
    seconds = 3600.0 * facts.hours[t] * open_[m, t] * facts.share[k]
    able, stated = rate * seconds * useful, table_flop[allocation.row[mine]]
    least = rate * seconds * beyond * chips
    able = np.where(
        np.isfinite(full) & (stated < able) & (stated >= least * (1.0 - 1e-6)), stated, able
    )
    per_row = np.zeros(len(allocation.chips))
    per_row[mine] = able
    flop, doubt = np.zeros((M, T)), np.zeros((M, T))
    np.add.at(flop, (m, t), able)
    np.maximum.at(doubt, (m, t), rate * facts.hours[t] * 3600.0 * facts.few)
    goal = column(table, "flop")
    # a run that must keep chips in some period may not be able to stop
    kept = (inside >= 1.0 - 1e-12).any(axis=1) & (column(table, "min_chips") > 0)
    through, slack = counting(facts, flop, doubt, kept)
    missing = np.maximum(goal[:, None] - through, 0.0)
    slack = slack + 1e-6 * goal[:, None]
    soft = table["late_usd_per_period"].notna().to_numpy()
    due = np.arange(T)[None, :] >= deadline[:, None]
    late = np.where(soft[:, None] & due & (missing > slack), missing, 0.0)
    hard = np.flatnonzero(~soft & (deadline >= 0))
    # where work never pays by itself, idle chips with free energy may go on: at no cost
    free = np.flatnonzero(~kept & load_may_pay(facts))

    def named(i: int) -> str:
        return f"allocation.csv: milestone {facts.milestone[i]}"

    checks = [
        require(
            "milestones.window",
            (open_[m, t] > 0) | (chips <= WRITTEN),
            lambda i: f"{named(m[i])} works in {facts.label(t[i])}, outside its window",
            "work only between start and deadline (after it only where lateness is priced)",
        ),
        at_most(
            "milestones.deadline",
            missing[hard, deadline[hard]],
            0.0,
            lambda i: f"{named(hard[i])}, FLOP missing at its deadline",
            unit="FLOP",
            floor=slack[hard, deadline[hard]],
        ),
        at_most(
            "milestones.beyond",
            through[free, -1],
            goal[free],
            lambda i: f"{named(free[i])}, more FLOP than it takes",
            unit="FLOP",
            floor=slack[free, -1],
        ),
        *_chips(facts, allocation, mine, inside),
        *_after(facts, through, slack, open_),
    ]
    return Training(flop, through, late, slack, per_row, deadline), checks


def _chips(facts: Facts, allocation: Allocation, mine: Ints, inside: Floats) -> list[Check]:
    """Return the checks of fewest and most chips, and of the same chips in every slice."""
    table, M, T, K = facts.case["milestones"], len(facts.milestone), facts.T, facts.K
    m, t, k = allocation.run[mine], allocation.period[mine], allocation.slice[mine]
    chips = allocation.chips[mine]
    total = np.zeros((M, T, K))
    np.add.at(total, (m, t, k), chips)
    most, least = column(table, "max_chips"), column(table, "min_chips")

    def place(i: int) -> str:
        return (
            f"allocation.csv: milestone {facts.milestone[i // (T * K)]} in "
            f"{facts.label(i // K % T)}, {facts.slice[i % K]}, chips"
        )

    steady = ~flags(table, "interruptible")
    frame = pd.DataFrame(
        {"m": m, "t": t, "c": allocation.chip[mine], "s": allocation.site[mine], "chips": chips}
    )[steady[m]]
    group = (
        frame.groupby(["m", "t", "c", "s"], sort=True)["chips"]
        .agg(["min", "max", "count"])
        .reset_index()
    )
    low = np.where(group["count"] == K, group["min"], 0.0)
    whole_period = (inside >= 1.0 - 1e-12) & (least > 0)[:, None]
    return [
        at_most(
            "milestones.max_chips",
            total,
            np.broadcast_to(most[:, None, None], total.shape),
            place,
            unit="chips",
            floor=facts.few,
        ),
        at_least(
            "milestones.min_chips",
            total,
            np.broadcast_to(
                np.where(whole_period, least[:, None], np.nan)[:, :, None], total.shape
            ),
            place,
            unit="chips",
            floor=facts.few,
        ),
        agree(
            "milestones.steady",
            low,
            column(group, "max"),
            lambda i: (
                f"allocation.csv: milestone {facts.milestone[group['m'][i]]} on "
                f"{facts.chip[group['c'][i]]} at {facts.site[group['s'][i]]} in "
                f"{facts.label(group['t'][i])}, fewest chips in a slice (not interruptible: as "
                "many as in the others)"
            ),
            unit="chips",
            floor=facts.few,
        ),
    ]


def _after(facts: Facts, through: Floats, slack: Floats, open_: Floats) -> list[Check]:
    """Return the check of precedence: the finished share of a run is at most that of what it builds
    on, a period before."""
    table, T = facts.case["milestones"], facts.T
    run, on = after(facts)
    goal = column(table, "flop")
    share, doubt = through / goal[:, None], slack / goal[:, None]
    past = (column(table, "done_flop") / goal)[on]
    before = np.concatenate([past[:, None], share[on][:, : T - 1]], axis=1)
    bound = np.where(open_[run] > 0, before, np.nan)
    floor = doubt[run] + doubt[on]
    return [
        at_most(
            "milestones.after",
            share[run],
            bound,
            lambda i: (
                f"allocation.csv: share of {facts.milestone[run[i // T]]} finished by "
                f"{facts.label(i % T)}, against {facts.milestone[on[i // T]]} a period before"
            ),
            unit="share",
            floor=floor,
        )
    ]
