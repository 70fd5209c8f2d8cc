"""Contracts of sites: the kW that are rented, and the rent that is owed for them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.audit.book import Book
from planner.audit.facts import Bools, Facts, Floats, column, or_zero, whole
from planner.audit.holdings import Capacity
from planner.audit.openings import opened
from planner.audit.terms import SPACE
from planner.audit.verdict import Check, at_most

KINDS: Final = ("extension",)
"""Kinds of whole.csv that are checked here."""


def _periods(facts: Facts) -> tuple[Bools, Bools]:
    """Return in which periods every contract is in force as it is, and could be by its option,
    (contracts, T) each."""
    table, t = facts.case["site_contracts"], np.arange(facts.T)[None, :]
    first, last = (whole(table, name)[:, None] for name in ("from", "to"))
    option = column(table, "extend_by")[:, None] >= 0.0
    more = last + or_zero(column(table, "extend_periods"))[:, None]
    return (first <= t) & (t <= last), option & (last < t) & (t <= more)


def _extended(facts: Facts, counted: pd.DataFrame) -> Floats:
    """Return whether each contract is extended, (contracts,): 0 or 1, of a relaxation a part."""
    table = facts.case["site_contracts"]
    found = opened(facts, counted, "extension", "site", facts.site)
    site = facts.codes("site", table["site"])
    first = np.maximum(whole(table, "to") + 1, 0)
    option = _periods(facts)[1].any(axis=1)
    inside = np.minimum(first, facts.T - 1)
    return np.where(option, found[site, inside], 0.0)


def check_contracts(facts: Facts, capacity: Capacity, counted: pd.DataFrame) -> list[Check]:
    """Return the check that no more kW are powered at a site than its contracts give.

    Args:
        facts: the inputs.
        capacity: powered chips by chip, site and period.
        counted: whole.csv.
    """
    table = facts.case["site_contracts"]
    if not len(table):
        return []
    stands, could = _periods(facts)
    site = facts.codes("site", table["site"])
    kw = column(table, "kw")[:, None]
    most = np.full((len(facts.site), facts.T), np.nan)
    most[site] = 0.0
    np.add.at(most, site, kw * (stands + could * _extended(facts, counted)[:, None]))
    each = facts.kw_peak[:, None, None]
    used = (each * capacity.powered).sum(axis=0)
    few = (each * (capacity.held > 0)).sum(axis=0) * facts.few + 1e-9 * np.maximum(used, 1.0)
    return [
        at_most(
            "contracts.kw",
            used,
            most,
            lambda i: (
                f"fleet.csv: kW of powered chips at {facts.site[i // facts.T]} in "
                f"{facts.label(i % facts.T)}, of its contracts"
            ),
            unit="kW",
            floor=few,
        )
    ]


def add_rent(book: Book, facts: Facts, counted: pd.DataFrame) -> None:
    """Add the rent of every contract, used or not.

    Args:
        book: what is paid.
        facts: the inputs.
        counted: whole.csv.
    """
    table = facts.case["site_contracts"]
    if not len(table):
        return
    site, kw = facts.codes("site", table["site"]), column(table, "kw")
    share = _extended(facts, counted)
    names = ("usd_per_kw_month", "extend_usd_per_kw_month")
    for periods, name, times in zip(_periods(facts), names, (np.ones(len(kw)), share), strict=True):
        due = kw * or_zero(column(table, name)) * times * 12.0 / facts.ppy
        of, t = np.nonzero(periods)
        book.add(SPACE, t, due[of], np.zeros(len(of)), site=site[of])
