"""Holding: chips ordered, kept, retired and moved.

``held[v,t] = alive(v,t) x order[v]``, or a column of its own where a lot may leave early::

    held[v,t] + sum_offers move[v,t] <= step(v,t) x held[v,t-1]          row ``retire``
    (``=`` where it may only be moved)

The dual of ``retire`` is what one more chip that stays would save (USD per chip).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.columns import numbers, whole
from planner.model.aging import alive
from planner.model.draft import Draft
from planner.model.index import Floats, Ints
from planner.model.lots import COMMITTED, FLEET, NEW, Lots
from planner.model.moves import list_moves, spans

CHIPS = 1000.0
"""Chip columns and rows are counted in thousands inside the solver, so that coefficients stay near
1."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Which columns hold how many chips where and when: ``held = coefficient x column``, summed
    over entries.

    ``lot`` is the lot behind each entry and ``move`` its relocation (-1: none); all arrays have
    equal length.
    """

    lot: Ints
    move: Ints
    column: Ints
    coefficient: Floats
    chip: Ints
    site: Ints
    period: Ints
    order: Ints
    """Column of ``order`` of each lot, (V,)."""
    moves: pd.DataFrame
    """Relocations: row (of offers.csv), lot, site (to), period, column."""
    chains: pd.DataFrame
    """Lots that may leave early, by period: lot, period, column, before (column), step: what came
    before, times step, is what could stay."""
    cancels: pd.DataFrame
    """Orders in flight that may be cancelled: lot, column."""


def hold(draft: Draft, lots: Lots) -> Holding:
    """Add the columns ``order``, ``held``, ``move`` and ``cancel`` with their rows; what they cost:
    :mod:`planner.model.payments`.

    Args:
        draft: the program being written.
        lots: its lots.

    Returns:
        What is held where and when, as coefficients of columns.
    """
    builder, case, index = draft.builder, draft.case, draft.index
    moves = list_moves(case, index, lots)
    movable = np.isin(np.arange(len(lots)), moves["lot"].to_numpy())
    chained = lots.retire | movable
    order = builder.columns(
        "order",
        {"lot": np.arange(len(lots)), "chip": lots.chip, "site": lots.site},
        lots.lower,
        lots.upper,
        scale=CHIPS,
    )
    # chains: the fleet may leave at the very start, other lots from the period after they arrive
    first = np.where(lots.origin == FLEET, 0, np.maximum(lots.arrives, 0) + 1)
    chain_lots = np.flatnonzero(chained)
    which, period = spans(first[chain_lots], np.minimum(lots.leaves, index.T)[chain_lots])
    lot = chain_lots[which]
    held = builder.columns(
        "held",
        {"lot": lot, "chip": lots.chip[lot], "site": lots.site[lot], "period": period},
        0.0,
        np.inf,
        scale=CHIPS,
    )
    fresh = period == first[lot]
    before = np.where(fresh, order[lot], np.roll(held, 1))
    at_start = fresh & (lots.origin[lot] == FLEET)
    now, then = (
        alive(case, index, lots, lot, period),
        alive(case, index, lots, lot, np.maximum(period - 1, 0)),
    )
    step = np.where(at_start, 1.0, np.divide(now, then, out=np.zeros_like(now), where=then > 0))
    # an order that brings chips of age has lost some on the way
    step = np.where(fresh & ~at_start & lots.given[lot], now, step)
    leave = builder.rows(
        "retire",
        {"lot": lot, "period": period},
        np.where(lots.retire[lot], -np.inf, 0.0),
        0.0,
        scale=CHIPS,
    )
    builder.entries(leave, held, 1.0)
    builder.entries(leave, before, -step)
    move = builder.columns(
        "move",
        {
            "offer": moves["row"].to_numpy(),
            "lot": moves["lot"].to_numpy(),
            "to": moves["site"].to_numpy(),
            "period": moves["period"].to_numpy(),
        },
        0.0,
        np.inf,
        scale=CHIPS,
    )
    moves = moves.assign(column=move)
    chain_of = pd.Series(np.arange(len(lot)), index=pd.MultiIndex.from_arrays([lot, period]))
    moved_in = chain_of.reindex(
        pd.MultiIndex.from_arrays([moves["lot"], moves["period"]])
    ).to_numpy(dtype=np.int64)
    builder.entries(leave[moved_in], move, 1.0)
    chains = pd.DataFrame(
        {"lot": lot, "period": period, "column": held, "before": before, "step": step}
    )
    _offer_limits(draft, lots, order, moves)
    # a chained lot is held through its order up to where its chain begins
    until = np.minimum(lots.leaves, index.T)
    until = np.where(chained, np.minimum(first, until), until)
    return _holding(draft, lots, order, until, chains, moves)


def _offer_limits(draft: Draft, lots: Lots, order: Ints, moves: pd.DataFrame) -> None:
    """Row ``offer_limit``: ``min_per_period <= sum over sites (lots) of order (move) <=
    max_per_period``.

    Its dual is what one more chip of this offer in this period would save (USD per chip).
    """
    builder, case = draft.builder, draft.case
    offers = case["offers"]
    new = np.flatnonzero(lots.origin == NEW)
    row = np.concatenate([lots.row[new], moves["row"].to_numpy(dtype=np.int64)])
    period = np.concatenate([lots.order_period[new], moves["period"].to_numpy(dtype=np.int64)])
    column = np.concatenate([order[new], moves["column"].to_numpy(dtype=np.int64)])
    low, high = numbers(offers, "min_per_period")[row], numbers(offers, "max_per_period")[row]
    limited = (low > 0) | ~np.isnan(high)
    keys, inverse = np.unique(
        np.stack([row[limited], period[limited]]), axis=1, return_inverse=True
    )
    high = numbers(offers, "max_per_period")[keys[0]]
    limit = builder.rows(
        "offer_limit",
        {"offer": keys[0], "period": keys[1]},
        np.where(
            numbers(offers, "min_per_period")[keys[0]] > 0,
            numbers(offers, "min_per_period")[keys[0]],
            -np.inf,
        ),
        np.where(np.isnan(high), np.inf, high),
        scale=CHIPS,
    )
    builder.entries(limit[inverse.ravel()], column[limited], 1.0)


def _holding(
    draft: Draft, lots: Lots, order: Ints, until: Ints, chains: pd.DataFrame, moves: pd.DataFrame
) -> Holding:
    """Collect the three ways to hold: a share of the order (before the period ``until`` of its
    lot), a column of its own, a relocated chip."""
    case, index = draft.case, draft.index
    lot, period = spans(np.maximum(lots.arrives, 0), until)
    lead = whole(case["offers"], "lead_periods")[moves["row"].to_numpy(dtype=np.int64)]
    source = moves["lot"].to_numpy(dtype=np.int64)
    went = moves["period"].to_numpy(dtype=np.int64)
    which, arrived = spans(went + lead, np.minimum(lots.leaves, index.T)[source])
    moved = source[which]
    now, then = (
        alive(case, index, lots, moved, arrived),
        alive(case, index, lots, moved, went[which]),
    )
    cat = np.concatenate
    chain_lot = chains["lot"].to_numpy(dtype=np.int64)
    return Holding(
        lot=cat([lot, chain_lot, moved]),
        move=cat([np.full(len(lot) + len(chains), -1), which]),
        column=cat(
            [
                order[lot],
                chains["column"].to_numpy(dtype=np.int64),
                moves["column"].to_numpy(dtype=np.int64)[which],
            ]
        ),
        coefficient=cat(
            [
                alive(case, index, lots, lot, period),
                np.ones(len(chains)),
                np.divide(now, then, out=np.zeros_like(now), where=then > 0),
            ]
        ),
        chip=cat([lots.chip[lot], lots.chip[chain_lot], lots.chip[moved]]),
        site=cat(
            [lots.site[lot], lots.site[chain_lot], moves["site"].to_numpy(dtype=np.int64)[which]]
        ),
        period=cat([period, chains["period"].to_numpy(dtype=np.int64), arrived]),
        order=order,
        moves=moves,
        chains=chains,
        cancels=_cancellations(draft, lots, order),
    )


def _cancellations(draft: Draft, lots: Lots, order: Ints) -> pd.DataFrame:
    """Columns ``cancel``: ``order + cancel = chips`` of an order in flight with a fee.

    Returns them with their lots: lot, column.
    """
    builder, case = draft.builder, draft.case
    orders = case["orders"]
    open_ = np.flatnonzero((lots.origin == COMMITTED) & (lots.lower < lots.upper))
    row = lots.row[open_]
    chips = numbers(orders, "chips")[row]
    cancel = builder.columns("cancel", {"lot": open_}, 0.0, np.inf, scale=CHIPS)
    rows = builder.rows("cancellation", {"lot": open_}, chips, chips, scale=CHIPS)
    builder.entries(rows, order[open_], 1.0)
    builder.entries(rows, cancel, 1.0)
    return pd.DataFrame({"lot": open_, "column": cancel})
