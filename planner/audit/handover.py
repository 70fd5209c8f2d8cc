"""Hand-over: orders.csv, which procurement acts on, and the names in vintages.csv."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from planner.audit.actions import ORDERED
from planner.audit.facts import Facts, column, or_zero, text, whole
from planner.audit.lines import days
from planner.audit.lots import MOVED
from planner.audit.recomputed import Recomputed
from planner.audit.tolerance import WRITTEN, Slack
from planner.audit.verdict import Check, Describe, agree, blank_too, differing, require


def check_handover(found: Recomputed) -> list[Check]:
    """Return the checks of the words, dates and prices of orders.csv, line by line."""
    facts, orders = found.facts, found.tables["orders"]
    buy = found.tables["buy_plan"]
    lines = buy[buy["action"].isin(ORDERED) & (buy["status"] == "new")]
    both = orders.merge(lines, on="line_id", suffixes=("", "_line"), how="inner")
    built = text(both, "action") == "build_power"
    chip = np.where(built, "power", text(both, "chip_line"))
    kind = text(both, "kind")
    what = text(both, "action") + " " + chip + " (" + kind + ", offer " + text(both, "offer") + ")"
    up, hourly = or_zero(column(both, "usd_per_chip")), column(both, "usd_per_chip_hour")
    unit = np.where(up > 0, up, hourly)
    quantity = column(both, "quantity")
    planned = np.where(built, column(both, "mw"), column(both, "chips"))
    part = np.divide(quantity, planned, out=np.ones(len(both)), where=planned > 0)
    total = np.where(up > 0, quantity * up, column(both, "total_usd_line") * part)
    # chips have six decimals: of less than one chip they are the less exact
    doubt = WRITTEN * np.abs(total) / np.clip(np.nan_to_num(planned, nan=1.0), WRITTEN, 1.0)

    def described(name: str) -> Describe:
        return lambda i: f"orders.csv, line {both['line_id'][i]}, {name}"

    words = (
        ("what", what),
        ("vendor", text(both, "vendor_line")),
        ("chip", chip),
        ("site", text(both, "site_line")),
        ("order_by", days(facts, np.maximum(whole(both, "order_period"), 0))),
        ("needed_by", days(facts, whole(both, "in_service_period"))),
    )
    keys = list(zip(text(orders, "order_by"), text(orders, "line_id"), strict=True))
    return [
        *(
            require(
                f"orders.{name}",
                text(both, name) == own,
                differing(described(name), both[name], own),
                "that of the line in buy_plan.csv; days are the first of their period",
            )
            for name, own in words
        ),
        agree(
            "orders.unit_price",
            *blank_too(column(both, "unit_price_usd"), unit),
            described("unit_price_usd"),
            unit="USD",
            floor=1e-9,
        ),
        agree(
            "orders.total_usd",
            column(both, "total_usd"),
            total,
            described("total_usd"),
            unit="USD",
            floor=Slack(0.011 * (1.0 + part) + np.where(up > 0, 0.0, doubt), relative=1e-9),
        ),
        require(
            "orders.order",
            [a <= b for a, b in pairwise(keys)],
            lambda i: f"orders.csv, row {i + 3}",
            "the first to be ordered first",
        ),
    ]


def check_vintage_names(found: Recomputed) -> list[Check]:
    """Return the checks of offer and in_service in vintages.csv: those of the line's lot."""
    facts, lots, v = found.facts, found.lots, found.tables["vintages"]
    rows = np.flatnonzero(~pd.Index(lots.line).duplicated())
    at = pd.Index(lots.line[rows]).get_indexer(pd.Index(text(v, "line_id")))
    if not len(v) or not len(rows):
        return []
    born = lots.born[rows[np.maximum(at, 0)]]
    offer = found.tables["buy_plan"].set_index("line_id")["offer"].reindex(text(v, "line_id"))
    moved = lots.origin[rows[np.maximum(at, 0)]] == MOVED
    starts = whole(v, "in_service")

    def described(name: str) -> Describe:
        return lambda i: f"vintages.csv, line {v['line_id'][i]}, {_label(facts, v, i)}, {name}"

    return [
        require(
            "vintages.offer",
            (text(v, "offer") == offer.to_numpy(dtype=object)) | (at < 0),
            described("offer"),
            "the offer of the line in buy_plan.csv",
        ),
        require(
            "vintages.in_service",
            (starts == born) | (at < 0) | (moved & (starts <= born)),
            described("in_service"),
            "the period in which the lot came into service",
        ),
    ]


def _label(facts: Facts, v: pd.DataFrame, i: int) -> str:
    """Return the period of a row in words."""
    return facts.label(int(v["period"].iloc[i]))
