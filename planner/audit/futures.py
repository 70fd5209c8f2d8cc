"""A plan for many scenarios: that its figures are those of the scenarios' own runs, that the orders
they have in common are in each of them, and that it cannot be better than knowing.

Each scenario's run is audited and verified by itself, as any run; the bound of all of them together
is proven when the plan is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.files import read_json
from planner.audit.verdict import Check, agree, at_least, require
from planner.plan.actions import FREEZABLE

FUTURES: Final = "futures.json"
TEXTS: Final = ("scenario", "run", "offer", "site", "order_period", "in_scenarios", "line_id")
SHARE: Final = 1e-9
"""By so much probabilities may miss those of the inputs, which need not sum to 1 to the last
digit."""
CHIPS: Final = 1e-3
"""Chips, or MW, by which written orders differ from what was decided: rounding."""


def _read(path: Path) -> pd.DataFrame:
    """Return a table with its names as text and its figures as numbers, blank = NaN."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name in frame.columns:
        if name.endswith("_usd") or name in ("probability", "chips", "mw"):
            frame[name] = frame[name].replace("", "nan").astype(float)
    return frame


def ordered_in(folder: Path, frame: pd.DataFrame) -> NDArray[np.object_]:
    """Return which scenarios' runs order each line of a buy plan, as they are named there, (n,):
    blank without scenarios, and for what is no order."""
    names = np.full(len(frame), "", dtype=object)
    if not (folder / FUTURES).is_file():
        return names
    orders = (frame["action"].isin(FREEZABLE) & (frame["status"] == "new")).to_numpy()
    told: list[list[str]] = [[] for _ in range(len(frame))]
    for scenario, run in _read(folder / "scenarios.csv")[["scenario", "run"]].to_numpy():
        there = set(_read(folder / run / "buy_plan.csv")["line_id"])
        for at in np.flatnonzero(orders & frame["line_id"].isin(there).to_numpy()):
            told[at].append(str(scenario))
    return np.array(["; ".join(row) for row in told], dtype=object)


def check_futures(folder: Path) -> list[Check]:
    """Return the checks of a plan for many scenarios; none of a run without.

    Args:
        folder: the run folder.
    """
    if not (folder / FUTURES).is_file():
        return []
    told, first = read_json(folder, FUTURES)
    if told is None:
        return [first]
    table = _read(folder / "scenarios.csv")
    plans = [read_json(folder / run, "plan.json")[0] or {} for run in table["run"]]
    return [
        first,
        *_scenarios(folder, table, plans),
        *_sums(table, told),
        *_common(folder, table),
    ]


def _row(table: pd.DataFrame, column: str) -> Any:
    return lambda i: f"scenarios.csv, {table['scenario'].iat[i]}, {column}"


def _scenarios(folder: Path, table: pd.DataFrame, plans: list[Mapping[str, Any]]) -> list[Check]:
    """Return the checks of scenarios.csv against the inputs and the runs inside."""
    given = _read(folder / "inputs" / "scenarios.csv")
    share = given["probability"].to_numpy(float)
    cost = np.array([float(plan.get("objective_usd") or np.nan) for plan in plans])
    status = [str(plan.get("status")) for plan in plans]
    return [
        require(
            "futures.names",
            [table["scenario"].tolist() == given["scenario"].str.strip().tolist()],
            lambda i: "scenarios.csv: other scenarios than inputs/scenarios.csv",
            "the scenarios of the inputs in their order",
        ),
        agree(
            "futures.probability",
            table["probability"],
            share / share.sum() if len(share) == len(table) else np.nan,
            _row(table, "probability"),
            unit="share",
            floor=SHARE,
        ),
        require(
            "futures.proven",
            [one == "optimal" for one in status],
            lambda i: f"{table['run'].iat[i]}/plan.json: status {status[i]}",
            "every scenario's plan is proven",
        ),
        agree("futures.cost", table["cost_usd"], cost, _row(table, "cost_usd"), unit="USD"),
        agree(
            "futures.regret",
            table["regret_usd"],
            table["cost_usd"] - table["alone_usd"],
            _row(table, "regret_usd"),
            unit="USD",
        ),
        at_least(
            "futures.alone",
            table["cost_usd"],
            table["alone_bound_usd"],
            _row(table, "cost_usd"),
            unit="USD",
        ),
    ]


def _worst(cost: NDArray[Any], share: NDArray[Any], level: float) -> float:
    """Return the mean of the worst ``1 - level`` of some costs."""
    left = total = 0.0
    for at in np.argsort(-cost, kind="stable"):
        part = min(float(share[at]), 1.0 - level - left)
        if part <= 0:
            break
        left, total = left + part, total + part * float(cost[at])
    return total / left


def _sums(table: pd.DataFrame, told: Mapping[str, Any]) -> list[Check]:
    """Return the checks of what is told of all scenarios together."""
    cost, share = (table[name].to_numpy(float) for name in ("cost_usd", "probability"))
    mean = table["mean_plan_usd"].to_numpy(float)
    risk = told["risk"]

    def weighed(costs: NDArray[Any]) -> float:
        expected = float((costs * share).sum())
        if not risk["weight"]:
            return expected
        worst = _worst(costs, share, risk["cvar"])
        return float((1 - risk["weight"]) * expected + risk["weight"] * worst)

    def one(name: str, own: float) -> Check:
        written = told[name]
        value = np.nan if written is None else float(written)
        return agree(f"futures.{name}", value, own, lambda i: f"{FUTURES}, {name}", unit="USD")

    checks = [
        one("expected_usd", float((cost * share).sum())),
        one("cvar_usd", _worst(cost, share, risk["cvar"])),
        one("worst_usd", float(cost.max())),
        one("objective_usd", weighed(cost)),
        one("known_usd", weighed(table["alone_usd"].to_numpy(float))),
        one("evpi_usd", told["objective_usd"] - told["known_usd"]),
        at_least(
            "futures.bound",
            told["objective_usd"],
            told["bound_usd"],
            lambda i: f"{FUTURES}, objective_usd",
            unit="USD",
        ),
        at_least(
            "futures.bound_known",
            told["objective_usd"],
            told["known_usd"],
            lambda i: f"{FUTURES}, objective_usd beside knowing",
            unit="USD",
        ),
    ]
    if told["mean_usd"] is None:
        return checks
    return [
        *checks,
        one("mean_usd", weighed(mean)),
        one("vss_usd", told["mean_usd"] - told["objective_usd"]),
        at_least(
            "futures.bound_mean",
            told["mean_usd"],
            told["objective_usd"],
            lambda i: f"{FUTURES}, mean_usd",
            unit="USD",
        ),
    ]


def _common(folder: Path, table: pd.DataFrame) -> list[Check]:
    """Return the checks that every common order is in the run of every scenario that it is common
    to."""
    common = _read(folder / "common_orders.csv")
    checks = []
    for scenario, run in table[["scenario", "run"]].to_numpy():
        mine = common[[scenario in row.split("; ") for row in common["in_scenarios"]]]
        plan = _read(folder / run / "buy_plan.csv")
        plan = plan[plan["action"].isin(FREEZABLE) & (plan["status"] == "new")]
        amounts = plan[["chips", "mw"]].fillna(0.0)
        power = (plan["action"] == "build_power").to_numpy()
        amount = np.where(power, amounts["mw"], amounts["chips"])
        written = pd.Series(amount, index=plan["line_id"]).groupby(level=0).sum()
        lines = (mine["offer"] + "@" + mine["site"] + "@" + mine["order_period"]).tolist()
        checks.append(
            agree(
                f"futures.common.{scenario}",
                written.reindex(lines).fillna(0.0).to_numpy(),
                (mine["chips"] + mine["mw"]).to_numpy(float),
                lambda i, lines=lines, run=run: f"{run}/buy_plan.csv, {lines[i]}",  # type: ignore[misc]
                unit="chips",
                floor=CHIPS,
            )
        )
    return checks
