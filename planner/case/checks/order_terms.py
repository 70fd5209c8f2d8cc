"""Order terms: least orders, how many orders there may be, and what each costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.checks.offers import open_periods
from planner.case.checks.policy import straddles
from planner.case.columns import Bools, Floats, codes, numbers, texts, whole
from planner.case.kinds import BURST_KINDS
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def rented_without_orders(case: Case) -> list[Problem]:
    """On-demand and spot have no orders: they are rented by the hour."""
    offers = case["offers"]
    burst = np.isin(texts(offers, "kind"), BURST_KINDS)
    problems = []
    for column in ("min_order", "max_orders", "usd_per_order", "orders_before"):
        problems += rows(
            Cells(
                case, "offers", column, burst & (numbers(offers, column) >= 0) & _said(case, column)
            ),
            "orders-of-rent",
            "must be blank for kind {kind}, which is rented by the hour and never ordered",
            "clear the cell, or make {offer} a reservation",
        )
    return problems


def _said(case: Case, column: str) -> Bools:
    """Return where a figure says something: more than its default of none, (offers,)."""
    value = numbers(case["offers"], column)
    return np.asarray(~np.isnan(value) & ((value > 0) | (column == "max_orders")), dtype=bool)


def least_order_fits(case: Case) -> list[Problem]:
    """A least order is no more than may be ordered in a period, and its supply allows it in one."""
    offers = case["offers"]
    least = numbers(offers, "min_order")
    problems = rows(
        Cells(case, "offers", "min_order", least > numbers(offers, "max_per_period")),
        "least-order-above-maximum",
        "must be at most max_per_period ({max_per_period}): {offer} could never be ordered",
        "correct one of the two",
    )
    most = _most_of_supply(case)
    return problems + rows(
        Cells(case, "offers", "min_order", least > most),
        "least-order-above-supply",
        "is more than supply.csv has of {supply_group} in any period ({_most}), and as it stands "
        "{offer} is never ordered",
        "correct min_order or max_chips, or remove {offer}",
        severity="warning",
        _most=most,
    )


def _most_of_supply(case: Case) -> Floats:
    """Return the most chips that an offer's supply group gives in a period of the plan, infinite
    for offers of no group, (offers,)."""
    offers, supply = case["offers"], case["supply"]
    names, named = np.unique(texts(supply, "supply_group")), texts(offers, "supply_group")
    period, high = whole(supply, "period"), numbers(supply, "max_chips")
    inside = (period >= 0) & (period < case.calendar.count)
    largest = np.zeros(len(names) + 1)
    group = codes(names, texts(supply, "supply_group"))[inside]
    np.maximum.at(largest, group, np.where(np.isnan(high), np.inf, high)[inside])
    return np.where(named == "", np.inf, largest[codes(names, named)])


def orders_counted(case: Case) -> list[Problem]:
    """Orders placed before the plan are counted against a maximum whose window has begun."""
    offers, calendar = case["offers"], case.calendar
    before, most = numbers(offers, "orders_before"), numbers(offers, "max_orders")
    yearly = texts(offers, "max_orders_per") == "fiscal_year"
    running = calendar.fiscal_year(-1) == calendar.fiscal_year(0)
    problems = rows(
        Cells(case, "offers", "orders_before", (before > 0) & np.isnan(most)),
        "orders-before-alone",
        "must be blank: {offer} has no max_orders that would count them",
        "clear the cell, or fill in max_orders",
    )
    problems += rows(
        Cells(
            case, "offers", "orders_before", (before > 0) & ~np.isnan(most) & yearly & (not running)
        ),
        "used-before-window",
        "must be blank: the fiscal year begins with the plan, and nothing can be ordered in it yet",
        "clear the cell, or correct max_orders_per",
    )
    problems += rows(
        Cells(case, "offers", "orders_before", before > most),
        "orders-beyond",
        "is more than max_orders ({max_orders}): none is left",
        "correct one of the two",
        severity="warning",
    )
    straddled = straddles(case)
    return problems + rows(
        Cells(case, "offers", "max_orders_per", yearly & ~np.isnan(most) & bool(straddled)),
        "fiscal-straddle",
        "a fiscal year starts within {_straddling}, which counts whole in the one in which it "
        "begins",
        "plan by shorter periods, or count orders over the plan",
        severity="warning",
        _straddling=straddled[0] if straddled else "",
    )


def obliged_orders(case: Case) -> list[Problem]:
    """Take or pay in every period needs an order in each: no more of them than may be placed."""
    offers, rules, calendar = case["offers"], case["rules"], case.calendar
    if ((texts(rules, "workload") == "") & (texts(rules, "milestone") == "")).any():
        return []  # where a rule leaves no site, nothing must be taken
    obliged = open_periods(case) & (numbers(offers, "min_per_period") > 0)[:, None]
    obliged[texts(offers, "kind") == "relocate"] = False  # only while some of the fleet can move
    year = np.array([calendar.fiscal_year(t) for t in range(calendar.count)])
    yearly = texts(offers, "max_orders_per") == "fiscal_year"
    by_year = np.stack([obliged[:, year == y].sum(axis=1) for y in np.unique(year)], axis=1)
    before = numbers(offers, "orders_before")
    by_year[:, 0] = by_year[:, 0] + np.where(by_year[:, 0] > 0, before, 0)
    must = np.where(yearly, by_year.max(axis=1), obliged.sum(axis=1) + before)
    return rows(
        Cells(
            case,
            "offers",
            "max_orders",
            obliged.any(axis=1) & (must > numbers(offers, "max_orders")),
        ),
        "orders-below-minimums",
        "must be at least {_must}: min_per_period ({min_per_period}) is to be taken in every "
        "period in which {offer} can be ordered",
        "correct max_orders, or make the minimum a min_order, which may also be nothing",
        _must=must,
    )
