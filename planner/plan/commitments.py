"""Commitments: what is committed, and which rented chips it covers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts
from planner.plan.answer import CHIP_TOLERANCE, Answer


def commitment_orders(answer: Answer) -> pd.DataFrame:
    """Return ``commitment_orders``."""
    f = answer.formulation
    commits, table = f.commitments, f.case["commitments"]
    amount = answer.x[commits.column]
    done = ~np.isnan(numbers(table, "signed"))[commits.row]
    some = np.flatnonzero((amount > 1e-9) & (commits.leaves > 0) & (commits.ordered < f.index.T))
    row, label = commits.row[some], f.case.calendar.label
    leaves = commits.leaves[some]
    frame = pd.DataFrame(
        {
            "commitment": texts(table, "commitment")[row],
            "provider": texts(table, "provider")[row],
            "order_period": [label(int(t)) for t in commits.ordered[some]],
            "status": np.where(done[some], "signed", "new"),
            "leaves_period": [label(int(t)) if t < f.index.T else "" for t in leaves],
            "usd_per_hour": amount[some],
        }
    )
    at = np.lexsort((commits.ordered[some], row))
    return frame.iloc[at].reset_index(drop=True)


def covered_table(answer: Answer) -> pd.DataFrame:
    """Return ``covered``."""
    f = answer.formulation
    commits, table, index = f.commitments, f.case["commitments"], f.index
    chips = answer.x[commits.cover]
    at = np.flatnonzero(chips > CHIP_TOLERANCE)
    row, t, k = commits.covered_row[at], commits.period[at], commits.slice[at]
    chips, price = chips[at], commits.price[at]
    discount = numbers(table, "discount")[row]
    hours = index.hours[t] * index.share[k]
    frame = pd.DataFrame(
        {
            "commitment": texts(table, "commitment")[row],
            "offer": index.axes["offer"][commits.offer[at]],
            "period": index.axes["period"][t],
            "slice": index.axes["slice"][k],
            "chips": chips,
            "usd_per_hour": chips * price * (1.0 - discount),
            "saved_usd": chips * price * discount * hours,
        }
    )
    order = np.lexsort((k, commits.offer[at], row, t))
    return frame.iloc[order].reset_index(drop=True)
