"""Confirming a solver's word that a program has no answer, or none that is the cheapest.

Infeasible is what multipliers prove by adding up (Farkas).  Unbounded is a direction in which one
may go without end at less and less cost, from any answer: the least of the costs of

    c'r    over    A r within the limits of rows that are there, 0 for each,
                   0 <= r_j <= 1 for columns without an upper bound, r_j = 0 for others

is then below zero, and whether it is such a direction is a sum that numpy does.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.conflict import PROOF_MARGIN, infeasibility, proof_of_infeasibility, without_costs
from planner.lp.highs import LiveModel
from planner.lp.program import Program
from planner.lp.solution import Solution

Floats = NDArray[np.float64]

GAIN: Final = 1e-7
"""By how much, relative to what it sums up, going on without end must pay."""
SLACK: Final = 1e-9
"""By how much, relative to what it adds up, a row may be missed by a direction."""


def falling(program: Program) -> Floats | None:
    """Return a direction in which the cost falls without end, scaled, (columns,); None where there
    is none.

    Its largest entry is 1; whether any plan exists from which to go is another question.
    """
    endless = np.isinf(program.column_upper)
    recession = dataclasses.replace(
        program,
        column_lower=np.zeros(program.num_columns),
        column_upper=np.where(endless, 1.0, 0.0),
        row_lower=np.where(np.isfinite(program.row_lower), 0.0, -np.inf),
        row_upper=np.where(np.isfinite(program.row_upper), 0.0, np.inf),
    )
    found = LiveModel(recession, algorithm="simplex", tolerance=SLACK).solve()
    if found.status != "optimal":
        return None
    way = np.clip(found.x / program.column_scale, 0.0, recession.column_upper)
    if not way.any():
        return None
    way = np.where(way < SLACK * way.max(), 0.0, way) / way.max()
    moved = program.activity(way)
    size = np.bincount(
        program.indices,
        weights=np.abs(program.data) * way[program.entry_columns()],
        minlength=program.num_rows,
    )
    missed = np.maximum(recession.row_lower - moved, moved - recession.row_upper)
    gain, gross = -float((program.cost * way).sum()), float((np.abs(program.cost) * way).sum())
    holds = bool((missed <= 10.0 * SLACK * np.maximum(size, SLACK)).all())
    return way if holds and gain > GAIN * gross else None


def runaway(program: Program, way: Floats) -> int:
    """Return the column that earns most in a direction, (columns,), in which the cost falls."""
    return int((program.cost * way).argmin())


def confirmed(model: LiveModel, solution: Solution) -> tuple[LiveModel, Solution]:
    """Return the answer of a solver, its word that there is none only where that is confirmed.

    Args:
        model: the model that gave the answer, as it stands.
        solution: its answer.

    Returns:
        The model and its answer; where its word cannot be confirmed, those of a solver that starts
        anew; with the status ``error`` where that one's cannot be either.
    """
    if holds(model, solution):
        return model, solution
    again = LiveModel(model.program, algorithm="ipx", tolerance=SLACK)
    second = again.solve()
    if holds(again, second) or second.status == solution.status == "infeasible":
        return again, second
    message = f"{solution.message}, but no proof of it was found"
    return model, dataclasses.replace(solution, status="error", message=message)


def holds(model: LiveModel, solution: Solution) -> bool:
    """Return whether an answer needs no confirmation, or has it."""
    program = model.program
    if solution.status == "infeasible":
        told = model.dual_ray()
        for ray in (told, None if told is None else -told):
            if ray is not None and infeasibility(program, ray) > PROOF_MARGIN:
                return True
        proof = proof_of_infeasibility(program)
        return proof is not None and infeasibility(program, proof) > PROOF_MARGIN
    if solution.status == "unbounded":
        there = LiveModel(without_costs(program), algorithm="simplex").solve()
        return there.status == "optimal" and falling(program) is not None
    return True
