"""Chapter 6: spend."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.report.page.run import Chapter, Run
from planner.report.page.sheet import Sheet, plain, sheet
from planner.report.page.stacks import stacked
from planner.report.section import Section, records
from planner.report.topics import by_term
from planner.words import money, money_unit, number, printable


def spend(run: Run) -> Chapter:
    """Return chapter 6: cash by period, budgets, cost by term, and its split."""
    costs = run["costs"]
    cash = costs[costs["category"] != "none"]
    flow = run.by_period(cash, "category", "nominal_usd")
    unit = money_unit(*(value for series in flow.values() for value in series.tolist()))
    terms = run.by_period(costs[costs["discounted_usd"] > 0], "term", "nominal_usd")
    charts = (
        stacked(
            "Cash by period",
            run.periods,
            {name: np.maximum(values, 0.0) for name, values in flow.items()},
            "USD",
            note="nominal",
        ),
        stacked(
            "Cost by term",
            run.periods,
            {name.replace("_", " "): np.maximum(values, 0.0) for name, values in terms.items()},
            "USD",
            note="nominal; credits such as residual value are in the table",
        ),
    )
    sums = by_term(costs)
    limited = run["budget"][run["budget"]["limit_usd"].notna()]
    sheets = [_terms(sums, unit), _split(run, float(sums["discounted_usd"].sum()), unit)]
    if len(limited):
        sheets.append(_budgets(limited))
    return Chapter("spend", "Spend", charts=charts, sheets=tuple(sheets))


def _terms(sums: pd.DataFrame, unit: tuple[float, str]) -> Sheet:
    """The cost by term, as ``by_term`` sums it, and in all; amounts in a unit of ``money_unit``."""
    total = float(sums["discounted_usd"].sum())
    rows = [
        (
            printable(r.Index),
            money(r.nominal_usd, unit),
            money(r.discounted_usd, unit),
            f"{100 * r.discounted_usd / total:.1f}" if total else "",
        )
        for r in records(sums)
    ]
    rows.append(
        (
            "total = objective",
            money(float(sums["nominal_usd"].sum()), unit),
            money(total, unit),
            "100.0" if total else "",
        )
    )
    return plain(
        "costs",
        Section(
            "Cost by term",
            ("term", f"nominal {unit[1]}", f"discounted {unit[1]}", "% of total"),
            tuple(rows),
            frozenset({1, 2, 3}),
        ),
    )


def _split(run: Run, total: float, unit: tuple[float, str]) -> Sheet:
    """The cost by purpose, of a total in USD."""
    split = run["unit_costs"][run["unit_costs"]["kind"] == "split"]
    shares = [
        (
            printable(r.name_),
            money(r.cost_usd, unit),
            f"{100 * r.cost_usd / total:.1f}" if total else "",
            number(r.chip_hours) if np.isfinite(r.chip_hours) else "",
        )
        for r in records(split.rename(columns={"name": "name_"}))
    ]
    return plain(
        "unit_costs",
        Section(
            "Training, research and inference",
            ("for", f"cost {unit[1]} (NPV)", "% of total", "chip-hours"),
            tuple(shares),
            frozenset({1, 2, 3}),
            "sums to the objective",
        ),
    )


def _budgets(limited: pd.DataFrame) -> Sheet:
    return sheet(
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
