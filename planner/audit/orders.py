"""Orders: rounding, unit prices and power of lines that order chips, and orders.csv."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.actions import ORDERED, ORDERING
from planner.audit.facts import Facts, column, or_zero, text, whole
from planner.audit.steps import priced
from planner.audit.tolerance import WRITTEN
from planner.audit.verdict import Check, Describe, agree, require


def check_lines(facts: Facts, buy: pd.DataFrame) -> list[Check]:
    """Return the checks of rounding, unit prices and power of the lines that order chips."""
    lines = buy[buy["action"].isin(ORDERING) & (buy["status"] == "new")].reset_index(drop=True)
    row = facts.codes("offer", lines["offer"])
    lines, row = lines[row >= 0].reset_index(drop=True), row[row >= 0]
    if not len(lines):
        return []
    chip, site = facts.codes("chip", lines["chip"]), facts.codes("site", lines["site"])
    lot = column(facts.case["offers"], "lot_size")[row]
    rounded, lots_of, chips = (
        column(lines, "chips_rounded"),
        column(lines, "lots"),
        column(lines, "chips"),
    )
    period = whole(lines, "order_period")
    up_front, hourly = (
        or_zero(facts.price(row, period, "usd_per_chip")),
        or_zero(facts.price(row, period, "usd_per_chip_hour")),
    )
    # chips at price steps cost what order_steps.csv has of them, see buy_plan.usd_per_chip
    told_up = or_zero(column(lines, "usd_per_chip"))
    up_front = np.where(priced(facts)[row], told_up, up_front)
    it, one = chips * facts.kw_peak[chip] / 1000.0, facts.kw_peak[chip] * WRITTEN / 1000.0

    def described(name: str) -> Describe:
        return lambda i: f"buy_plan.csv, line {lines['line_id'][i]}, {name}"

    cloud = facts.cloud[site]
    return [
        require(
            "buy_plan.rounded",
            (np.abs(rounded - lots_of * lot) < 1e-6)
            & (np.abs(lots_of - np.rint(lots_of)) < 1e-9)
            & (np.abs(rounded - chips) < lot * (1.0 - 5e-7)),
            lambda i: (
                f"buy_plan.csv, line {lines['line_id'][i]}: {chips[i]:.10g} chips rounded to "
                f"{rounded[i]:.10g} in {lots_of[i]:.10g} lots of {lot[i]:.10g}"
            ),
            "whole lots, less than one lot away",
        ),
        agree(
            "buy_plan.unit_price",
            told_up,
            up_front,
            described("usd_per_chip"),
            unit="USD",
        ),
        agree(
            "buy_plan.hourly_price",
            or_zero(column(lines, "usd_per_chip_hour")),
            hourly,
            described("usd_per_chip_hour"),
            unit="USD",
            floor=1e-6,
        ),
        agree(
            "buy_plan.mw_it",
            column(lines, "mw_it"),
            it,
            described("mw_it"),
            unit="MW",
            floor=one,
        ),
        agree(
            "buy_plan.mw_utility",
            or_zero(column(lines, "mw_utility")),
            np.where(cloud, 0.0, it * facts.pue[site]),
            described("mw_utility"),
            unit="MW",
            floor=one * facts.pue[site],
        ),
    ]


def check_orders(facts: Facts, buy: pd.DataFrame, orders: pd.DataFrame) -> list[Check]:
    """Return the checks of orders.csv, which procurement acts on: every new line once, with its
    quantity in whole lots, chip and site."""
    lines = buy[buy["action"].isin(ORDERED) & (buy["status"] == "new")]
    both = lines.merge(orders, on="line_id", how="outer", suffixes=("", "_order"), indicator=True)
    matched = (both["_merge"] == "both").to_numpy()
    kept = both[matched].reset_index(drop=True)
    projects = facts.case["power_projects"]
    built = text(kept, "action") == "build_power"
    step = (
        pd.Series(column(projects, "lot_mw"), index=text(projects, "project"))
        .reindex(text(kept, "offer"))
        .to_numpy(dtype=np.float64)
    )
    quantity = np.where(built, column(kept, "lots") * step, column(kept, "chips_rounded"))
    same = (text(kept, "site") == text(kept, "site_order")) & (
        built | (text(kept, "chip") == text(kept, "chip_order"))
    )
    return [
        require(
            "orders.rows",
            matched,
            lambda i: (
                f"orders.csv: line {both['line_id'][i]} stands in "
                f"{'buy_plan.csv' if both['_merge'][i] == 'left_only' else 'orders.csv'} only"
            ),
            "one row for every new order, rental and power project of buy_plan.csv",
        ),
        require(
            "orders.what",
            same,
            lambda i: (
                f"orders.csv, line {kept['line_id'][i]}: chip or site differ from buy_plan.csv"
            ),
            "the chip and site of the line",
        ),
        agree(
            "orders.quantity",
            column(kept, "quantity"),
            quantity,
            lambda i: f"orders.csv, line {kept['line_id'][i]}, quantity",
            unit="chips",
            floor=facts.few,
        ),
    ]
