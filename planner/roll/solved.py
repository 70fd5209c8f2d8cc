"""A solved run: its case and its answer again, from the run folder, without solving."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from planner.lp.solution import Solution
from planner.model import formulate
from planner.plan.answer import Answer, read_answer
from planner.plan.stored import stored_arrays
from planner.runs.inputs import read_inputs
from planner.runs.read import STORED_FILE, RunError


def solved(folder: Path) -> Answer:
    """Return the answer of a run: the program formulated anew from its copied inputs, and the
    values of solution.npz.

    Args:
        folder: the run folder, of a plan.

    Raises:
        RunError: where the inputs cannot be read, or the values are not those of this program: a
            version that formulates it otherwise.
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
    return read_answer(formulation, solution)
