"""A plan carried on without surprise: the case that comes after it if all goes as planned, for
whoever wants to compare what came instead."""

from __future__ import annotations

import shutil
from pathlib import Path

from planner.case.files import read_files
from planner.case.tables import TABLE
from planner.edit import edit_case
from planner.roll.edits import drafts_of
from planner.roll.lines import last_plan_text
from planner.roll.money import passed_usd
from planner.roll.periods import Move
from planner.roll.roll import span
from planner.roll.solved import solved
from planner.roll.state import state_of
from planner.runs.folder import case_files
from planner.runs.inputs import INPUTS


def carried(run: Path, by: int, folder: Path) -> float:
    """Write the case that comes after a plan if all goes as planned, up to the plan's own end.

    Args:
        run: the run folder.
        by: periods that pass.
        folder: where to; empty.

    Returns:
        What the plan costs in the passed periods, discounted to its own start, USD.

    Raises:
        RunError: where the plan cannot be read.
    """
    answer = solved(run)
    case, base = answer.formulation.case, run / INPUTS
    move = Move(case.calendar, by, 0)
    drafts = drafts_of(case, read_files(base)[0], state_of(answer, by), move)
    edits = {name: draft.edit() for name, draft in drafts.items()}
    edited = edit_case(base, edits, span(base, move))
    for name, path in case_files(base).items():
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    for name, content in edited.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    last = folder / TABLE["last_plan"].path
    last.parent.mkdir(exist_ok=True)
    last.write_text(last_plan_text(answer, by), encoding="utf-8", newline="\n")
    return passed_usd(answer, by)
