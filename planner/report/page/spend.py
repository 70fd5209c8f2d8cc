"""Chapter 6: spend."""

from __future__ import annotations

import numpy as np

from planner.report.page.run import Chapter, Run
from planner.report.page.sheet import plain, sheet
from planner.report.page.stacks import stacked
from planner.report.section import Section, records
from planner.words import money, money_unit, number, printable


def spend(run: Run) -> Chapter:
    """Return chapter 6: cash by period, budgets, cost by term, and its split."""
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
            Section(
                "Cost by term",
                ("term", f"nominal {unit}", f"discounted {unit}", "% of total"),
                tuple(rows),
                frozenset({1, 2, 3}),
            ),
        ),
        plain(
            "unit_costs",
            Section(
                "Training, research and inference",
                ("for", f"cost {unit} (NPV)", "% of total", "chip-hours"),
                tuple(shares),
                frozenset({1, 2, 3}),
                "sums to the objective",
            ),
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
    return Chapter("spend", "Spend", charts=tuple(charts), sheets=tuple(sheets))
