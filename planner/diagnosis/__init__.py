"""Diagnosis: why a case has no plan, and the cheapest ways out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planner.case.case import Case
from planner.diagnosis.conflicts import conflicts, prepare
from planner.diagnosis.repairs import Repair, Search, probe
from planner.diagnosis.words import Item
from planner.lp.conflict import infeasibility, proof_of_infeasibility
from planner.lp.program import Program
from planner.model.index import Floats

__all__ = ["Diagnosis", "Repair", "diagnose", "probe"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What conflicts, what could give, and a proof that nothing keeps all limits."""

    conflicts: tuple[tuple[Item, ...], ...]
    repairs: tuple[Repair, ...]
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
        note: called with a line of text for every way out that is found.

    Raises:
        RuntimeError: where the solver cannot tell what conflicts.
    """
    until = math.inf if time_limit_s is None else time.monotonic() + time_limit_s
    proof = proof_of_infeasibility(program)
    ground = prepare(case)
    found = conflicts(ground, until)
    repairs = Search(
        ground, overrides, time_limit_s=time_limit_s, threads=threads, note=note, until=until
    ).all()
    return Diagnosis(
        found, repairs, proof, infeasibility(program, proof) if proof is not None else 0.0
    )
