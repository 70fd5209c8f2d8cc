"""Tight limits: the names of those that keep orders out, being worth something."""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.audit.duals import Duals
from planner.audit.facts import Facts, text, whole
from planner.limits import WIDE
from planner.limits.limit import Worth

OF_ORDERS: Final = ("offer_limit", "order_open", "least_order")
"""Limits of what is ordered of an offer in a period."""
OF_OFFERS: Final = (*OF_ORDERS, "rental_limit")
"""Limits of an offer in a period."""
PROJECTS: Final = ("project_limit", "project_after")
"""Limits of a power project, over the plan or in a period."""


def tight_limits(facts: Facts, duals: Duals, least: float = 1e-12) -> frozenset[str]:
    """Return the names of limits that touch orders and are worth something, as the plan names them:
    supply:group@period, offer_limit:offer@period, budget:category:window, limit:policy, ..."""
    budgets, policies = facts.case["budgets"], facts.case["limits"]
    found: set[str] = set()
    for block in (*OF_OFFERS, *PROJECTS, "supply", "budget", "policy"):
        rows = duals[block]
        rows = rows[np.abs(rows["usd"]) > least]
        if not len(rows):
            continue
        if block == "budget":
            at = whole(rows, "budget")
            found |= set(
                "budget:" + budgets["category"].iloc[at] + ":" + budgets["period"].iloc[at]
            )
            continue
        if block == "policy":
            found |= set("limit:" + policies["limit"].iloc[whole(rows, "limit")])
            continue
        axis = "project_name" if block in PROJECTS else None
        axis = "supply_group_name" if block == "supply" else axis
        names = text(rows, axis) if axis else facts.offer[whole(rows, "offer")].to_numpy()
        period = [f"@{facts.label(t)}" for t in rows["period"]] if "period" in rows else ""
        found |= set(f"{block}:" + names + np.array(period, dtype=object))
    for limit in WIDE:
        rows = duals[limit.rows]
        rows = rows[np.abs(rows["usd"]) > least]
        if limit.own and isinstance(limit.worth, Worth) and len(rows):
            at = np.array([f"@{facts.label(t)}" for t in rows["period"]], dtype=object)
            found |= set(f"{limit.rows}:" + text(rows, f"{limit.worth.item}_name") + at)
    if len(duals["change"]):
        found.add("change_charge")
    return frozenset(found)
