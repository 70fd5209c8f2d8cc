"""Tokens that can be bought: which workload may be served by which offer, when, and for how
much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.columns import Bools, Floats, Texts, codes, flags, members, numbers, texts, whole
from planner.case.tables.tokens import PRICES

if TYPE_CHECKING:
    from planner.case.case import Case

ANYWHERE = "*"
"""A place that is none of those that are named."""


def _named(names: Texts, groups: Texts) -> Bools:
    """Return which of some names each tuple of names holds, (groups, names); ``*`` alone all."""
    every = np.fromiter((group == (ANYWHERE,) for group in groups), dtype=bool, count=len(groups))
    return np.asarray(members(names, groups) | every[:, None], dtype=bool)


def _places(case: Case, column: str, cell: str) -> Texts:
    """Return every place that token offers, workloads or rules name, and last one that none of
    them does, (P,)."""
    named = {name for group in texts(case["token_offers"], column) for name in group}
    if column == "regions":
        named |= {name for group in texts(case["workloads"], column) for name in group}
    named |= set(texts(case["rules"], cell))
    return np.array([*sorted(named - {ANYWHERE, ""}), ANYWHERE], dtype=object)


def open_offers(case: Case) -> Bools:
    """Return in which periods every token offer is open, (O, T)."""
    offers, t = case["token_offers"], np.arange(case.calendar.count)
    first, last = whole(offers, "first_period"), whole(offers, "last_period")
    return np.asarray((first[:, None] <= t) & (t <= last[:, None]), dtype=bool)


def may_be_called(case: Case) -> Bools:
    """Return which workload may be served by which token offer when, (O, W, T): it may leave the
    house, model and tier fit, all regions of the offer are its own, and no rule is against it."""
    offers, work = case["token_offers"], case["workloads"]
    kind = texts(work, "kind")
    leaves = flags(work, "may_leave_house") & ((kind == "online") | (kind == "batch"))
    fits = np.asarray(leaves[None, :] & _named(texts(work, "workload"), texts(offers, "workloads")))
    for of_offer, of_work in (("models", "model"), ("tiers", "tier")):
        names = texts(work, of_work)
        fits &= _named(names, texts(offers, of_offer))
    regions = _places(case, "regions", "region")
    there, allowed = (_named(regions, texts(table, "regions")) for table in (offers, work))
    fits &= ~(there[:, None, :] & ~allowed[None, :, :]).any(axis=2)
    return np.asarray(fits[:, :, None] & open_offers(case)[:, None, :] & ~_forbidden(case))


def _forbidden(case: Case) -> Bools:
    """Return what rules forbid, (O, W, T): those that name no chip, vendor, site or milestone, for
    every place where an offer may be."""
    rules, T = case["rules"], case.calendar.count
    shape = (len(case["token_offers"]), len(case["workloads"]), T)
    about = np.ones(len(rules), dtype=bool)
    for column in ("chip", "vendor", "site", "milestone"):
        about &= texts(rules, column) == ""
    if not about.any():
        return np.zeros(shape, dtype=bool)
    rules = rules[about]
    there = np.ones((len(rules), shape[0]), dtype=bool)
    for column, cell in (("regions", "region"), ("countries", "country")):
        names, wanted = _places(case, column, cell), texts(rules, cell)
        at = _named(names, texts(case["token_offers"], column))
        touched = at[:, codes(names, np.where(wanted == "", ANYWHERE, wanted))].T
        there &= touched | (wanted == "")[:, None]
    names, who = texts(case["workloads"], "workload"), texts(rules, "workload")
    of = (who[:, None] == names[None, :]) | (who == "")[:, None]
    t = np.arange(T)
    when = (whole(rules, "from")[:, None] <= t) & (t <= whole(rules, "to")[:, None])
    return np.asarray(
        np.einsum("ro,rw,rt->owt", *(part.astype(np.float64) for part in (there, of, when))) > 0
    )


def token_prices(case: Case) -> dict[str, Floats]:
    """Return the prices of tokens by kind, offer and period, USD per Mtok, (O, T) each: that of
    token_prices.csv, otherwise of the offer; from a cache otherwise that of input; NaN = none."""
    offers, rows, T = case["token_offers"], case["token_prices"], case.calendar.count
    period = whole(rows, "period")
    rows = rows[(period >= 0) & (period < T)]
    found = {}
    for name in PRICES:
        table = np.repeat(numbers(offers, name)[:, None], T, axis=1)
        mine = rows[rows[name].notna()]
        at = codes(texts(offers, "token_offer"), texts(mine, "token_offer"))
        table[at, whole(mine, "period")] = numbers(mine, name)
        found[name] = table
    output, plain, cached = (found[name] for name in PRICES)
    cached = np.where(np.isnan(cached), plain, cached)
    return dict(zip(PRICES, (output, plain, cached), strict=True))
