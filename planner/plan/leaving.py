"""Lines of chips that leave their place: retired, moved to another site, cancelled on the way."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers
from planner.model.lots import describe, prices
from planner.plan.answer import CHIP_TOLERANCE, Answer


def retirements(answer: Answer) -> pd.DataFrame:
    """Return the lines of chips retired early, with codes: what could have stayed, less what stayed
    and what was moved."""
    f = answer.formulation
    lots, chains, moves = f.lots, f.holding.chains, f.holding.moves
    names = describe(f.case, lots)
    lot, period = chains["lot"].to_numpy(dtype=np.int64), chains["period"].to_numpy(dtype=np.int64)
    moved = pd.Series(
        answer.x[moves["column"].to_numpy(dtype=np.int64)],
        index=pd.MultiIndex.from_frame(moves[["lot", "period"]]),
        dtype=np.float64,
    )
    away = (
        moved.groupby(level=[0, 1])
        .sum()
        .reindex(pd.MultiIndex.from_arrays([lot, period]))
        .fillna(0.0)
        .to_numpy()
    )
    gone = (
        chains["step"].to_numpy() * answer.x[chains["before"].to_numpy(dtype=np.int64)]
        - answer.x[chains["column"].to_numpy(dtype=np.int64)]
        - away
    )
    # what rounding leaves of a chain is not a decision; of a small lot it leaves less
    before = chains["step"].to_numpy() * answer.x[chains["before"].to_numpy(dtype=np.int64)]
    least = np.clip(1e-6 * before, CHIP_TOLERANCE, 1e-4)
    at = np.flatnonzero((gone > least) & lots.retire[lot])
    label = np.array([f.case.calendar.label(int(t)) for t in range(f.index.T)], dtype=object)
    v, t = lot[at], period[at]
    return pd.DataFrame(
        {
            "line_id": "retire/" + names["line"][v] + "@" + label[t],
            "offer": names["offer"][v],
            "order_period": t,
            "site": lots.site[v],
            "from_site": -1,
            "status": "new",
            "action": "retire",
            "chip": lots.chip[v],
            "kind": np.where(lots.owned[v], "retirement", "contract end"),
            "arrives": t,
            "leaves": t,
            "chips": gone[at],
            "mw": np.nan,
            "usd_per_chip": np.nan,
            "usd_per_chip_hour": np.nan,
            "total_usd": 0.0,
            "npv_usd": 0.0,
            "lot": v,
            "column": -1,
            "cancellable": False,
        }
    )


def relocations(answer: Answer) -> pd.DataFrame:
    """Return the lines of chips moved to another site, with codes: one per move."""
    f = answer.formulation
    lots, moves = f.lots, f.holding.moves
    names = describe(f.case, lots)
    chips = answer.x[moves["column"].to_numpy(dtype=np.int64)]
    at = np.flatnonzero(chips > CHIP_TOLERANCE)
    row, lot, site, period = (
        moves[name].to_numpy(dtype=np.int64)[at] for name in ("row", "lot", "site", "period")
    )
    fee = prices(f.case, f.index, row, period, "usd_per_chip")
    axes = f.index.axes
    return pd.DataFrame(
        {
            "line_id": axes["offer"][row]
            + "@"
            + axes["site"][site]
            + "@"
            + axes["period"][period]
            + "/"
            + names["line"][lot],
            "offer": axes["offer"][row],
            "order_period": period,
            "site": site,
            "from_site": lots.site[lot],
            "status": "new",
            "action": "relocate",
            "chip": lots.chip[lot],
            "kind": "relocate",
            "arrives": period + f.case["offers"]["lead_periods"].to_numpy(dtype=np.int64)[row],
            "leaves": np.minimum(lots.leaves[lot], f.case.calendar.last),
            "chips": chips[at],
            "mw": np.nan,
            "usd_per_chip": fee,
            "usd_per_chip_hour": np.nan,
            "total_usd": fee * chips[at],
            "npv_usd": fee * chips[at] * f.index.start[period],
            "lot": lot,
            "column": moves["column"].to_numpy(dtype=np.int64)[at],
            "cancellable": False,
        }
    )


def cancellations(answer: Answer) -> pd.DataFrame:
    """Return the lines of orders in flight that are cancelled, with codes: at their fee."""
    f = answer.formulation
    lots, names = f.lots, describe(f.case, f.lots)
    labels = answer.column_labels("cancel")
    chips = answer.value("cancel")
    at = np.flatnonzero(chips > CHIP_TOLERANCE)
    v = labels["lot"].to_numpy()[at] if len(at) else np.empty(0, np.int64)
    fee = numbers(f.case["orders"], "cancel_fee_share")[lots.row[v]] * lots.price[v]
    return pd.DataFrame(
        {
            "line_id": "cancel/" + names["line"][v],
            "offer": names["offer"][v],
            "order_period": 0,
            "site": lots.site[v],
            "from_site": -1,
            "status": "committed",
            "action": "cancel",
            "chip": lots.chip[v],
            "kind": "order",
            "arrives": lots.arrives[v],
            "leaves": lots.arrives[v],
            "chips": chips[at],
            "mw": np.nan,
            "usd_per_chip": lots.price[v],
            "usd_per_chip_hour": np.nan,
            "total_usd": fee * chips[at],
            "npv_usd": fee * chips[at],
            "lot": v,
            "column": -1,
            "cancellable": False,
        }
    )
