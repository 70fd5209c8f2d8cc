"""Openings: power projects in blocks and one after another, and projects and sites that open, from
what is written of them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.audit.book import Book
from planner.audit.facts import Facts, Floats, column, or_zero, text, whole
from planner.audit.holdings import Capacity
from planner.audit.projects import Projects
from planner.audit.stability import fixed_projects
from planner.audit.terms import BUILDING
from planner.audit.tolerance import FLOOR, WRITTEN
from planner.audit.verdict import Check, agree, at_least, at_most

SMALLEST_BLOCK: Final = 0.001
"""MW: a block of a project of which none is stated."""
KINDS: Final = ("blocks", "project_opening", "project_full", "site_opening")
"""Kinds of whole.csv that are checked here."""


def opened(facts: Facts, counted: pd.DataFrame, kind: str, axis: str, names: pd.Index) -> Floats:
    """Return how often something was opened, (names, T): 0 or 1, of a relaxation a part of it.

    Args:
        facts: the inputs.
        counted: whole.csv.
        kind: its kind there.
        axis: its column that names what opens.
        names: what can.
    """
    rows = counted[text(counted, "kind") == kind]
    at, period = names.get_indexer(pd.Index(text(rows, axis))), whole(rows, "period")
    found = np.zeros((len(names), facts.T))
    good = (at >= 0) & (period >= 0) & (period < facts.T)
    np.add.at(found, (at[good], period[good]), or_zero(column(rows, "count"))[good])
    found[:, 0] += np.inf if not good.all() else 0.0  # what nobody can open fails every check
    return found


def _project_mw(facts: Facts, projects: Projects) -> tuple[Floats, Floats]:
    """Return the MW of every project ordered in every period, (projects, T), and before, (n,)."""
    names = pd.Index(text(facts.case["power_projects"], "project"))
    mw = np.zeros((len(names), facts.T))
    offer = [str(line).partition("@")[0] for line in projects.line]
    row, mine = names.get_indexer(pd.Index(offer, dtype=object)), projects.ordered >= 0
    good = (row >= 0) & mine
    np.add.at(mw, (row[good], projects.ordered[good]), projects.mw[good])
    orders = facts.case["power_orders"]
    of = names.get_indexer(pd.Index(text(orders, "project")))
    before = np.bincount(of[of >= 0], column(orders, "mw")[of >= 0], len(names))
    return mw, before.astype(np.float64)


def check_openings(
    facts: Facts, capacity: Capacity, projects: Projects, counted: pd.DataFrame
) -> list[Check]:
    """Return the checks of blocks, of the order of projects, and of what must be open.

    Args:
        facts: the inputs.
        capacity: powered chips by chip, site and period.
        projects: MW ordered.
        counted: whole.csv.
    """
    table = facts.case["power_projects"]
    checks: list[Check] = []
    if len(table):
        checks += _check_projects(facts, projects, counted)
    sites = facts.case["sites"]
    opens, usd = column(sites, "opens"), column(sites, "usd_to_open")
    basis = np.where(text(sites, "power_basis") == "utility", facts.pue, 1.0)[:, None]
    kw = facts.kw_peak[:, None, None]
    used = (kw * capacity.powered).sum(axis=0) / 1000.0 * basis
    one = (kw * (capacity.held > 0)).sum(axis=0) / 1000.0 * basis
    few = one * facts.few + FLOOR["MW"]

    def place(i: int) -> str:
        at = f"{facts.site[i // facts.T]} in {facts.label(i % facts.T)}"
        return f"fleet.csv: power of powered chips at {at}"

    if not np.isnan(opens).all():
        shut = np.arange(facts.T) < opens[:, None]
        none = np.where(shut, 0.0, np.nan)
        checks.append(at_most("power.shut", used, none, place, unit="MW", floor=few))
    if (usd > 0).any():
        count = opened(facts, counted, "site_opening", "site", facts.site)
        there = count.cumsum(axis=1)
        most = np.where((usd > 0)[:, None], _most(facts) * there, np.nan)
        share = 1.0 - or_zero(column(sites, "headroom"))[:, None]
        checks.append(at_most("power.opened", used, most * share, place, unit="MW", floor=few))
    return checks


def _most(facts: Facts) -> Floats:
    """Return the MW that a site can have at most, (S, T)."""
    case, T = facts.case, facts.T
    most = np.zeros((len(facts.site), T))
    power = case["power"]
    power = power[(power["period"] >= 0) & (power["period"] < T)]
    most[facts.codes("site", power["site"]), whole(power, "period")] = column(power, "mw")
    for row in case["power_projects"].to_dict("records"):  # a few
        ready = max(int(row["first_order"]), 0) + int(row["lead_periods"])
        most[facts.codes("site", [row["site"]])[0], ready:] += row["mw_max"]
    for row in case["power_orders"].to_dict("records"):
        most[facts.codes("site", [row["site"]])[0], max(int(row["arrives"]), 0) :] += row["mw"]
    return most


def _check_projects(facts: Facts, projects: Projects, counted: pd.DataFrame) -> list[Check]:
    """Return the checks of blocks, of opened projects and of their order."""
    table, T = facts.case["power_projects"], facts.T
    names = pd.Index(text(table, "project"))
    mw, before = _project_mw(facts, projects)
    through, most = mw.cumsum(axis=1), column(table, "mw_max")[:, None]
    usd, lot, first = column(table, "usd_to_open"), column(table, "lot_mw"), text(table, "after")
    is_whole = facts.case.whole

    def place(i: int) -> str:
        return f"buy_plan.csv: project {names[i // T]}, MW ordered through {facts.label(i % T)}"

    checks = []
    blocks = is_whole & (lot > SMALLEST_BLOCK)[:, None] & ~fixed_projects(facts)
    if blocks.any():
        off = np.abs(mw - np.rint(mw / lot[:, None]) * lot[:, None])
        checks.append(
            at_most(
                "projects.blocks",
                np.where(blocks, off, 0.0),
                0.0,
                lambda i: (
                    f"buy_plan.csv: project {names[i // T]}, MW of {facts.label(i % T)} beside "
                    "whole blocks"
                ),
                unit="MW",
                floor=WRITTEN * np.maximum(mw, 1.0),
            )
        )
        count = opened(facts, counted, "blocks", "project", names)
        checks.append(
            agree(
                "whole.blocks",
                count * lot[:, None],
                np.where(blocks, mw, 0.0),
                lambda i: f"whole.csv: project {names[i // T]}, blocks of {facts.label(i % T)}, MW",
                unit="MW",
                floor=WRITTEN * np.maximum(mw, 1.0),
            )
        )
    if (usd > 0).any():
        given = usd * (before == 0) > 0
        count = opened(facts, counted, "project_opening", "project", names)
        bound = np.where(given[:, None], most * count.cumsum(axis=1), np.nan)
        checks.append(
            at_most("projects.opened", through, bound, place, unit="MW", floor=WRITTEN * most)
        )
    waits = names.get_indexer(pd.Index(first))
    if (first != "").any():
        all_of = np.append(through + before[:, None], np.zeros((1, T)), axis=0)[waits]
        asked = np.append(most, [[np.nan]], axis=0)[waits]
        due = is_whole & (waits >= 0)[:, None] & (mw > WRITTEN) & ~fixed_projects(facts)
        checks.append(
            at_least(
                "projects.after",
                all_of,
                np.where(due, asked, np.nan),
                lambda i: (
                    f"buy_plan.csv: MW ordered of {first[i // T]} through {facts.label(i % T)}, "
                    f"after which {names[i // T]} can be ordered"
                ),
                unit="MW",
                floor=WRITTEN * np.nan_to_num(asked),
            )
        )
        full = opened(facts, counted, "project_full", "project", names)
        awaited = np.isin(np.arange(len(names)), waits)[:, None]  # of no other it is counted
        checks.append(
            at_least(
                "whole.project_full",
                through + before[:, None],
                np.where(full > 0, np.where(awaited, most, most + 1.0), np.nan),
                place,
                unit="MW",
                floor=WRITTEN * most,
            )
        )
    return checks


def add_openings(book: Book, facts: Facts, counted: pd.DataFrame) -> None:
    """Add what opening projects and sites costs, at the start of the period.

    Args:
        book: the costs so far.
        facts: the inputs.
        counted: whole.csv.
    """
    projects, sites = facts.case["power_projects"], facts.case["sites"]
    names = pd.Index(text(projects, "project"))
    for kind, axis, known, table, site in (
        ("project_opening", "project", names, projects, text(projects, "site")),
        ("site_opening", "site", facts.site, sites, text(sites, "site")),
    ):
        usd = column(table, "usd_to_open")
        if not (usd > 0).any():
            continue
        count = opened(facts, counted, kind, axis, known)
        at, t = np.nonzero(count)
        place = facts.codes("site", site[at])
        book.add(BUILDING, t, usd[at] * count[at, t], usd[at], site=place)
