"""What is told of a plan for many scenarios: what it costs in each, what knowing would be worth,
what planning for the range saves, what every scenario would order and what only some need."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from planner.futures.cvar import cvar
from planner.futures.decide import Decided, changes_nothing, names
from planner.futures.joint import NOTHING
from planner.futures.kept import common_orders, lines_of
from planner.lp.program import Floats

ORDERED: Final = 1e-3
"""Chips, or MW, from which an order is one."""
FORMAT: Final = 1
"""Of futures.json."""


def figures(decided: Decided, cost: Floats) -> dict[str, Any]:
    """Return futures.json: every figure in USD, null where there is none.

    Args:
        decided: what was decided.
        cost: of every scenario's written plan, (scenarios,).
    """
    label = decided.futures.base.case.calendar.label
    share, risk, mean = decided.settings.probability, decided.settings.risk, decided.mean
    level = risk.cvar if risk.weight else 0.9
    together = float(decided.cost)
    missing = [] if mean is None else np.flatnonzero(np.isnan(mean.cost)).tolist()
    gain = NOTHING if mean is None else mean.objective - together
    return {
        "format_version": FORMAT,
        "reveal": [label(period) for period in decided.futures.reveal.periods],
        "common_periods": [label(t) for t in range(decided.futures.reveal.periods[0])],
        "risk": {"cvar": level, "weight": risk.weight},
        "objective_usd": together,
        "bound_usd": decided.bound,
        "gap": (together - decided.bound) / max(abs(together), 1.0),
        "expected_usd": float((cost * share).sum()),
        "cvar_usd": cvar(cost, share, level),
        "worst_usd": float(cost.max()),
        "known_usd": decided.known,
        "evpi_usd": together - decided.known,
        "mean_usd": None if mean is None or np.isnan(mean.objective) else mean.objective,
        "mean_promises_usd": None if mean is None else mean.own,
        "vss_usd": None if np.isnan(gain) else gain,
        "mean_fails_in": [decided.settings.names[number] for number in missing],
        "range_changes_nothing": changes_nothing(decided),
        "common_columns": decided.joint.found.shared,
    }


def scenario_table(decided: Decided, cost: Floats, folders: list[str]) -> pd.DataFrame:
    """Return one row a scenario: what it costs, its bound where it is known, and the regret.

    Args:
        decided: what was decided.
        cost: of every scenario's written plan, USD, (scenarios,).
        folders: the run of each, as a path in the run.
    """
    mean = np.full(len(cost), NOTHING) if decided.mean is None else decided.mean.cost
    return pd.DataFrame(
        {
            "scenario": list(decided.settings.names),
            "probability": decided.settings.probability,
            "cost_usd": cost,
            "alone_usd": decided.alone.cost,
            "alone_bound_usd": decided.alone.bound,
            "regret_usd": cost - decided.alone.cost,
            "mean_plan_usd": mean,
            "run": folders,
        }
    )


def common_table(decided: Decided) -> pd.DataFrame:
    """Return one row for every order that scenarios have in common: how much, in which of them, how
    much each would order alone, and the plan of the mean."""
    joint, scenarios = decided.joint, decided.futures.scenarios
    label = decided.futures.base.case.calendar.label
    shared = joint.found.shared
    rows = lines_of(
        [common_orders(decided, number, joint.solution.x) for number in range(len(scenarios))]
    )
    at = rows["column"].to_numpy(np.int64)
    alone = np.full((len(scenarios), shared), NOTHING)
    for number, solution in enumerate(decided.alone.solutions):  # a loop over scenarios
        column = joint.found.column[number]
        alone[number, column[column < shared]] = solution.x[column < shared]
    alone, inside = alone[:, at], ~np.isnan(alone[:, at])
    orders = np.where(inside, alone, 0.0) > ORDERED
    mean = np.full(shared, NOTHING) if decided.mean is None else decided.mean.orders
    named = np.array(decided.settings.names, dtype=object)
    rows["in_scenarios"] = [names(named[row]) for row in inside.T]
    rows["least_alone"] = np.where(inside, alone, np.inf).min(axis=0)
    rows["most_alone"] = np.where(inside, alone, -np.inf).max(axis=0)
    rows["ordered_alone_in"] = [names(named[row]) for row in orders.T]
    rows["mean_plan"] = mean[at]
    rows["core"] = rows[["least_alone"]].min(axis=1).clip(upper=rows["chips"] + rows["mw"])
    rows["order_period"] = [label(int(period)) for period in rows["order_period"]]
    told = (rows["chips"] + rows["mw"] > ORDERED) | (rows["most_alone"] > ORDERED)
    return rows[told | (rows["mean_plan"] > ORDERED)].drop(columns=["column"])
