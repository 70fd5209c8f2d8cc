"""Windows of price steps: which orders are counted together, and from how many chips on what
holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import numbers, texts, whole
from planner.model.index import Index
from planner.model.lots import NEW, Lots, groups


@dataclass(frozen=True, slots=True)
class Windows:
    """The orders that price steps count together."""

    table: pd.DataFrame
    """Windows: offer and supply_group (codes, one of them -1), on, last (period) and before, the
    chips counted in it before the plan; numbered by row."""
    steps: pd.DataFrame
    """Steps of each: window, step (0: the offer's own price), from_chips, to_chips (infinite for
    the last one) and usd_per_chip (NaN for step 0)."""
    lots: pd.DataFrame
    """New lots that they count: lot, row (of offers.csv), period and window."""


def step_windows(case: Case, index: Index, lots: Lots) -> Windows:
    """Return the windows of all price steps of a case in which something can be ordered.

    Args:
        case: the case.
        index: its index.
        lots: its lots.
    """
    steps = case["offer_steps"].reset_index(drop=True)
    named = texts(steps, "offer")
    offer = np.full(len(steps), -1, dtype=np.int64)
    offer[named != ""] = index.code("offer", named[named != ""])
    group = groups(index, texts(steps, "supply_group"))
    table = pd.DataFrame(
        {
            "offer": offer,
            "supply_group": group,
            "from_chips": numbers(steps, "from_chips"),
            "usd_per_chip": numbers(steps, "usd_per_chip"),
            "counts": texts(steps, "counts"),
            "on": texts(steps, "on"),
        }
    ).sort_values(["offer", "supply_group", "from_chips"], ignore_index=True)
    owners = table[["offer", "supply_group", "counts", "on"]].drop_duplicates(
        ["offer", "supply_group"], ignore_index=True
    )
    owners["owner"] = np.arange(len(owners))
    counted = _counted(case, index, lots, owners)
    keys = counted.groupby(["owner", "key"], sort=True)["period"].max().rename("last").reset_index()
    keys["window"] = np.arange(len(keys))
    first = case.calendar.fiscal_year(0)
    windows = keys.merge(owners, on="owner")
    begun = (windows["counts"] != "order") & (windows["key"] == first)
    windows["before"] = np.where(begun, _before(case, index, windows), 0.0)
    counted = counted.merge(keys[["owner", "key", "window"]], on=["owner", "key"])
    lists = _listed(table, owners).merge(windows[["window", "owner"]], on="owner")
    return Windows(
        windows[["offer", "supply_group", "on", "last", "before"]],
        lists.sort_values(["window", "step"], ignore_index=True),
        counted.sort_values("lot", ignore_index=True)[["lot", "row", "period", "window"]],
    )


def _counted(case: Case, index: Index, lots: Lots, owners: pd.DataFrame) -> pd.DataFrame:
    """Return the new lots that steps price: lot, row, period, owner, and the key of their window:
    the order period, the fiscal year, or that in which the plan starts."""
    new = np.flatnonzero(lots.origin == NEW)
    frame = pd.DataFrame(
        {
            "lot": new,
            "row": lots.row[new],
            "period": lots.order_period[new],
            "group": groups(index, texts(case["offers"], "supply_group"))[lots.row[new]],
        }
    )
    own = owners[owners["offer"] >= 0].drop(columns="supply_group")
    shared = owners[owners["supply_group"] >= 0].drop(columns="offer")
    parts = [
        frame.merge(own.rename(columns={"offer": "row"}), on="row"),
        frame.merge(shared.rename(columns={"supply_group": "group"}), on="group"),
    ]
    found = pd.concat(parts, ignore_index=True)
    year = np.array([case.calendar.fiscal_year(t) for t in range(index.T)], dtype=np.int64)
    period = found["period"].to_numpy(dtype=np.int64)
    found["key"] = np.select(
        [found["counts"] == "order", found["counts"] == "fiscal_year"],
        [period, year[period]],
        year[0],
    ).astype(np.int64)
    return found


def _before(case: Case, index: Index, windows: pd.DataFrame) -> np.ndarray:
    """Return the chips ordered before the plan of the offers of each window, (n,)."""
    offers = case["offers"]
    chips = numbers(offers, "chips_before")
    group = groups(index, texts(offers, "supply_group"))
    by_group = np.bincount(
        group[group >= 0], weights=chips[group >= 0], minlength=len(index.axes["supply_group"]) + 1
    )
    offer, shared = whole(windows, "offer"), whole(windows, "supply_group")
    return np.where(offer >= 0, np.append(chips, 0.0)[offer], by_group[shared])


def _listed(table: pd.DataFrame, owners: pd.DataFrame) -> pd.DataFrame:
    """Return the steps of every owner, the offer's own price as step 0: owner, step, from_chips,
    to_chips, usd_per_chip."""
    steps = table.merge(owners[["offer", "supply_group", "owner"]], on=["offer", "supply_group"])
    steps["step"] = steps.groupby("owner").cumcount() + 1
    own = pd.DataFrame(
        {"owner": owners["owner"], "step": 0, "from_chips": 0.0, "usd_per_chip": np.nan}
    )
    found = pd.concat([own, steps], ignore_index=True).sort_values(["owner", "step"])
    found["to_chips"] = found.groupby("owner")["from_chips"].shift(-1).fillna(np.inf)
    return found[["owner", "step", "from_chips", "to_chips", "usd_per_chip"]]
