"""Orders: the hand-over to procurement."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts
from planner.plan.actions import ORDERED
from planner.plan.answer import Answer, Floats


def orders_table(buy: pd.DataFrame, answer: Answer) -> pd.DataFrame:
    """Return ``orders``: new lines to be placed, in lots, with dates and totals."""
    new = buy[(buy["status"] == "new") & buy["action"].isin(ORDERED)]
    calendar = answer.formulation.case.calendar
    in_service = [
        calendar.first_day(calendar.parse(label)).isoformat() for label in new["in_service_period"]
    ]
    built = (new["action"] == "build_power").to_numpy()
    quantity = np.where(built, new["lots"].fillna(0.0) * _lot_mw(answer, new), new["chips_rounded"])
    unit = new["usd_per_chip"].where(new["usd_per_chip"].fillna(0.0) > 0, new["usd_per_chip_hour"])
    up_front = new["usd_per_chip"].fillna(0.0) > 0
    planned = np.where(built, new["mw"], new["chips"])
    contract = new["total_usd"] * np.divide(
        quantity, planned, out=np.ones(len(new)), where=planned > 0
    )
    chip = new["chip"].where(~built, "power")
    return pd.DataFrame(
        {
            "line_id": new["line_id"],
            "what": new["action"]
            + " "
            + chip
            + " ("
            + new["kind"]
            + ", offer "
            + new["offer"]
            + ")",
            "vendor": new["vendor"],
            "chip": chip,
            "quantity": quantity,
            "site": new["site"],
            "order_by": new["decide_by"],
            "needed_by": in_service,
            "unit_price_usd": unit,
            "total_usd": np.where(up_front, quantity * unit.fillna(0.0), contract),
        }
    ).sort_values(["order_by", "line_id"], ignore_index=True)


def _lot_mw(answer: Answer, new: pd.DataFrame) -> Floats:
    projects = answer.formulation.case["power_projects"]
    lot = pd.Series(numbers(projects, "lot_mw"), index=texts(projects, "project"))
    return np.asarray(lot.reindex(new["offer"]).fillna(0.0), dtype=np.float64)
