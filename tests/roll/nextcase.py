"""A case rolled without a run folder, for tests: solved, carried on, and solved again."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from pathlib import Path

from planner.case import read_case
from planner.case.files import read_files
from planner.lp.highs import solve
from planner.lp.solution import Solution
from planner.lp.whole.branch import Branched
from planner.lp.whole.fixed import divisible
from planner.lp.whole.limits import Limits
from planner.lp.whole.solve import solve_whole
from planner.model import formulate
from planner.model.stages import guided
from planner.plan.answer import Answer, read_answer
from planner.roll.carry import carry_on

NEAR = Limits(gap=1e-9, threads=1)
"""How near a plan of whole things is to the best."""


class NoPlan(AssertionError):
    """A case that has no plan."""


def solved(folder: Path, overrides: Sequence[str] = ()) -> tuple[Answer, Solution]:
    """Return the answer of a case folder, with some changes."""
    formulation = formulate(read_case(folder, overrides))
    program = formulation.program
    solution = solve(divisible(program))
    if len(program.integer) and solution.status == "optimal":
        whole = solve_whole(program, solution, None, guided(formulation), NEAR)
        if isinstance(whole, Branched):
            raise NoPlan(whole.message)
        formulation = dataclasses.replace(formulation, program=whole.model.program)
        solution = whole.solution
    if solution.status != "optimal":
        raise NoPlan(solution.message)
    return read_answer(formulation, solution), solution


def write_next(folder: Path, answer: Answer, by: int, target: Path) -> None:
    """Write the case that comes ``by`` periods after a solved one, in which all went as planned."""
    assert not read_files(folder)[2]
    shutil.copytree(folder, target)
    carry_on(target, answer, by)
