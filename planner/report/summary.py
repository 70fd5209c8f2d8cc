"""The summary of a run: what it is, what it costs, what must be decided now, what is tight, and how
far it is proven.

Made from the files of the run alone, so that ``planner run`` and ``planner show`` can only say what
was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planner.limits import WORTHS
from planner.plan.actions import COMMITTING, PLACED
from planner.report.tight import tight_limits
from planner.runs.read import PROVEN
from planner.words import money, money_unit, number, percent, plural, printable

if TYPE_CHECKING:
    import pandas as pd

SEVERITIES: Final = ("high", "medium", "low")
SUMMARISED: Final = (
    "buy_plan",
    "costs",
    "demand_coverage",
    "milestones",
    "power",
    "supply",
    "budget",
    "limits",
    "exceptions",
    "unit_costs",
)
"""The tables of a run that its summary is made of."""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table of text; ``right`` are the columns of numbers, ``note`` stands below it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary: a title, facts as (name, value), and sections."""

    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def summarise(folder: Path, *, lines: int = 10) -> Summary:
    """Return the summary of a run.

    Args:
        folder: the run folder.
        lines: most lines per section.

    Returns:
        The summary.

    Raises:
        RunError: where a file of the run is missing or unreadable.
    """
    from planner.runs.read import read_plan, read_run_table

    plan = read_plan(folder)
    if plan["status"] == "infeasible":
        from planner.report.diagnosis import diagnosis_summary

        return diagnosis_summary(folder)
    return summary_of(
        plan, {name: read_run_table(folder, name) for name in summarised(folder)}, lines=lines
    )


def summarised(folder: Path) -> tuple[str, ...]:
    """Return the tables of a run that its summary is made of: those of every run, and those of
    limits that its case states."""
    own = {worth.table for worth in WORTHS} - set(SUMMARISED)
    return (*SUMMARISED, *(name for name in sorted(own) if (folder / f"{name}.csv").is_file()))


def summary_of(
    plan: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], *, lines: int = 10
) -> Summary:
    """Return the summary of a plan.json and the tables of ``SUMMARISED`` beside it, as they were
    read."""
    now = first_period(plan)
    limits = tight_limits(plan, tables)
    sections = (
        _costs(tables["costs"]),
        _decide(tables["buy_plan"], now, lines),
        _by_chip(tables["buy_plan"]),
        _short(tables["demand_coverage"], lines),
        _milestones(tables["milestones"]),
        _limits(limits, lines),
        _units(tables["unit_costs"]),
        _exceptions(tables["exceptions"], lines),
    )
    return Summary(
        printable(plan["case"]),
        facts_of(plan, tables, limits),
        tuple(section for section in sections if section.rows),
    )


def facts_of(
    plan: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], limits: pd.DataFrame | None = None
) -> tuple[tuple[str, str], ...]:
    """Return what the summary tells first, as (name, value); ``limits`` are those that are worth
    something, where they are known."""
    now = first_period(plan)
    facts = (
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
    )
    return tuple(fact for fact in facts if fact[1])


def records(frame: pd.DataFrame) -> list[Any]:
    """Return the rows of a frame as named tuples: for the few lines that are shown, not for whole
    tables."""
    return list(frame.itertuples())


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
        f"cost {plan['objective_usd']:,.2f} USD; no plan costs less than "
        f"{plan['bound_usd']:,.2f} USD; gap {plan['gap']:.1e}; {verdict}"
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


def _costs(costs: pd.DataFrame) -> Section:
    terms = (
        costs.groupby("term")[["nominal_usd", "discounted_usd"]]
        .sum()
        .sort_values("discounted_usd", ascending=False, kind="stable")
    )
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


def _decide(buy_plan: pd.DataFrame, now: str, most: int) -> Section:
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


def _by_chip(buy_plan: pd.DataFrame) -> Section:
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


def _short(coverage: pd.DataFrame, most: int) -> Section:
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


def _milestones(milestones: pd.DataFrame) -> Section:
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


def _tightest(limits: pd.DataFrame) -> str:
    if not len(limits):
        return "none binds"
    first = limits.iloc[0]
    return (
        f"{first['kind']} {printable(first['item'])}: one more {first['unit']} in "
        f"{first['when']} is worth {money(float(first['worth']))}"
    )


def _limits(limits: pd.DataFrame, most: int) -> Section:
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


def _units(unit_costs: pd.DataFrame) -> Section:
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


def _exceptions(exceptions: pd.DataFrame, most: int) -> Section:
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


def _escape(text: str) -> str:
    """Return text that Markdown and the HTML made from it show as it is."""
    for character, written in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ("\\", "\\\\"),
        ("|", "\\|"),
        ("`", "\\`"),
        ("*", "\\*"),
        ("[", "\\["),
        ("]", "\\]"),
    ):
        text = text.replace(character, written)
    return text


def markdown(summary: Summary) -> str:
    """Return the summary as Markdown (GitHub tables), LF, ending in a newline."""
    lines = [
        f"# Plan of {_escape(summary.title)}",
        "",
        "| | |",
        "|---|---|",
        *(f"| {_escape(name)} | {_escape(value)} |" for name, value in summary.facts),
    ]
    for section in summary.sections:
        rule = ["---:" if at in section.right else "---" for at in range(len(section.header))]
        lines += [
            "",
            f"## {_escape(section.title)}",
            "",
            f"| {' | '.join(map(_escape, section.header))} |",
            f"|{'|'.join(rule)}|",
        ]
        lines += [f"| {' | '.join(map(_escape, row))} |" for row in section.rows]
        if section.note:
            lines += ["", _escape(section.note)]
    return "\n".join(lines) + "\n"
