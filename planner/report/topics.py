"""Topics: the sections of a summary, each from one table of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planner.plan.actions import COMMITTING, PLACED
from planner.report.section import Section, records
from planner.words import money, money_unit, number, percent, plural, printable

if TYPE_CHECKING:
    import pandas as pd


SEVERITIES: Final = ("high", "medium", "low")


def by_term(costs: pd.DataFrame) -> pd.DataFrame:
    """Return ``nominal_usd`` and ``discounted_usd`` of costs.csv by term, the dearest first."""
    return (
        costs.groupby("term")[["nominal_usd", "discounted_usd"]]
        .sum()
        .sort_values("discounted_usd", ascending=False, kind="stable")
    )


def cost_section(costs: pd.DataFrame) -> Section:
    """Return the cost by term, the dearest first, with its sum."""
    terms = by_term(costs)
    total = float(terms["discounted_usd"].sum())
    unit = money_unit(*terms["discounted_usd"], total)
    rows = [
        (
            printable(term),
            money(nominal, unit),
            money(discounted, unit),
            f"{100 * discounted / total:.1f}" if total > 0 else "",
        )
        for term, nominal, discounted in records(terms)
    ]
    rows.append(
        (
            "total",
            money(float(terms["nominal_usd"].sum()), unit),
            money(total, unit),
            "100.0" if total > 0 else "",
        )
    )
    return Section(
        "Cost by term",
        ("term", f"nominal {unit[1]}", f"discounted {unit[1]}", "share %"),
        tuple(rows),
        frozenset({1, 2, 3}),
    )


def decide_section(buy_plan: pd.DataFrame, now: str, most: int) -> Section:
    """Return what must be decided in the first period, at most so many lines, the dearest first."""
    changes = buy_plan[
        (buy_plan["order_period"] == now)
        & (buy_plan["action"].isin(COMMITTING) | buy_plan["action"].isin(("retire", "cancel")))
    ]
    changes = changes.sort_values("total_usd", ascending=False, kind="stable")
    unit = money_unit(*changes["total_usd"].dropna())
    rows = tuple(
        (
            printable(line.action),
            printable(line.offer),
            printable(line.chip),
            printable(line.site),
            f"{number(line.mw)} MW"
            if line.action == "build_power"
            else f"{number(line.chips)} chips",
            printable(line.in_service_period),
            money(line.total_usd, unit),
            printable(line.cause_1),
        )
        for line in records(changes.head(most))
    )
    more = (
        f"{plural(len(changes) - most, 'more line')} in buy_plan.csv" if len(changes) > most else ""
    )
    return Section(
        f"Decide in {now}",
        ("do", "offer", "chip", "site", "how much", "in service", unit[1], "mostly for"),
        rows,
        frozenset({4, 6}),
        more,
    )


def chip_section(buy_plan: pd.DataFrame) -> Section:
    """Return what is ordered of each chip over the whole plan."""
    lines = buy_plan[(buy_plan["status"] == "new") & buy_plan["action"].isin(PLACED)]
    groups = lines.groupby(["chip", "action"], sort=True).agg(
        lines=("chips", "size"),
        most=("chips", "max"),
        chips=("chips", "sum"),
        first=("order_period", "min"),
        last=("order_period", "max"),
        usd=("total_usd", "sum"),
    )
    unit = money_unit(*groups["usd"])
    rows = tuple(
        (
            printable(key[0]),
            printable(key[1]),
            f"up to {number(group.most)}" if key[1] == "rent" else number(group.chips),
            str(group.first),
            str(group.last),
            money(group.usd, unit),
        )
        for key, group in ((row.Index, row) for row in records(groups))
    )
    return Section(
        "Over the whole plan",
        ("chip", "do", "chips", "first", "last", f"nominal {unit[1]}"),
        rows,
        frozenset({2, 5}),
    )


def short_section(coverage: pd.DataFrame, most: int) -> Section:
    """Return the workloads that are short, those with the largest penalty first."""
    short = coverage[coverage["short"] > 1e-6 * coverage["demand"]]
    groups = short.groupby("workload").agg(
        unit=("unit", "first"),
        short=("short", "sum"),
        demand=("demand", "sum"),
        periods=("period", "size"),
        usd=("short_usd", "sum"),
    )
    groups = groups.sort_values("usd", ascending=False, kind="stable")
    rows = tuple(
        (
            printable(row.Index),
            f"{number(row.short)} {row.unit}",
            percent(row.short / row.demand),
            str(row.periods),
            money(row.usd),
        )
        for row in records(groups.head(most))
    )
    return Section(
        "Not served",
        ("workload", "short", "of the demand then", "periods", "penalty"),
        rows,
        frozenset({1, 2, 3, 4}),
    )


def milestone_section(milestones: pd.DataFrame) -> Section:
    """Return the training runs with their finish and slack."""
    rows = tuple(
        (
            printable(row.milestone),
            printable(row.planned_start),
            printable(row.planned_finish) or "not inside the plan",
            printable(row.deadline),
            number(row.slack_periods),
            number(row.peak_chips),
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


def limit_section(limits: pd.DataFrame, most: int) -> Section:
    """Return the limits of ``tight_limits``, at most so many."""
    rows = tuple(
        (
            f"{row.kind} {printable(row.item)}",
            str(row.periods),
            str(row.when),
            f"{money(row.worth)} per {row.unit}",
        )
        for row in records(limits.head(most))
    )
    note = (
        "Worth of one more unit at the optimum, discounted to the start of the plan as its cost "
        "is: a local statement; power.csv, supply.csv and budget.csv give the range in which it "
        "holds."
    )
    return Section(
        "Limits that bind, tightest first",
        ("limit", "periods", "most in", "worth there"),
        rows,
        frozenset({1, 3}),
        note,
    )


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
