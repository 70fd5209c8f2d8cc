"""Diagnosis: why a case has no plan, and the cheapest ways out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from planner.case.case import Case
from planner.diagnosis.conflicts import Found, conflicts
from planner.diagnosis.ground import Ground, prepare
from planner.diagnosis.repair import Repair
from planner.diagnosis.repairs import Search, probe
from planner.diagnosis.replan import Replan
from planner.diagnosis.words import Item
from planner.lp.conflict import PROOF_MARGIN, infeasibility, proof_of_infeasibility
from planner.lp.effort import Effort, allowance
from planner.lp.program import Program
from planner.lp.relabel import positions, row_keys
from planner.model.index import Floats

__all__ = ["Diagnosis", "Repair", "diagnose", "probe"]

ONE_CONFLICT, CONFLICTS, EXPLANATIONS, AMOUNTS, REPAIRS = 1.8, 0.7, 0.8, 2.4, 1.2
"""What may be taken for a conflict, before a further one is looked for, for what makes them bite,
for how much must give and for planning anew, in solves of the program from nothing."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What conflicts, what could give, and a proof that nothing keeps all limits."""

    conflicts: tuple[tuple[Item, ...], ...]
    minimal: tuple[bool, ...]
    """Of each conflict, whether all but any one of its limits can be kept; otherwise the search
    ended before that was found out."""
    repairs: tuple[Repair, ...]
    untried: int
    """Further ways out that were not planned, as the search had come to its end."""
    ended: bool
    """Whether the search for conflicts and ways out came to its end before all was looked for."""
    explained: bool
    """Whether the rules and figures that make the conflicts bite were looked for to the end."""
    proof: Floats | None
    """A multiplier per row of the program, user units; None where the solver gives none."""
    margin: float
    """By how much the proof misses zero, relative to what it sums up."""


def diagnose(
    case: Case,
    program: Program,
    overrides: Sequence[str] = (),
    *,
    time_limit_s: float | None = None,
    threads: int = 2,
    note: Callable[[str], None] | None = None,
) -> Diagnosis:
    """Return the diagnosis of a case that has no plan.

    Args:
        case: the case, as read.
        program: its program.
        overrides: the overrides it was read with.
        time_limit_s: seconds for each solve that tries a repair, and after which nothing further is
            looked for; None = no limit.
        threads: threads for the solver.
        note: called with a line of text for the first conflict and every way out that is found.

    Raises:
        RuntimeError: where the solver cannot tell what conflicts.
    """
    until = math.inf if time_limit_s is None else time.monotonic() + time_limit_s
    rows = program.num_rows
    ground = prepare(case)
    searched, explained, weighed, tried = (
        Effort(allowance(rows, solves), until)
        for solves in (ONE_CONFLICT, EXPLANATIONS, AMOUNTS, REPAIRS)
    )
    further = allowance(rows, CONFLICTS)
    found = conflicts(ground, searched, explained, further, note)
    proof = _proof(program, ground, found)
    margin = infeasibility(program, proof) if proof is not None else 0.0
    replan = Replan(tried, time_limit_s, threads)
    search = Search(ground, overrides, found, replan, weighed, note)
    repairs = search.all() if found else ()  # without a conflict there is nothing to repair
    return Diagnosis(
        tuple(one.items for one in found),
        tuple(one.minimal for one in found),
        repairs,
        search.untried,
        searched.past(further) or tried.spent or weighed.spent,
        not explained.spent,
        proof,
        margin,
    )


def _proof(program: Program, ground: Ground, found: Sequence[Found]) -> Floats | None:
    """Return multipliers of the rows of a program that prove that nothing keeps all limits: those
    of a conflict, which lean on its limits alone, or the solver's own."""
    at = positions(row_keys(ground.program), row_keys(program))
    for one in found:
        if one.proof is not None:
            multipliers = np.where(at >= 0, one.proof[at], 0.0)
            if infeasibility(program, multipliers) > PROOF_MARGIN:
                return multipliers
    return proof_of_infeasibility(program)
