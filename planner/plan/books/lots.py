"""Book values of lots: straight line from the first period in service, written off with the chips.

::

    value of a chip at age n:   price x max(0, 1 - n / L)          L: book life, or term
    of a stated book value:     value x max(0, 1 - t / (L - age))  age: when the plan starts
    depreciation in t:          chips in t x (value(t) - value(t+1))
    write-off in t:             chips that leave at the start of t x value(t)
                                + chips that fail in t x value(t+1)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.case.case import Case
from planner.case.columns import numbers, whole
from planner.model.aging import alive
from planner.model.lots import COMMITTED, FLEET, NEW, Lots
from planner.model.moves import spans
from planner.plan.answer import Answer, Floats, Ints
from planner.plan.held import held_chips
from planner.plan.steps import paid_prices


@dataclass(frozen=True, slots=True)
class Values:
    """Books of n things, each with one entry a line, T periods; USD.

    ``opening`` when the plan starts, (n,); ``closing`` when a period ends, (n, T), of which
    ``in_flight``; ``write_off`` in a period, (n, T).
    """

    opening: Floats
    closing: Floats
    in_flight: Floats
    write_off: Floats


@dataclass(frozen=True, slots=True)
class Priced:
    """What n lots cost and are worth: ``price`` of a chip and ``deposit``, the part of it paid when
    ordered, USD, (n,); ``value`` of a chip at the start of every period and at the end of the plan,
    USD, (n, T+1)."""

    price: Floats
    deposit: Floats
    value: Floats


def chips_of_lots(answer: Answer, which: Ints) -> Floats:
    """Return the chips of lots in every period wherever they stand, those on their way to another
    site included, (n, T)."""
    f = answer.formulation
    holding, lots, case, T = f.holding, f.lots, f.case, f.index.T
    at = np.full(len(lots), -1)
    at[which] = np.arange(len(which))
    chips = np.zeros((len(which), T))

    def add(lot: Ints, period: Ints, amount: Floats) -> None:
        mine = at[lot] >= 0
        np.add.at(chips, (at[lot[mine]], period[mine]), amount[mine])

    add(holding.lot, holding.period, held_chips(answer))
    moves = holding.moves
    went, source = (moves[name].to_numpy(dtype=np.int64) for name in ("period", "lot"))
    lead = whole(case["offers"], "lead_periods")[moves["row"].to_numpy(dtype=np.int64)]
    which_move, period = spans(went, went + lead)
    lot = source[which_move]
    now = alive(case, f.index, lots, lot, period)
    then = alive(case, f.index, lots, lot, went[which_move])
    left = np.divide(now, then, out=np.zeros_like(now), where=then > 0)
    add(lot, period, left * answer.x[moves["column"].to_numpy(dtype=np.int64)[which_move]])
    coming = np.flatnonzero((lots.origin == COMMITTED) & lots.given)
    one, period = spans(np.zeros(len(coming), np.int64), lots.arrives[coming])
    lot = coming[one]
    add(lot, period, alive(case, f.index, lots, lot, period) * answer.x[holding.order[lot]])
    return chips


def stated_values(case: Case, lots: Lots) -> Floats:
    """Return the book value of a chip of every lot that fleet.csv or, of chips on their way to
    another site, orders.csv states for the start of the plan, USD, (V,); NaN where none is."""
    stated = np.full(len(lots), np.nan)
    for origin, table in ((FLEET, "fleet"), (COMMITTED, "orders")):
        mine = np.flatnonzero((lots.origin == origin) & ((origin == FLEET) | lots.given))
        row = lots.row[mine]
        value, chips = (numbers(case[table], name)[row] for name in ("book_value_usd", "chips"))
        stated[mine] = np.divide(value, chips, out=np.full_like(value, np.nan), where=chips > 0)
    return stated


def written_down(answer: Answer, which: Ints, price: Floats) -> Floats:
    """Return what is left of prices of chips of lots at the start of every period and at the end of
    the plan, straight line since they went into service, USD, (n, T+1).

    Args:
        answer: the answer.
        which: codes of lots, (n,).
        price: USD per chip, (n,).
    """
    f = answer.formulation
    age = np.arange(f.index.T + 1) - f.lots.born[which][:, None]
    left = 1.0 - np.maximum(age, 0) / _lives(answer, which)[:, None]
    return np.asarray(price[:, None] * np.maximum(left, 0.0), dtype=np.float64)


def _lives(answer: Answer, which: Ints) -> Floats:
    """Return the periods over which lots are written down, (n,): book life, or term."""
    f = answer.formulation
    lots = f.lots
    life = numbers(f.case["chips"], "book_life_years")[lots.chip[which]] * f.index.ppy
    term = lots.leaves[which] - lots.born[which]
    return np.where(lots.owned[which], life, term).astype(np.float64)


def value_of_a_chip(answer: Answer, which: Ints) -> Floats:
    """Return what a chip of lots is worth in the books at the start of every period and at the end
    of the plan, USD, (n, T+1); nothing where neither a price nor a book value is stated."""
    f = answer.formulation
    lots, times = f.lots, np.arange(f.index.T + 1)
    value = written_down(answer, which, np.nan_to_num(paid_prices(answer)[which]))
    stated = stated_values(f.case, lots)[which]
    mine = np.flatnonzero(~np.isnan(stated))
    left = _lives(answer, which[mine]) + lots.born[which[mine]]
    # beyond its book life it is over when the lot leaves
    left = np.where(left > 0, left, np.maximum(lots.leaves[which[mine]], 1))
    value[mine] = stated[mine][:, None] * np.maximum(1.0 - times / left[:, None], 0.0)
    return value


def priced(answer: Answer, which: Ints) -> Priced:
    """Return what lots cost and are worth, (n,) codes."""
    price = np.nan_to_num(paid_prices(answer)[which])
    deposit = price * answer.formulation.lots.deposit[which]
    return Priced(price, deposit, value_of_a_chip(answer, which))


def lot_values(answer: Answer, which: Ints, money: Priced) -> Values:
    """Return the books of lots.

    Args:
        answer: the answer.
        which: codes of lots, (n,).
        money: what they cost and are worth.
    """
    f = answer.formulation
    lots, case, index, T = f.lots, f.case, f.index, f.index.T
    n, times = len(which), np.arange(T)
    chips, value, order = (
        chips_of_lots(answer, which),
        money.value,
        answer.x[f.holding.order[which]],
    )
    lot, period = (a.ravel() for a in np.meshgrid(which, np.arange(T + 1), indexing="ij"))
    share = alive(case, index, lots, lot, period).reshape(n, T + 1)
    step = np.divide(share[:, 1:], share[:, :-1], out=np.zeros((n, T)), where=share[:, :-1] > 0)
    survivors = chips * step

    here = (lots.origin[which] == FLEET) | lots.given[which]  # when the plan starts
    arrives = lots.arrives[which]
    arrived = ~here[:, None] & (times == arrives[:, None])
    before = np.concatenate([np.where(here, order, 0.0)[:, None], survivors[:, :-1]], axis=1)
    leaving = np.maximum(before + arrived * order[:, None] - chips, 0.0)
    failed = chips - survivors

    # paid for, and not in service yet
    new, due = lots.origin[which] == NEW, (lots.origin[which] == COMMITTED) & ~lots.given[which]
    since = np.where(due, 0, lots.order_period[which])
    waiting = (new | due)[:, None] & (times >= since[:, None]) & (times < arrives[:, None])
    in_flight = waiting * (money.deposit * order)[:, None]
    ordered = np.zeros(n)
    ordered[due] = numbers(case["orders"], "chips")[lots.row[which[due]]]
    write_off = leaving * value[:, :-1] + failed * value[:, 1:]
    write_off[:, 0] += np.where(due, money.deposit * (ordered - order), 0.0)
    return Values(
        np.where(here, order * value[:, 0], 0.0) + np.where(due, money.deposit * ordered, 0.0),
        survivors * value[:, 1:] + in_flight,
        in_flight,
        write_off,
    )
