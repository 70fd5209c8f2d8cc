"""Topics: the sections of a summary, each from one table of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.plan.actions import DECISIONS
from planner.plan.totals import is_short
from planner.report.dates import moment
from planner.report.facts import saves, units, worth_words
from planner.report.figures import hundred
from planner.report.section import Section, records
from planner.runs.resolved import Resolved
from planner.words import count, money, money_unit, number, percent, printable

if TYPE_CHECKING:
    import pandas as pd


SEVERITIES: Final = ("high", "medium", "low")


def cost_section(terms: pd.DataFrame) -> Section:
    """Return the cost by term (``Figures.terms``): what is spent with its shares, credits, and
    their sum."""
    unit = money_unit(*terms["discounted_usd"], float(terms["discounted_usd"].sum()))
    shares = hundred(terms["share"].tolist())
    rows = [
        (
            printable(row.term.replace("_", " ")),
            money(row.nominal_usd, unit),
            money(row.discounted_usd, unit),
            share,
        )
        for row, share in zip(records(terms), shares, strict=True)
    ]
    sums = (
        money(float(terms["nominal_usd"].sum()), unit),
        money(float(terms["discounted_usd"].sum()), unit),
    )
    rows.append(("total", *sums, ""))
    credited = bool((terms["discounted_usd"] < 0).any())
    return Section(
        "Cost by term",
        ("term", f"nominal {unit[1]}", f"discounted {unit[1]}", "% of what is spent"),
        tuple(rows),
        frozenset({1, 2, 3}),
        "What is below zero is a credit and no part of what is spent; the residual is no cash."
        if credited
        else "",
    )


def split_section(split: pd.DataFrame) -> Section:
    """Return the cost by purpose (``Figures.split``), with what the fleet that was there is worth
    apart."""
    unit = money_unit(*split["cost_usd"], float(split["cost_usd"].sum()))
    rows = [
        (
            printable(row.name_),
            money(row.cost_usd, unit),
            share,
            count(row.chip_hours) if row.chip_hours else "",
        )
        for row, share in zip(
            records(split.rename(columns={"name": "name_"})),
            hundred(split["share"].tolist()),
            strict=True,
        )
    ]
    rows.append(("total", money(float(split["cost_usd"].sum()), unit), "", ""))
    return Section(
        "What it is spent on",
        ("for", f"discounted {unit[1]}", "% of what is spent", "chip-hours"),
        tuple(rows),
        frozenset({1, 2, 3}),
        "The fleet that was there works too and counts as spent at its value when the plan starts; "
        "that is paid already, and taken out again.",
    )


def chip_section(buy_plan: pd.DataFrame) -> Section:
    """Return what is ordered, built, moved, retired and cancelled over the whole plan."""
    lines = buy_plan[(buy_plan["status"] == "new") & buy_plan["action"].isin(DECISIONS)]
    what = lines["chip"].where(lines["action"] != "build_power", lines["offer"])
    groups = lines.assign(what=what, _at=lines["action"].map(DECISIONS.index)).groupby(
        ["_at", "what", "action"], sort=True
    )
    sums = groups.agg(
        most=("chips", "max"),
        chips=("chips", "sum"),
        mw=("mw", "sum"),
        first=("order_period", "min"),
        last=("order_period", "max"),
        usd=("total_usd", "sum"),
    ).reset_index()
    unit = money_unit(*sums["usd"])
    rows = tuple(
        (
            printable(group.what),
            printable(group.action.replace("_", " ")),
            f"up to {count(group.most)} chips"
            if group.action == "rent"
            else f"{number(group.mw)} MW"
            if group.action == "build_power"
            else f"{count(group.chips)} chips",
            str(group.first),
            str(group.last),
            money(group.usd, unit),
        )
        for group in records(sums)
    )
    return Section(
        "Over the whole plan",
        ("what", "do", "how much", "first", "last", f"nominal {unit[1]}"),
        rows,
        frozenset({2, 5}),
    )


def short_section(coverage: pd.DataFrame, most: int) -> Section:
    """Return the workloads that are short, the one of which least is served in a period first."""
    short = coverage[is_short(coverage)]
    short = short.assign(served_share=1.0 - short["short"] / short["demand"])
    short = short.sort_values(["served_share", "workload"], kind="stable")
    groups = short.groupby("workload", sort=False).agg(
        share=("served_share", "first"),
        when=("period", "first"),
        periods=("period", "size"),
        unit=("unit", "first"),
        short=("short", "sum"),
        usd=("short_usd", "sum"),
    )
    rows = tuple(
        (
            printable(row.Index),
            percent(row.share),
            str(row.when),
            str(row.periods),
            f"{number(row.short)} {row.unit}",
            money(row.usd),
        )
        for row in records(groups.head(most))
    )
    return Section(
        "Not served",
        ("workload", "served", "least in", "periods short", "short in all", "penalty"),
        rows,
        frozenset({1, 3, 4, 5}),
    )


def milestone_section(milestones: pd.DataFrame) -> Section:
    """Return the training runs with their finish and slack."""
    rows = tuple(
        (
            printable(row.milestone),
            printable(row.planned_start),
            printable(row.planned_finish) or "not inside the plan",
            printable(moment(row.deadline)),
            number(row.slack_periods),
            count(row.peak_chips),
            printable(row.where),
        )
        for row in records(milestones)
    )
    return Section(
        "Milestones",
        ("milestone", "starts", "finishes", "deadline", "slack", "most chips", "where"),
        rows,
        frozenset({4, 5}),
    )


def limit_section(limits: pd.DataFrame, resolved: Resolved | None, most: int) -> Section:
    """Return the limits of ``tight_limits``, at most so many."""
    rows = tuple(
        (
            f"{row.kind} {printable(row.item)}",
            str(row.periods),
            str(row.when),
            worth_words(row, resolved),
            tenth_words(row, resolved),
        )
        for row in records(limits.head(most))
    )
    note = (
        "In money of the start of the plan, as its cost is. A worth is told with the range it "
        "holds in; where that is empty, what a finite step saves, by solving again."
    )
    return Section(
        "Limits that bind, tightest first",
        ("limit", "periods", "most in", "what more of it saves", "a larger step"),
        rows,
        frozenset({1}),
        note,
    )


def tenth_words(row: Any, resolved: Resolved | None) -> str:
    """Return what a tenth more of a limit saves, where it was solved again."""
    step = resolved.step_of(row.kind, row.item, row.when) if resolved is not None else None
    if step is None or not step.tenth:
        return ""
    return f"{units(step.tenth, step.unit)} more {saves(step.tenth_saves_usd)}"


def unit_section(unit_costs: pd.DataFrame) -> Section:
    """Return what a unit of each work costs."""
    work = unit_costs[unit_costs["kind"] != "split"]
    rows = tuple(
        (
            printable(row.name_),
            printable(row.unit),
            number(row.volume),
            number(row.marginal_usd),
            number(row.loaded_usd),
        )
        for row in records(work.rename(columns={"name": "name_"}))
    )
    return Section(
        "What a unit of work costs",
        ("work", "unit", "volume", "marginal USD", "loaded USD"),
        rows,
        frozenset({2, 3, 4}),
    )


def exception_section(exceptions: pd.DataFrame, most: int) -> Section:
    """Return what needs a person, at most so many, the most severe first."""
    rank = exceptions["severity"].map({name: at for at, name in enumerate(SEVERITIES)})
    order = exceptions.assign(_rank=rank).sort_values("_rank", kind="stable")
    rows = tuple(
        (
            printable(row.severity),
            printable(row.period),
            printable(row.message),
            printable(row.action),
        )
        for row in records(order.head(most))
    )
    more = f"{len(order) - most:,} more in exceptions.csv" if len(order) > most else ""
    return Section(
        "What needs a person", ("severity", "when", "what", "do"), rows, frozenset(), more
    )
