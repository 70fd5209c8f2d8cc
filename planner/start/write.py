"""Writing a new case: its tables, its settings and its own page."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from planner.case.tables import TABLE
from planner.case.yaml_file import FILE
from planner.start.asked import Asked
from planner.start.readme import readme
from planner.start.tables import REQUIRED, Rows, tables

README = "README.md"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: files relative to the folder, how many cells are to be filled, and models
    whose throughput is not known."""

    files: tuple[str, ...]
    required: int
    unknown: tuple[str, ...]


def write_start(folder: Path, asked: Asked) -> Written:
    """Write a case to start from.

    Args:
        folder: where to; made where it is not there yet.
        asked: what it is about.

    Returns:
        What was written.

    Raises:
        OSError: where it cannot be written.
    """
    found = tables(asked)
    texts = {FILE: _settings(asked)}
    texts |= {TABLE[name].path: _text(rows) for name, rows in found.items()}
    texts[README] = readme(asked, found)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    unknown = dict.fromkeys(
        row["model"] for row in found["throughput"] if row["output_tok_per_s"] == REQUIRED
    )
    return Written(tuple(texts), count(found), tuple(unknown))


def count(found: dict[str, Rows]) -> int:
    """Return how many cells are to be filled."""
    return sum(cell == REQUIRED for rows in found.values() for row in rows for cell in row.values())


def _text(rows: Rows) -> str:
    """Return a table as the text of its CSV; columns that are blank throughout are left out."""
    names = dict.fromkeys(name for row in rows for name in row)
    names = dict.fromkeys(name for name in names if any(row.get(name, "") for row in rows))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _settings(asked: Asked) -> str:
    where = ", ".join([*(site.name for site in asked.sites), *asked.clouds])
    calendar = asked.calendar
    return f"""name: {asked.name}
description: {", ".join(asked.models)} on {", ".join(asked.chips)} at {where}.
start: {calendar.label(0)}
periods: {calendar.count}
frequency: {calendar.frequency}
discount_rate: 0.10     # assumption: your cost of capital, a year
residual: annuity       # chips that outlive the plan keep the rest of their annuity
power_basis: it         # the MW of power.csv are what reaches the racks
"""
