"""Totals: the figures of plan.json that sum or count what stands in the tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.audit.actions import ORDERING
from planner.audit.facts import Facts, column, text, whole
from planner.audit.recomputed import Recomputed
from planner.audit.verdict import Check

_CENTS: Final = 0.0051
_SERVED: Final = 2e-6
"""Of a share; what is served but for a millionth is served."""


def expected_totals(facts: Facts, tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Return what plan.json must say under ``totals`` beside the sums of costs.csv."""
    buy, split = tables["buy_plan"], tables["unit_costs"]
    new = text(buy, "status") == "new"
    now = new & (whole(buy, "order_period") == 0)
    held = new & np.isin(text(buy, "action"), ORDERING)
    chips = column(buy, "chips")
    found = {
        "commit_now_usd": float(column(buy, "total_usd")[now].sum()),
        "chips_to_order_now": float(chips[now & held].sum()),
        "new_chips": float(chips[held].sum()),
    }
    part = split[split["kind"] == "split"]
    for name, usd in zip(text(part, "name"), column(part, "cost_usd"), strict=True):
        found[f"cost_split_usd.{name}"] = float(usd)
    return found


def served_by_unit(coverage: pd.DataFrame) -> dict[str, float]:
    """Return the share of all demand of a unit that is served, as plan.json of the first format
    has it."""
    units, found = text(coverage, "unit"), {}
    for unit in pd.unique(units):
        mine = units == unit
        asked = float(column(coverage, "demand")[mine].sum())
        short = float(column(coverage, "short")[mine].sum())
        found[f"served_share.{unit}"] = 1.0 - short / asked if asked > 0 else 1.0
    return found


def check_worst(told: Any, coverage: pd.DataFrame, facts: Facts) -> Check:
    """Return the check of ``worst_served`` of plan.json: no workload in any period is served less,
    and that one is served as much as it says."""
    asked, short = column(coverage, "demand"), column(coverage, "short")
    some = asked > 0
    share = 1.0 - short[some] / asked[some]
    least = float(share.min(initial=1.0))
    periods = [facts.label(t) for t in whole(coverage, "period")[some].tolist()]
    keys = zip(text(coverage, "workload")[some], periods, strict=True)
    served = {("", ""): 1.0} | dict(zip(keys, share.tolist(), strict=True))
    told = told if isinstance(told, dict) else {}
    where = (str(told.get("workload")), str(told.get("period")))
    written, its = told.get("share"), served.get(where, math.inf)
    number = isinstance(written, int | float) and not isinstance(written, bool)
    away = max(abs(float(written) - its), abs(its - least)) if number else math.inf
    return Check(
        "plan.worst_served",
        away <= _SERVED,
        away,
        f"plan.json, totals.worst_served: written {told}, the least share served is {least:.9g}",
        "the smallest share of any workload in any period, as demand_coverage.csv has it",
    )


def _flat(document: Any, where: str = "") -> dict[str, Any]:
    """Return a document with the keys of all levels joined by dots."""
    if not isinstance(document, dict):
        return {where: document}
    found: dict[str, Any] = {}
    for key, value in document.items():
        found |= _flat(value, f"{where}.{key}" if where else str(key))
    return found


def check_told(found: Recomputed) -> list[Check]:
    """Return the checks of plan.json: what the case is called, its horizon, and its totals."""
    facts, plan = found.facts, found.plan
    settings = facts.case.settings
    own = {
        "case": settings.name,
        "description": settings.description,
        "horizon.first": facts.label(0),
        "horizon.last": facts.label(facts.T - 1),
        "horizon.periods": facts.T,
        "horizon.frequency": settings.frequency,
        "compared_with": "last_plan" if len(facts.case["last_plan"]) else "",
    }
    told = _flat({key: value for key, value in plan.items() if key != "totals"})
    unlike = [name for name, value in own.items() if told.get(name) != value]
    limit = "the name and horizon of the case"
    where = "as in case.yaml"
    if unlike:
        where = (
            f"plan.json, {unlike[0]}: {told.get(unlike[0])!r}, the inputs say {own[unlike[0]]!r}"
        )
    checks = [Check("plan.case", not unlike, float(len(unlike)), where, limit)]
    written, truth = dict(plan.get("totals") or {}), expected_totals(facts, found.tables)
    coverage = found.tables["demand_coverage"]
    if "served_share" in written:
        truth |= served_by_unit(coverage)
    else:
        checks.append(check_worst(written.pop("worst_served", None), coverage, facts))
    totals = _flat(written)
    known = {"cash_usd", "capex_usd", "opex_usd"}
    extra = [
        name
        for name in totals
        if name not in truth and name not in known and not name.startswith("discounted_usd_by_term")
    ]
    away = {name: _away(totals.get(name), value, name) for name, value in truth.items()}
    away |= dict.fromkeys(extra, math.inf)
    name = max(away, key=lambda key: away[key])
    where = f"plan.json, totals.{name}: written {totals.get(name)}, recomputed {truth.get(name)}"
    checks.append(
        Check(
            "plan.totals_told",
            away[name] <= 1.0,
            away[name],
            where,
            "sums and counts of the tables, to the cent, 1e-5 chips or 1e-9 of a share",
        )
    )
    return checks


def _away(written: Any, truth: float, name: str) -> float:
    """Return how far a figure is from the truth, in multiples of what it may be."""
    if isinstance(written, bool) or not isinstance(written, int | float):
        return math.inf
    floor = (
        _CENTS if "usd" in name else 1e-9 if "share" in name else 1e-5 * (1.0 + abs(truth) * 1e-6)
    )
    return abs(float(written) - truth) / (floor + 1e-12 * abs(truth))
