"""Prices of offers: known in every period in which they are asked, and of the offer's kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, Missing, absent, rows
from planner.case.checks.offers import open_periods
from planner.case.columns import Bools, Floats, codes, numbers, texts, whole
from planner.case.kinds import BURST_KINDS
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def priced_periods(case: Case, column: str) -> Bools:
    """Return where an offer has a price of one kind: in offer_prices.csv for the period, otherwise
    in offers.csv, (offers, T)."""
    offers, prices, T = case["offers"], case["offer_prices"], case.calendar.count
    has: Floats = np.broadcast_to(numbers(offers, column)[:, None], (len(offers), T)).copy()
    row, period = codes(texts(offers, "offer"), texts(prices, "offer")), whole(prices, "period")
    given = ~np.isnan(numbers(prices, column)) & (row >= 0) & (period >= 0) & (period < T)
    has[row[given], period[given]] = numbers(prices, column)[given]
    return ~np.isnan(has)


def price_known(case: Case) -> list[Problem]:
    """An offer has a price in every period in which it can be ordered: a missing price is never
    read as 0."""
    offers = case["offers"]
    kind, open_ = texts(offers, "kind"), open_periods(case)
    burst = np.isin(kind, BURST_KINDS)
    up_front, hourly = (
        priced_periods(case, "usd_per_chip"),
        priced_periods(case, "usd_per_chip_hour"),
    )
    either = ~np.isin(kind, ["purchase", "relocate"]) & ~burst
    problems = []
    for which, has, column, what in (
        (np.isin(kind, ["purchase", "relocate"]), up_front, "usd_per_chip", "usd_per_chip"),
        (burst, hourly, "usd_per_chip_hour", "usd_per_chip_hour"),
        (either, up_front | hourly, "usd_per_chip_hour", "usd_per_chip or usd_per_chip_hour"),
    ):
        problems += absent(
            Missing(case, "offers", column, texts(offers, "offer"), which[:, None] & open_ & ~has),
            "price-missing",
            f"needs {what} for {{name}} in {{first}} (periods without: {{count}})",
            "fill it in here, or by period in offer_prices.csv; write 0 if it is free",
        )
    return problems


def price_kind(case: Case) -> list[Problem]:
    """Prices by period are of the kind that the offer has."""
    offers, prices = case["offers"], case["offer_prices"]
    kind = (
        texts(offers, "kind")[codes(texts(offers, "offer"), texts(prices, "offer"))]
        if len(offers)
        else texts(prices, "offer")
    )
    problems = []
    for column, without in (("usd_per_chip", BURST_KINDS), ("usd_per_chip_hour", ("relocate",))):
        problems += rows(
            Cells(
                case, "offer_prices", column, np.isin(kind, without) & (numbers(prices, column) > 0)
            ),
            "price-kind",
            f"must be blank: an offer of kind {{kind}} has no {column}",
            "clear the cell",
            kind=kind,
        )
    return problems
