"""Limits of policy and money: shares and most of a measure, budgets."""

from __future__ import annotations

from typing import Final

from planner.limits.limit import Limit, Worth

MONEY: Final[tuple[Limit, ...]] = (
    Limit(
        rows="policy",
        key=("limit", "period", "side"),
        says="spend, chips, power or carbon of a part of the plan, at most or at least a figure or "
        "a share of all",
        stated=(
            ("limits", "max"),
            ("limits", "max_share"),
            ("limits", "min_share"),
            ("limits", "min"),
            ("limits", "used"),
            ("limits", "used_total"),
        ),
        family="policies",
        counts="orders",
        audit=("limits.kept",),
        gives="a higher maximum or share, or a lower minimum",
        question="limit policy NAME",
        worth=Worth(
            table="limits",
            item="limit",
            column="worth_usd_per_unit",
            used="value",
            limit="bound",
            unit="unit",
            word="policy",
            money="start",
        ),
        obliges=True,
        wide=True,
    ),
    Limit(
        rows="budget",
        key=("budget",),
        says="cash of a category in a period or fiscal year",
        stated=(("budgets", "usd_max"), ("budgets", "used_usd")),
        family="budgets",
        counts="orders",
        audit=("budgets.limit",),
        gives="a larger budget",
        question="limit budget CATEGORY PERIOD",
        worth=Worth(
            table="budget",
            item="category",
            column="worth_usd_per_usd",
            used="paid_usd",
            limit="limit_usd",
            unit="USD",
            word="budget",
            money="start",
            low="worth_from_usd",
            high="worth_to_usd",
            free="free_usd",
        ),
    ),
)
