"""Opening: sites that open for a price or from a period on, and projects that come after others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.checks.sites import own_sites
from planner.case.columns import Floats, codes, numbers, texts, whole
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case

SMALLEST_BLOCK = 0.001
"""MW of a block that is none: `lot_mw` where nothing is stated."""


def sites_open(case: Case) -> list[Problem]:
    """A site that opens is owned or colo, and does so inside the plan."""
    sites, cloud, T = case["sites"], ~own_sites(case), case.calendar.count
    opens, cost = numbers(sites, "opens"), numbers(sites, "usd_to_open")
    fix = "clear usd_to_open and opens: what is rented there is limited by its offers"
    need = "must be blank for the cloud region {site}, where no chips of ours are powered"
    problems = rows(
        Cells(case, "sites", "usd_to_open", cloud & (cost > 0)), "opens-cloud", need, fix
    )
    problems += rows(Cells(case, "sites", "opens", cloud & (opens > 0)), "opens-cloud", need, fix)
    return problems + rows(
        Cells(case, "sites", "opens", ~cloud & (opens >= T)),
        "opens-after-plan",
        "is after the end of the plan ({end}): {site} stays shut and nothing is powered there",
        "correct the period, plan for more periods, or remove the site",
        severity="warning",
        end=case.calendar.labels[-1],
    )


def sites_shut(case: Case) -> list[Problem]:
    """Chips that are in the fleet when the plan starts stand at a site that is open."""
    sites, fleet = case["sites"], case["fleet"]
    there = (whole(fleet, "in_service") <= 0) & (whole(fleet, "leaves_service") > 0)
    at = codes(texts(sites, "site"), texts(fleet, "site"))
    chips = np.bincount(at[there], numbers(fleet, "chips")[there], len(sites))
    fix = "clear both where {site} is open already; as it stands its chips wait for it to open"
    need = "is about a site that is shut, and {chips} chips of the fleet stand there from the start"
    problems = []
    for column, shut in (
        ("usd_to_open", numbers(sites, "usd_to_open") > 0),
        ("opens", numbers(sites, "opens") > 0),
    ):
        broken = Cells(case, "sites", column, shut & (chips > 0) & own_sites(case))
        problems += rows(broken, "fleet-shut", need, fix, severity="warning", chips=chips)
    return problems


def opened_before(case: Case) -> list[Problem]:
    """What is still to be opened has cost nothing yet."""
    problems = []
    there = {"sites": np.zeros(len(case["sites"])), "power_projects": ordered_before(case)}
    for table, ordered in there.items():
        frame = case[table]
        both = (numbers(frame, "book_value_usd") > 0) & (numbers(frame, "usd_to_open") > 0)
        problems += rows(
            Cells(case, table, "book_value_usd", both & (ordered == 0)),
            "opened-twice",
            "must be blank where usd_to_open is still to be paid ({usd_to_open})",
            "clear usd_to_open where it is open already, and this cell where it is not",
        )
    return problems


def ordered_before(case: Case) -> Floats:
    """Return the MW of every project that were ordered before the plan, (projects,)."""
    orders, projects = case["power_orders"], case["power_projects"]
    of = codes(texts(projects, "project"), texts(orders, "project"))
    mw = numbers(orders, "mw")[of >= 0]
    return np.bincount(of[of >= 0], mw, len(projects)).astype(np.float64)


def order_of_projects(case: Case) -> list[Problem]:
    """A project comes after one that does not come after it, and of which all can be ordered, in
    time for it."""
    projects = case["power_projects"]
    names = texts(projects, "project")
    before = codes(names, texts(projects, "after"))
    if not (before >= 0).any():
        return []
    reached = before.copy()
    circle = reached == np.arange(len(names))
    for _ in range(len(names)):  # a few projects
        reached = np.where(reached >= 0, before[np.maximum(reached, 0)], -1)
        circle |= reached == np.arange(len(names))
    problems = rows(
        Cells(case, "power_projects", "after", circle),
        "after-circle",
        "must be a project that does not come after {project} itself",
        "break the circle of `after`",
    )
    first = np.maximum(before, 0)
    lot, most = numbers(projects, "lot_mw"), numbers(projects, "mw_max")
    left = most - ordered_before(case)
    count = left / lot
    never = (lot > SMALLEST_BLOCK) & (np.abs(count - np.rint(count)) > 1e-6 * np.maximum(count, 1))
    problems += rows(
        Cells(case, "power_projects", "after", (before >= 0) & never[first]),
        "after-never-full",
        "must be a project of which all of mw_max can be ordered: the {left} MW left of {after} "
        "are not whole blocks of its lot_mw ({lot} MW)",
        "make what is left of mw_max of {after} a whole number of blocks",
        left=left[first],
        lot=lot[first],
    )
    start, last = whole(projects, "first_order"), whole(projects, "last_order")
    opens = np.array([case.calendar.label(int(period)) for period in start], dtype=object)
    late = (before >= 0) & ~circle & (start[first] > last) & (left[first] > 0)
    return problems + rows(
        Cells(case, "power_projects", "after", late),
        "after-too-late",
        "must be a project that can be ordered before the last period of {project} ({last_order}); "
        "{after} can be from {opens} on",
        "move one of the two windows; as it stands {project} is left out",
        severity="warning",
        opens=opens[first],
    )
