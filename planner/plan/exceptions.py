"""Exceptions: what needs a person, with the figure and what to do."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planner.plan.answer import Answer
from planner.plan.tables import PLAN_TABLE

COLUMNS = [column.name for column in PLAN_TABLE["exceptions"].columns]
RESIDUAL_SHARE = 0.15
LAST_YEAR_SHARE = 0.30
"""Above these shares of the plan's spend, leaning on the end of the horizon is reported."""


def _frame(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns).reindex(columns=COLUMNS)


def _amount(values: pd.Series) -> pd.Series:
    return values.map(
        lambda value: f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    ).astype(object)


def exception_table(
    answer: Answer, tables: Mapping[str, pd.DataFrame], scaling: list[str]
) -> pd.DataFrame:
    """Return ``exceptions`` from the plan's own tables.

    Args:
        answer: the answer.
        tables: the other tables of the plan.
        scaling: warnings about coefficient ranges.

    Returns:
        One row per exception, the most severe first.
    """
    f = answer.formulation
    parts: list[pd.DataFrame] = []
    lines = tables["buy_plan"]
    first = f.index.axes["period"][0]
    now = lines[(lines["order_period"] == first) & (lines["status"] == "new")]
    parts.append(
        _frame(
            severity="high",
            kind="decide_now",
            item=now["line_id"],
            period=now["order_period"],
            amount=np.where(now["chips"].notna(), now["chips"], now["mw"]),
            unit=np.where(now["chips"].notna(), "chips", "MW"),
            usd=now["total_usd"],
            message=now["action"]
            + " "
            + now["line_id"]
            + " must be decided by "
            + now["decide_by"],
            action=f"approve or reject in this {f.case.settings.frequency}",
        )
    )
    short = tables["demand_coverage"]
    short = short[short["short"] > 0]
    parts.append(
        _frame(
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
            + _amount(100.0 * short["short"] / short["demand"].where(short["demand"] > 0, 1.0))
            + " % of demand is not served",
            action="raise its price of not serving, or the supply or power that binds",
        )
    )
    late = tables["milestones"]
    late = late[late["late_flop"] > 0]
    parts.append(
        _frame(
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
    )
    fleet = tables["fleet"]
    stranded = fleet[(fleet["stranded"] > np.maximum(1.0, 0.01 * fleet["held"]))]
    parts.append(
        _frame(
            severity="medium",
            kind="stranded_chips",
            item=stranded["chip"] + "@" + stranded["site"],
            period=stranded["period"],
            amount=stranded["stranded"],
            unit="chips",
            usd=np.nan,
            message=_amount(stranded["stranded"])
            + " "
            + stranded["chip"]
            + " at "
            + stranded["site"]
            + " are held but not powered",
            action="retire, move or power them",
        )
    )
    power = tables["power"]
    free = power[
        (power["free_mw"] > np.maximum(0.5, 0.25 * (power["limit_mw"] + power["built_mw"])))
        & (power["built_mw"] > 0)
    ]
    parts.append(
        _frame(
            severity="low",
            kind="stranded_mw",
            item=free["site"],
            period=free["period"],
            amount=free["free_mw"],
            unit="MW",
            usd=np.nan,
            message=_amount(free["free_mw"])
            + " MW at "
            + free["site"]
            + " stay free although MW were built there",
            action="check the project's size and date",
        )
    )
    for name, item, over, unit in (
        ("budget", "category", "over_usd", "USD"),
        ("limits", "limit", "over", "unit of the limit"),
    ):
        soft = tables[name]
        soft = soft[soft[over].fillna(0.0) > 0.005]
        parts.append(
            _frame(
                severity="medium",
                kind="soft_limit",
                item=soft[item],
                period=soft["period"],
                amount=soft[over],
                unit=unit,
                usd=np.nan,
                message=name
                + " "
                + soft[item].astype(str)
                + " is exceeded by "
                + _amount(soft[over]),
                action="approve the overrun or tighten the penalty",
            )
        )
    parts.append(_leaning(answer, tables))
    warnings = [
        warning
        for warning in f.case.warnings
        if warning.code.startswith(("stale", "assum", "no-source", "source"))
    ]
    parts.append(
        _frame(
            severity="low",
            kind=["stale" if w.code.startswith("stale") else "assumption" for w in warnings],
            item=[w.file for w in warnings],
            period="",
            amount=np.nan,
            unit="",
            usd=np.nan,
            message=[f"{w.file} {w.column}: {w.value} — {w.need}" for w in warnings],
            action=[w.fix for w in warnings],
        )
    )
    accepted = f.case.accepted
    parts.append(
        _frame(
            severity="low",
            kind="accepted",
            item=[one.warning.file for one in accepted],
            period="",
            amount=np.nan,
            unit="",
            usd=np.nan,
            message=[f"warning accepted: {one.warning.name}: {one.reason}" for one in accepted],
            action="see that the reason still holds",
        )
    )
    assumed = {
        name: int(frame["source"].str.startswith("assumption").sum())
        for name, frame in f.case.tables.items()
        if "source" in frame.columns and len(frame)
    }
    assumed = {name: count for name, count in assumed.items() if count}
    parts.append(
        _frame(
            severity="low",
            kind="assumption",
            item=[f"{name}.csv" for name in assumed],
            period="",
            amount=[float(count) for count in assumed.values()],
            unit="rows",
            usd=np.nan,
            message=[
                f"{count} rows of {name}.csv are assumptions" for name, count in assumed.items()
            ],
            action="replace them by measured or quoted figures",
        )
    )
    parts.append(
        _frame(
            severity="medium",
            kind="scaling",
            item="program",
            period="",
            amount=np.nan,
            unit="",
            usd=np.nan,
            message=scaling,
            action="check the units of the inputs",
        )
    )
    table = pd.concat(
        [part for part in parts if len(part)] or [pd.DataFrame(columns=COLUMNS)], ignore_index=True
    )
    rank = table["severity"].map({"high": 0, "medium": 1, "low": 2})
    return (
        table.assign(_r=rank)
        .sort_values(["_r"], ignore_index=True, kind="stable")
        .drop(columns="_r")
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
    if total > 0 and residual > RESIDUAL_SHARE * total:
        rows.append(
            (
                "medium",
                residual,
                f"residual value is {100.0 * residual / total:.0f} % of the up-front spend",
                "try --set case.residual=none, or a longer horizon",
            )
        )
    if total > 0 and f.index.ppy < f.index.T and late > LAST_YEAR_SHARE * total:
        rows.append(
            (
                "medium",
                late,
                f"{100.0 * late / total:.0f} % of the up-front spend falls into the last year",
                "try a longer horizon: does the first year change?",
            )
        )
    return _frame(
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
