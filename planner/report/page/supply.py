"""Sections 5 to 7: supply against demand, spend, limits that bind."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd

from planner.limits import OWN, Worth
from planner.report.page.charts import Chart, heat, spans, stacked
from planner.report.page.run import Floats, Run, Section
from planner.report.page.sheet import Sheet, plain, sheet
from planner.report.section import records
from planner.report.tight import discounted
from planner.words import money, money_unit, number, percent, printable

SPLIT: Final = {
    "milestone": "training",
    "research": "research",
    "online": "inference, online",
    "batch": "inference, batch",
}
MOST_LIMITS: Final = 34


def supply_and_demand(run: Run) -> Section:
    """Return section 5: chips held, what they do, demand that is met, training runs."""
    fleet = run["fleet"]
    fleet = fleet.assign(there=fleet["powered"].fillna(0.0) + fleet["rented"].fillna(0.0))
    charts = [
        stacked(
            "Chips at work or ready, by type",
            run.periods,
            run.by_period(fleet, "chip", "there"),
            "chips",
            note="powered and rented; what is held without power is in the exceptions",
        )
    ]
    work = run["allocation"]
    work = work.assign(of=work["kind"].map(SPLIT).fillna("other"), capacity=work["chip_hours"])
    hours = run.by_period(work, "of", "chip_hours")
    order = [name for name in SPLIT.values() if name in hours]
    idle = _idle(run, hours)
    charts.append(
        stacked(
            "Chip-hours: training, research and inference",
            run.periods,
            {**{name: hours[name] for name in order}, "idle": idle},
            "chip-hours",
            note="idle training chips serve inference where that pays",
        )
    )
    charts.append(
        stacked(
            "Chip-hours by workload and milestone",
            run.periods,
            run.by_period(work, "work", "chip_hours"),
            "chip-hours",
        )
    )
    runs = _milestones(run)
    sheets = (
        [
            sheet(
                "milestones",
                "Training runs",
                run["milestones"],
                [
                    "milestone",
                    "deadline",
                    "planned_start",
                    "planned_finish",
                    "slack_periods",
                    "peak_chips",
                    "chip_hours",
                    "where",
                    "late_usd",
                    "marginal_usd_per_1e21_flop",
                ],
                heads={
                    "late_usd": "late USD",
                    "marginal_usd_per_1e21_flop": "one 1e21 FLOP more, USD",
                },
            )
        ]
        if len(run["milestones"])
        else []
    )
    sheets.append(_demand(run))
    sheets.append(_units(run))
    return Section(
        "supply",
        "Supply against demand",
        charts=(*charts, *([runs] if runs else [])),
        sheets=tuple(sheets),
    )


def _idle(run: Run, hours: dict[str, Floats]) -> Floats:
    """Chip-hours that are there and not used."""
    fleet = run["fleet"]
    if "idle_chip_hours" in fleet.columns:
        idle = run.by_period(fleet.assign(all="all"), "all", "idle_chip_hours")
        return idle.get("all", np.zeros(len(run.periods)))
    return np.zeros(len(run.periods))


def _milestones(run: Run) -> Chart | None:
    table = run["milestones"]
    if table.empty:
        return None
    position = {label: t for t, label in enumerate(run.periods)}
    items = []
    for row in records(table):
        begin, end = position.get(row.planned_start), position.get(row.planned_finish)
        tip = (
            f"{row.milestone}: {row.planned_start} to {row.planned_finish or 'after the plan'}, "
            f"deadline {row.deadline}, up to {number(row.peak_chips)} chips at {row.where}"
        )
        items.append(
            (
                printable(row.milestone),
                float(begin) if begin is not None else np.nan,
                float(end + 1) if end is not None else np.nan,
                _instant(str(row.deadline), position, len(run.periods)),
                tip,
            )
        )
    return spans("Training runs and their deadlines", run.periods, items)


def _instant(label: str, position: dict[str, int], count: int) -> float:
    """The end of a deadline's period, or the share of it that is stated behind a plus."""
    found = re.match(r"(.+?)\+(\d+(?:\.\d+)?)%$", label)
    if found:
        return position[found[1]] + float(found[2]) / 100.0 if found[1] in position else np.nan
    return (
        float(position[label] + 1)
        if label in position
        else float(count)
        if label[:4] > max(position)[:4]
        else np.nan
    )


def _demand(run: Run) -> Sheet:
    """Demand and what is served, one row per workload."""
    coverage = run["demand_coverage"]
    sums = (
        coverage.groupby(["workload", "unit"], sort=True)
        .agg(
            demand=("demand", "sum"),
            served=("served", "sum"),
            short=("short", "sum"),
            short_usd=("short_usd", "sum"),
        )
        .reset_index()
    )
    met = np.where(
        sums["demand"] > 0, sums["served"] / sums["demand"].where(sums["demand"] > 0, 1.0), 1.0
    )
    rows = [
        (
            printable(r.workload),
            printable(r.unit),
            number(r.demand),
            percent(float(share)) if r.short > 0 else "100 %",
            number(r.short) if r.short > 0 else "",
            money(r.short_usd) if r.short > 0 else "",
        )
        for r, share in zip(records(sums), met, strict=True)
    ]
    return plain(
        "demand_coverage",
        "Demand met",
        ("workload", "unit", "demand in the plan", "met", "short", "penalty"),
        rows,
        right=(2, 3, 4, 5),
    )


def _units(run: Run) -> Sheet:
    costs = run["unit_costs"]
    return sheet(
        "unit_costs",
        "What a unit of work costs",
        costs[costs["kind"] != "split"],
        [
            "name",
            "unit",
            "volume",
            "marginal_usd",
            "loaded_usd",
            "cost_usd",
            "cost_share_pct",
            "chip_hours_share_pct",
        ],
        heads={
            "name": "work",
            "marginal_usd": "one more, USD",
            "loaded_usd": "fully loaded, USD",
            "cost_usd": "cost USD (NPV)",
            "cost_share_pct": "% of cost",
            "chip_hours_share_pct": "% of chip-hours",
        },
    )


def spend(run: Run) -> Section:
    """Return section 6: cash by period, budgets, cost by term, and its split."""
    costs = run["costs"]
    cash = costs[costs["category"] != "none"]
    size, unit = money_unit(
        *(
            value
            for series in run.by_period(cash, "category", "nominal_usd").values()
            for value in series.tolist()
        )
    )
    paid = {
        name: np.maximum(values, 0.0)
        for name, values in run.by_period(cash, "category", "nominal_usd").items()
    }
    charts = [stacked("Cash by period", run.periods, paid, "USD", note="nominal")]
    terms = run.by_period(costs[costs["discounted_usd"] > 0], "term", "nominal_usd")
    charts.append(
        stacked(
            "Cost by term",
            run.periods,
            {name.replace("_", " "): np.maximum(values, 0.0) for name, values in terms.items()},
            "USD",
            note="nominal; credits such as residual value are in the table",
        )
    )
    sums = (
        costs.groupby("term")[["nominal_usd", "discounted_usd"]]
        .sum()
        .sort_values("discounted_usd", ascending=False, kind="stable")
    )
    total = float(sums["discounted_usd"].sum())
    rows = [
        (
            printable(r.Index),
            money(r.nominal_usd, (size, unit)),
            money(r.discounted_usd, (size, unit)),
            f"{100 * r.discounted_usd / total:.1f}" if total else "",
        )
        for r in records(sums)
    ]
    rows.append(
        (
            "total = objective",
            money(float(sums["nominal_usd"].sum()), (size, unit)),
            money(total, (size, unit)),
            "100.0" if total else "",
        )
    )
    split = run["unit_costs"]
    split = split[split["kind"] == "split"]
    shares = [
        (
            printable(r.name_),
            money(r.cost_usd, (size, unit)),
            f"{100 * r.cost_usd / total:.1f}" if total else "",
            number(r.chip_hours) if np.isfinite(r.chip_hours) else "",
        )
        for r in records(split.rename(columns={"name": "name_"}))
    ]
    sheets = [
        plain(
            "costs",
            "Cost by term",
            ("term", f"nominal {unit}", f"discounted {unit}", "% of total"),
            rows,
            right=(1, 2, 3),
        ),
        plain(
            "unit_costs",
            "Training, research and inference",
            ("for", f"cost {unit} (NPV)", "% of total", "chip-hours"),
            shares,
            right=(1, 2, 3),
            note="sums to the objective",
        ),
    ]
    budget = run["budget"]
    limited = budget[budget["limit_usd"].notna()]
    if len(limited):
        sheets.append(
            sheet(
                "budget",
                "Budgets",
                limited,
                [
                    "period",
                    "category",
                    "limit_usd",
                    "paid_usd",
                    "free_usd",
                    "over_usd",
                    "worth_usd_per_usd",
                ],
                heads={
                    "limit_usd": "limit USD",
                    "paid_usd": "paid USD",
                    "free_usd": "free USD",
                    "over_usd": "over USD",
                    "worth_usd_per_usd": "one more USD saves",
                },
            )
        )
    return Section("spend", "Spend", charts=tuple(charts), sheets=tuple(sheets))


def limits_that_bind(run: Run) -> Section:
    """Return section 7: how full every limit is, and what one more unit is worth."""
    power, supply = run["power"], run["supply"]
    has = power["limit_mw"].notna()
    parts = [
        _full(
            "power " + power["site"][has],
            power["period"][has],
            power["used_mw"][has],
            (power["used_mw"] + power["free_mw"])[has],
            power["worth_usd_per_mw"][has],
            "MW",
            "USD per MW",
        ),
        _full(
            "liquid " + power["site"],
            power["period"],
            power["liquid_used_mw"],
            power["liquid_limit_mw"],
            power["liquid_worth_usd_per_mw"],
            "MW",
            "USD per MW",
        ),
        _full(
            "supply " + supply["supply_group"],
            supply["period"],
            supply["used"],
            supply["max_chips"],
            supply["worth_usd_per_chip"],
            "chips",
            "USD per chip",
        ),
        *(
            _full(
                f"{worth.word} " + run[worth.table][worth.item],
                run[worth.table]["period"],
                run[worth.table][worth.used],
                run[worth.table][worth.limit],
                run[worth.table][worth.column],
                f"{worth.unit}s",
                f"USD per {worth.unit}",
            )
            for worth in (limit.worth for limit in OWN)
            if isinstance(worth, Worth) and worth.table in run.tables
        ),
    ]
    cells = pd.concat([part for part in parts if len(part)] or [parts[0]], ignore_index=True)
    cells = cells[cells["limit"].notna()]
    binding, names = pd.DataFrame(), []
    charts = []
    if len(cells):
        cells["share"] = np.where(
            cells["limit"] > 0,
            cells["used"] / cells["limit"].where(cells["limit"] > 0, 1.0),
            np.where(cells["used"] > 0, 1.0, 0.0),
        )
        # one ranking with the summary's: megawatts are worth money of their period, chips of today
        today = np.where(cells["unit"] == "MW", discounted(run.plan, cells["period"]), 1.0)
        cells["value"] = cells["worth"].fillna(0.0) * cells["limit"] * today
        rank = (
            cells.groupby("name")
            .agg(value=("value", "sum"), share=("share", "max"))
            .sort_values(["value", "share"], ascending=False, kind="stable")
        )
        names = [str(name) for name in rank.index[:MOST_LIMITS]]
        share = np.full((len(names), len(run.periods)), np.nan)
        tight = np.zeros(share.shape, dtype=bool)
        tips = [[""] * len(run.periods) for _ in names]
        row_of = {name: i for i, name in enumerate(names)}
        for cell, t in zip(records(cells), run.at(cells["period"]).tolist(), strict=True):
            if cell.name_ in row_of and t >= 0:
                i = row_of[cell.name_]
                share[i, t], tight[i, t] = cell.share, cell.worth > 1e-6
                tips[i][t] = (
                    f"{cell.period}  {cell.name_}: {number(cell.used)} of {number(cell.limit)} "
                    f"{cell.unit}"
                    + (
                        f"; one more saves {number(cell.worth)} {cell.per}"
                        if cell.worth > 1e-6
                        else ""
                    )
                )
        left_out = len(rank) - len(names)
        charts.append(
            heat(
                "How full each limit is, in %",
                run.periods,
                [printable(name) for name in names],
                share,
                tips,
                tight,
                "tightest "
                f"first{f'; {left_out} more in power.csv and supply.csv' if left_out else ''}",
            )
        )
        binding = cells[cells["worth"] > 1e-6].sort_values(
            ["value"], ascending=False, kind="stable"
        )
    rows = (
        [
            (
                printable(r.name_),
                r.period,
                f"{number(r.used)} of {number(r.limit)} {r.unit}",
                f"{number(r.worth)} {r.per}",
            )
            for r in records(binding.head(60))
        ]
        if len(binding)
        else []
    )
    sheets = (
        [
            plain(
                "power",
                "Worth of one more unit",
                ("limit", "period", "used", "one more saves"),
                rows,
                right=(2, 3),
                note="at the optimum, a local statement; the range in which it holds is in "
                "power.csv and supply.csv, finite steps by re-solving: planner explain RUN limit "
                "...",
            )
        ]
        if rows
        else []
    )
    policies = run["limits"]
    if len(policies):
        sheets.append(
            sheet(
                "limits",
                "Policies",
                policies,
                [
                    "limit",
                    "period",
                    "measure",
                    "side",
                    "value",
                    "total",
                    "bound",
                    "over",
                    "worth_usd_per_unit",
                ],
                heads={"worth_usd_per_unit": "one more unit saves, USD"},
            )
        )
    return Section(
        "limits",
        "Limits that bind",
        "" if rows else "No limit binds.",
        charts=tuple(charts),
        sheets=tuple(sheets),
    )


def _full(
    names: pd.Series,
    period: pd.Series,
    used: pd.Series,
    limit: pd.Series,
    worth: pd.Series,
    unit: str,
    per: str,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": names,
            "name_": names,
            "period": period,
            "used": used,
            "limit": limit,
            "worth": worth.fillna(0.0),
            "unit": unit,
            "per": per,
        }
    )
