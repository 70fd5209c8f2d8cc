"""Facts: what a summary tells first, from what it is to how far it is proven."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from planner.report.figures import Commit, Figures, figures_of
from planner.report.section import records
from planner.report.whole import whole_facts
from planner.runs.read import PROVEN
from planner.runs.resolved import Resolved
from planner.runs.what_if import what_if_of
from planner.words import cents, count, money, money_unit, number, percent, plural, printable

if TYPE_CHECKING:
    import pandas as pd


def facts_of(
    plan: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    resolved: Resolved | None = None,
    figures: Figures | None = None,
) -> tuple[tuple[str, str], ...]:
    """Return what the summary tells first, as (name, value).

    Args:
        plan: plan.json.
        tables: the tables of the run.
        resolved: what was solved again for it, where that was.
        figures: its figures, where they are known already.
    """
    told = figures if figures is not None else figures_of(plan, tables)
    facts = (
        *what_if_facts(plan),
        ("case", printable(plan["case"])),
        ("horizon", horizon(plan)),
        ("status", _status(plan)),
        ("cash to be paid", cash_words(told)),
        ("total cost", cost_words(told)),
        ("without that credit", leaning_words(told, resolved)),
        (f"commit in {told.now}", commit_words(told.commit)),
        ("chips to order now", chips_words(told.chips_now)),
        ("demand met", met_words(told)),
        ("milestones", _on_time(told)),
        ("tightest limit", tightest_words(told.tight, resolved)),
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


def cash_words(told: Figures) -> str:
    """Return what is paid in all and by year."""
    if not len(told.cash) or not told.paid_usd:
        return ""
    unit = money_unit(told.paid_usd)
    years = ", ".join(
        f"{money(float(paid), unit)} in {year}"
        for year, paid in zip(told.cash["year"], told.cash["paid"], strict=True)
    )
    by_year = f": {years}" if len(told.cash) > 1 else ""
    return f"{money(told.paid_usd)} nominal{by_year}"


def cost_words(told: Figures) -> str:
    """Return the total cost, with and without the credit for what is left at the end."""
    words = f"{money(told.cost_usd)}, discounted to the start of {told.now}"
    if not told.credit_usd:
        return words
    return (
        f"{words}: {money(told.uncredited_usd)} less a credit of {money(told.credit_usd)} for "
        "what is left at the end"
    )


def leaning_words(told: Figures, resolved: Resolved | None) -> str:
    """Return how much of the plan leans on that credit, where it was solved again without."""
    bare = resolved.without_residual if resolved is not None else None
    if bare is None or not told.credit_usd:
        return ""
    if bare.cost_usd is None:
        return "there is no plan (solved again)"
    kept = bare.kept_usd / told.commit.usd if told.commit.usd else 1.0
    return (
        f"the cheapest plan costs {money(bare.cost_usd)} (solved again) and orders "
        f"{percent(kept)} of what is committed in {told.now}"
    )


def commit_words(commit: Commit) -> str:
    """Return what is committed in the first period."""
    if not commit.lines:
        return "nothing"
    rented = f", {money(commit.rented_usd)} of it for rentals" if commit.rented_usd else ""
    return f"{money(commit.usd)} nominal in {plural(commit.lines, 'line')}{rented}"


def chips_words(chips: Mapping[str, float]) -> str:
    """Return how many chips of which type, the most first."""
    return ", ".join(f"{count(many)} {printable(chip)}" for chip, many in chips.items()) or "none"


def met_words(told: Figures) -> str:
    """Return how much of the demand is met: the worst workload and period first."""
    if not told.workloads:
        return ""
    worst = told.worst
    if not worst.workload:
        return "all of it, of every workload in every period"
    rest = told.workloads - told.short
    return (
        f"{percent(worst.share)} of {printable(worst.workload)} in {worst.period}, the least; "
        f"{plural(told.short, 'workload')} short, {rest} of {told.workloads} met in full"
    )


def _on_time(told: Figures) -> str:
    return (
        f"{told.milestones - told.late} of {told.milestones} by their deadline"
        if told.milestones
        else ""
    )


def tightest_words(tight: pd.DataFrame, resolved: Resolved | None) -> str:
    """Return the tightest limit, and what more of it saves."""
    if not len(tight):
        return "none binds"
    (first,) = records(tight.head(1))
    return f"{first.kind} {printable(first.item)}: {worth_words(first, resolved)}"


def worth_words(row: Any, resolved: Resolved | None) -> str:
    """Return what more of a limit saves, of a row of ``tight_limits``: a worth only with the range
    it holds in, otherwise the finite step as it was solved again."""
    unit, when = str(row.unit), str(row.when)
    if row.up >= 1.0:
        end = f", for up to {units(float(row.up), unit)} more" if math.isfinite(row.up) else ""
        return f"one more {unit} in {when} saves {money(float(row.worth))}{end}"
    step = resolved.step_of(row.kind, row.item, row.when) if resolved is not None else None
    if step is not None:
        return f"{units(step.one, step.unit)} more in {when} {saves(step.saves_usd)}"
    if row.up > 0:
        return f"{money(float(row.worth))} per {unit} in {when}, for {units(row.up, unit)} more"
    # the cost falls ever slower with more of a limit, so that a worth without a range is a bound
    return f"one more {unit} in {when} saves at most {money(float(row.worth))}"


def units(amount: float, unit: str) -> str:
    """Return an amount of a limit in its unit: ``3 MW``, ``200 chips``, ``1 point of share``."""
    if unit == "of all":
        points = number(100.0 * amount)
        return f"{points} {'point' if points == '1' else 'points'} of share"
    return f"{number(amount)} {unit}{'s' if unit in ('chip', 'tonne') and amount != 1 else ''}"


def saves(usd: float | None) -> str:
    """Return what a finite step saves, as the end of a sentence."""
    if usd is None:
        return "leaves no plan"
    return "saves nothing" if abs(usd) < 0.005 else f"saves {money(usd)}"
