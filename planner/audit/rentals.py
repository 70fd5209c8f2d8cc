"""Rentals: rented chips and their lines, against rentals.csv."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.actions import BURST
from planner.audit.facts import Facts, column, text, whole
from planner.audit.tolerance import CENT, WRITTEN
from planner.audit.verdict import Check, agree, require


def compare_rentals(facts: Facts, rentals: pd.DataFrame, buy: pd.DataFrame) -> list[Check]:
    """Return the checks of rentals.csv: offers, windows, rules, prices, chip-hours and the lines of
    buy_plan.csv they stand for."""
    offers = facts.case["offers"]
    if not len(rentals) and not (buy["action"] == "rent").any():
        return []
    row = facts.codes("offer", rentals["offer"])
    known, safe = row >= 0, np.maximum(row, 0)
    chip, site, period, k = (
        facts.codes("chip", rentals["chip"]),
        facts.codes("site", rentals["site"]),
        whole(rentals, "period"),
        facts.codes("slice", rentals["slice"]),
    )
    chips, kind = column(rentals, "chips"), text(offers, "kind")[safe]
    places = pd.MultiIndex.from_frame(offers[["offer", "site"]].explode("site"))
    fits = (
        pd.MultiIndex.from_frame(rentals[["offer", "site"]]).isin(places)
        & (text(offers, "chip")[safe] == text(rentals, "chip"))
        & np.isin(kind, BURST)
    )
    window = (
        (period >= whole(offers, "first_order")[safe])
        & (period <= whole(offers, "last_order")[safe])
        & (period >= 0)
        & (period < facts.T)
    )
    price = facts.price(safe, period, "usd_per_chip_hour")
    at = np.clip(period, 0, facts.T - 1)
    hours = chips * facts.hours[at] * facts.share[np.maximum(k, 0)]

    def described(i: int) -> str:
        return (
            f"rentals.csv, {rentals['offer'][i]} at {rentals['site'][i]}, "
            f"{facts.label(period[i])}, {rentals['slice'][i]}"
        )

    most = (
        rentals.groupby(["offer", "site", "period"], sort=True)["chips"]
        .max()
        .rename("most")
        .reset_index()
    )
    lines = buy[buy["action"] == "rent"][
        ["line_id", "offer", "site", "order_period", "chips"]
    ].merge(
        most,
        left_on=["offer", "site", "order_period"],
        right_on=["offer", "site", "period"],
        how="outer",
    )
    return [
        require(
            "rentals.offers",
            known & fits & (chip >= 0) & (chips >= 0),
            described,
            "every row is an on-demand or spot offer at one of its sites, with its chip, not "
            "below 0",
        ),
        require("rentals.window", window, described, "rented inside first_order .. last_order"),
        require(
            "rentals.rules",
            ~facts.forbidden(chip, site, period),
            described,
            "no rental that rules.csv forbids",
        ),
        agree(
            "rentals.price",
            column(rentals, "usd_per_chip_hour"),
            price,
            lambda i: f"{described(i)}, usd_per_chip_hour",
            unit="USD",
            floor=1e-9,
        ),
        agree(
            "rentals.hours",
            column(rentals, "chip_hours"),
            hours,
            lambda i: f"{described(i)}, chip_hours",
            unit="chip-hours",
            floor=facts.hours[at] * WRITTEN,
        ),
        agree(
            "rentals.usd",
            column(rentals, "usd"),
            hours * price,
            lambda i: f"{described(i)}, usd",
            unit="USD",
            floor=CENT + facts.hours[at] * price * WRITTEN,
        ),
        agree(
            "buy_plan.rentals",
            np.nan_to_num(column(lines, "chips")),
            np.nan_to_num(column(lines, "most")),
            lambda i: (
                f"buy_plan.csv, rental {lines['offer'][i]} at {lines['site'][i]}, chips (most in "
                "any slice)"
            ),
            unit="chips",
            floor=facts.few,
        ),
    ]
