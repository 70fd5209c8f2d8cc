"""Lot books: what every lot is worth in the books, from the inputs and the decisions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, Floats, Ints, column, or_zero
from planner.audit.lots import COMMITTED, FLEET, MOVED, NEW, Lots
from planner.audit.tolerance import WRITTEN


class Books(NamedTuple):
    """Figures of things by period, (n, T) each, USD, and what a rounded decision moves, (n,)."""

    opening: Floats
    paid: Floats
    depreciation: Floats
    write_off: Floats
    closing: Floats
    in_flight: Floats
    sale: Floats
    doubt: Floats


def _worth(facts: Facts, lots: Lots, stated: bool) -> Floats:
    """Return what a chip of every lot is worth at the start of each period and at the end of the
    plan, (L, T+1); with the book values that the inputs state, or by price alone."""
    T = facts.T
    life = column(facts.case["chips"], "book_life_years")[lots.chip] * facts.ppy
    life = np.where(lots.owned, life, lots.leaves - lots.born)[:, None]
    t = np.arange(T + 1)[None, :]
    gone = (t - lots.born[:, None]) / life
    value = or_zero(lots.price)[:, None] * np.clip(1.0 - np.maximum(gone, 0.0), 0.0, None)
    if not stated:
        return value
    underway = (lots.origin == COMMITTED) & (lots.born < lots.first)
    in_fleet = np.isin(lots.origin, (FLEET, MOVED))
    for table, which in (("fleet", in_fleet), ("orders", underway)):
        given = np.flatnonzero(which)
        row = lots.row[np.where(lots.origin == MOVED, source_of(lots), np.arange(len(lots)))[given]]
        said, chips = (column(facts.case[table], name)[row] for name in ("book_value_usd", "chips"))
        mine = np.flatnonzero(np.isfinite(said) & (chips > 0))
        rest = (life[:, 0] + lots.born)[given[mine]]
        rest = np.where(rest > 0.0, rest, np.maximum(lots.leaves[given[mine]], 1))
        each = said[mine] / chips[mine]
        value[given[mine]] = each[:, None] * np.clip(1.0 - t / rest[:, None], 0.0, None)
    return value


def source_of(lots: Lots) -> Ints:
    """Return the fleet lot that moved chips came from, (L,): the end of the line's name says it;
    without one, the only lot of that chip that gave chips away then."""
    fleet = np.flatnonzero(lots.origin == FLEET)
    names = pd.Index(lots.line[fleet])
    found = np.arange(len(lots))
    moved = np.flatnonzero(lots.origin == MOVED)
    at = names.get_indexer(
        pd.Index([str(line).rpartition("/")[2] for line in lots.line[moved]], dtype=object)
    )
    for m, n in zip(moved, at, strict=True):  # moves: a few
        if n >= 0:
            found[m] = fleet[n]
            continue
        gave = (lots.left - lots.retired)[fleet, lots.ordered[m]] > 0
        same = gave & (lots.chip[fleet] == lots.chip[m]) & (lots.born[fleet] == lots.born[m])
        found[m] = fleet[np.flatnonzero(same)[0]] if same.any() else m
    return found


def lot_books(facts: Facts, lots: Lots, stated: bool = True) -> Books:
    """Return the books of every lot, (L, T).

    Args:
        facts: the inputs.
        lots: the lots, put together again.
        stated: whether the book values that the inputs state are theirs.
    """
    T, value, t = facts.T, _worth(facts, lots, stated), np.arange(facts.T)
    new, due = lots.origin == NEW, lots.origin == COMMITTED
    moving = due & (lots.born < lots.first)
    on_order = due & ~moving
    since = np.where(moving, 0, lots.ordered)[:, None]
    away = ((lots.origin == MOVED) | moving)[:, None] & (t >= since) & (t < lots.first[:, None])
    chips = np.where(away, lots.alive[:, :T] * lots.chips[:, None], lots.held)
    alive, later = lots.alive[:, :T], lots.alive[:, 1:]
    live_on = np.divide(later, alive, out=np.zeros_like(later), where=alive > 0)
    lost = chips * (1.0 - live_on) * value[:, 1:]
    sold = lots.retired * value[:, :T]
    over = (lots.leaves > lots.first) | ((lots.origin == FLEET) & (lots.leaves == 0))
    ends = np.flatnonzero(over & (lots.leaves >= 0) & (lots.leaves < T))
    write_off = lost + sold
    write_off[ends, lots.leaves[ends]] += lots.at_end[ends] * value[ends, lots.leaves[ends]]

    price = or_zero(lots.price)
    first, rest = price * or_zero(lots.deposit), price * (1.0 - or_zero(lots.deposit))
    signed = np.zeros(len(lots))
    signed[on_order] = column(facts.case["orders"], "chips")[lots.row[on_order]]
    begun = np.where(new, lots.ordered, 0)[:, None]
    waits = (new | on_order)[:, None] & (t >= begun) & (t < lots.first[:, None])
    in_flight = waits * (first * lots.chips)[:, None]
    write_off[:, 0] += np.where(on_order, first * (signed - lots.chips), 0.0)
    closing = chips * live_on * value[:, 1:] + in_flight
    start = np.isin(lots.origin, (FLEET,)) | moving
    opening = np.where(start, lots.chips * value[:, 0], 0.0) + first * signed
    paid = np.zeros((len(lots), T))
    at = np.flatnonzero(new)
    np.add.at(paid, (at, lots.ordered[at]), (first * lots.chips)[at])
    at = np.flatnonzero(new | on_order)
    np.add.at(paid, (at, lots.born[at]), (rest * lots.chips)[at])
    share = or_zero(
        facts.by_age(
            "resale",
            "share_of_price",
            np.repeat(lots.chip, T),
            (t[None, :] - lots.born[:, None]).ravel() / facts.ppy,
        )
    ).reshape(len(lots), T)
    return Books(
        np.concatenate([opening[:, None], closing[:, :-1]], axis=1),
        paid,
        chips * (value[:, :T] - value[:, 1:]),
        write_off,
        closing,
        in_flight,
        lots.retired * lots.owned[:, None] * share * price[:, None],
        # retirements too few to be written add up over the periods of a lot
        value.max(axis=1, initial=0.0)
        * np.where(lots.may_retire, facts.few * (2.0 + T), 2.0 * WRITTEN),
    )
