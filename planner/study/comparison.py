"""A page that compares: the review page of a run with the bridge from another one in its chapter on
what changed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from planner.report.page import write_page
from planner.runs.approval import approval_words
from planner.study.diff import Difference, compare
from planner.study.diff_told import document


def write_comparison(first: Path, second: Path) -> Path:
    """Write the page of the second run compared with the first, beside its run folder; returns
    where.

    Args:
        first: folder of the run to compare with.
        second: folder of the run that is shown.

    Raises:
        RunError: where one is not a run; OSError where the page cannot be written.
    """
    path = second.parent / f"{second.name}-vs-{first.name}.html"
    partial = second.parent / f".{path.name}.{os.getpid()}"
    try:
        write_page(
            second,
            partial,
            approval=approval_words(second),
            compared=compared(compare(first, second)),
        )
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def compared(difference: Difference) -> dict[str, Any]:
    """Return what the page's chapter on changes shows of a difference."""
    told = document(difference, every=True)
    moved = difference.moved
    money = "" if moved is None else f"in money of the start of {moved.start}"
    names = {"Decisions changed": "decisions_changed", "Inputs changed": "inputs_changed"}
    return {
        "headline": difference.headline,
        "before": difference.before_usd,
        "after": difference.after_usd,
        "before_name": "before",
        "after_name": "after",
        "bridge": list(difference.bridge.steps_usd),
        "note": f"from {difference.first.name} to {difference.second.name}; the axis does not "
        "begin at zero" + "".join(f"; {note}" for note in (money, difference.bridge.note) if note),
        "sheets": [
            (names[section.title], replace(section, rows=section.rows[:300], note=""))
            for section in told.sections
            if section.title in names
        ],
    }
