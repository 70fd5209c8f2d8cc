"""Power projects ordered before the plan: where, when and how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.columns import codes, numbers, texts, whole
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def signed_sites(case: Case) -> list[Problem]:
    """An order of power adds to a site that has a power limit, that of its project."""
    orders, projects = case["power_orders"], case["power_projects"]
    problems = rows(
        Cells(case, "power_orders", "site", ~orders["site"].isin(case["power"]["site"]).to_numpy()),
        "project-without-limit",
        "must be a site with rows in power.csv; {site} has no limit that {project} could raise",
        "add the power of {site} to power.csv, or remove the project",
    )
    of = codes(texts(projects, "project"), texts(orders, "project"))
    theirs = np.append(texts(projects, "site"), "")[of]
    return problems + rows(
        Cells(case, "power_orders", "site", (of >= 0) & (texts(orders, "site") != theirs)),
        "power-order-site",
        "must be the site of {project} in power_projects.csv ({theirs})",
        "correct one of the two",
        theirs=theirs,
    )


def signed_periods(case: Case) -> list[Problem]:
    """An order of power was placed before the plan, and arrives no earlier and inside it."""
    orders, T = case["power_orders"], case.calendar.count
    ordered, arrives = whole(orders, "ordered"), whole(orders, "arrives")
    problems = rows(
        Cells(case, "power_orders", "ordered", ordered >= 0),
        "power-not-ordered",
        "must be a period before the start of the plan ({start})",
        "correct the period; what is still to be ordered stands in power_projects.csv",
        start=case.calendar.labels[0],
    )
    problems += rows(
        Cells(case, "power_orders", "arrives", arrives < ordered),
        "power-before-order",
        "must not be before ordered ({ordered})",
        "correct one of the two",
    )
    return problems + rows(
        Cells(case, "power_orders", "arrives", arrives >= T),
        "power-after-plan",
        "is after the end of the plan ({end}): the MW of {project} are left out, and so is what is "
        "still to pay",
        "plan for more periods, or remove the row",
        severity="warning",
        end=case.calendar.labels[-1],
    )


def signed_most(case: Case) -> list[Problem]:
    """What was ordered of a project is at most what it can give."""
    orders, projects = case["power_orders"], case["power_projects"]
    of = codes(texts(projects, "project"), texts(orders, "project"))
    total = np.bincount(of[of >= 0], numbers(orders, "mw")[of >= 0], len(projects))
    most = np.append(numbers(projects, "mw_max"), np.inf)[of]
    mine = np.append(total, 0.0)[of]
    first = ~orders["project"].duplicated().to_numpy()
    return rows(
        Cells(case, "power_orders", "mw", first & (mine > most * (1 + 1e-9))),
        "power-above-most",
        "must be, with all orders of {project}, at most its mw_max ({most} MW); they are {mine}",
        "correct the orders, or raise mw_max in power_projects.csv to all that it can give, what "
        "is ordered included",
        most=most,
        mine=mine,
    )
