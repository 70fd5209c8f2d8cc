"""Fees of orders of purchases in the books: part of what the chips of the order cost, each alike,
written down and off with them."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.case.columns import numbers
from planner.model.ledger import CATEGORIES, TERMS
from planner.model.lots import COMMITTED, FLEET, NEW
from planner.plan.answer import CHIP_TOLERANCE, Answer, Floats, Ints
from planner.plan.books.lots import Priced, Values, written_down


def fees_of_lots(answer: Answer) -> Floats:
    """Return the fee of its order that falls on a chip of every lot, USD, (V,); 0 of contracts,
    whose fees are a cost of the period in which they are paid."""
    f = answer.formulation
    lots, fee = f.lots, np.zeros(len(f.lots))
    for origin, table in ((FLEET, "fleet"), (COMMITTED, "orders")):
        mine = lots.origin == origin
        fee[mine] = numbers(f.case[table], "fee_usd_per_chip")[lots.row[mine]]
    new, chips = _new(answer), _chips(answer)
    row, period = lots.row[new], lots.order_period[new]
    fee[new] = (_paid(answer) / np.where(chips > 0, chips, 1.0))[row, period]
    return np.where(lots.owned, fee, 0.0)


def priced_fees(answer: Answer, which: Ints) -> Priced:
    """Return what fees cost and are worth by chip of lots, (n,) codes: all is paid when they are
    ordered."""
    fee = fees_of_lots(answer)[which]
    return Priced(fee, fee, written_down(answer, which, fee))


def fees_for_nothing(answer: Answer) -> tuple[Ints, Values]:
    """Return the chips and books of fees of orders that bring none, of which nothing is kept."""
    f = answer.formulation
    usd = np.where(_chips(answer) > 0, 0.0, _paid(answer))
    row, period = np.nonzero(usd)
    none = np.zeros((len(row), f.index.T))
    lost = none.copy()
    lost[np.arange(len(row)), period] = usd[row, period]
    chip = f.index.code("chip", f.case["offers"]["chip"].to_numpy())[row]
    return chip, Values(none[:, 0], none, none, lost)


def _new(answer: Answer) -> Ints:
    """Return the lots that the plan buys."""
    lots = answer.formulation.lots
    ordered = answer.x[answer.formulation.holding.order] > CHIP_TOLERANCE
    return np.flatnonzero((lots.origin == NEW) & ordered)


def _chips(answer: Answer) -> Floats:
    """Return the chips of every order over all sites, (offers, T)."""
    f = answer.formulation
    chips, new = np.zeros((len(f.case["offers"]), f.index.T)), _new(answer)
    at: Any = (f.lots.row[new], f.lots.order_period[new])
    np.add.at(chips, at, answer.x[f.holding.order[new]])
    return chips


def _paid(answer: Answer) -> Floats:
    """Return the fee of every order of a purchase, USD, (offers, T)."""
    f = answer.formulation
    usd, labels, ledger = (
        np.zeros((len(f.case["offers"]), f.index.T)),
        answer.column_labels("placed"),
        f.ledger,
    )
    if labels.empty:
        return usd
    mine = (ledger.term == TERMS.index("ordering")) & (ledger.category == CATEGORIES.index("capex"))
    column = ledger.column[mine]
    offer = labels["offer"].to_numpy(dtype=np.int64)[column - answer.columns["placed"].start]
    np.add.at(usd, (offer, ledger.period[mine]), ledger.nominal[mine] * answer.x[column])
    return usd
