"""Ordered: how many orders of an offer were placed, and how many chips, in a window that is open
when the next plan starts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import Floats, Ints, Texts, numbers, texts, whole
from planner.model.lots import NEW
from planner.plan.answer import CHIP_TOLERANCE, Answer
from planner.roll.cell import number
from planner.roll.draft import Draft
from planner.roll.written import Written


def ordered_before(answer: Answer, by: int) -> pd.DataFrame:
    """Return what windows of each offer count that are open when the next plan starts, what they
    counted before the plan included.

    Args:
        answer: the solved case.
        by: periods that have passed.

    Returns:
        Per row of offers.csv ``orders``, of which there are at most ``max_orders``, and ``chips``
        that price steps count; 0 where nothing counts.
    """
    f = answer.formulation
    offers, lots, moves, T = f.case["offers"], f.lots, f.holding.moves, f.index.T
    new = np.flatnonzero(lots.origin == NEW)
    row = np.concatenate([lots.row[new], moves["row"].to_numpy(dtype=np.int64)])
    period = np.concatenate([lots.order_period[new], moves["period"].to_numpy(dtype=np.int64)])
    column = np.concatenate([f.holding.order[new], moves["column"].to_numpy(dtype=np.int64)])
    chips = np.zeros((len(offers), T))
    np.add.at(chips, (row, np.clip(period, 0, T - 1)), answer.x[column])
    inside, begun = _open(f.case, by, texts(offers, "max_orders_per"))
    placed = ((chips > CHIP_TOLERANCE) & inside).sum(axis=1)
    orders = np.where(begun, whole(offers, "orders_before"), 0) + placed
    counts = _counts_of_steps(f.case)
    inside, begun = _open(f.case, by, counts)
    amount = np.where(begun, numbers(offers, "chips_before"), 0.0) + (chips * inside).sum(axis=1)
    counted = ~np.isnan(numbers(offers, "max_orders"))
    return pd.DataFrame(
        {
            "orders": np.where(counted, orders, 0),
            "chips": np.where((counts == "") | (counts == "order"), 0.0, amount),
        }
    )


def _counts_of_steps(case: Case) -> Texts:
    """Return what price steps of each offer count, (offers,); "" where it has none."""
    offers, steps = case["offers"], case["offer_steps"]
    own = dict(zip(texts(steps, "offer"), texts(steps, "counts"), strict=True))
    group = dict(zip(texts(steps, "supply_group"), texts(steps, "counts"), strict=True))
    own.pop("", None), group.pop("", None)
    named = zip(texts(offers, "offer"), texts(offers, "supply_group"), strict=True)
    return np.array([own.get(offer, group.get(name, "")) for offer, name in named], dtype=object)


def place_really(answer: Answer, changed: Ints, x: Floats) -> None:
    """Put into ``x`` whether orders were placed of which some lots were executed otherwise.

    Args:
        answer: as planned.
        changed: these lots.
        x: values of the columns, those of the lots as executed.
    """
    f = answer.formulation
    new = np.flatnonzero(f.lots.origin == NEW)
    chips = np.zeros((len(f.case["offers"]), f.index.T))
    np.add.at(chips, (f.lots.row[new], f.lots.order_period[new]), x[f.holding.order[new]])
    told = np.zeros(chips.shape, dtype=bool)
    mine = changed[f.lots.origin[changed] == NEW]
    told[f.lots.row[mine], f.lots.order_period[mine]] = True
    for block in f.program.column_blocks:
        if block.name == "placed":
            offer, period = block.labels["offer"], block.labels["period"]
            at = np.flatnonzero(told[offer, period])
            x[block.first + at] = chips[offer[at], period[at]] > CHIP_TOLERANCE


def _open(case: Case, by: int, counts: Texts) -> tuple[np.ndarray, np.ndarray]:
    """Return which passed periods lie in the window of each offer that is open in period ``by``,
    (offers, T), and whether what came before the plan does, (offers,); windows are fiscal years
    where ``counts`` says so, else the plan."""
    calendar = case.calendar
    years = np.array([calendar.fiscal_year(t) for t in range(calendar.count)])
    passed = np.arange(calendar.count) < by
    same = passed & (years == calendar.fiscal_year(by))
    yearly = counts == "fiscal_year"
    inside = np.where(yearly[:, None], same[None, :], passed[None, :])
    return inside, ~yearly | (calendar.fiscal_year(0) == calendar.fiscal_year(by))


def offers_edit(case: Case, written: Written, before: pd.DataFrame) -> Draft:
    """Return the changes of offers.csv.

    Args:
        case: the case of the plan that is rolled.
        written: its offers.csv.
        before: what ``ordered_before`` returned.
    """
    offers, edit = case["offers"], Draft("offers", written.text)
    for column, name in (("orders_before", "orders"), ("chips_before", "chips")):
        now = numbers(before, name)
        for at in np.flatnonzero(now != numbers(offers, column)).tolist():
            row = written.rows[at]
            if row is not None:
                edit.set(row, column, number(float(now[at])) if now[at] else "")
    return edit
