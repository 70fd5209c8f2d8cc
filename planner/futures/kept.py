"""Orders that are common to scenarios, as a last plan whose lines are decided: a run with it orders
exactly these."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from planner.case.files import TextTable
from planner.case.periods import Calendar
from planner.case.tables import TABLE
from planner.futures.decide import Decided, common
from planner.futures.tree import decisions
from planner.lp.program import Floats
from planner.model.lots import NEW

PATH: Final = TABLE["last_plan"].path
NOTHING: Final = 1e-9
"""Chips, or MW, that are rounding of the solver."""
KEY: Final = ("offer", "site", "order_period")


def common_orders(decided: Decided, number: int, x: Floats) -> pd.DataFrame:
    """Return the orders that a scenario shares with another: offer, site, order_period (of the
    plan), chips and mw, and ``column``, where each stands in the whole.

    Args:
        decided: what was decided.
        number: of the scenario.
        x: values of the common columns, user units, (common,); NaN = not known.
    """
    formulation = decided.formulations[number]
    index, lots, build = formulation.index, formulation.lots, formulation.build
    at, whole = common(decided, number)
    period = decisions(formulation)[at]
    lot = np.full(formulation.program.num_columns, -1, dtype=np.int64)
    new = np.flatnonzero(lots.origin == NEW)
    lot[formulation.holding.order[new]] = new
    project = np.full(len(lot), -1, dtype=np.int64)
    project[build["column"].to_numpy(np.int64)] = build["row"].to_numpy(np.int64)
    place = np.full(len(lot), -1, dtype=np.int64)
    place[build["column"].to_numpy(np.int64)] = build["site"].to_numpy(np.int64)
    chips = lot[at] >= 0
    amount = np.where(x[whole] > NOTHING, x[whole], np.where(np.isnan(x[whole]), np.nan, 0.0))
    offers = (
        np.where(chips, index.axes["offer"][lots.row[lot[at]]], index.axes["project"][project[at]])
        if len(index.axes["project"])
        else index.axes["offer"][lots.row[lot[at]]]
    )
    sites = index.axes["site"][np.where(chips, lots.site[lot[at]], place[at])]
    return pd.DataFrame(
        {
            "offer": offers,
            "site": sites,
            "order_period": period,
            "chips": np.where(chips, amount, 0.0),
            "mw": np.where(chips, 0.0, amount),
            "action": np.where(chips, "buy", "build_power"),
            "column": whole,
        }
    ).sort_values([*KEY[:2], "order_period"], ignore_index=True)


def last_plan_text(orders: pd.DataFrame, before: TextTable | None, calendar: Calendar) -> str:
    """Return ``last_plan/buy_plan.csv`` in which every common order is decided; what an earlier
    plan says of others stays.

    Args:
        orders: of ``common_orders``.
        before: the last plan that the case has already.
        calendar: of the plan.
    """
    rows = _before(orders, before, calendar)
    rows += [
        {
            "offer": str(offer),
            "site": str(site),
            "order_period": calendar.label(int(period)),
            "chips": repr(float(chips)) if action == "buy" else "",
            "mw": repr(float(mw)) if action != "buy" else "",
            "action": str(action),
            "status": "new",
            "decision": "changed" if chips + mw > 0 else "refused",
        }
        for offer, site, period, chips, mw, action in zip(
            *(orders[name] for name in (*KEY, "chips", "mw", "action")), strict=True
        )
    ]
    names = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _before(
    orders: pd.DataFrame, before: TextTable | None, calendar: Calendar
) -> list[dict[str, str]]:
    """Return the rows of an earlier last plan that no common order stands for now."""
    if before is None:
        return []
    told = {
        (str(offer), str(site), calendar.label(int(period)))
        for offer, site, period in zip(*(orders[name] for name in KEY), strict=True)
    }
    frame = pd.DataFrame(before.columns).astype(str)
    keep = [key not in told for key in zip(*(frame[name] for name in KEY), strict=True)]
    return [{str(k): str(v) for k, v in row.items()} for row in frame[keep].to_dict("records")]


def lines_of(orders: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the common orders of all scenarios, each once, in the order of the program."""
    found = pd.concat(orders, ignore_index=True).drop_duplicates("column")
    return found.sort_values(["order_period", "offer", "site"], ignore_index=True)
