"""The picture of a plan: what the page shows of one, read from a run's files or from the live
model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.plan.actions import HELD, ORDERED
from planner.plan.answer import CHIP_TOLERANCE, read_answer
from planner.plan.budget import budget_table
from planner.plan.costing import cost_table
from planner.plan.coverage import coverage_table
from planner.plan.lines import all_lines
from planner.plan.milestones import milestone_table
from planner.plan.policy import policy_table
from planner.plan.power import power_table
from planner.plan.supply import supply_table
from planner.plan.tokens import token_rows
from planner.plan.totals import commit_usd, is_late
from planner.plan.work import work_rows
from planner.runs.read import read_run_table
from planner.study.live import Asked

Frames = Mapping[str, pd.DataFrame]
READ: Final = (
    "buy_plan",
    "power",
    "supply",
    "budget",
    "limits",
    "milestones",
    "demand_coverage",
    "costs",
)
"""Tables that it is drawn from."""
FULL: Final = 1e-6
"""Share of a limit that may be left where nothing is."""


def frames_of(asked: Asked) -> dict[str, pd.DataFrame]:
    """Return the tables of an answer of the live model, as a run would write them, as far as the
    picture needs them."""
    f = asked.formulation
    answer = read_answer(f, asked.solution)
    nothing = np.full(f.program.num_rows, np.nan)
    ranges = (nothing, nothing)
    work = work_rows(answer)
    return {
        "buy_plan": _lines(all_lines(answer), f.index.axes, f.case.calendar.labels),
        "power": power_table(answer, ranges),
        "supply": supply_table(answer, ranges),
        "budget": budget_table(answer, ranges),
        "limits": policy_table(answer),
        "milestones": milestone_table(answer, work)[0],
        "demand_coverage": coverage_table(answer, work, token_rows(answer))[0],
        "costs": cost_table(answer),
    }


def read_frames(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the tables of a run that the picture needs."""
    return {name: read_run_table(folder, name) for name in READ}


def _lines(lines: pd.DataFrame, axes: Mapping[str, Any], labels: Sequence[str]) -> pd.DataFrame:
    """Return coded lines with their names."""
    chip, site, order = (
        lines[name].to_numpy(dtype=np.int64) for name in ("chip", "site", "order_period")
    )
    names = np.append(axes["chip"], "")
    periods = np.append(np.array(labels, dtype=object), "")
    return pd.DataFrame(
        {
            "status": lines["status"],
            "action": lines["action"],
            "offer": lines["offer"],
            "chip": names[chip],
            "site": axes["site"][site],
            "order_period": periods[np.where(order >= 0, order, -1)],
            "chips": lines["chips"].to_numpy(dtype=np.float64),
            "mw": lines["mw"].to_numpy(dtype=np.float64),
            "total_usd": lines["total_usd"].to_numpy(dtype=np.float64),
        }
    )


def picture(objective_usd: float, frames: Frames, periods: Sequence[str]) -> dict[str, Any]:
    """Return what the page shows of a plan.

    Args:
        objective_usd: its cost, discounted.
        frames: the tables of ``READ``.
        periods: labels of its periods, (T,).

    Returns:
        JSON: figures by period are lists, (T,), in the units of the tables.
    """
    costs, buy = frames["costs"], frames["buy_plan"]
    buy = buy[buy["status"] == "new"]
    buy = buy[
        (buy["chips"].fillna(0.0) > CHIP_TOLERANCE) | (buy["mw"].fillna(0.0) > CHIP_TOLERANCE)
    ]
    cash = costs[costs["category"] != "none"]
    placed = buy[buy["action"].isin(HELD)]
    short, power = frames["demand_coverage"], _usable(frames["power"])
    return {
        "objective_usd": objective_usd,
        "cash_usd": _by_period(cash, periods, "nominal_usd", ()).get((), [0.0] * len(periods)),
        "categories": _grouped(costs, "category", "discounted_usd"),
        "terms": _grouped(costs, "term", "discounted_usd"),
        "commit_now_usd": commit_usd(buy, periods[0]),
        "chips": _named(
            placed.rename(columns={"order_period": "period"}), periods, "chips", "chip"
        ),
        "lines": _orders(buy[buy["action"].isin(ORDERED)]),
        "power": _limits(power, "site", ("usable_mw", "used_mw"), periods),
        "liquid": _limits(power, "site", ("usable_liquid_mw", "liquid_used_mw"), periods),
        "supply": _limits(frames["supply"], "supply_group", ("max_chips", "used"), periods),
        "budgets": _budgets(frames["budget"]),
        "policies": _policies(frames["limits"]),
        "short": _short(short, periods),
        "late": _late(frames["milestones"]),
    }


def _usable(power: pd.DataFrame) -> pd.DataFrame:
    """Return power with what of its limits may be used: headroom keeps the same share of both
    free."""
    limit = power["limit_mw"] + power["built_mw"].fillna(0.0)
    kept = power["kept_free_mw"].fillna(0.0)
    share = 1.0 - np.divide(kept, limit, out=np.zeros(len(power)), where=(limit > 0).to_numpy())
    return power.assign(usable_mw=limit - kept, usable_liquid_mw=power["liquid_limit_mw"] * share)


def _by_period(
    frame: pd.DataFrame, periods: Sequence[str], value: str, by: tuple[str, ...]
) -> dict[tuple[str, ...], list[float]]:
    """Return a column summed by period, (T,), for each combination of names."""
    at = pd.Index(periods).get_indexer(pd.Index(frame["period"]))
    at = np.where(at < 0, len(periods) - 1, at)  # what falls at the very end of the plan
    values = frame[value].fillna(0.0).to_numpy(dtype=np.float64)
    if not by:
        sums = np.bincount(at, weights=values, minlength=len(periods))
        return {(): [float(v) for v in sums]}
    codes, names = pd.factorize(pd.MultiIndex.from_frame(frame[list(by)]))
    sums = np.bincount(
        codes * len(periods) + at, weights=values, minlength=len(names) * len(periods)
    ).reshape(len(names), len(periods))
    return {tuple(map(str, name)): row.tolist() for name, row in zip(names, sums, strict=True)}


def _named(
    frame: pd.DataFrame, periods: Sequence[str], value: str, by: str
) -> list[dict[str, Any]]:
    if not len(frame):
        return []
    found = _by_period(frame, periods, value, (by,))
    return [
        {"name": name, "values": values}
        for (name,), values in sorted(found.items(), key=lambda pair: -sum(pair[1]))
    ]


def _grouped(frame: pd.DataFrame, by: str, value: str) -> dict[str, float]:
    return {str(k): float(v) for k, v in frame.groupby(by, sort=False)[value].sum().items()}


def _orders(buy: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the orders, one by offer, site and period."""
    if not len(buy):
        return []
    keys = ["order_period", "action", "offer", "chip", "site"]
    sums = buy.fillna({"mw": 0.0, "chips": 0.0, "total_usd": 0.0}).groupby(keys, sort=True)
    found = sums[["chips", "mw", "total_usd"]].sum().reset_index()
    columns = [found[name].tolist() for name in found.columns]
    return [dict(zip(found.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def _limits(
    frame: pd.DataFrame, by: str, columns: tuple[str, str], periods: Sequence[str]
) -> list[dict[str, Any]]:
    """Return a limit and what is used of it by name, (T,) each; null where there is no limit."""
    limit, used = columns
    frame = frame[frame[limit].notna() | (frame[used].fillna(0.0) > 0)]
    at = pd.Index(periods).get_indexer(pd.Index(frame["period"]))
    codes, names = pd.factorize(frame[by])
    T, size = len(periods), (len(names), len(periods))
    high, taken = np.full(size, np.nan), np.zeros(size)
    inside = at >= 0
    where = (codes[inside], at[inside])
    high[where] = frame[limit].to_numpy(dtype=np.float64)[inside]
    taken[where] = frame[used].fillna(0.0).to_numpy(dtype=np.float64)[inside]
    full = taken >= high * (1.0 - FULL) - FULL
    return [
        {
            "name": str(name),
            "limit": [float(v) if np.isfinite(v) else None for v in high[n]],
            "used": taken[n].tolist(),
            "full": [bool(full[n, t] and high[n, t] > 0) for t in range(T)],
        }
        for n, name in enumerate(names)
        if np.isfinite(high[n]).any()
    ]


def _budgets(budget: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the budgets of a case with what is paid of them."""
    lines = budget[budget["limit_usd"].notna()]
    return [
        {"name": f"{category} {period}", "limit": float(limit), "used": float(paid)}
        for category, period, limit, paid in zip(
            lines["category"], lines["period"], lines["limit_usd"], lines["paid_usd"], strict=True
        )
    ]


def _policies(limits: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the limits of limits.csv with how far the plan is from each."""
    return [
        {"name": f"{name} {period}", "limit": float(bound), "used": float(value), "side": str(side)}
        for name, period, bound, value, side in zip(
            limits["limit"],
            limits["period"],
            limits["bound"],
            limits["value"],
            limits["side"],
            strict=True,
        )
    ]


def _short(coverage: pd.DataFrame, periods: Sequence[str]) -> list[dict[str, Any]]:
    """Return what is unserved by workload, the worst first: its share of demand by period, (T,)."""
    found = []
    for name, mine in coverage.groupby("workload", sort=True):
        at = pd.Index(periods).get_indexer(pd.Index(mine["period"]))
        asked, short = (mine[c].to_numpy(dtype=np.float64) for c in ("demand", "short"))
        share = np.zeros(len(periods))
        share[at[at >= 0]] = np.divide(short, asked, out=np.zeros_like(short), where=asked > 0)[
            at >= 0
        ]
        if share.max() > FULL:
            found.append(
                {
                    "name": str(name),
                    "unit": str(mine["unit"].iloc[0]),
                    "share": share.tolist(),
                    "short": float(short.sum()),
                    "demand": float(asked.sum()),
                    "usd": float(mine["short_usd"].sum()),
                }
            )
    return sorted(found, key=lambda one: -max(one["share"]))


def _late(milestones: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the training runs that are not finished by their deadline."""
    late = milestones[is_late(milestones)]
    return [
        {"name": str(name), "late_share": float(part / whole)}
        for name, part, whole in zip(
            late["milestone"], late["late_flop"], late["flop"], strict=True
        )
    ]
