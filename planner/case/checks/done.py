"""Done: what was trained and researched before the plan fits what there is to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.checks.instants import instants
from planner.case.columns import Bools, members, numbers, texts
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case

ROUNDING: Final = 1e-9
"""Share of a run that two figures of its FLOP may differ by: both were written by a program."""


def finished(case: Case) -> Bools:
    """Return which milestones were finished before the plan, (M,)."""
    table = case["milestones"]
    return np.asarray(
        numbers(table, "done_flop") >= numbers(table, "flop") * (1.0 - ROUNDING), dtype=bool
    )


def done_of_runs(case: Case) -> list[Problem]:
    """What was done of a milestone is no more than all of it, no more than what it builds on
    allows, and done after its earliest start."""
    table = case["milestones"]
    done, flop = numbers(table, "done_flop"), numbers(table, "flop")
    problems = rows(
        Cells(case, "milestones", "done_flop", done > flop * (1.0 + ROUNDING)),
        "done-beyond-whole",
        "must be at most the FLOP of {milestone} ({whole})",
        "correct done_flop, or flop, which is the whole run and not what is left of it",
        whole=flop,
    )
    share = np.minimum(done / flop, 1.0)
    names = texts(table, "milestone")
    if len(table):
        bases = np.where(members(names, texts(table, "after")), share[None, :], np.inf)
        least = bases.min(axis=1)
        problems += rows(
            Cells(case, "milestones", "done_flop", share > least + ROUNDING),
            "done-before-base",
            "must be at most {most}: no larger share of {milestone} than was done of {base}, "
            "which it builds on",
            "correct done_flop of {milestone} or of {base}, or clear after",
            most=np.where(np.isinf(least), flop, least * flop),
            base=names[bases.argmin(axis=1)],
        )
    problems += rows(
        Cells(case, "milestones", "start", (done > 0) & (numbers(table, "start") > 0)),
        "done-before-start",
        "is after the start of the plan, but some of {milestone} is done already: it rests "
        "until then",
        "correct start, or clear done_flop",
        severity="warning",
        value=instants(case, numbers(table, "start"), end=False),
    )
    T = case.calendar.count
    keeps = finished(case) & (numbers(table, "min_chips") > 0)
    start, deadline = numbers(table, "start"), numbers(table, "deadline")
    first = np.maximum(np.ceil(start - ROUNDING), 0.0)
    covered = first + 1.0 <= np.minimum(deadline, T) + ROUNDING
    return problems + rows(
        Cells(case, "milestones", "min_chips", keeps & covered),
        "finished-keeps-chips",
        "keeps chips for {milestone}, which is finished, to the end of its window",
        "clear min_chips, unless the chips stay with it",
        severity="warning",
    )


def done_of_research(case: Case) -> list[Problem]:
    """Research has FLOP done before the plan only as a multiple of the milestones, and where they
    have some, its own are stated."""
    workloads = case["workloads"]
    done, multiple = numbers(workloads, "done_flop"), numbers(workloads, "multiple_of_milestones")
    by_multiple = (texts(workloads, "kind") == "research") & ~np.isnan(multiple)
    problems = rows(
        Cells(case, "workloads", "done_flop", (done > 0) & ~by_multiple),
        "workload-column",
        "must be blank for {workload}: only research that is a multiple of the milestones counts "
        "from before the plan",
        "clear the cell, or give multiple_of_milestones",
    )
    trained = float(numbers(case["milestones"], "done_flop").sum())
    behind = np.nan_to_num(multiple) * trained
    return problems + rows(
        Cells(case, "workloads", "done_flop", by_multiple & (done == 0) & (behind > 0)),
        "research-not-done",
        "is blank or 0, but the milestones have {trained} FLOP done: {behind} FLOP of {workload} "
        "are caught up in the first period",
        "fill in what was done of {workload} before the plan",
        severity="warning",
        trained=trained,
        behind=behind,
    )
