"""Applying a run: what a what-if changes is written into the case's own tables, so that it can
become the plan; and what was decided of an approved plan's lines into its last plan, so that the
next one keeps to it."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from planner.case.files import WORKBOOK, read_files
from planner.case.load import read_case
from planner.case.problems import CaseError
from planner.case.tables import TABLE
from planner.case.write import differences
from planner.edit import (
    Change,
    Edit,
    Edited,
    EditError,
    NewColumn,
    NewRow,
    edit_case,
    replace_files,
)
from planner.edit.book import sheets_of
from planner.edit.override_edits import edits_of
from planner.runs.approval import read_approval
from planner.runs.decisions import Scope, decided_plan, scope_of
from planner.runs.documents import NO_PLAN
from planner.runs.folder import case_files, changed_files
from planner.runs.inputs import case_changes, given_hashes, read_inputs
from planner.runs.read import RunDamaged, read_manifest, read_plan
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
    """Return what a what-if, or what was decided of an approved plan, changes in the tables of its
    case; nothing is written.

    Args:
        folder: the run folder.
        case: the case folder; left out: where the run says it was.

    Raises:
        NotApplied: where the run is no what-if and none of its lines were decided, relaxed limits,
            has no plan, or its case has changed since; or where a change has no place in the
            tables as they are written.
        RunError: where the folder is not a run, or its files are not as it wrote them.
        OSError: where a file cannot be read.
    """
    plan, manifest = read_plan(folder), read_manifest(folder)
    touched = changed_files(folder, manifest)
    if touched:  # what it asks for would be written into the case, whoever wrote it
        raise RunDamaged(folder, touched)
    mark = what_if_of(plan)
    source = case if case is not None else Path(manifest["case_folder"])
    approval = read_approval(folder) if mark is None else None
    scope = Scope() if approval is None else scope_of(approval)
    if mark is None and not scope.lines:
        raise NotApplied(
            f"{folder} is no what-if: it changes nothing of {source}. Next: planner approve "
            f"{folder} --by NAME"
        )
    if mark is not None and mark.relaxed:
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
    moved = case_changes(source, given_hashes(folder, manifest))
    if moved:
        stated = "" if mark is None else " ".join(f" --set '{text}'" for text in mark.stated)
        raise NotApplied(
            f"the case has changed since {folder} was made: {'; '.join(moved[:5])}. Next: planner "
            f"run {source}{stated}, then apply that run",
            stale=True,
        )
    try:
        if mark is None:
            return Applied(source, _decided(folder, source, scope))
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


def _decided(folder: Path, source: Path, scope: Scope) -> Edited:
    """Return the last plan that the decisions on an approved plan make for its case."""
    content = decided_plan(folder, scope)
    if not source.is_file() and "last_plan" not in sheets_of(source):
        path = TABLE["last_plan"].path
        changes = [
            Change(path, "cell", None, None, line.line, "planned", line.words)
            for line in scope.lines
        ]
        return Edited({path: content}, tuple(changes))
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8")))
    text = read_files(source)[0].get("last_plan")
    known = () if text is None else tuple(text.columns)
    new = tuple(NewColumn(name) for name in header if name not in known)
    gone = frozenset() if text is None else frozenset(text.row.tolist())
    added = tuple(NewRow(dict(zip(header, row, strict=True))) for row in rows)
    edit = Edit(added_rows=added, dropped_rows=gone, added_columns=new)
    return edit_case(source, {"last_plan": edit})


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
