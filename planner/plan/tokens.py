"""Tokens: what is called from providers, and what it costs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import texts
from planner.plan.answer import Answer


def token_rows(answer: Answer) -> pd.DataFrame:
    """Return all that is called with integer codes: token_offer, work, period, slice (-1: batch
    work, at any time of the period), mtok and usd (nominal)."""
    tokens = answer.formulation.tokens
    some = np.flatnonzero(answer.x[tokens.column] > 0)
    mtok = answer.x[tokens.column[some]]
    frame = pd.DataFrame(
        {
            "token_offer": tokens.offer[some],
            "work": tokens.work[some],
            "period": tokens.period[some],
            "slice": tokens.slice[some],
            "mtok": mtok,
            "usd": mtok * tokens.usd[some],
        }
    )
    return frame.sort_values(["period", "work", "token_offer", "slice"], ignore_index=True)


def token_table(answer: Answer) -> pd.DataFrame | None:
    """Return ``tokens``; None where no provider sells any."""
    f = answer.formulation
    table = f.case["token_offers"]
    if table.empty:
        return None
    rows, axes = token_rows(answer), f.index.axes
    sells = dict(zip(texts(table, "token_offer"), texts(table, "provider"), strict=True))
    offer = axes["token_offer"][rows["token_offer"].to_numpy(dtype=np.int64)]
    slices = np.append(axes["slice"], "")
    mtok, usd = rows["mtok"].to_numpy(dtype=float), rows["usd"].to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "token_offer": offer,
            "provider": np.array([sells[name] for name in offer], dtype=object),
            "workload": axes["workload"][rows["work"].to_numpy(dtype=np.int64)],
            "period": axes["period"][rows["period"].to_numpy(dtype=np.int64)],
            "slice": slices[rows["slice"].to_numpy(dtype=np.int64)],
            "mtok": mtok,
            "usd_per_mtok": np.divide(usd, mtok, out=np.zeros_like(usd), where=mtok > 0),
            "usd": usd,
        }
    )


def with_calls(
    answer: Answer, allocation: pd.DataFrame, called: pd.DataFrame | None
) -> pd.DataFrame:
    """Return ``allocation`` with a row for all that is called (of ``token_table``): no site, no
    chip, and no chip-hours."""
    if called is None or called.empty:
        return allocation
    kinds = answer.formulation.case["workloads"].set_index("workload")["kind"]
    more = pd.DataFrame(
        {
            "period": called["period"],
            "slice": called["slice"],
            "site": "",
            "chip": "",
            "kind": called["workload"].map(kinds),
            "work": called["workload"],
            "chips": 0.0,
            "chip_hours": 0.0,
            "mtok": called["mtok"],
            "flop": np.nan,
            "mwh": 0.0,
            "cost_usd": called["usd"],
        }
    )
    return pd.concat([allocation, more], ignore_index=True)
