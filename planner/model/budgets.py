"""Budgets: cash that may be paid in a period or fiscal year, by category.

::

    sum of nominal cash entries of the ledger - over <= usd_max - used_usd          row ``budget``

The dual is what one more USD of budget would save (USD NPV per USD).
"""

from __future__ import annotations

import numpy as np

from planner.case.case import Case
from planner.case.columns import numbers, texts
from planner.model.draft import Draft
from planner.model.index import Bools, Floats, Index
from planner.model.ledger import CATEGORIES, Ledger

USD = 1e6
"""Budget rows are in millions inside the solver."""
ROUNDING = 1e-9
"""Share of a limit by which what was used before the plan may miss it: both were added up."""


def left_of(most: Floats, used: Floats) -> Floats:
    """Return what is left of limits of which some was used before the plan, (n,); below 0 where
    more was."""
    left = most - used
    return np.where(np.abs(left) <= ROUNDING * used, 0.0, left)


def periods_of(case: Case, index: Index, window: str) -> Bools:
    """Return which periods a window of budgets.csv or limits.csv covers, (T,).

    Args:
        case: the case.
        index: its index.
        window: a period's label, ``FY2027`` for a fiscal year, or "" for the whole plan.

    Returns:
        Mask over the periods of the plan.
    """
    if window == "":
        return np.ones(index.T, dtype=bool)
    if window.startswith("FY"):
        return np.array([case.calendar.fiscal_year(t) == int(window[2:]) for t in range(index.T)])
    return np.asarray(index.axes["period"] == window, dtype=bool)


def counted(ledger: Ledger, window: Bools, category: str) -> Bools:
    """Return which entries of a ledger a budget counts, (n,): cash of its category in its window.

    Args:
        ledger: the entries.
        window: the periods it covers, (T,).
        category: capex, opex or all.
    """
    inside = np.append(window, False)[ledger.period]
    mine: Bools = inside & (ledger.category != CATEGORIES.index("none"))
    if category != "all":
        mine &= (ledger.category == CATEGORIES.index("capex")) == (category == "capex")
    return mine


def add_budgets(draft: Draft) -> None:
    """Add the rows ``budget`` and, for soft ones, the columns ``over_budget``; every cash cost must
    be in the ledger by now.

    Args:
        draft: the program being written.
    """
    builder, ledger, case, index = draft.builder, draft.ledger, draft.case, draft.index
    table, entries = case["budgets"], ledger.freeze()
    most, price = numbers(table, "usd_max"), numbers(table, "over_usd_per_usd")
    windows = [periods_of(case, index, window) for window in texts(table, "period")]
    labels = np.arange(len(table))
    left = left_of(most, numbers(table, "used_usd"))
    rows = builder.rows("budget", {"budget": labels}, -np.inf, left, scale=USD)
    # a loop over budget lines: each picks its entries by mask
    for number, (window, category) in enumerate(
        zip(windows, texts(table, "category"), strict=True)
    ):
        inside = counted(entries, window, category)
        builder.entries(
            np.full(int(inside.sum()), rows[number]),
            entries.column[inside],
            entries.nominal[inside],
        )
    soft = np.flatnonzero(~np.isnan(price))
    over = builder.columns("over_budget", {"budget": soft}, 0.0, np.inf, scale=USD)
    builder.entries(rows[soft], over, -1.0)
    last = np.array(
        [np.flatnonzero(window)[-1] if window.any() else 0 for window in windows], dtype=np.int64
    )
    ledger.add("over", over, last[soft], price[soft])
