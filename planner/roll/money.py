"""Money: what is used, by a later period, of budgets and limits whose window has begun."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import Bools, Floats, Ints, numbers, texts
from planner.model.budgets import periods_of
from planner.model.ledger import CATEGORIES, SPEND_TERMS
from planner.model.policy import in_scope
from planner.plan.answer import Answer


def passed_usd(answer: Answer, by: int) -> float:
    """Return the discounted cost that falls in the first ``by`` periods, USD of the start of the
    plan."""
    ledger = answer.formulation.ledger
    gone = ledger.period < by
    usd = ledger.nominal * ledger.factor * answer.x[ledger.column]
    return float(usd[gone].sum())


def budgets_used(answer: Answer, by: int) -> Floats:
    """Return the cash of every budget's window and category that is paid before period ``by``,
    what was used before the plan included, USD, (rows of budgets.csv,)."""
    f = answer.formulation
    table, ledger = f.case["budgets"], f.ledger
    none, capex = CATEGORIES.index("none"), CATEGORIES.index("capex")
    cash = (ledger.period < by) & (ledger.category != none)
    usd = ledger.nominal * answer.x[ledger.column]
    used = numbers(table, "used_usd").copy()
    # a loop over budget lines: each picks its entries by mask
    for row, (window, category) in enumerate(
        zip(texts(table, "period"), texts(table, "category"), strict=True)
    ):
        mine = cash & np.append(_window(answer, window), False)[ledger.period]
        if category != "all":
            mine &= (ledger.category == capex) == (category == "capex")
        used[row] += usd[mine].sum()
    return used


def limits_used(answer: Answer, by: int) -> pd.DataFrame:
    """Return what is used before period ``by`` of every limit that sums over its window, what was
    used before the plan included.

    Args:
        answer: the solved case.
        by: periods that have passed.

    Returns:
        Columns ``used`` (the member's) and ``used_total`` (of all), one row per row of limits.csv,
        USD or tonnes; 0 for chips and power, which hold period by period.
    """
    f = answer.formulation
    table = f.case["limits"]
    used, total = numbers(table, "used").copy(), numbers(table, "used_total").copy()
    # a loop over policies: each picks its entries by mask
    for row, (window, measure) in enumerate(
        zip(texts(table, "period"), texts(table, "measure"), strict=True)
    ):
        if measure not in ("spend", "carbon"):
            continue
        period, site, chip, amount = _measured(answer, measure)
        inside = np.append(_window(answer, window), False)[period] & (period < by)
        sites, chips = in_scope(f.case, table["scope"].iloc[row], table["member"].iloc[row])
        # cash told for all sites at once is no member's
        mine = inside & sites[site] & chips[chip] & (site >= 0)
        used[row] += amount[mine].sum()
        total[row] += amount[inside].sum()
    return pd.DataFrame({"used": used, "used_total": total})


def _window(answer: Answer, window: str) -> Bools:
    """Return which periods of the plan a window covers, (T,)."""
    f = answer.formulation
    return periods_of(f.case, f.index, window)


def _measured(answer: Answer, measure: str) -> tuple[Ints, Ints, Ints, Floats]:
    """Return what a measure counts, entry by entry: period, site, chip, USD or tonnes."""
    f = answer.formulation
    if measure == "carbon":
        draw = f.draw
        tonnes = draw.tonnes * answer.x[draw.column]
        period, site, chip = (a.astype(np.int64) for a in (draw.period, draw.site, draw.chip))
        return period, site, chip, tonnes
    ledger = f.ledger
    mine = ledger.of(SPEND_TERMS)
    usd = ledger.nominal[mine] * answer.x[ledger.column[mine]]
    return (
        ledger.period[mine].astype(np.int64),
        ledger.site[mine].astype(np.int64),
        ledger.chip[mine].astype(np.int64),
        usd,
    )
