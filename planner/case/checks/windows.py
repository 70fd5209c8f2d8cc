"""Windows: from when to when an offer or a power project can be ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.case.checks.findings import Cells, rows
from planner.case.columns import whole
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def offers_arrive(case: Case) -> list[Problem]:
    """An offer can be ordered inside the plan and comes into service before its end."""
    return _arrives(case, "offers", "offer")


def projects_arrive(case: Case) -> list[Problem]:
    """A power project can be ordered inside the plan and comes into service before its end."""
    return _arrives(case, "power_projects", "project")


def _arrives(case: Case, table: str, name: str) -> list[Problem]:
    """Return what is wrong with the windows of a table, whose rows a column names."""
    frame, T = case[table], case.calendar.count
    first, last, lead = (
        whole(frame, column) for column in ("first_order", "last_order", "lead_periods")
    )
    outside = (first >= T) | (last < 0)
    problems = rows(
        Cells(case, table, "last_order", (first > last) & ~outside),
        "window-reversed",
        "must not be before first_order ({first_order})",
        "swap or correct the two periods",
    )
    never = outside | ((first <= last) & (first + lead >= T))
    return problems + rows(
        Cells(case, table, "lead_periods", never),
        "never-arrives",
        "leaves no order that is in service before the end of the plan ({end})",
        f"shorten the lead, order earlier or plan for more periods; as it stands {{{name}}} is "
        "left out",
        severity="warning",
        end=case.calendar.labels[-1],
    )
