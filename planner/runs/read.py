"""Runs: the finished run folders under an output folder, found, listed and read back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planner.runs.folder import PARTIAL

if TYPE_CHECKING:
    import pandas as pd


PROVEN: Final = "optimal"
"""The status in plan.json of a plan whose bound and audit both hold."""


class RunError(Exception):
    """What was asked for is not a run folder; the message says what to do."""


@dataclass(frozen=True, slots=True)
class RunLine:
    """One finished run, as ``planner ls`` lists it."""

    folder: Path
    case: str
    started: str
    """UTC, ISO 8601."""
    status: str
    objective_usd: float | None
    gap: float | None


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(
            f"{path.parent} is not a run folder: it has no {path.name}. `planner ls` lists the "
            "runs."
        ) from None
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read ({error}). `planner ls` lists the runs.") from None
    if not isinstance(document, dict):
        raise RunError(f"{path} is not one that the planner wrote. `planner ls` lists the runs.")
    return document


def read_plan(folder: Path) -> dict[str, Any]:
    """Return plan.json of a run; raises :class:`RunError` where there is none."""
    return _document(folder / "plan.json")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return manifest.json of a run; raises :class:`RunError` where there is none."""
    return _document(folder / "manifest.json")


def read_run_table(folder: Path, name: str) -> pd.DataFrame:
    """Return one table of a run by its declared name, as :func:`planner.runs.cells.read_table`
    does.

    Raises:
        RunError: where the file is missing or not that table.
    """
    from planner.plan.tables import PLAN_TABLE
    from planner.runs.cells import read_table

    table = PLAN_TABLE[name]
    try:
        return read_table(table, folder / table.path)
    except (OSError, ValueError) as error:
        raise RunError(
            f"{folder / table.path} cannot be read ({error}). Run the case again."
        ) from None


def find_runs(out: Path) -> list[RunLine]:
    """Return the finished runs under ``out`` (``<out>/<case>/<run>/``), newest first; what is
    unreadable is left out."""
    lines = []
    for manifest_path in out.glob("*/*/manifest.json"):
        folder = manifest_path.parent
        if folder.name.startswith(".") or folder.parent.name.startswith("."):
            continue
        try:
            plan, manifest = read_plan(folder), read_manifest(folder)
            lines.append(
                RunLine(
                    folder,
                    str(plan["case"]),
                    str(manifest["started_utc"]),
                    str(plan["status"]),
                    plan["objective_usd"],
                    plan["gap"],
                )
            )
        except (RunError, KeyError):
            continue
    return sorted(lines, key=lambda line: (line.started, line.folder.name), reverse=True)


def _case_name(folder: Path) -> str | None:
    """Return the name that the case.yaml of a folder states; None where there is none to be
    read."""
    from planner.case.yaml_file import FILE, LARGEST_BYTES, parse_yaml

    path = folder / FILE
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
            return None
        tree = parse_yaml(path.read_text(encoding="utf-8"))[0]
    except (OSError, ValueError):
        return None
    name = tree.get("name") if isinstance(tree, dict) else None
    return name if isinstance(name, str) else None


def resolve_run(text: str | None, out: Path) -> Path:
    """Return the run folder that ``text`` names: a path, a run's folder name or its beginning, or a
    case or its folder (its newest run).

    Without a text: the newest run under ``out``.

    Raises:
        RunError: where there is none, or several begin like that.
    """
    if text is not None and (Path(text) / "plan.json").is_file():
        if Path(text).resolve().name.startswith(PARTIAL):
            raise RunError(
                f"{text} is what an interrupted run left half-written, not a run. `planner ls` "
                "lists the runs."
            )
        return Path(text)
    runs = find_runs(out)
    if text is None:
        if not runs:
            raise RunError(f"There is no run under {out}. Make one with: planner run CASE")
        return runs[0].folder
    wanted = _case_name(Path(text)) or text.rstrip("/")
    of_case = [
        run for run in runs if wanted in (run.case, run.folder.parent.name, str(run.folder.parent))
    ]
    if of_case:
        return of_case[0].folder
    named = [run for run in runs if run.folder.name == wanted] or [
        run for run in runs if run.folder.name.startswith(wanted)
    ]
    if len(named) == 1:
        return named[0].folder
    if named:
        raise RunError(
            f"{text} fits {len(named)} runs: {', '.join(str(run.folder) for run in named[:3])}. "
            "Give the whole path."
        )
    raise RunError(
        f"{text} is neither a run folder nor a case with runs under {out}. `planner ls` lists the "
        "runs."
    )
