"""Misses: where the plan falls short, wastes, exceeds or leans on the end of the horizon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from planner.plan.answer import Answer
from planner.plan.dark import dark_by_choice
from planner.plan.flagged import amounts, flagged

RESIDUAL_SHARE = 0.15
LAST_YEAR_SHARE = 0.30
"""Above these shares of the plan's spend, leaning on the end of the horizon is reported."""


EDGE: Final = 1e-9
"""Of a threshold; a figure that is the threshold but for the last bits is not above it."""


class _Soft(NamedTuple):
    """Where a table says by how much a soft limit is exceeded."""

    table: str
    item: str
    over: str
    unit: str


_SOFT: Final = (
    _Soft("budget", "category", "over_usd", "USD"),
    _Soft("limits", "limit", "over", "unit of the limit"),
)


def misses(answer: Answer, tables: Mapping[str, pd.DataFrame]) -> list[pd.DataFrame]:
    """Return what the plan's own tables tell a person about, a frame a kind.

    Args:
        answer: the answer.
        tables: the other tables of the plan.
    """
    return [
        _decide_now(answer, tables),
        _short(tables),
        _late(tables),
        _stranded_chips(answer, tables),
        _stranded_mw(tables),
        *(_exceeded(tables, soft) for soft in _SOFT),
        _leaning(answer, tables),
    ]


def _above(figure: Any, threshold: Any) -> Any:
    return figure > threshold * (1.0 + EDGE)


def _decide_now(answer: Answer, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What must be decided in the first period."""
    f = answer.formulation
    lines = tables["buy_plan"]
    first = f.index.axes["period"][0]
    now = lines[(lines["order_period"] == first) & (lines["status"] == "new")]
    return flagged(
        severity="high",
        kind="decide_now",
        item=now["line_id"],
        period=now["order_period"],
        amount=np.where(now["chips"].notna(), now["chips"], now["mw"]),
        unit=np.where(now["chips"].notna(), "chips", "MW"),
        usd=now["total_usd"],
        message=now["action"] + " " + now["line_id"] + " is to be decided by " + now["decide_by"],
        action=f"approve or reject in this {f.case.settings.frequency}",
    )


def _short(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Workloads of which not all is served."""
    short = tables["demand_coverage"]
    short = short[short["short"] > 0]
    return flagged(
        severity="high",
        kind="short",
        item=short["workload"],
        period=short["period"],
        amount=short["short"],
        unit=short["unit"],
        usd=short["short_usd"],
        message="workload "
        + short["workload"]
        + ": "
        + amounts(100.0 * short["short"] / short["demand"].where(short["demand"] > 0, 1.0))
        + " % of demand is not served",
        action="raise its price of not serving, or the supply or power that binds",
    )


def _late(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Training runs that miss their deadline."""
    late = tables["milestones"]
    late = late[late["late_flop"] > 0]
    return flagged(
        severity="high",
        kind="late",
        item=late["milestone"],
        period=late["deadline"],
        amount=late["late_flop"],
        unit="FLOP",
        usd=late["late_usd"],
        message="milestone "
        + late["milestone"]
        + " misses its deadline "
        + late["deadline"]
        + "; it finishes "
        + late["planned_finish"].where(late["planned_finish"] != "", "after the plan"),
        action="accept the delay, or add chips, power or sites for it",
    )


def _stranded_chips(answer: Answer, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Chips that are held without power, unless they are a few: kept dark by a limit, or left dark
    by choice."""
    fleet = tables["fleet"]
    stranded = fleet[_above(fleet["stranded"], np.maximum(1.0, 0.01 * fleet["held"]))]
    stranded = stranded.merge(dark_by_choice(answer), on=["chip", "site", "period"], how="left")
    chosen = stranded["costs_usd"].notna()
    which = (
        amounts(stranded["stranded"].round()) + " " + stranded["chip"] + " at " + stranded["site"]
    )
    costs, saves = amounts(stranded["costs_usd"]), amounts(stranded["saves_usd"])
    told = (
        " are left dark by choice: running one costs " + costs + " USD and saves at most " + saves
    )
    return flagged(
        severity="medium",
        kind="stranded_chips",
        item=stranded["chip"] + "@" + stranded["site"],
        period=stranded["period"],
        amount=stranded["stranded"],
        unit="chips",
        usd=np.nan,
        message=which + told.where(chosen, " are held but not powered"),
        action=np.where(
            chosen, "retire or move them, or keep them for later", "retire, move or power them"
        ),
    )


def _stranded_mw(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Power that was built and stays free, unless it is little."""
    power = tables["power"]
    free = power[
        _above(power["free_mw"], np.maximum(0.5, 0.25 * (power["limit_mw"] + power["built_mw"])))
        & (power["built_mw"] > 0)
    ]
    return flagged(
        severity="low",
        kind="stranded_mw",
        item=free["site"],
        period=free["period"],
        amount=free["free_mw"],
        unit="MW",
        usd=np.nan,
        message=amounts(free["free_mw"])
        + " MW at "
        + free["site"]
        + " stay free although MW were built there",
        action="check the project's size and date",
    )


def _exceeded(tables: Mapping[str, pd.DataFrame], soft_limit: _Soft) -> pd.DataFrame:
    """Soft limits of one table that are exceeded."""
    name, item, over, unit = soft_limit
    soft = tables[name]
    soft = soft[_above(soft[over].fillna(0.0), 0.005)]
    return flagged(
        severity="medium",
        kind="soft_limit",
        item=soft[item],
        period=soft["period"],
        amount=soft[over],
        unit=unit,
        usd=np.nan,
        message=name + " " + soft[item].astype(str) + " is exceeded by " + amounts(soft[over]),
        action="approve the overrun or tighten the penalty",
    )


def _leaning(answer: Answer, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """How much the plan leans on residual value, and how much of its spend falls into the last
    year."""
    f = answer.formulation
    costs = tables["costs"]
    spend = costs[
        costs["term"].isin(["chips", "prepaid", "power_projects"]) & (costs["category"] != "none")
    ]
    total = float(spend["discounted_usd"].sum())
    residual = -float(costs.loc[costs["term"] == "residual", "discounted_usd"].sum())
    last = f.index.axes["period"][max(f.index.T - f.index.ppy, 0) :]
    late = float(spend.loc[spend["period"].isin(last), "discounted_usd"].sum())
    rows = []
    if total > 0 and _above(residual, RESIDUAL_SHARE * total):
        rows.append(
            (
                "medium",
                residual,
                f"residual value is {100.0 * residual / total:.0f} % of the up-front spend",
                "try --set case.residual=none, or a longer horizon",
            )
        )
    if total > 0 and f.index.ppy < f.index.T and _above(late, LAST_YEAR_SHARE * total):
        rows.append(
            (
                "medium",
                late,
                f"{100.0 * late / total:.0f} % of the up-front spend falls into the last year",
                "try a longer horizon: does the first year change?",
            )
        )
    return flagged(
        severity=[row[0] for row in rows],
        kind="residual",
        item="end of the plan",
        period=last[-1],
        amount=[row[1] for row in rows],
        unit="USD",
        usd=[row[1] for row in rows],
        message=[row[2] for row in rows],
        action=[row[3] for row in rows],
    )
