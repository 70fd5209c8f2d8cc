"""Contracts of sites: at a site of ours, from before to, with options that can be decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, gaps, rows
from planner.case.columns import numbers, texts, whole
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def contract_sites(case: Case) -> list[Problem]:
    """A contract is of an owned or colo site; where it has the rent, the site has none besides."""
    table, sites = case["site_contracts"], case["sites"]
    kind = dict(zip(texts(sites, "site"), texts(sites, "kind"), strict=True))
    rent = dict(zip(texts(sites, "site"), numbers(sites, "usd_per_kw_month"), strict=True))
    at = texts(table, "site")
    cloud = np.array([kind.get(site) == "cloud" for site in at], dtype=bool)
    also = np.array([rent.get(site, 0.0) for site in at], dtype=np.float64)
    problems = rows(
        Cells(case, "site_contracts", "site", cloud),
        "contract-at-cloud",
        "must be an owned or colo site: the rental of a cloud region contains its space",
        "correct the site, or remove the contract",
    )
    return problems + rows(
        Cells(case, "site_contracts", "usd_per_kw_month", (also > 0) & ~cloud),
        "rent-twice",
        "is owed for all kW of {contract}, and sites.usd_per_kw_month of {site} ({also}) is paid "
        "on powered chips besides",
        "clear the one of sites.csv where it is the same rent",
        severity="warning",
        also=also,
    )


def contract_periods(case: Case) -> list[Problem]:
    """A contract ends no earlier than it begins; without any in a period of the plan, from when it
    opens on, a site is dark."""
    table, T = case["site_contracts"], case.calendar.count
    first, last = whole(table, "from"), whole(table, "to")
    problems = rows(
        Cells(case, "site_contracts", "to", last < first),
        "contract-ends-first",
        "must not be before from",
        "correct one of the two",
    )
    site, periods = texts(table, "site"), np.arange(T)
    covers = (periods >= first[:, None]) & (periods <= last[:, None])
    open_ = numbers(table, "extend_by")[:, None] >= 0
    more = last[:, None] + np.nan_to_num(numbers(table, "extend_periods"))[:, None]
    covers |= open_ & (periods > last[:, None]) & (periods <= more)
    names, of = np.unique(site.astype(str), return_inverse=True)
    any_ = np.zeros((len(names), T), dtype=bool)
    np.logical_or.at(any_, of.ravel(), covers)
    opens = dict(zip(texts(case["sites"], "site"), numbers(case["sites"], "opens"), strict=True))
    shut = periods < np.array([opens[name] for name in names])[:, None]  # blank: never
    gap = ~any_ & ~shut
    order = np.lexsort((-last, of.ravel()))
    ends = order[np.unique(of.ravel()[order], return_index=True)[1]]  # of each site
    told = np.zeros(len(table), dtype=bool)
    told[ends] = gap.any(axis=1)
    when, count = (values[of.ravel()] for values in gaps(case, gap))
    return problems + rows(
        Cells(case, "site_contracts", "to", told & (last >= first)),
        "contract-gap",
        "leaves {site} without a contract in {when} (periods without: {count}): nothing is powered "
        "there then",
        "add the contract of these periods, or an option to extend",
        severity="warning",
        count=count,
        when=when,
    )


def contract_options(case: Case) -> list[Problem]:
    """An option says by when it is decided and for how long it is, is decided while the contract
    runs, and those of one site begin in different periods."""
    table = case["site_contracts"]
    by, more = numbers(table, "extend_by"), numbers(table, "extend_periods")
    usd, rent = numbers(table, "extend_usd_per_kw_month"), numbers(table, "usd_per_kw_month")
    option = ~np.isnan(by)
    problems = rows(
        Cells(case, "site_contracts", "extend_periods", option & np.isnan(more)),
        "option-term",
        "needs the periods by which {contract} can be extended",
        "fill it in, or clear extend_by",
    )
    problems += rows(
        Cells(case, "site_contracts", "extend_by", ~option & ~np.isnan(more)),
        "option-term",
        "needs the period by which it is decided whether {contract} is extended",
        "fill it in, or clear extend_periods",
    )
    problems += rows(
        Cells(
            case,
            "site_contracts",
            "extend_usd_per_kw_month",
            ~option & np.isnan(more) & (usd != rent) & ~np.isnan(usd),
        ),
        "option-term",
        "is of no option: {contract} has neither extend_by nor extend_periods",
        "fill these in, or clear the cell",
    )
    problems += rows(
        Cells(case, "site_contracts", "extend_by", option & (by > whole(table, "to"))),
        "option-late",
        "must not be after to: the contract has ended then",
        "correct one of the two",
    )
    key = [f"{site} {to}" for site, to in zip(table["site"], whole(table, "to"), strict=True)]
    live = option & (by >= 0)
    names, count = np.unique(np.array(key, dtype=str)[live], return_counts=True)
    twice = live & np.isin(np.array(key, dtype=str), names[count > 1])
    return problems + rows(
        Cells(case, "site_contracts", "to", twice),
        "option-twice",
        "is the same of two contracts of {site} with an option: whole.csv could not tell which is "
        "extended",
        "make one contract of them, or let them end in different periods",
    )
