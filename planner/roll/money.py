"""Money: what is used, by a later period, of budgets and limits whose window has begun."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import Floats, numbers, texts
from planner.model.budgets import counted, periods_of
from planner.model.policy import in_scope, summed_entries
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
    usd = np.where(ledger.period < by, ledger.nominal * answer.x[ledger.column], 0.0)
    used = numbers(table, "used_usd").copy()
    # a loop over budget lines: each picks its entries by mask
    for row, (window, category) in enumerate(
        zip(texts(table, "period"), texts(table, "category"), strict=True)
    ):
        used[row] += usd[counted(ledger, periods_of(f.case, f.index, window), category)].sum()
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
    table, measures = f.case["limits"], summed_entries(f.ledger, f.draw)
    used, total = numbers(table, "used").copy(), numbers(table, "used_total").copy()
    # a loop over policies: each picks its entries by mask
    for row, (window, measure) in enumerate(
        zip(texts(table, "period"), texts(table, "measure"), strict=True)
    ):
        if measure not in measures:
            continue
        column, period, site, chip, per_unit = measures[measure]
        amount = per_unit * answer.x[column]
        inside = np.append(periods_of(f.case, f.index, window), False)[period] & (period < by)
        sites, chips = in_scope(f.case, table["scope"].iloc[row], table["member"].iloc[row])
        # cash told for all sites at once is no member's
        mine = inside & sites[site] & chips[chip] & (site >= 0)
        used[row] += amount[mine].sum()
        total[row] += amount[inside].sum()
    return pd.DataFrame({"used": used, "used_total": total})
