"""A solved run: its case and its answer again, from the run folder, without solving."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from planner.lp.solution import Solution
from planner.model import formulate
from planner.model.counts import with_counts
from planner.plan.answer import Answer, read_answer
from planner.plan.stored import stored_arrays
from planner.runs.inputs import read_inputs
from planner.runs.read import STORED_FILE, RunError, read_plan

SAME: Final = 1e-6
"""Costs that differ by less are the same: a written one is rounded to cents."""


def solved(folder: Path) -> Answer:
    """Return the answer of a run: the program formulated anew from its copied inputs, and the
    values of solution.npz.

    Args:
        folder: the run folder, of a plan.

    Raises:
        RunError: where the inputs cannot be read, the values are not those of this program (a
            version that formulates it otherwise), or do not cost what the plan does.
    """
    formulation = formulate(read_inputs(folder))
    try:
        arrays = stored_arrays(folder / STORED_FILE, "x", "row_dual")
        x, dual = arrays["x"], arrays["row_dual"]
    except (OSError, ValueError, KeyError) as error:
        raise RunError(f"{folder / STORED_FILE} cannot be read ({error})") from None
    program = formulation.program
    if (len(x), len(dual)) != (program.num_columns, program.num_rows):
        raise RunError(
            f"{folder} was made by a version of the planner that formulates otherwise. Next: "
            f"planner run {folder / 'inputs'}, approve that run, and roll it"
        )
    solution = Solution(
        status="optimal",
        message=f"from {STORED_FILE}",
        objective=0.0,
        x=x,
        row_dual=dual,
        reduced_cost=np.zeros(len(x)),
        iterations=0,
        seconds=0.0,
        solver=STORED_FILE,
    )
    answer = read_answer(with_counts(formulation, x), solution)
    ledger, told = formulation.ledger, read_plan(folder)["objective_usd"]
    cost = float((ledger.nominal * ledger.factor) @ answer.x[ledger.column])
    if abs(cost - told) > SAME * max(abs(told), 1.0):
        raise RunError(
            f"the values of {folder / STORED_FILE} cost {cost:,.2f} USD, and the plan {told:,.2f}: "
            f"they are not of one run. Next: planner verify {folder}"
        )
    return answer
