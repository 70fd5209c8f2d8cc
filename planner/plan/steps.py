"""Price steps: how many chips of a line are bought at which price, and what they cost on
average."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.lots import describe
from planner.plan.answer import CHIP_TOLERANCE, Answer, Floats

DECIMALS = 6
"""Of chips, as they are written."""


def at_steps(answer: Answer) -> pd.DataFrame:
    """Return the chips of lots that have price steps, step 0 for the offer's own price: lot, step,
    from_chips, chips (as they are written) and usd_per_chip; steps without chips left out."""
    f = answer.formulation
    steps = f.steps.assign(chips=answer.x[f.steps["column"].to_numpy(dtype=np.int64)])
    lot = np.unique(steps["lot"].to_numpy(dtype=np.int64))
    beyond = steps.groupby("lot")["chips"].sum().reindex(lot).to_numpy(dtype=np.float64)
    own = pd.DataFrame(
        {
            "lot": lot,
            "step": 0,
            "from_chips": 0.0,
            "chips": answer.x[f.holding.order[lot]] - beyond,
            "usd_per_chip": f.lots.price[lot],
        }
    )
    names = ["lot", "step", "from_chips", "chips", "usd_per_chip"]
    found = pd.concat([own[names], steps[names]], ignore_index=True)
    found["chips"] = np.maximum(found["chips"], 0.0).round(DECIMALS)
    ordered = answer.x[f.holding.order[found["lot"].to_numpy(dtype=np.int64)]] > CHIP_TOLERANCE
    some: pd.DataFrame = found[ordered & (found["chips"] > 0)]
    return some.sort_values(["lot", "step"], ignore_index=True)


def paid_prices(answer: Answer) -> Floats:
    """Return the up-front price of a chip of every lot as it is really paid, on average over its
    price steps, (V,)."""
    f = answer.formulation
    price = f.lots.price.copy()
    if not len(f.steps):
        return np.asarray(price, dtype=np.float64)
    steps = at_steps(answer)
    paid = (steps["chips"] * steps["usd_per_chip"]).groupby(steps["lot"]).sum()
    chips = steps["chips"].groupby(steps["lot"]).sum()
    price[paid.index.to_numpy(dtype=np.int64)] = (paid / chips).to_numpy(dtype=np.float64)
    return np.asarray(price, dtype=np.float64)


def step_table(answer: Answer) -> pd.DataFrame | None:
    """Return ``order_steps``; None where no offer has price steps."""
    f = answer.formulation
    if f.case["offer_steps"].empty:
        return None
    steps, names, axes = at_steps(answer), describe(f.case, f.lots), f.index.axes
    lot = steps["lot"].to_numpy(dtype=np.int64)
    return pd.DataFrame(
        {
            "line_id": names["line"][lot],
            "offer": names["offer"][lot],
            "site": axes["site"][f.lots.site[lot]],
            "order_period": axes["period"][f.lots.order_period[lot]],
            "step": steps["step"],
            "from_chips": steps["from_chips"],
            "chips": steps["chips"],
            "usd_per_chip": steps["usd_per_chip"],
        }
    )
