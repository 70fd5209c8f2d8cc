"""``pnl``: a period by the books, in cash and in the objective, and what lies between."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.plan.costing import PENALTIES
from planner.plan.tables.books import PNL


def pnl_table(costs: pd.DataFrame, books: pd.DataFrame, periods: list[str]) -> pd.DataFrame:
    """Return ``pnl`` from the tables as they are written, so that every row adds up to the cent.

    Args:
        costs: ``costs``.
        books: ``books``.
        periods: labels of the periods of the plan and of the one after it, T+1.

    Returns:
        The table, T+1 rows.
    """

    def paid(which: pd.Series, column: str = "nominal_usd") -> pd.Series:
        by_period = costs[which].groupby("period")[column].sum()
        return by_period.reindex(periods).fillna(0.0)

    def booked(column: str, which: pd.Series) -> pd.Series:
        return books[which].groupby("period")[column].sum().reindex(periods).fillna(0.0)

    term, category = costs["term"], costs["category"]
    contracts, every = books["asset"] == "contracts", books["asset"] != ""
    cash = category != "none"
    frame = pd.DataFrame(
        {
            "running_usd": paid((category == "opex") & (term != "prepaid")),
            "depreciation_usd": booked("depreciation_usd", ~contracts),
            "amortisation_usd": booked("depreciation_usd", contracts),
            "write_off_usd": booked("write_off_usd", every),
            "fees_usd": paid((category == "capex") & (term == "cancellation")),
            "sale_usd": -paid(term == "resale"),
            "paid_usd": booked("paid_usd", every),
            "cash_usd": paid(cash),
            "penalties_usd": paid(term.isin(PENALTIES), "discounted_usd"),
            "residual_usd": paid(term == "residual", "discounted_usd"),
            "objective_usd": paid(term != "", "discounted_usd"),
            "assets_usd": booked("closing_usd", every),
        }
    )
    frame["cost_usd"] = (
        frame["running_usd"]
        + frame["depreciation_usd"]
        + frame["amortisation_usd"]
        + frame["write_off_usd"]
        + frame["fees_usd"]
        - frame["sale_usd"]
    )
    frame["net_cash_usd"] = frame["cash_usd"] - frame["sale_usd"]
    frame["discounting_usd"] = (
        frame["objective_usd"]
        - frame["penalties_usd"]
        - frame["residual_usd"]
        - frame["net_cash_usd"]
    )
    # the books go on where the plan ends: what they carry is not lost there
    value = frame["assets_usd"].to_numpy()
    frame["assets_usd"] = np.append(value[:-1], value[-2])
    frame = (frame.round(2) + 0.0).reset_index(names="period")
    frame["period"] = np.asarray(frame["period"], dtype=object)
    return frame[[column.name for column in PNL.columns]]
