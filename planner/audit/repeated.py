"""Repeated: what the tables of the plan repeat of the inputs or of each other, cell by cell, and
the dates, slacks and places of training runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, Floats, column, or_zero, text, whole
from planner.audit.files import NO_PERIOD
from planner.audit.recomputed import Recomputed
from planner.audit.tolerance import Slack
from planner.audit.verdict import Check, agree, blank_too, require


def _same(name: str, frame: pd.DataFrame, column_: str, own: Any, keys: tuple[str, ...]) -> Check:
    """Return the check that a text column is what it must be, told by the keys of its row."""
    table, written = name.partition(".")[0], text(frame, column_)
    truth = np.asarray(own, dtype=object)
    return require(
        name,
        written == truth,
        lambda i: (
            f"{table}.csv, {', '.join(str(frame[key].iloc[i]) for key in keys)}, {column_}: "
            f"written {written[i]!r}, recomputed {truth[i]!r}"
        ),
        "that of the inputs",
    )


def _figures(
    name: str, frame: pd.DataFrame, column_: str, own: Floats, unit: str, floor: float | None = None
) -> Check:
    """Return the check that a column of numbers is what it must be, blank where there is none."""
    table, written = name.partition(".")[0], column(frame, column_)
    shown, true = blank_too(written, own)
    return agree(
        name,
        shown,
        true,
        lambda i: f"{table}.csv, row {i + 2}, {column_}",
        unit=unit,
        floor=Slack(floor, relative=1e-9),
    )


def check_repeated(found: Recomputed) -> list[Check]:
    """Return the checks of what fleet, power, supply, budget, limits and demand_coverage repeat."""
    tables = found.tables
    return [
        *_power(found.facts, tables["power"]),
        *_supply(found.facts, tables["supply"]),
        *_budget(tables["budget"]),
        *_limits(found.facts, tables["limits"]),
        *_coverage(found, tables["demand_coverage"]),
        *_milestones(found, tables["milestones"]),
        *_costs(found.facts, tables["costs"]),
    ]


def _power(facts: Facts, power: pd.DataFrame) -> list[Check]:
    """Basis of the site, and blanks where there is no limit."""
    site = facts.codes("site", power["site"])
    basis = text(facts.case["sites"], "power_basis")[site]
    limit, cool = column(power, "limit_mw"), column(power, "liquid_limit_mw")
    stated = facts.case["power"]
    keys = pd.MultiIndex.from_arrays([text(power, "site"), whole(power, "period")])
    rows = stated.set_index(["site", "period"])
    has = ~np.isnan(rows["mw"].reindex(keys).to_numpy(dtype=float))
    has_cool = ~np.isnan(rows["liquid_mw"].reindex(keys).to_numpy(dtype=float))
    kept = np.nan_to_num(column(power, "kept_free_mw"))
    free = limit + column(power, "built_mw") - kept - column(power, "used_mw")

    def described(i: int) -> str:
        return f"power.csv, {power['site'][i]}, {facts.label(power['period'][i])}"

    return [
        _same("power.basis", power, "basis", basis, ("site",)),
        require(
            "power.blank",
            (~np.isnan(limit) == has) & (~np.isnan(cool) == has_cool),
            described,
            "a limit where the inputs state one; blank elsewhere",
        ),
        _figures("power.free", power, "free_mw", free, "MW"),
    ]


def _supply(facts: Facts, supply: pd.DataFrame) -> list[Check]:
    """Basis, take or pay, and what is left of every group."""
    table = facts.case["supply"].set_index(["supply_group", "period"])
    keys = pd.MultiIndex.from_arrays([text(supply, "supply_group"), whole(supply, "period")])
    own = table.reindex(keys)
    free = column(supply, "max_chips") - column(supply, "used")
    return [
        _same("supply.basis", supply, "basis", text(own, "basis"), ("supply_group",)),
        _figures("supply.min_chips", supply, "min_chips", column(own, "min_chips"), "chips", 1e-5),
        _figures("supply.free", supply, "free", free, "chips", 1e-5),
    ]


def _budget(budget: pd.DataFrame) -> list[Check]:
    """What is left of every budget; blank where there is none."""
    limit, over = column(budget, "limit_usd"), column(budget, "over_usd")
    free = limit + over - column(budget, "paid_usd")
    told = np.isnan(limit) == np.isnan(over)
    return [
        _figures("budget.free_usd", budget, "free_usd", free, "USD", 0.02),
        require(
            "budget.blank",
            told,
            lambda i: f"budget.csv, {budget['period'][i]}, {budget['category'][i]}, over_usd",
            "an excess where there is a budget; blank elsewhere",
        ),
    ]


def _limits(facts: Facts, limits: pd.DataFrame) -> list[Check]:
    """Measure of every policy."""
    measure = facts.case["limits"].set_index("limit")["measure"]
    measure = measure[~measure.index.duplicated()]
    own = measure.reindex(text(limits, "limit")).to_numpy(dtype=object)
    return [_same("limits.measure", limits, "measure", own, ("limit", "period"))]


_WHY = "serving it would cost more than the price of not serving"


def _coverage(found: Recomputed, coverage: pd.DataFrame) -> list[Check]:
    """Kind and unit of every workload; why what is short is short; served and short in all."""
    facts, demand = found.facts, found.demand
    w = facts.codes("workload", coverage["workload"])
    kind = text(facts.case["workloads"], "kind")[w]
    flop = np.isin(demand.kind[w], ["research", "multiple"])
    unit = np.where(demand.kind[w] == "share", "chips", np.where(flop, "FLOP", "Mtok"))
    short = column(coverage, "short")
    why = np.where(short > 0, _WHY, "")
    served, asked = column(coverage, "served"), column(coverage, "demand")
    volume = np.isin(demand.kind[w], ["online", "batch", "research"])
    # what is served and what is short are all that is asked for, wherever there is a price of short
    priced = volume & ~np.isnan(demand.short_price[w])
    keys = ("workload", "period")
    return [
        _same("demand_coverage.kind", coverage, "kind", kind, keys),
        _same("demand_coverage.unit", coverage, "unit", unit, keys),
        _same("demand_coverage.why", coverage, "why", why, keys),
        require(
            "demand_coverage.unpriced",
            (short == 0) | priced,
            lambda i: f"demand_coverage.csv, {coverage['workload'][i]}, short: {short[i]:.10g}",
            "0 where all must be served",
        ),
        agree(
            "demand_coverage.sum",
            np.where(priced, served + short, 0.0),
            np.where(priced, asked, 0.0),
            lambda i: f"demand_coverage.csv, row {i + 2}, served and short in all",
            unit="units",
            floor=1e-9,
        ),
        agree(
            "demand_coverage.short_usd",
            column(coverage, "short_usd"),
            short * or_zero(demand.short_price[w]),
            lambda i: f"demand_coverage.csv, row {i + 2}, short_usd",
            unit="USD",
            floor=0.011,
        ),
    ]


def instant(facts: Facts, position: float, end: bool) -> str:
    """Return a position in periods as it is written: the period it starts (ends), or the period and
    the share of it that has passed."""
    number = int(np.floor(position))
    if abs(position - number) < 1e-9:
        return facts.label(number - 1 if end else number)
    return f"{facts.label(number)}+{100.0 * (position - number):.0f}%"


def _milestones(found: Recomputed, written: pd.DataFrame) -> list[Check]:
    """Class, window, start, slack and places of every run."""
    facts, table = found.facts, found.facts.case["milestones"]
    m = facts.codes("milestone", written["milestone"])
    if not len(m) or (m < 0).any():
        return []
    T = facts.T
    starts = [instant(facts, v, False) for v in column(table, "start")[m]]
    ends = [instant(facts, v, True) for v in column(table, "deadline")[m]]
    works = found.training.flop > 0
    begins = np.where(works.any(axis=1), works.argmax(axis=1), T)[m]
    first = np.where(begins < T, begins, NO_PERIOD)
    finish = whole(written, "planned_finish")
    deadline = found.training.deadline[m]
    slack = np.where(finish == NO_PERIOD, np.nan, (deadline - finish).astype(np.float64))
    late = column(written, "late_flop")
    gap = column(written, "flop") - column(written, "delivered_flop")
    missing = np.where(gap > 1e-7 * column(written, "flop"), gap, 0.0)
    keys = ("milestone",)
    return [
        _same("milestones.class", written, "class", text(table, "class")[m], keys),
        _same("milestones.start", written, "start", starts, keys),
        _same("milestones.deadline_told", written, "deadline", ends, keys),
        require(
            "milestones.planned_start",
            whole(written, "planned_start") == first,
            lambda i: f"milestones.csv, {written['milestone'][i]}, planned_start",
            "the first period with work; blank where there is none",
        ),
        _figures("milestones.slack", written, "slack_periods", slack, "periods", 1e-9),
        _same("milestones.where", written, "where", _places(found)[m], keys),
        agree(
            "milestones.late_told",
            late,
            missing,
            lambda i: f"milestones.csv, {written['milestone'][i]}, late_flop",
            unit="FLOP",
            floor=1e-9 * column(written, "flop"),
        ),
    ]


def _places(found: Recomputed) -> np.ndarray:
    """Return chip@site of every run, most chip-hours first, as one text each, (M,)."""
    facts, a = found.facts, found.allocation
    mine = np.flatnonzero(a.run >= 0)
    hours = column(found.tables["allocation"], "chip_hours")[a.row[mine]]
    frame = pd.DataFrame({"m": a.run[mine], "c": a.chip[mine], "s": a.site[mine], "hours": hours})
    sums = frame.groupby(["m", "c", "s"])["hours"].sum().reset_index()
    sums = sums.sort_values(["m", "hours"], ascending=[True, False])
    names = facts.chip.to_numpy(dtype=object)[sums["c"]] + "@"
    sums["text"] = names + facts.site.to_numpy(dtype=object)[sums["s"]]
    told = sums.groupby("m")["text"].agg(", ".join)
    return told.reindex(range(len(facts.milestone)), fill_value="").to_numpy(dtype=object)


def _costs(facts: Facts, costs: pd.DataFrame) -> list[Check]:
    """Discounting of every row: at the start of its period, or in its middle."""
    t = np.clip(whole(costs, "period"), 0, facts.T)
    term = text(costs, "term")
    middle = np.isin(
        term,
        [
            "contracts",
            "rental",
            "commitments",
            "tokens",
            "energy",
            "demand_charge",
            "maintenance",
            "space",
            "carbon",
        ],
    ) | np.isin(term, ["short", "late", "over", "change"])
    middle |= (term == "power_projects") & (text(costs, "category") == "opex")
    factor = np.where(middle, facts.mid[np.minimum(t, facts.T - 1)], facts.start[t])
    nominal, npv = column(costs, "nominal_usd"), column(costs, "discounted_usd")
    return [
        agree(
            "costs.factor",
            npv,
            nominal * factor,
            lambda i: f"costs.csv, row {i + 2}, discounted_usd",
            unit="USD",
            floor=0.021,
        )
    ]
