"""Tokens of providers: priced for what they serve, in periods that are some, and used by
somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.demand import TOKENS, volume
from planner.case.checks.findings import Cells, Missing, absent, rows
from planner.case.columns import Bools, flags, texts, whole
from planner.case.problems import Problem
from planner.case.tables.tokens import PRICES
from planner.case.tokens import may_be_called, token_prices

if TYPE_CHECKING:
    from planner.case.case import Case


def token_periods(case: Case) -> list[Problem]:
    """Tokens are sold in some period; those of passed periods, or of later ones, are left out."""
    table = case["token_offers"]
    first, last = whole(table, "first_period"), whole(table, "last_period")
    inside = (last >= 0) & (first < case.calendar.count)
    return rows(
        Cells(case, "token_offers", "last_period", inside & (first > last)),
        "token-window",
        "must not be before first_period ({first_period})",
        "correct one of the two, or remove the row",
    )


def token_price_known(case: Case) -> list[Problem]:
    """Tokens have a price of every kind that a workload asks of them: a missing price is never
    read as 0."""
    table = case["token_offers"]
    if table.empty:
        return []
    may, prices = may_be_called(case), token_prices(case)
    problems = []
    for kind, column in zip(TOKENS, PRICES, strict=True):
        asked: Bools = volume(case, kind) > 0
        needed = (may & asked[None, :, :]).any(axis=1)
        problems += absent(
            Missing(
                case,
                "token_offers",
                column,
                texts(table, "token_offer"),
                needed & np.isnan(prices[column]),
            ),
            "token-price-missing",
            f"needs {column} of {{name}} in {{first}} (periods without: {{count}}): work that may "
            "be served by it has such tokens",
            "fill it in here, or by period in token_prices.csv; write 0 if they are free",
        )
    return problems


def token_users(case: Case) -> list[Problem]:
    """Somebody may use every offer of tokens, and who may leave the house can."""
    may = may_be_called(case)
    problems = rows(
        Cells(case, "token_offers", "token_offer", np.asarray(~may.any(axis=(1, 2)))),
        "token-unused",
        "serves no workload: none may leave the house with its model and tier, in its regions and "
        "periods",
        "set may_leave_house of a workload, or correct models, tiers, workloads, regions or "
        "countries",
        severity="warning",
    )
    alone = np.asarray(flags(case["workloads"], "may_leave_house") & ~may.any(axis=(0, 2)))
    return problems + rows(
        Cells(case, "workloads", "may_leave_house", alone & (len(case["token_offers"]) > 0)),
        "token-nobody",
        "is served by no token offer: model, tier, regions or rules keep it in the house",
        "correct token_offers.csv, or clear the cell",
        severity="warning",
    )
