"""A case rolled without a run folder, for tests: solved, carried on, and solved again."""

from __future__ import annotations

import shutil
from pathlib import Path

from planner.case import read_case
from planner.case.files import read_files
from planner.case.tables import TABLE
from planner.edit import edit_case
from planner.lp.highs import solve
from planner.lp.solution import Solution
from planner.model import formulate
from planner.plan.answer import Answer, read_answer
from planner.roll.edits import drafts_of
from planner.roll.lines import last_plan_text
from planner.roll.periods import Move
from planner.roll.roll import span
from planner.roll.state import state_of


def solved(folder: Path) -> tuple[Answer, Solution]:
    """Return the answer of a case folder."""
    formulation = formulate(read_case(folder))
    solution = solve(formulation.program)
    assert solution.status == "optimal", solution.message
    return read_answer(formulation, solution), solution


def write_next(folder: Path, answer: Answer, by: int, target: Path, keep_end: bool = True) -> None:
    """Write the case that comes ``by`` periods after a solved one, in which all went as planned."""
    texts, _, problems = read_files(folder)
    assert not problems, problems
    case = answer.formulation.case
    move = Move(case.calendar, by, 0 if keep_end else by)
    drafts = drafts_of(case, texts, state_of(answer, by), move)
    edits = {name: draft.edit() for name, draft in drafts.items()}
    edited = edit_case(folder, edits, span(folder, move))
    shutil.copytree(folder, target)
    (target / TABLE["last_plan"].path).parent.mkdir(exist_ok=True)
    (target / TABLE["last_plan"].path).write_text(last_plan_text(answer, by), encoding="utf-8")
    for name, content in edited.files.items():
        (target / name).write_bytes(content)
