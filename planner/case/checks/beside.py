"""Blanks whose neighbours are filled: a default takes over where a figure was meant.

What a blank is beside filled neighbours stands with each column (``Column.beside`` in
``planner.case.tables``): an error where the figure can always be written, a warning where a blank
may be meant, fine where it cannot free cost.  Neighbours are the rows of one group
(``Table.neighbours``); in tables by period, the other periods of the same thing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from planner.case.blanks import blanks
from planner.case.cells import plain
from planner.case.checks.findings import Cells, rows
from planner.case.checks.sites import own_sites
from planner.case.columns import Bools, Ints, codes, flags, keys, texts
from planner.case.declare import Column, Table
from planner.case.kinds import TERM_KINDS
from planner.case.problems import Problem
from planner.case.tables import TABLES

if TYPE_CHECKING:
    from planner.case.case import Case

NAMED = 3
"""Neighbours that a message names; the rest are counted."""


def blank_beside(case: Case) -> list[Problem]:
    """A blank whose neighbours have a figure means what its column says, not what they say."""
    problems = []
    for table in TABLES:
        if table.wide or case[table.name].empty:
            continue
        for column in table.columns:
            if column.beside in ("error", "warning"):
                problems += _beside(case, table, column)
    return problems


def _beside(case: Case, table: Table, column: Column) -> list[Problem]:
    frame = case[table.name]
    asked = concerned(case, table.name, column.name)
    blank = blanks(frame, table.name, column.name)
    filled = ~blank & asked & _other_than_blank(case, table, column)
    group = _groups(case, table)
    beside = blank & asked & (np.bincount(group[filled], minlength=len(frame))[group] > 0)
    if not beside.any():
        return []
    names, near = _names(case, table), np.full(len(frame), "", dtype=object)
    for at in np.unique(group[beside]):  # a loop over groups with a gap, each of which is told
        found = np.flatnonzero(filled & (group == at))
        cells = frame[column.name].iloc[found[:NAMED]]
        said = [f"{names[i]} ({plain(cell)})" for i, cell in zip(found, cells, strict=False)]
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        near[group == at] = ", ".join(said) + more
    return rows(
        Cells(case, table.name, column.name, beside),
        "blank-beside",
        "is blank for {_name} where neighbours have an entry: {_near}; a blank means {_means}",
        "fill the cell, also where the entry is what a blank means"
        + (", or accept it in case.yaml" if column.beside == "warning" else ""),
        severity="error" if column.beside == "error" else "warning",
        value=[""] * len(frame),
        _name=names,
        _near=near,
        _means=meaning(column),
    )


def concerned(case: Case, table: str, column: str) -> Bools:
    """Return the rows of a table in which a blank of a column could free cost, (n,)."""
    where = _CONCERNED.get((table, column), _CONCERNED.get((table, "")))
    return np.ones(len(case[table]), dtype=bool) if where is None else where(case)


def _groups(case: Case, table: Table) -> Ints:
    """Return the group of neighbours of each row, (n,); all rows are one where none is declared."""
    frame = case[table.name]
    if not table.neighbours:
        return np.zeros(len(frame), dtype=np.int64)
    named = keys(frame, table.neighbours)
    return codes(list(dict.fromkeys(named)), named)


def _other_than_blank(case: Case, table: Table, column: Column) -> Bools:
    """Return the rows whose entry says something else than a blank would, (n,)."""
    cells = case[table.name][column.name]
    if column.type == "names":
        everything = {"sites": set(texts(case["sites"], "site")), "regions": {"*"}}
        meant = everything.get(column.name, set())
        return np.array([set(names) != meant for names in cells], dtype=bool)
    if column.default is None:
        return np.ones(len(cells), dtype=bool)
    return np.ones(len(cells), dtype=bool)


def _names(case: Case, table: Table) -> list[str]:
    """Return what each row is called: its key in words, [n]."""
    frame = case[table.name]
    columns = [name for name in table.key if name in frame.columns]
    shown = []
    for key in keys(frame, columns):
        words = [
            case.calendar.label(int(part)) if table.column(name).type == "period" else str(part)
            for name, part in zip(columns, key, strict=True)
        ]
        shown.append(" ".join(words).strip())
    return shown


def meaning(column: Column) -> str:
    """Return what a blank of a column means, in words."""
    if column.default is not None:
        return "all" if column.default == "*" else plain(column.default)
    return column.help.partition("blank = ")[2].partition(".")[0] or "none"


def _chips_bought(case: Case) -> Bools:
    """Return the chips that may stand at owned or colo sites, (C,)."""
    sites, chips = case["sites"], texts(case["chips"], "chip")
    own = set(texts(sites, "site")[own_sites(case)])
    offers, held = case["offers"], set[str]()
    for chip, places in zip(texts(offers, "chip"), offers["site"], strict=True):
        if own & set(places):
            held.add(str(chip))
    for table in ("fleet", "orders"):
        frame = case[table]
        held |= set(texts(frame, "chip")[frame["site"].isin(own).to_numpy()])
    return np.isin(chips, sorted(held))


def _chips_losing(case: Case) -> Bools:
    """Return the chips of ours that no curve of survival.csv takes, (C,)."""
    curve = np.isin(texts(case["chips"], "chip"), texts(case["survival"], "chip"))
    return np.asarray(_chips_bought(case) & ~curve)


def _chips_maintained(case: Case) -> Bools:
    """Return the chips of ours whose maintenance does not go by age, (C,)."""
    by_age = np.isin(texts(case["chips"], "chip"), texts(case["maintenance"], "chip"))
    return np.asarray(_chips_bought(case) & ~by_age)


def _offers_of(*kinds: str) -> Callable[[Case], Bools]:
    """Return what finds the offers of some kinds, (F,)."""
    return lambda case: np.isin(texts(case["offers"], "kind"), kinds)


def _unsupplied(case: Case) -> Bools:
    """Return the offers that no supply group limits, (F,)."""
    return np.asarray(texts(case["offers"], "supply_group") == "")


def _rented_fleet(case: Case) -> Bools:
    """Return the lots of the fleet that are leased or under a contract, (lots,)."""
    return np.asarray(texts(case["fleet"], "kind") != "purchase")


def _spread(case: Case, single: str) -> Bools:
    """Return the milestones that need not stay on one site (chip type), (M,)."""
    return ~flags(case["milestones"], single)


def _inference(case: Case) -> Bools:
    """Return the workloads that are served, (W,)."""
    return np.asarray(texts(case["workloads"], "kind") != "research")


def _asked_of(research: bool) -> Callable[[Case], Bools]:
    """Return what finds the rows of demand of research, or of all other work, (n,)."""

    def rows_of_work(case: Case) -> Bools:
        workloads = case["workloads"]
        names = texts(workloads, "workload")[~_inference(case)]
        return np.asarray(case["demand"]["workload"].isin(names).to_numpy() == research)

    return rows_of_work


_CONCERNED: dict[tuple[str, str], Callable[[Case], Bools]] = {
    ("sites", ""): own_sites,
    ("chips", "cooling"): _chips_bought,
    ("chips", "annual_attrition"): _chips_losing,
    ("chips", "maintenance_usd_per_chip_year"): _chips_maintained,
    ("chips", "decommission_usd_per_chip"): _chips_bought,
    ("offers", "term_periods"): _offers_of("purchase", *TERM_KINDS),
    ("offers", "deposit_share"): _offers_of("purchase", *TERM_KINDS),
    ("offers", "supply_group"): _offers_of("purchase", "lease"),
    ("offers", "max_per_period"): _unsupplied,
    ("fleet", "usd_per_chip_hour"): _rented_fleet,
    ("workloads", "utilisation_cap"): _inference,
    ("demand", ""): _asked_of(False),
    ("demand", "flop"): _asked_of(True),
    ("milestones", "sites"): lambda case: _spread(case, "single_site"),
    ("milestones", "chips"): lambda case: _spread(case, "single_chip"),
}
"""Rows in which a blank could free cost, where that is not all of them."""
