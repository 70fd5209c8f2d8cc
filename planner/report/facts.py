"""Facts: what a summary tells first, from what it is to how far it is proven."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from planner.plan.actions import COMMITTING
from planner.report.section import records
from planner.report.tight import tight_limits
from planner.report.whole import whole_facts
from planner.runs.read import PROVEN
from planner.runs.what_if import what_if_of
from planner.words import cents, money, number, percent, plural, printable

if TYPE_CHECKING:
    import pandas as pd


def facts_of(
    plan: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], limits: pd.DataFrame | None = None
) -> tuple[tuple[str, str], ...]:
    """Return what the summary tells first, as (name, value); ``limits`` are those that are worth
    something, where they are known."""
    now = first_period(plan)
    facts = (
        *what_if_facts(plan),
        ("case", printable(plan["case"])),
        ("horizon", horizon(plan)),
        ("status", _status(plan)),
        ("total cost", f"{money(plan['objective_usd'])}, discounted to the start of {now}"),
        (f"commit in {now}", _commit(tables["buy_plan"], now)),
        ("chips to order now", _now(tables["buy_plan"], now)),
        ("demand met", _met(tables["demand_coverage"])),
        ("milestones", _on_time(tables["milestones"])),
        ("tightest limit", _tightest(tight_limits(plan, tables) if limits is None else limits)),
        ("proof", _proof(plan)),
        *whole_facts(plan),
    )
    return tuple(fact for fact in facts if fact[1])


def what_if_facts(plan: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what is told first of a what-if, as (name, value); nothing of a plan."""
    mark = what_if_of(plan)
    return () if mark is None else (("what-if", f"{mark.words}: not the plan of the case"),)


def first_period(plan: Mapping[str, Any]) -> str:
    """Return the label of the plan's first period."""
    return str(plan["horizon"]["first"])


def horizon(plan: Mapping[str, Any]) -> str:
    """Return the periods of plan.json in words."""
    span = plan["horizon"]
    return (
        f"{span['first']} to {span['last']} "
        f"({plural(int(span['periods']), str(span['frequency']))})"
    )


def _status(plan: Mapping[str, Any]) -> str:
    return "optimal and proven" if plan["status"] == PROVEN else "NOT PROVEN: do not act on it"


def _proof(plan: Mapping[str, Any]) -> str:
    audit = plan["proof"]["audit"]
    verdict = (
        f"audit passed ({plural(audit['checks'], 'check')})"
        if audit["ok"]
        else f"audit FAILED ({len(audit['failed'])} of {plural(audit['checks'], 'check')})"
    )
    return (
        f"cost {cents(plan['objective_usd'])}; no plan costs less than "
        f"{cents(plan['bound_usd'])}; gap {plan['gap']:.1e}; {verdict}"
    )


def _new(buy_plan: pd.DataFrame) -> pd.DataFrame:
    return buy_plan[(buy_plan["status"] == "new") & buy_plan["action"].isin(COMMITTING)]


def _commit(buy_plan: pd.DataFrame, now: str) -> str:
    lines = _new(buy_plan)
    lines = lines[lines["order_period"] == now]
    return (
        f"{money(float(lines['total_usd'].sum()))} nominal in {plural(len(lines), 'line')}"
        if len(lines)
        else "nothing"
    )


def _now(buy_plan: pd.DataFrame, now: str) -> str:
    lines = _new(buy_plan)
    lines = lines[
        (lines["order_period"] == now)
        & (lines["action"] != "build_power")
        & (lines["action"] != "relocate")
    ]
    chips = lines.groupby("chip")["chips"].sum().sort_values(ascending=False, kind="stable")
    return (
        ", ".join(f"{number(value)} {printable(chip)}" for chip, value in chips.items()) or "none"
    )


def _met(coverage: pd.DataFrame) -> str:
    if not len(coverage):
        return ""
    sums = coverage.groupby("unit")[["demand", "served"]].sum()
    sums = sums[sums["demand"] > 0]
    shares = [
        f"{percent(float(served / demand))} of {unit}" for unit, demand, served in records(sums)
    ]
    short = coverage.loc[coverage["short"] > 1e-6 * coverage["demand"], "workload"].nunique()
    return ", ".join(shares) + (
        f"; {plural(short, 'workload')} short" if short else "; nothing short"
    )


def _on_time(milestones: pd.DataFrame) -> str:
    late = int((milestones["late_flop"].fillna(0.0) > 1e-6 * milestones["flop"]).sum())
    return (
        f"{len(milestones) - late} of {len(milestones)} by their deadline"
        if len(milestones)
        else ""
    )


def _tightest(limits: pd.DataFrame) -> str:
    if not len(limits):
        return "none binds"
    first = limits.iloc[0]
    return (
        f"{first['kind']} {printable(first['item'])}: one more {first['unit']} in "
        f"{first['when']} is worth {money(float(first['worth']))}"
    )
