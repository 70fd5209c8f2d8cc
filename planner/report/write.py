"""Writing a run into its partial folder: the plan's tables and documents first, then, after the
audit, the verdict and the manifest."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner import __version__
from planner.case.case import Case
from planner.plan.formats import FORMAT_VERSION
from planner.plan.plan import Plan
from planner.report.diagnosis import INFEASIBLE
from planner.report.effective import effective_yaml
from planner.report.futures import with_futures
from planner.report.markdown import markdown
from planner.report.page import write_page
from planner.report.page.run import Run, read_run
from planner.report.summary import summarise, summary_of
from planner.report.workbook import write_workbook
from planner.runs.cells import WRITTEN, write_table
from planner.runs.documents import read_document
from planner.runs.folder import file_list, write_json
from planner.runs.what_if import Asked

PACKAGES: Final = (
    "highspy",
    "pulp",
    "numpy",
    "pandas",
    "pyyaml",
    "jinja2",
    "XlsxWriter",
)
MARKDOWN_LINES: Final = 200
"""Most lines per section of summary.md; the CSV files have them all."""


def plain(value: Any) -> Any:
    """Return a value as JSON holds it: numpy scalars and arrays as numbers and lists, NaN and
    infinities as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


@cache
def versions() -> dict[str, str]:
    """Return the versions that a run depends on: planner, Python, the platform and the packages
    that compute."""
    found = {
        "planner": __version__,
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
    }
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def write_plan(
    folder: Path,
    case: Case,
    plan: Plan,
    arrays: Mapping[str, Any],
    asked: Asked,
) -> None:
    """Write a plan's tables, plan.json (as not proven yet), the effective case and the solver's
    values.

    Args:
        folder: the partial run folder.
        case: the case as read.
        plan: the plan.
        arrays: the solver's arrays, for solution.npz.
        asked: what was asked for.

    Raises:
        ValueError: where a table of the plan is not as declared; OSError where it cannot be
            written.
    """
    for name, frame in plan.tables.items():
        write_table(WRITTEN[name], frame, folder / WRITTEN[name].path)
    (folder / "case.effective.yaml").write_text(
        effective_yaml(case, asked.overrides), encoding="utf-8", newline="\n"
    )
    np.savez_compressed(folder / "solution.npz", **arrays)
    document = {
        "format_version": FORMAT_VERSION,
        **plan.summary,
        "status": "not_proven",
        **asked.document(),
        # what is solved again reads it before it is audited
        "proof": {
            "faults": ["not audited yet"],
            "audit": {"ok": False, "checks": 0, "failed": []},
        },
        "files": [],
    }
    write_json(folder / "plan.json", plain(document))


def write_manifest(folder: Path, facts: Mapping[str, Any], seconds: Mapping[str, float]) -> None:
    """Write manifest.json: how the run was made, how long it took, and the SHA-256 of every file
    but itself and run.log."""
    finished = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    document = {
        "format_version": FORMAT_VERSION,
        **facts,
        "finished_utc": finished,
        "seconds": {name: round(value, 4) for name, value in seconds.items()},
    }
    write_json(
        folder / "manifest.json",
        plain({**document, "versions": versions(), "files": file_list(folder)}),
    )


def summary_text(folder: Path, run: Run | None = None) -> str:
    """Return summary.md of a run; ``run``: what was read of it already, where it has a plan."""
    if run is not None:
        told = summary_of(run.plan, run.tables, run.resolved, lines=MARKDOWN_LINES)
        return markdown(with_futures(folder, told))
    return markdown(summarise(folder, lines=MARKDOWN_LINES))


def finish_run(
    folder: Path,
    *,
    status: str,
    proof: Mapping[str, Any],
    facts: Mapping[str, Any],
    seconds: Mapping[str, float],
    log: Sequence[str],
) -> None:
    """Write the verdict into plan.json, then summary.md, the page, the workbook, run.log and the
    manifest: the run is complete but for its name.

    Args:
        folder: the partial run folder, audited.
        status: ``optimal``, ``not_proven`` or ``infeasible``.
        proof: ``faults`` of the bound and the ``audit``'s verdict.
        facts: how the run was made.
        seconds: wall-clock seconds by phase.
        log: lines of run.log.

    Raises:
        OSError: where it cannot be written.
    """
    plan = {**read_document(folder / "plan.json"), "status": status, "proof": plain(proof)}
    planned = status != INFEASIBLE
    documents = (
        "summary.md",
        "report.html",
        *(("plan.xlsx",) if planned else ()),
        "manifest.json",
        "run.log",
    )
    plan["files"] = sorted({*file_list(folder), *documents})
    write_json(folder / "plan.json", plan)
    run = read_run(folder) if planned else None
    (folder / "summary.md").write_text(summary_text(folder, run), encoding="utf-8", newline="\n")
    write_page(folder, run=run)
    write_manifest(
        folder, facts, seconds
    )  # the workbook reads from it how the run was made, now and when it is made again
    if planned:
        write_workbook(folder, run=run)
    (folder / "run.log").write_text(
        "".join(f"{line}\n" for line in log), encoding="utf-8", newline="\n"
    )
    write_manifest(folder, facts, seconds)
