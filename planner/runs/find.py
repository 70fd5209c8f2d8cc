"""Finding runs: those under an output folder, newest first, and the one that a word names."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from planner.runs.approval import read_approval
from planner.runs.decisions import Scope, scope_of
from planner.runs.folder import PARTIAL
from planner.runs.read import (
    MANIFEST_FILE,
    PLAN_FILE,
    RunError,
    RunTooNew,
    document_faults,
    is_run,
)
from planner.runs.what_if import WhatIf, what_if_of

DAMAGED: Final = "damaged"
"""The status in a list of a run whose documents are not as a run writes them."""
NEEDS_LATER: Final = "newer"
"""The status in a list of a run that a later version of the planner wrote."""
_NAMED: Final = re.compile(r"(?P<moment>\d{8}T\d{6}Z)-[0-9a-f]{8}(-\d+)?$")
"""How the name of a run folder ends (``planner.runs.folder.run_name``)."""


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run, as ``planner ls`` lists it."""

    folder: Path
    case: str
    started: str
    """UTC, ISO 8601; where the manifest cannot be read, from the folder's name or blank."""
    status: str
    objective_usd: float | None
    gap: float | None
    wrong: str = ""
    """What is wrong with a damaged run, or what a newer one needs."""
    approved_by: str = ""
    approved_utc: str = ""
    approval: str = ""
    """Who approved it when, and what of it, in words; blank where nobody has."""
    approved: Scope | None = None
    """What of it is approved."""
    source: str = ""
    """The case folder that it was made from, as its command named it."""
    what_if: WhatIf | None = None
    """What it changes of its case, where it is a what-if."""


def find_runs(out: Path) -> list[RunLine]:
    """Return the runs under ``out`` (``<out>/<case>/<run>/``), newest first.

    One that is damaged is among them as ``damaged``, one of a later format as ``newer``: neither
    keeps the others from being read.
    """
    try:
        folders = [
            folder
            for folder in out.glob("*/*")
            if not folder.name.startswith(".")
            and not folder.parent.name.startswith(".")
            and (is_run(folder) or (_NAMED.search(folder.name) and folder.is_dir()))
        ]
    except OSError:  # a folder beside the runs that nobody may read
        folders = [path.parent for path in out.glob(f"*/*/{MANIFEST_FILE}")]
    lines = [_line(folder) for folder in folders]
    return sorted(lines, key=lambda line: (line.started, line.folder.name), reverse=True)


def _line(folder: Path) -> RunLine:
    try:
        (plan, wrong), (manifest, more) = (
            document_faults(folder, name) for name in (PLAN_FILE, MANIFEST_FILE)
        )
    except RunTooNew as newer:
        return RunLine(
            folder, folder.parent.name, _moment(folder), NEEDS_LATER, None, None, newer.needs
        )
    case, started = _text(plan, "case"), _text(manifest, "started_utc")
    if wrong or more:
        reason = "; ".join([*wrong, *more][:3])
        case, started = case or folder.parent.name, started or _moment(folder)
        return RunLine(folder, case, started, DAMAGED, None, None, reason)
    line = RunLine(
        folder,
        case,
        started,
        plan["status"],
        plan.get("objective_usd"),
        plan.get("gap"),
        source=_text(manifest, "case_folder"),
        what_if=what_if_of(plan),
    )
    try:
        found = read_approval(folder)
    except RunError:
        return dataclasses.replace(line, approval="unreadable")
    if found is None:
        return line
    by, moment, scope = found["by"], found["approved_utc"], scope_of(found)
    part = f" ({scope.words})" if scope.words else ""
    return dataclasses.replace(
        line,
        approved_by=by,
        approved_utc=moment,
        approval=f"{by}, {moment[:10]}{part}",
        approved=scope,
    )


def _text(document: dict[str, Any], key: str) -> str:
    value = document.get(key)
    return value if isinstance(value, str) else ""


def _moment(folder: Path) -> str:
    """Return when a run started by the name of its folder; blank where that does not say."""
    match = _NAMED.search(folder.name)
    if match is None:
        return ""
    m = match["moment"]
    return f"{m[:4]}-{m[4:6]}-{m[6:8]}T{m[9:11]}:{m[11:13]}:{m[13:15]}Z"


def _case_name(case: Path) -> str | None:
    """Return the name that the settings of a case, a folder or a workbook, state; None where there
    is none to be read."""
    from planner.case.files import WORKBOOK
    from planner.case.workbook import read_settings_sheet
    from planner.case.yaml_file import FILE, LARGEST_BYTES, parse_yaml

    path = case / FILE
    try:
        if path.is_file():
            if path.stat().st_size > LARGEST_BYTES:
                return None
            tree = parse_yaml(path.read_text(encoding="utf-8"))[0]
            name = tree.get("name") if isinstance(tree, dict) else None
            return name if isinstance(name, str) else None
        book = case if case.suffix.lower() == ".xlsx" else case / WORKBOOK
        settings = read_settings_sheet(book) if book.is_file() else None
    except (OSError, ValueError):
        return None
    return settings.values.get("name") if settings is not None else None


@dataclass(frozen=True, slots=True)
class Found:
    """The run that a word names, and the what-ifs of its case that are newer and were passed
    over."""

    folder: Path
    passed: tuple[RunLine, ...] = ()


def resolve_run(text: str | None, out: Path) -> Path:
    """Return the run folder that ``text`` names, see ``find_run``."""
    return find_run(text, out).folder


def find_run(text: str | None, out: Path) -> Found:
    """Return the run that ``text`` names: a path, a run's folder name or its beginning, or a case
    or its folder (its newest run that is no what-if).

    Without a text: the newest run under ``out`` that is no what-if.  A damaged run is named like
    any other: that it cannot be read is told where it is read.

    Raises:
        RunError: where there is none, several begin like that, or there are only what-ifs.
    """
    if text is not None and is_run(Path(text)):
        if Path(text).resolve().name.startswith(PARTIAL):
            raise RunError(
                f"{text} is what an interrupted run left half-written, not a run. `planner ls` "
                "lists the runs."
            )
        return Found(Path(text))
    runs = find_runs(out)
    if text is None:
        if not runs:
            raise RunError(f"There is no run under {out}. Make one with: planner run CASE")
        return _newest(runs, f"under {out}", "CASE")
    wanted = _case_name(Path(text)) or text.rstrip("/")
    of_case = [
        run for run in runs if wanted in (run.case, run.folder.parent.name, str(run.folder.parent))
    ]
    if of_case:
        return _newest(_made_from(Path(text), of_case), f"of {wanted} under {out}", text)
    named = [run for run in runs if wanted in (run.folder.name, str(run.folder))] or [
        run for run in runs if run.folder.name.startswith(wanted)
    ]
    if len(named) == 1:
        return Found(named[0].folder)
    if named:
        raise RunError(
            f"{text} fits {len(named)} runs: {', '.join(str(run.folder) for run in named[:3])}. "
            "Give the whole path."
        )
    raise RunError(
        f"{text} is neither a run folder nor a case with runs under {out}. `planner ls` lists the "
        "runs."
    )


def _made_from(case: Path, runs: list[RunLine]) -> list[RunLine]:
    """Return the runs that were made from a case folder, of those that have its name: a case and
    the one that comes a quarter later have the same.

    Raises:
        RunError: where all of them were made from other folders, which are there.
    """
    if _case_name(case) is None:
        return runs  # the name of a case, and no folder
    own = [run for run in runs if run.source and Path(run.source).resolve() == case.resolve()]
    moved = [run for run in runs if not run.source or not Path(run.source).exists()]
    if not own and not moved:
        others = ", ".join(dict.fromkeys(run.source for run in runs))
        raise RunError(
            f"No run was made from {case}; those of {runs[0].case} were made from {others}. Next: "
            f"planner run {case}"
        )
    return own or moved


def _newest(runs: list[RunLine], which: str, case: str) -> Found:
    """Return the newest run that is no what-if, of some that are newest first."""
    at = next((at for at, run in enumerate(runs) if run.what_if is None), None)
    if at is None:
        names = ", ".join(str(run.folder) for run in runs[:3])
        raise RunError(
            f"All runs {which} are what-ifs: {names}{', ...' if len(runs) > 3 else ''}. Next: name "
            f"one by its folder, or plan the case as it is: planner run {case}"
        )
    return Found(runs[at].folder, tuple(runs[:at]))
