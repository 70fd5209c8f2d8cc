"""The summary of a run: what it is, what it costs, what must be decided now, what is tight, and how
far it is proven.

Made from the files of the run alone, so that ``planner run`` and ``planner show`` can only say what
was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planner.limits import WORTHS
from planner.report.facts import facts_of
from planner.report.figures import figures_of
from planner.report.futures import with_futures
from planner.report.section import Summary
from planner.report.topics import (
    chip_section,
    cost_section,
    exception_section,
    limit_section,
    milestone_section,
    short_section,
    unit_section,
)
from planner.report.waiting import decide_section
from planner.report.wholeness import wholeness_sections
from planner.runs.resolved import Resolved, read_resolved
from planner.words import printable

if TYPE_CHECKING:
    import pandas as pd


SUMMARISED: Final = (
    "buy_plan",
    "costs",
    "demand_coverage",
    "milestones",
    "power",
    "supply",
    "budget",
    "limits",
    "exceptions",
    "unit_costs",
)
"""The tables of a run that its summary is made of."""


def summarise(folder: Path, *, lines: int = 10) -> Summary:
    """Return the summary of a run.

    Args:
        folder: the run folder.
        lines: most lines per section.

    Returns:
        The summary.

    Raises:
        RunError: where a file of the run is missing or unreadable.
    """
    from planner.runs.read import read_plan, read_run_table

    plan = read_plan(folder)
    if plan["status"] == "infeasible":
        from planner.report.diagnosis import diagnosis_summary

        return diagnosis_summary(folder)
    tables = {name: read_run_table(folder, name) for name in summarised(folder)}
    return with_futures(folder, summary_of(plan, tables, read_resolved(folder), lines=lines))


def summarised(folder: Path) -> tuple[str, ...]:
    """Return the tables of a run that its summary is made of: those of every run, and those of
    limits that its case states."""
    own = {worth.table for worth in WORTHS} - set(SUMMARISED)
    return (*SUMMARISED, *(name for name in sorted(own) if (folder / f"{name}.csv").is_file()))


def summary_of(
    plan: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    resolved: Resolved | None = None,
    *,
    lines: int = 10,
) -> Summary:
    """Return the summary of a plan.

    Args:
        plan: its plan.json.
        tables: the tables of ``SUMMARISED``, as they were read.
        resolved: what was solved again for it, where that was.
        lines: most lines per section.
    """
    told = figures_of(plan, tables)
    sections = (
        cost_section(told.terms),
        decide_section(tables["buy_plan"], told.now, resolved, lines),
        chip_section(tables["buy_plan"]),
        *wholeness_sections(plan),
        short_section(tables["demand_coverage"], lines),
        milestone_section(tables["milestones"]),
        limit_section(told.tight, resolved, lines),
        unit_section(tables["unit_costs"]),
        exception_section(tables["exceptions"], lines),
    )
    return Summary(
        printable(plan["case"]),
        facts_of(plan, tables, resolved, told),
        tuple(section for section in sections if section.rows),
    )
