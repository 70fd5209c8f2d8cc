"""A case rolled without a run folder, for tests: solved, carried on, and solved again."""

from __future__ import annotations

import shutil
from pathlib import Path

from planner.case import read_case
from planner.case.files import read_files
from planner.lp.highs import solve
from planner.lp.solution import Solution
from planner.model import formulate
from planner.plan.answer import Answer, read_answer
from planner.roll.carry import carry_on


def solved(folder: Path) -> tuple[Answer, Solution]:
    """Return the answer of a case folder."""
    formulation = formulate(read_case(folder))
    solution = solve(formulation.program)
    assert solution.status == "optimal", solution.message
    return read_answer(formulation, solution), solution


def write_next(folder: Path, answer: Answer, by: int, target: Path) -> None:
    """Write the case that comes ``by`` periods after a solved one, in which all went as planned."""
    assert not read_files(folder)[2]
    shutil.copytree(folder, target)
    carry_on(target, answer, by)
