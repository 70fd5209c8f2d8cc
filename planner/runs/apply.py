"""Applying a what-if: what it changes for its run alone is written into the case's own tables, so
that it can become the plan."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from planner.case.files import WORKBOOK
from planner.case.load import read_case
from planner.case.problems import CaseError
from planner.case.write import differences
from planner.edit import Change, Edited, EditError, edit_case, replace_files
from planner.edit.override_edits import edits_of
from planner.runs.documents import NO_PLAN
from planner.runs.folder import case_files
from planner.runs.inputs import case_changes, read_inputs
from planner.runs.read import read_manifest, read_plan
from planner.runs.what_if import what_if_of
from planner.words import printable


class NotApplied(Exception):
    """A run whose changes cannot be written into its case; the message says why and what next."""

    def __init__(self, message: str, *, stale: bool = False) -> None:
        super().__init__(printable(message))
        self.stale = stale
        """Whether it is because the case is not what it was."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What of a case a what-if changes, written or not."""

    case: Path
    edited: Edited

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change, file by file."""
        return self.edited.changes


def find_changes(folder: Path, case: Path | None = None) -> Applied:
    """Return what a what-if changes in the tables of its case; nothing is written.

    Args:
        folder: the run folder.
        case: the case folder; left out: where the run says it was.

    Raises:
        NotApplied: where the run is no what-if, relaxed limits, has no plan, or its case has
            changed since; or where a change has no place in the tables as they are written.
        RunError: where the folder is not a run.
        OSError: where a file cannot be read.
    """
    plan, manifest = read_plan(folder), read_manifest(folder)
    mark = what_if_of(plan)
    source = case if case is not None else Path(manifest["case_folder"])
    if mark is None:
        raise NotApplied(
            f"{folder} is no what-if: it changes nothing of {source}. Next: planner approve "
            f"{folder} --by NAME"
        )
    if mark.relaxed:
        stated = " ".join(f"--set '{text}'" for text in (*mark.stated, *mark.given))
        raise NotApplied(
            f"{folder} let {', '.join(mark.relaxed)} give: it changes no cell, it says by how much "
            f"limits are exceeded. Next: state what is to change, planner run {source} {stated}, "
            "then apply that run"
        )
    if plan["status"] == NO_PLAN:
        raise NotApplied(
            f"{folder} has no plan: nobody can follow what it asks for. Next: planner explain "
            f"{folder} infeasible"
        )
    moved = case_changes(source, manifest["inputs"])
    if moved:
        stated = " ".join(f"--set '{text}'" for text in mark.stated)
        raise NotApplied(
            f"the case has changed since {folder} was made: {'; '.join(moved[:5])}. Next: planner "
            f"run {source} {stated}, then apply that run",
            stale=True,
        )
    try:
        edited = edit_case(source, *edits_of(source, mark.stated))
    except EditError as reason:
        raise NotApplied(f"not applied: {reason}") from None
    wrong = _differs(folder, source, edited)
    if wrong:
        raise NotApplied(
            f"not applied: the tables of {source} cannot say what {folder} was made with "
            f"({wrong}). Next: change these cells by hand"
        )
    return Applied(source, edited)


def apply_changes(found: Applied) -> None:
    """Write what a what-if changes into its case: all files or none.

    Raises:
        OSError: where one cannot be written.
        FileExistsError: where an earlier edit was cut short.
    """
    files, home = found.edited.files, found.case
    if home.is_file():
        files = {home.name: files[WORKBOOK]} if files else {}
        home = home.parent
    replace_files(home, files)


def _differs(folder: Path, source: Path, edited: Edited) -> str:
    """Return in what the case after an edit differs from what a run was made with; nothing where
    they are the same."""
    with tempfile.TemporaryDirectory() as beside:
        for name, path in case_files(source).items():
            copy = Path(beside, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if name in edited.files:
                copy.write_bytes(edited.files[name])
            else:
                shutil.copyfile(path, copy)
        try:
            after = read_case(beside)
        except CaseError as reason:
            return str(reason.problems[0])
    return "; ".join(differences(after, read_inputs(folder)))
