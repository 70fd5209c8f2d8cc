"""Resolved: what resolved.json says was found by solving again, held to what must be so whatever
the solver said; the audit solves nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.audit.facts import column, or_zero, text, whole
from planner.audit.files import read_json
from planner.audit.verdict import Check

FILE: Final = "resolved.json"
CAN_WAIT: Final = 0.01
"""Share of what a line commits; what waiting costs less than that can wait."""
UP_FRONT: Final = 1e-6
"""Of a cost; differences of two optima are no closer."""


def check_resolved(
    folder: Path, tables: Mapping[str, pd.DataFrame], plan: Mapping[str, Any]
) -> list[Check]:
    """Return the checks of resolved.json; none where a run has none.

    Args:
        folder: the run folder.
        tables: its tables, as the audit reads them.
        plan: plan.json.
    """
    if not (folder / FILE).exists():
        return []
    told, check = read_json(folder, FILE)
    if told is None:
        return [check]
    cost = float(plan["objective_usd"])
    near = UP_FRONT * max(abs(cost), 1.0) + 0.01
    found = [
        ("objective", _objective(told, cost, near)),
        ("waiting", _waiting(told, tables["buy_plan"], near)),
        ("break_evens", _break_evens(told, tables["prices"])),
        ("steps", _steps(told, near)),
        ("without_residual", _bare(told, tables["costs"], plan, near)),
    ]
    return [
        check,
        *(
            Check(f"resolved.{name}", not wrong, float(bool(wrong)), wrong or "holds", LIMITS[name])
            for name, wrong in found
        ),
    ]


LIMITS: Final = {
    "objective": "the cost of the plan, or of everything divisible, which is no more",
    "waiting": "lines of the first period; waiting never saves; can wait below 1 % of the line",
    "break_evens": "no price is above what the offer costs, or above the one in prices.csv",
    "steps": "more of a limit never costs, and more of more saves no less",
    "without_residual": "between the cost with the credit and that of this plan without it",
}


def _objective(told: Mapping[str, Any], cost: float, near: float) -> str:
    own = float(told["objective_usd"])
    apart = own - cost if told["divisible"] else abs(own - cost)
    return f"{FILE}: objective_usd {own}, the plan costs {cost}" if apart > near else ""


def _waiting(told: Mapping[str, Any], buy: pd.DataFrame, near: float) -> str:
    now = whole(buy, "order_period") == 0
    usd = dict(zip(text(buy, "line_id")[now], or_zero(column(buy, "total_usd"))[now], strict=True))
    for one in told["waiting"]:
        line, costs = one["line"], one["costs_usd"]
        if line not in usd:
            return f"{FILE}: {line} is no line of the first period"
        if costs is not None and costs < -near:
            return f"{FILE}: waiting with {line} costs {costs}"
        able = costs is not None and costs <= CAN_WAIT * abs(float(usd[line]))
        if able != one["can_wait"]:
            return f"{FILE}: waiting with {line} costs {costs} of {usd[line]}, {one['can_wait']}"
    able = [one["costs_usd"] for one in told["waiting"] if one["can_wait"]]
    together = told["together_usd"]
    if able and together is not None and together < max(able) - near:
        return f"{FILE}: all that can wait costs {together}, one of it {max(able)}"
    return ""


def _break_evens(told: Mapping[str, Any], prices: pd.DataFrame) -> str:
    keys = zip(text(prices, "offer"), text(prices, "site"), strict=True)
    most: dict[tuple[str, str], float] = {}
    for key, price in zip(keys, column(prices, "break_even"), strict=True):
        if math.isfinite(price):
            most[key] = max(most.get(key, -math.inf), float(price))
    for one in told["break_evens"]:
        key = (one["offer"], one["site"])
        top = min(one["price"], math.inf if told["divisible"] else most.get(key, -math.inf))
        if one["break_even"] > top + 1e-9 * abs(top):
            return f"{FILE}: {one['offer']} comes in at {one['break_even']}, at most {top}"
    return ""


def _steps(told: Mapping[str, Any], near: float) -> str:
    for one in told["steps"]:
        if one["kind"] == "policy":  # more of a least share is no relief
            continue
        small, large = one["saves_usd"], one["tenth_saves_usd"]
        sizes = ((one["one"], small), (one["tenth"], large))
        known = sorted((size, saved) for size, saved in sizes if size and saved is not None)
        values = np.array([saved for _, saved in known])
        if (values < -near).any() or (np.diff(values) < -near).any():
            return f"{FILE}: more of {one['kind']} {one['item']} saves {known}"
    return ""


def _bare(
    told: Mapping[str, Any], costs: pd.DataFrame, plan: Mapping[str, Any], near: float
) -> str:
    bare = told["without_residual"]
    if bare is None:
        return ""
    commit = float(plan["totals"]["commit_now_usd"])
    if not -near <= bare["kept_usd"] <= commit + near:
        return f"{FILE}: {bare['kept_usd']} is kept of {commit}"
    credit = -float(column(costs, "discounted_usd")[text(costs, "term") == "residual"].sum())
    low, high = float(told["objective_usd"]), float(plan["objective_usd"]) + credit
    cost = bare["cost_usd"]
    if cost is not None and not low - near <= cost <= high + near:
        return f"{FILE}: without residual value {cost}, between {low} and {high}"
    return ""
