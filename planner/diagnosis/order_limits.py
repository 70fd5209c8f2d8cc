"""Limits on orders: the least size of one, and how many there may be."""

from __future__ import annotations

import numpy as np

from planner.case.columns import numbers
from planner.diagnosis.limit import LOWER, UPPER, LimitList, Stated, grouped
from planner.diagnosis.prices import Prices
from planner.model import Formulation
from planner.model.holding import CHIPS
from planner.model.index import Ints


def list_orders(f: Formulation, found: LimitList, price: Prices) -> None:
    """One cell holds for all orders of an offer: its number with what opens and counts orders, its
    least size with the rows that hold it; a fee alone opens orders and limits nothing."""
    offers = f.case["offers"]
    counted = ~np.isnan(numbers(offers, "max_orders"))
    least = np.nan_to_num(numbers(offers, "min_order")) > 0
    for column, side, mine, blocks in (
        ("max_orders", UPPER, counted, ("order_open", "order_count")),
        ("min_order", LOWER, least, ("least_order",)),
        ("min_order", UPPER, least & ~counted, ("order_open",)),
        ("usd_per_order", UPPER, ~counted & ~least, ("order_open",)),
    ):
        parts = [_rows(found, name, mine) for name in blocks]
        offer, rows = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
        if not len(rows):
            continue
        first, member = grouped(offer)
        at = offer[first]
        limit = found.limits(Stated("supply", column, "offers", column, side), at, -1)
        found.rows(limit[member], rows, side)
        each = price.offer[at] * f.index.T
        if blocks == ("least_order",):
            slack = found.slack(limit, "", each, numbers(offers, column)[at], CHIPS)
            found.gives(slack[member], rows, 1.0)
        elif column == "max_orders":
            counts = np.isin(rows, parts[1][1])
            slack = found.slack(limit, "", each * CHIPS, np.inf, 1.0)
            found.gives(slack[member[counts]], rows[counts], -1.0)


def _rows(found: LimitList, name: str, mine: np.ndarray) -> tuple[Ints, Ints]:
    """Return offer and number of the rows of a block that are of some offers, (n,) each."""
    block = found.block(name)
    if block is None:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    offer = np.asarray(block.labels["offer"], dtype=np.int64)
    kept = np.flatnonzero(mine[offer])
    return offer[kept], block.first + kept
