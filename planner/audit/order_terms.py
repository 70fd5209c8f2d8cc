"""Order terms: the least order, the number of orders and what each costs, from the orders that are
written and counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from planner.audit.book import Book
from planner.audit.facts import Bools, Facts, Floats, Ints, column, or_zero, text, whole
from planner.audit.lots import MOVED, NEW, Lots
from planner.audit.stability import changes
from planner.audit.terms import CONTRACT_ORDERING, ORDERING
from planner.audit.verdict import Check, Describe, at_least, at_most, require

KINDS: Final = ("placed",)
"""Counts of whole.csv that are checked here."""


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What the inputs say of orders, and what was placed; (O, T) by offer and period."""

    stated: Bools
    """Offers that say something of their orders, (O,)."""
    chips: Floats
    """Ordered or moved, over all sites."""
    kept: Bools
    """Something of the order is as the last plan has it."""
    placed: Floats
    """0 or 1; a share where everything is divisible."""


def order_terms(facts: Facts, lots: Lots, counts: pd.DataFrame) -> OrderTerms:
    """Return the orders of a plan.

    Args:
        facts: the inputs.
        lots: the lots, put together again.
        counts: whole.csv: kind, offer, period, count.
    """
    offers, shape = facts.case["offers"], (len(facts.offer), facts.T)
    fee, most = column(offers, "usd_per_order"), column(offers, "max_orders")
    stated = (or_zero(column(offers, "min_order")) > 0) | ~np.isnan(most) | (or_zero(fee) > 0)
    chips, kept = np.zeros(shape), np.zeros(shape)
    mine = np.flatnonzero(np.isin(lots.origin, (NEW, MOVED)))
    np.add.at(chips, (lots.row[mine], lots.ordered[mine]), lots.chips[mine])
    compared = changes(facts, lots)
    if compared is not None:
        fixed = compared[compared["fixed"]]
        at = facts.codes("offer", fixed["offer"]), whole(fixed, "period")
        np.add.at(kept, at, column(fixed, "last"))
    placed = np.zeros(shape)
    if facts.case.whole:
        mine_too = counts[counts["kind"] == "placed"]
        at = facts.codes("offer", mine_too["offer"]), whole(mine_too, "period")
        good = (at[0] >= 0) & (at[1] >= 0) & (at[1] < facts.T)
        np.add.at(placed, (at[0][good], at[1][good]), column(mine_too, "count")[good])
    else:  # divisible orders: the share of the most that may be ordered, where that is stated
        largest = column(offers, "max_per_period")[:, None]
        placed = np.where(largest > 0, chips / np.where(largest > 0, largest, 1.0), 0.0)
        placed = np.where(kept > 0, 1.0, placed)
    return OrderTerms(stated, chips, kept > 0, placed)


def check_order_terms(facts: Facts, terms: OrderTerms) -> list[Check]:
    """Return the checks that whatever is ordered is placed, and keeps to the least order and the
    number of orders; none of them limits a plan in which everything is divisible.

    Args:
        facts: the inputs.
        terms: the orders of the plan.
    """
    if not terms.stated.any():
        return []
    offers, T, is_whole = facts.case["offers"], facts.T, facts.case.whole
    ordered, placed = terms.chips > facts.few, terms.placed
    single = np.isin(placed, (0.0, 1.0)) & ((placed == 1.0) | ~(ordered | terms.kept))
    least = np.where(terms.kept | (placed < 0.5), np.nan, column(offers, "min_order")[:, None])
    count, most, where = _windows(facts, terms)

    def place(i: int) -> str:
        return f"buy_plan.csv: {facts.offer[i // T]} in {facts.label(i % T)}, over all sites"

    return [
        require(
            "orders.placed",
            (single | ~terms.stated[:, None] | (not is_whole)).ravel(),
            lambda i: (
                f"{place(i)}: {terms.chips.ravel()[i]:.10g} chips, placed "
                f"{placed.ravel()[i]:.10g} in whole.csv"
            ),
            "what is ordered is one order, and nothing is none",
        ),
        at_least(
            "orders.least",
            terms.chips,
            least if is_whole else np.nan,
            place,
            unit="chips",
            floor=facts.few,
        ),
        at_most(
            "orders.count", count, most if is_whole else np.inf, where, unit="orders", floor=1e-6
        ),
    ]


def _windows(facts: Facts, terms: OrderTerms) -> tuple[Floats, Floats, Describe]:
    """Return the orders of every offer in every window, those before the plan included, the most
    of them, (n,) each, and the words for each."""
    offers, calendar = facts.case["offers"], facts.case.calendar
    year = np.array([calendar.fiscal_year(t) for t in range(facts.T)])
    count, most, names = [], [], []
    limit, before = column(offers, "max_orders"), column(offers, "orders_before")
    for o in np.flatnonzero(~np.isnan(limit)):  # offers that state it: few
        yearly = text(offers, "max_orders_per")[o] == "fiscal_year"
        for window in np.unique(year) if yearly else [year[0]]:
            inside = (year == window) | (not yearly)
            earlier = before[o] if window == year[0] else 0.0
            count.append(earlier + terms.placed[o, inside].sum())
            most.append(max(limit[o], earlier + terms.kept[o, inside].sum()))
            names.append(
                f"{offers['offer'].iloc[o]} in {f'FY{window}' if yearly else 'the plan'}, orders"
            )
    return np.array(count), np.array(most), lambda i: f"whole.csv: {names[i]}"


def add_ordering(book: Book, facts: Facts, terms: OrderTerms) -> None:
    """Add what orders cost, each once, when it is placed.

    Args:
        book: the costs.
        facts: the inputs.
        terms: the orders of the plan.
    """
    offers = facts.case["offers"]
    fee = np.where(terms.stated, or_zero(column(offers, "usd_per_order")), 0.0)
    chip: Ints = facts.codes("chip", offers["chip"])
    most = column(offers, "max_per_period")
    share = 0.0 if facts.case.whole else or_zero(fee / np.where(most > 0, most, np.nan))
    for purchase, term in ((True, ORDERING), (False, CONTRACT_ORDERING)):
        mine = ((text(offers, "kind") == "purchase") == purchase) & (fee > 0)
        o, t = np.nonzero((terms.placed > 0) & mine[:, None])
        unit = np.broadcast_to(share, fee.shape)[o]
        book.add(term, t, fee[o] * terms.placed[o, t], unit, chip=chip[o])
