"""Unsolved: what is told of a case without a cheapest plan, and what would have to give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from planner.case.case import Case
from planner.lp.program import Program
from planner.lp.solution import Solution
from planner.model import Formulation
from planner.report.progress import Progress
from planner.solving import Options, settled

if TYPE_CHECKING:
    from planner.diagnosis import Diagnosis, Repair


def without_end(formulation: Formulation) -> str:
    """Return what can be had without end at less and less cost, in words."""
    from planner.lp.confirm import falling, runaway

    program, lots = formulation.program, formulation.lots
    way = falling(program)
    if way is None:
        return "by what could not be found"
    bought = np.flatnonzero(way[formulation.holding.order] > 0)
    if not len(bought):
        return f"by {program.column_label(runaway(program, way))}"
    most = bought[way[formulation.holding.order[bought]].argmax()]
    offer = formulation.index.axes["offer"][lots.row[most]]
    return (
        f"by buying {offer}: what a chip of it brings (residual or resale value, or energy at a "
        "negative price) exceeds what it costs. Lower that, or give the offer a max_per_period or "
        "a supply limit"
    )


def diagnosed(
    case: Case, program: Program, overrides: Sequence[str], options: Options, progress: Progress
) -> Diagnosis | None:
    """Return why a case has no plan; None where that cannot be confirmed: a solver's word against
    no conflict that can be found."""
    from planner.diagnosis import diagnose

    _, limit, threads = settled(options, case)
    try:
        diagnosis = diagnose(
            case, program, overrides, time_limit_s=limit, threads=threads, note=progress.note
        )
    except (RuntimeError, ValueError) as reason:
        progress.say(f"  no diagnosis: {reason}")
        return None
    return diagnosis if diagnosis.conflicts or diagnosis.margin > 0 else None


def unexplained(program: Program, solution: Solution) -> tuple[str, str]:
    """Return status and message where a solver finds no plan and its diagnosis no reason."""
    from planner.lp.confirm import confirmed
    from planner.lp.highs import LiveModel

    told = confirmed(LiveModel(program), solution)[1]
    if told.status == "optimal":  # the first word was wrong
        return "error", f"{solution.message}, but there is a plan: its numbers need a closer look"
    return told.status, told.message


def relaxing(
    case: Case, overrides: Sequence[str], families: Sequence[str], options: Options
) -> Repair | None:
    """Return the least that must give where only some families may."""
    from planner.diagnosis import probe

    _, limit, threads = settled(options, case)
    return probe(case, overrides, families, time_limit_s=limit, threads=threads)
