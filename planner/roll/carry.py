"""A plan carried on without surprise: the case that comes after it if all goes as planned, for
whoever wants to compare what came instead."""

from __future__ import annotations

import shutil
from pathlib import Path

from planner.case.files import read_files
from planner.case.tables import TABLE
from planner.edit import Edited, edit_case
from planner.edit.override_edits import edits_of
from planner.plan.answer import Answer
from planner.roll.edits import drafts_of, edited_by
from planner.roll.lines import last_plan_text
from planner.roll.money import passed_usd
from planner.roll.periods import Move
from planner.roll.solved import solved
from planner.roll.state import state_of
from planner.runs.folder import case_files
from planner.runs.inputs import INPUTS, read_overrides


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
    for name, path in case_files(run / INPUTS).items():
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    overrides = read_overrides(run / INPUTS)
    if overrides:  # of a what-if: its case is the one with them
        _write(folder, edit_case(folder, *edits_of(folder, overrides)))
    carry_on(folder, answer, by)
    return passed_usd(answer, by)


def carry_on(folder: Path, answer: Answer, by: int) -> None:
    """Turn a case into the one that comes after its plan if all goes as planned, up to the plan's
    own end.

    Args:
        folder: a copy of the case that was solved, which is changed.
        answer: its answer.
        by: periods that pass.
    """
    case = answer.formulation.case
    move = Move(case.calendar, by, 0)
    texts, settings, _ = read_files(folder)
    drafts = drafts_of(case, texts, texts, state_of(answer, by), move)
    _write(folder, edited_by(folder, drafts, settings, move))
    last = folder / TABLE["last_plan"].path
    last.parent.mkdir(exist_ok=True)
    last.write_text(last_plan_text(answer, by), encoding="utf-8", newline="\n")


def _write(folder: Path, edited: Edited) -> None:
    """Write the files of an edit into a folder of our own."""
    for name, content in edited.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
