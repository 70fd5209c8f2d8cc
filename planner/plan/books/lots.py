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

from planner.case.columns import numbers, whole
from planner.model.aging import alive
from planner.model.lots import COMMITTED, FLEET, NEW
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


def value_of_a_chip(answer: Answer, which: Ints) -> Floats:
    """Return what a chip of lots is worth in the books at the start of every period and at the end
    of the plan, USD, (n, T+1); nothing where neither a price nor a book value is stated."""
    f = answer.formulation
    lots, case, index = f.lots, f.case, f.index
    times = np.arange(index.T + 1)
    life = numbers(case["chips"], "book_life_years")[lots.chip[which]] * index.ppy
    life = np.where(lots.owned[which], life, lots.leaves[which] - lots.born[which])
    price = np.nan_to_num(paid_prices(answer)[which])
    age = np.maximum(times - lots.born[which][:, None], 0)
    value = price[:, None] * np.maximum(1.0 - age / life[:, None], 0.0)
    mine = np.flatnonzero(lots.origin[which] == FLEET)
    row = lots.row[which[mine]]
    stated, chips = numbers(case["fleet"], "book_value_usd")[row], numbers(case["fleet"], "chips")
    said = ~np.isnan(stated) & (chips[row] > 0)
    mine, row = mine[said], row[said]
    left = life[mine] + lots.born[which[mine]]
    # beyond its book life it is over when the lot leaves
    left = np.where(left > 0, left, np.maximum(lots.leaves[which[mine]], 1))
    value[mine] = (stated[said] / chips[row])[:, None] * np.maximum(
        1.0 - times / left[:, None], 0.0
    )
    return np.asarray(value, dtype=np.float64)


def lot_values(answer: Answer, which: Ints) -> Values:
    """Return the books of lots, (n,) codes."""
    f = answer.formulation
    lots, case, index, T = f.lots, f.case, f.index, f.index.T
    n, times = len(which), np.arange(T)
    chips, value = chips_of_lots(answer, which), value_of_a_chip(answer, which)
    order, price = answer.x[f.holding.order[which]], np.nan_to_num(paid_prices(answer)[which])
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
    deposit = price * lots.deposit[which]
    in_flight = waiting * (deposit * order)[:, None]
    ordered = np.zeros(n)
    ordered[due] = numbers(case["orders"], "chips")[lots.row[which[due]]]
    write_off = leaving * value[:, :-1] + failed * value[:, 1:]
    write_off[:, 0] += np.where(due, deposit * (ordered - order), 0.0)
    return Values(
        np.where(here, order * value[:, 0], 0.0) + np.where(due, deposit * ordered, 0.0),
        survivors * value[:, 1:] + in_flight,
        in_flight,
        write_off,
    )
