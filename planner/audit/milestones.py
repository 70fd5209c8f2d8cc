"""Milestones: what milestones.csv says of each, from its chips and its FLOP."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.allocation import Allocation
from planner.audit.facts import (
    Bools,
    Facts,
    column,
    or_zero,
    whole,
)
from planner.audit.files import NO_PERIOD
from planner.audit.tolerance import CENT
from planner.audit.training import Training
from planner.audit.verdict import Check, Describe, agree, require


def compare_milestones(
    facts: Facts, training: Training, allocation: Allocation, written: pd.DataFrame
) -> list[Check]:
    """Return the checks of milestones.csv: FLOP, delivered, late, charge, chips, hours, start and
    finish."""
    table, T = facts.case["milestones"], facts.T
    M = len(table)
    row = facts.codes("milestone", written["milestone"])
    missing = np.setdiff1d(np.arange(M), row)
    rows = np.flatnonzero(row >= 0)
    m = row[rows]
    goal, price = column(table, "flop"), or_zero(column(table, "late_usd_per_period"))
    past = column(table, "done_flop")
    # by a deadline that has passed: what was done before the plan
    due = np.maximum(training.deadline, 0)
    at = training.through[np.arange(M), due] if M else np.empty(0)
    at = np.where(training.deadline >= 0, at, past)
    slack = training.doubt[np.arange(M), due] if M else np.empty(0)
    mine = allocation.run >= 0
    total, hours = np.zeros((M, T, facts.K)), np.zeros(M)
    np.add.at(
        total,
        (allocation.run[mine], allocation.period[mine], allocation.slice[mine]),
        allocation.chips[mine],
    )
    np.add.at(hours, allocation.run[mine], (allocation.chips * allocation.hours)[mine])
    charge = (training.late.sum(axis=1) / goal) * price if M else np.empty(0)

    def described(name: str) -> Describe:
        return lambda i: f"milestones.csv, {facts.milestone[m[i]]}, {name}"

    # the plan may write a finish a period away where the last FLOP are within the tolerance, but
    # none later than the last period with work
    finished = training.through >= goal[:, None] - training.doubt
    first_possible = np.where(finished.any(axis=1), finished.argmax(axis=1), T)
    works = training.flop > 0
    last_work = np.where(works.any(axis=1), T - 1 - works[:, ::-1].argmax(axis=1), T)
    last_possible = np.where(finished.any(axis=1), last_work, T)
    # one that was finished before the plan finishes in none of its periods
    over = past >= goal * (1.0 - 1e-7)
    first_possible, last_possible = (
        np.where(over, T, when) for when in (first_possible, last_possible)
    )
    finish = whole(written, "planned_finish")[rows]
    ends = np.where(finish == NO_PERIOD, T, finish)
    good: Bools = (ends >= first_possible[m]) & (
        ends <= np.maximum(last_possible[m], first_possible[m])
    )
    short = np.maximum(goal - at, 0.0)
    return [
        require(
            "milestones.rows",
            (row >= 0) if not len(missing) else [False],
            lambda i: (
                f"milestones.csv lacks {facts.milestone[missing[0]]}"
                if len(missing)
                else f"milestones.csv, row {i + 2}: unknown milestone"
            ),
            "one row for every milestone",
        ),
        agree(
            "milestones.flop",
            np.concatenate(
                [column(written, "flop")[rows], or_zero(column(written, "done_flop"))[rows]]
            ),
            np.concatenate([goal[m], past[m]]),
            lambda i: described("flop" if i < len(m) else "done_flop")(i % len(m)),
            unit="FLOP",
            floor=0.0,
        ),
        agree(
            "milestones.delivered",
            column(written, "delivered_flop")[rows],
            np.minimum(at, goal)[m],
            described("delivered_flop"),
            unit="FLOP",
            floor=slack[m],
        ),
        agree(
            "milestones.late",
            column(written, "late_flop")[rows],
            short[m],
            described("late_flop"),
            unit="FLOP",
            floor=slack[m],
        ),
        agree(
            "milestones.late_usd",
            column(written, "late_usd")[rows],
            charge[m],
            described("late_usd"),
            unit="USD",
            floor=CENT + (training.doubt.sum(axis=1) / goal * price)[m],
        ),
        agree(
            "milestones.peak_chips",
            column(written, "peak_chips")[rows],
            total.max(axis=(1, 2), initial=0.0)[m],
            described("peak_chips"),
            unit="chips",
            floor=facts.few,
        ),
        agree(
            "milestones.chip_hours",
            column(written, "chip_hours")[rows],
            hours[m],
            described("chip_hours"),
            unit="chip-hours",
            floor=facts.hours.sum() * facts.few,
        ),
        require(
            "milestones.finish",
            good,
            lambda i: (
                f"milestones.csv, {facts.milestone[m[i]]}, planned_finish: written "
                f"{facts.label(ends[i]) if ends[i] < T else 'blank'}, recomputed "
                f"{facts.label(first_possible[m[i]]) if first_possible[m[i]] < T else 'blank'}"
            ),
            "the period in which the last FLOP is delivered",
        ),
    ]
