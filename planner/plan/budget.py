"""Cash by period and category, and against budgets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts
from planner.model.budgets import periods_of
from planner.model.ledger import CATEGORIES
from planner.plan.answer import Answer
from planner.plan.rows import Ranges, read_rows


def budget_table(answer: Answer, ranges: Ranges) -> pd.DataFrame:
    """Return ``budget``: cash by period and category, then every budget line with its limit and
    worth."""
    f = answer.formulation
    index, ledger = f.index, f.ledger
    cash = (ledger.category != CATEGORIES.index("none")) & (ledger.period < index.T)
    usd = np.where(cash, ledger.nominal * answer.x[ledger.column], 0.0)
    by = {
        name: np.bincount(
            ledger.period,
            weights=np.where(ledger.category == CATEGORIES.index(name), usd, 0.0),
            minlength=index.T + 1,
        )[: index.T]
        for name in ("capex", "opex")
    }
    by["all"] = by["capex"] + by["opex"]
    table = f.case["budgets"]
    over = np.zeros(len(table))
    labels = answer.column_labels("over_budget")
    if not labels.empty:
        over[labels["budget"].to_numpy()] = answer.value("over_budget")
    reading = read_rows(answer, ranges, "budget")
    limit, category, window = (
        numbers(table, "usd_max"),
        texts(table, "category"),
        texts(table, "period"),
    )
    used = numbers(table, "used_usd")
    paid = used + np.array(
        [by[c][periods_of(f.case, index, w)].sum() for c, w in zip(category, window, strict=True)],
        dtype=np.float64,
    )
    lines = pd.DataFrame(
        {
            "period": window,
            "category": category,
            "limit_usd": limit,
            "paid_usd": paid,
            "used_usd": used if used.any() else np.full(len(used), np.nan),
            "over_usd": over,
            "free_usd": limit + over - paid,
            "worth_usd_per_usd": reading.worth,
            "worth_from_usd": reading.low + used,
            "worth_to_usd": reading.high + used,
        }
    )
    flow = pd.concat(
        [
            pd.DataFrame({"period": index.axes["period"], "category": name, "paid_usd": values})
            for name, values in by.items()
        ],
        ignore_index=True,
    )
    known = pd.MultiIndex.from_frame(lines[["period", "category"]])
    flow = flow[~pd.MultiIndex.from_frame(flow[["period", "category"]]).isin(known)]
    result = (
        pd.concat([lines, flow], ignore_index=True)
        if len(lines)
        else flow.reindex(columns=lines.columns)
    )
    fiscal = result["period"].str.startswith("FY")
    return (
        result.assign(_f=~fiscal)
        .sort_values(["_f", "period", "category"], ignore_index=True, kind="stable")
        .drop(columns="_f")
    )
