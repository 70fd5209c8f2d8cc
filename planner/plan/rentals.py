"""Rentals: on-demand and spot chips, by slice and as lines of the plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import texts
from planner.model.lots import prices
from planner.plan.answer import CHIP_TOLERANCE, Answer


def rental_rows(answer: Answer) -> pd.DataFrame:
    """Return rented chips by slice with codes: row (offer), site, chip, period, slice, chips,
    chip_hours, usd_per_chip_hour, usd."""
    f = answer.formulation
    index, capacity = f.index, f.capacity
    chips = answer.x[capacity.rented]
    at = np.flatnonzero(chips > CHIP_TOLERANCE)
    row, place, k = capacity.rented_row[at], capacity.rented_place[at], capacity.rented_slice[at]
    period = capacity.period[place]
    price = prices(f.case, index, row, period, "usd_per_chip_hour")
    hours = index.hours[period] * index.share[k]
    return pd.DataFrame(
        {
            "row": row,
            "site": capacity.site[place],
            "chip": capacity.chip[place],
            "period": period,
            "slice": k,
            "place": place,
            "chips": chips[at],
            "chip_hours": chips[at] * hours,
            "usd_per_chip_hour": price,
            "usd": chips[at] * hours * price,
        }
    )


def rental_lines(answer: Answer) -> pd.DataFrame:
    """Return the lines of rentals, with codes: the most rented in any slice of a period."""
    f = answer.formulation
    axes = f.index.axes
    rows = rental_rows(answer)
    keys = ["row", "site", "chip", "period"]
    lines = rows.groupby(keys, as_index=False).agg(
        chips=("chips", "max"),
        usd=("usd", "sum"),
        price=("usd_per_chip_hour", "first"),
        place=("place", "first"),
    )
    row, site, period = (lines[name].to_numpy(dtype=np.int64) for name in ("row", "site", "period"))
    return pd.DataFrame(
        {
            "line_id": axes["offer"][row] + "@" + axes["site"][site] + "@" + axes["period"][period],
            "offer": axes["offer"][row],
            "order_period": period,
            "site": site,
            "from_site": -1,
            "status": "new",
            "action": "rent",
            "chip": lines["chip"].to_numpy(dtype=np.int64),
            "kind": texts(f.case["offers"], "kind")[row],
            "arrives": period,
            "leaves": period + 1,
            "chips": lines["chips"],
            "mw": np.nan,
            "usd_per_chip": np.nan,
            "usd_per_chip_hour": lines["price"],
            "total_usd": lines["usd"],
            "npv_usd": lines["usd"] * f.index.mid[period],
            "lot": -1,
            "column": -1,
            "cancellable": False,
        }
    )
