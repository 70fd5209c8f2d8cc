"""The index: one static page that lists the runs under an output folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

from planner.report.page import render_template
from planner.runs.find import RunLine, find_runs
from planner.runs.folder import INDEXES
from planner.words import money, printable

OURS: Final = (b'<meta name="generator" content="planner">', b"<title>Capacity plans</title>")
"""What a page that we wrote begins with; the second, those of the first version."""
HEAD_BYTES: Final = 2000


def write_index(out: Path) -> Path | None:
    """Write the list of all runs under an output folder, whole or not at all.

    It is ``index.html`` or, where that is not ours, ``planner-index.html``: a page that somebody
    else put there is never overwritten.

    Args:
        out: the output folder.

    Returns:
        Where it is; None where both names are taken by others.

    Raises:
        OSError: where it cannot be written.
    """
    path = next((out / name for name in INDEXES if _free(out / name)), None)
    if path is None:
        return None
    rows = [_row(run, out) for run in find_runs(out)]
    partial = out / f".index.{os.getpid()}.html"
    try:
        partial.write_text(
            render_template("index.html.j2", runs=rows),
            encoding="utf-8",
            errors="backslashreplace",  # a folder's name need not be UTF-8
            newline="\n",
        )
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def has_index(out: Path) -> bool:
    """Return whether a list of ours stands under an output folder."""
    return any((out / name).is_file() and _free(out / name) for name in INDEXES)


def _free(path: Path) -> bool:
    """Return whether nothing stands at a path, or a page of ours."""
    if not os.path.lexists(path):
        return True
    if path.is_symlink() or not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError:
        return False
    return any(mark in head for mark in OURS)


def _row(run: RunLine, out: Path) -> dict[str, str]:
    """Return a run as the template lists it."""
    page = run.folder / "report.html"
    mark = "" if run.what_if is None else f"what-if: {run.what_if.words}"
    approval = printable(run.approval) or ("" if mark else "not approved yet")
    return {
        "case": printable(run.case),
        "started": printable(run.started),
        "status": printable(f"{run.status}: {run.wrong}" if run.wrong else run.status),
        "cost": money(run.objective_usd),
        "objective": "" if run.objective_usd is None else f"{run.objective_usd:.2f}",
        "gap": f"{run.gap:.0e}" if run.gap is not None else "",
        "approval": " - ".join(part for part in (mark, approval) if part),
        "name": printable(run.folder.name),
        "link": quote(os.fsencode(page.relative_to(out).as_posix())) if page.is_file() else "",
    }
