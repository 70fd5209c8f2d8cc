"""The index: one static page that lists the runs under an output folder."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from planner.report.page import render_template
from planner.runs.approval import approval_words
from planner.runs.read import RunError, find_runs
from planner.words import money, printable


def write_index(out: Path) -> Path:
    """Write ``index.html`` under an output folder, whole or not at all; returns where.

    Args:
        out: the output folder.

    Raises:
        OSError: where it cannot be written.
    """
    rows = []
    for run in find_runs(out):
        try:
            approval = approval_words(run.folder)
        except RunError:
            approval = "unreadable"
        page = run.folder / "report.html"
        rows.append(
            {
                "case": printable(run.case),
                "started": printable(run.started),
                "status": printable(run.status),
                "cost": money(run.objective_usd),
                "objective": "" if run.objective_usd is None else f"{run.objective_usd:.2f}",
                "gap": f"{run.gap:.0e}" if run.gap is not None else "",
                "approval": approval,
                "name": printable(run.folder.name),
                "link": quote(page.relative_to(out).as_posix()) if page.is_file() else "",
            }
        )
    path, partial = out / "index.html", out / f".index.{os.getpid()}.html"
    try:
        partial.write_text(
            render_template("index.html.j2", runs=rows), encoding="utf-8", newline="\n"
        )
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path
