"""Approval: who approved which plan when, beside the hashed files of the run; a plan whose case has
changed since cannot be."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from planner.plan.formats import FORMAT_VERSION
from planner.runs.decisions import Scope, scope_of
from planner.runs.folder import APPROVAL, changed_files, write_json
from planner.runs.inputs import case_changes, given_hashes
from planner.runs.read import PROVEN, RunDamaged, document_faults, read_manifest, read_plan
from planner.runs.what_if import what_if_of
from planner.words import printable

PAGE: Final = "report.html"
WORKBOOK: Final = "plan.xlsx"
RENDERED: Final = (PAGE, WORKBOOK)
"""The files that only show what the others hold, and are made again where that changed."""


class StalePlan(Exception):
    """The plan cannot be approved: it is not proven, was changed, or its case is not what it was;
    the message says what."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))  # it names files, which may be called anything


def read_approval(folder: Path) -> dict[str, Any] | None:
    """Return the approval of a run, None where there is none; raises ``RunDamaged`` where it is
    not as ``approve`` writes it."""
    if not os.path.lexists(folder / APPROVAL):
        return None
    document, found = document_faults(folder, APPROVAL)
    if found:
        raise RunDamaged(folder, found)
    return document


def approval_words(folder: Path) -> str:
    """Return the state of approval in one sentence."""
    found = read_approval(folder)
    if found is None:
        return "not approved yet"
    note = f": {printable(found['note'])}" if found["note"] else ""
    scope = scope_of(found).words
    part = f" ({scope})" if scope else ""
    when = printable(found["approved_utc"])[:10]
    return f"approved by {printable(found['by'])} on {when}{part}{note}"


def plan_digest(manifest: Mapping[str, Any], version: int = FORMAT_VERSION) -> str:
    """Return one SHA-256 over the run's hashed files but those that are made of the others.

    Args:
        manifest: of the run.
        version: format of the approval: up to 1 the workbook, which another version of the planner
            makes otherwise, was counted too.
    """
    apart = RENDERED if version > 1 else (PAGE,)
    files = sorted(
        (name, entry["sha256"]) for name, entry in manifest["files"].items() if name not in apart
    )
    return hashlib.sha256(json.dumps(files).encode()).hexdigest()


def approve(
    folder: Path,
    by: str,
    note: str = "",
    case: Path | None = None,
    moment: datetime | None = None,
    scope: Scope | None = None,
) -> dict[str, Any]:
    """Record who approves a run, and what of it.

    Args:
        folder: the run folder.
        by: who.
        note: a remark.
        case: the case folder; left out: where the run says it was.
        moment: when; left out: now.
        scope: which periods, and what was decided of which lines; left out: all as planned.

    Returns:
        The approval as written.

    Raises:
        StalePlan: where the plan is not proven or a what-if, its files were changed, or the case
            has changed since or cannot be found.
        RunError: where the folder is not a run.
        OSError: where it cannot be written.
    """
    manifest, plan = read_manifest(folder), read_plan(folder)
    if plan["status"] != PROVEN:
        raise StalePlan(f"{folder} is not a proven plan (status {plan['status']})")
    mark = what_if_of(plan)
    if mark is not None:
        raise StalePlan(
            f"{folder} is a what-if ({mark.words}), not the plan of the case. Next: write its "
            f"changes into the case with planner apply {folder}, run the case, then approve that "
            "run"
        )
    changes = changed_files(folder, manifest)
    if changes:
        raise StalePlan(f"{folder} is not as it was written: {'; '.join(changes[:5])}")
    source = case if case is not None else Path(manifest["case_folder"])
    moved = case_changes(source, given_hashes(folder, manifest))
    if moved:
        raise StalePlan(
            f"the case has changed since this plan was made: {'; '.join(moved[:5])}. Next: "
            f"planner run {source}, then approve that run"
        )
    document = {
        "format_version": FORMAT_VERSION,
        "by": by,
        "note": note,
        "approved_utc": f"{moment or datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "case": plan["case"],
        "objective_usd": plan["objective_usd"],
        "plan_sha256": plan_digest(manifest),
        **(scope or Scope()).document(),
    }
    partial = folder / f".{APPROVAL}.{os.getpid()}"
    try:
        write_json(partial, document)
        os.replace(partial, folder / APPROVAL)
    finally:
        partial.unlink(missing_ok=True)
    return document
