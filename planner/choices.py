"""Choices: what a plan would cost if a run could not be where it is, by solving again."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np

from planner.lp.basis import Basis
from planner.lp.whole.branch import Branched
from planner.lp.whole.limits import Limits
from planner.lp.whole.proven import Choice
from planner.lp.whole.solve import Whole, solve_whole
from planner.model import Formulation
from planner.model.index import Floats
from planner.model.stages import guided

AXES: Final = ("site", "chip")
"""What a run has one of."""

NEAR: Final = 5e-4
"""A second plan is searched no nearer to its bound than so: the plan itself is what is to be
exact."""


def runner_ups(
    formulation: Formulation,
    whole: Whole,
    basis: Basis | None,
    limits: Limits,
    progress: Callable[[str], None] | None = None,
) -> tuple[Choice, ...]:
    """Return where every run is that had a choice, and what the second best would cost.

    All other counts are chosen again; a start is the plan with the run at each other place.

    Args:
        formulation: the case.
        whole: its plan.
        basis: the basis of its divisible answer; None where there is none.
        limits: when each of the further plans is near enough, and how long all may take.
        progress: called with where it stands.

    Returns:
        One entry per run and axis; without a runner-up where there is no other plan, or none was
        found in time.
    """
    program, found = formulation.program, []
    # what a second plan costs is asked, not which of equally cheap ones it is
    guide = dataclasses.replace(guided(formulation), planned=False, preferences=())
    begin, limits = time.perf_counter(), dataclasses.replace(limits, gap=max(limits.gap, NEAR))
    for block in program.column_blocks:
        if block.name not in tuple(f"run_{axis}" for axis in AXES):
            continue
        axis = block.name.removeprefix("run_")
        names, runs = formulation.index.axes[axis], formulation.index.axes["milestone"]
        at = np.searchsorted(program.integer, block.first + np.arange(block.count))
        run, place = (np.asarray(block.labels[name]) for name in ("milestone", axis))
        for m in np.unique(run):  # a few
            mine = np.flatnonzero(run == m)
            here = mine[whole.counts[at[mine]] > 0.5]
            if not len(here):
                continue
            upper = program.column_upper.copy()
            upper[block.first + here] = 0.0
            starts = []
            for other in mine[~np.isin(mine, here)]:
                counts = whole.counts.copy()
                counts[at[mine]], counts[at[other]] = 0.0, 1.0
                starts.append(counts)
            other_plan = solve_whole(
                dataclasses.replace(program, column_upper=upper),
                whole.relaxed,
                basis,
                dataclasses.replace(guide, starts=partial(_given, starts)),
                limits.after(begin),
                progress,
            )
            second, usd = "", float("nan")
            if not isinstance(other_plan, Branched):
                second = str(names[place[mine[other_plan.counts[at[mine]] > 0.5][0]]])
                usd = other_plan.proven.cost - whole.proven.cost
            found.append(Choice(str(runs[m]), axis, str(names[place[here[0]]]), second, usd))
    return tuple(found)


def _given(starts: Sequence[Floats], x: Floats) -> Sequence[Floats]:
    """Return starts that are known, whatever the divisible answer."""
    return starts
