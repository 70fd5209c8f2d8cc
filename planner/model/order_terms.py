"""Order terms: an order is placed or not, has a least size, may be one of few, and costs a fee.

One order is all of an offer in one order period, over its sites (of a relocation, over its lots)::

    placed[f,o] is 0 or 1
    sum order (move) <= max_per_period x placed          row ``order_open``
    sum order (move) >= min_order x placed               row ``least_order``
    sum over a window of placed <= max_orders            row ``order_count``

Where no ``max_per_period`` is stated, ``order_open`` says ``sum order <= 0`` where nothing is
placed.  ``usd_per_order`` is paid for ``placed`` at the start of the order period.  Orders that are
fixed (frozen, or changed when the last plan was approved) are placed as they are: they count, they
pay, and no least size or number makes them other than they are.

The dual of ``order_open`` is what one chip of an order that is not placed would save, that of
``least_order`` what one chip less of the least size would (USD per chip), with the orders that are
placed kept; of ``order_count`` nothing is told: one order more is no small step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.case.columns import numbers, texts, whole
from planner.lp.builder import let_through
from planner.model.draft import Draft
from planner.model.holding import CHIPS, Holding
from planner.model.index import Bools, Floats, Ints
from planner.model.lots import NEW, Lots
from planner.model.supply import most_of_lots


@dataclass(frozen=True, slots=True)
class _Orders:
    """The orders that could be placed, (n,) each, and the columns that are ordered of them."""

    row: Ints
    """Offer."""
    period: Ints
    kept: Floats
    """Chips of them that are fixed as the last plan has them."""
    free: Bools
    """Whether anything of them is to be decided."""
    column: Ints
    of: Ints
    """Columns ``order`` and ``move``, and the order of each."""
    supplied: Floats
    """The most chips that the market gives; infinite where nothing is stated."""


def _orders(draft: Draft, lots: Lots, holding: Holding) -> _Orders:
    """Return the orders of offers that say something of them."""
    offers = draft.case["offers"]
    said = numbers(offers, "usd_per_order") > 0
    if draft.whole:  # divisible orders may be as small and as many as they like
        said |= (numbers(offers, "min_order") > 0) | ~np.isnan(numbers(offers, "max_orders"))
    new, moves = np.flatnonzero(lots.origin == NEW), holding.moves
    cat = np.concatenate
    row = cat([lots.row[new], moves["row"].to_numpy(dtype=np.int64)])
    period = cat([lots.order_period[new], moves["period"].to_numpy(dtype=np.int64)])
    column = cat([holding.order[new], moves["column"].to_numpy(dtype=np.int64)])
    fixed = cat([lots.lower[new] == lots.upper[new], np.zeros(len(moves), dtype=bool)])
    chips = cat([np.where(fixed[: len(new)], lots.lower[new], 0.0), np.zeros(len(moves))])
    mine = said[row]
    keys, of = np.unique(np.stack([row[mine], period[mine]]), axis=1, return_inverse=True)
    of, n = of.ravel(), keys.shape[1]
    cell, supplied = (values[new] for values in most_of_lots(draft.case, draft.index, lots))
    cell = cat([cell, np.full(len(moves), -1, dtype=np.int64)])
    supplied = cat([supplied, np.full(len(moves), np.inf)])
    _, first = np.unique(np.stack([of, cell[mine]]), axis=1, return_index=True)
    most = np.zeros(n)
    np.add.at(most, of[first], supplied[mine][first])
    return _Orders(
        keys[0],
        keys[1],
        np.bincount(of, weights=chips[mine], minlength=n).astype(np.float64),
        np.bincount(of, weights=~fixed[mine], minlength=n) > 0,
        column[mine],
        of,
        most,
    )


def add_order_terms(draft: Draft, lots: Lots, holding: Holding) -> None:
    """Add the columns ``placed``, their rows and what they pay.

    Args:
        draft: the program being written.
        lots: its lots.
        holding: their columns.
    """
    builder, offers = draft.builder, draft.case["offers"]
    orders = _orders(draft, lots, holding)
    if not len(orders.row):
        return
    kept = orders.kept > 0
    placed = builder.columns(
        "placed",
        {"offer": orders.row, "period": orders.period},
        np.where(kept, 1.0, 0.0),
        np.where(kept | orders.free, 1.0, 0.0),
        integer=draft.whole,
    )
    bought = texts(offers, "kind")[orders.row] == "purchase"
    chip = draft.index.code("chip", texts(offers, "chip"))[orders.row]
    for capex, payment in ((True, "ordering"), (False, "contract_ordering")):
        some = bought == capex
        draft.ledger.add(
            payment,
            placed[some],
            orders.period[some],
            np.nan_to_num(numbers(offers, "usd_per_order"))[orders.row[some]],
            chip=chip[some],
        )
    _open(draft, orders, placed, orders.free & ~kept)
    if draft.whole:
        _least(draft, orders, placed, orders.free & ~kept)
        _count(draft, orders, placed, kept)


def _rows(
    draft: Draft, orders: _Orders, name: str, which: Bools, sides: tuple[float, Floats | float]
) -> Ints:
    """Add the rows ``name`` of some orders with the sum of what is ordered of each; returns them by
    order, -1 for none."""
    row = np.full(len(orders.row), -1, dtype=np.int64)
    row[which] = draft.builder.rows(
        name,
        {"offer": orders.row[which], "period": orders.period[which]},
        *sides,
        scale=CHIPS,
    )
    mine = row[orders.of] >= 0
    draft.builder.entries(row[orders.of[mine]], orders.column[mine], 1.0)
    return row


def _open(draft: Draft, orders: _Orders, placed: Ints, which: Bools) -> None:
    """Rows ``order_open``: chips are ordered where an order is placed."""
    most = numbers(draft.case["offers"], "max_per_period")[orders.row]
    stated = ~np.isnan(most)
    high = np.where(stated, 0.0, np.inf)[which]
    row = _rows(draft, orders, "order_open", which, (-np.inf, high))
    ordinary, switched = np.flatnonzero(which & stated), np.flatnonzero(which & ~stated)
    draft.builder.entries(row[ordinary], placed[ordinary], -let_through(most[ordinary]))
    draft.builder.switch(row[switched], placed[switched], orders.supplied[switched])


def _least(draft: Draft, orders: _Orders, placed: Ints, which: Bools) -> None:
    """Rows ``least_order``: what is ordered is at least so many."""
    least = numbers(draft.case["offers"], "min_order")[orders.row]
    which = which & (least > 0)
    row = _rows(draft, orders, "least_order", which, (0.0, np.inf))
    draft.builder.entries(row[which], placed[which], -least[which])


def _count(draft: Draft, orders: _Orders, placed: Ints, kept: Bools) -> None:
    """Rows ``order_count``: so many orders in the plan, or in a fiscal year, those before it
    included; at least those that are fixed."""
    offers, calendar = draft.case["offers"], draft.case.calendar
    most = numbers(offers, "max_orders")
    mine = np.flatnonzero(~np.isnan(most[orders.row]))
    year = np.array([calendar.fiscal_year(t) for t in range(draft.index.T)], dtype=np.int64)
    yearly = (texts(offers, "max_orders_per") == "fiscal_year")[orders.row[mine]]
    window = np.where(yearly, year[orders.period[mine]], year[0])
    keys, of = np.unique(np.stack([orders.row[mine], window]), axis=1, return_inverse=True)
    of = of.ravel()
    before = np.where(keys[1] == year[0], whole(offers, "orders_before")[keys[0]], 0)
    fixed = np.bincount(of, weights=kept[mine], minlength=keys.shape[1])
    last = np.zeros(keys.shape[1], dtype=np.int64)
    np.maximum.at(last, of, orders.period[mine])
    rows = draft.builder.rows(
        "order_count",
        {"offer": keys[0], "period": last},
        -np.inf,
        np.maximum(most[keys[0]] - before, fixed),
    )
    draft.builder.entries(rows[of], placed[mine], 1.0)
