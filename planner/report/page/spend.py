"""Chapter 6: spend."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.report.page.run import Chapter, Run
from planner.report.page.says import cash_says
from planner.report.page.sheet import Sheet, plain, sheet
from planner.report.page.stacks import stacked
from planner.report.page.years import years_first
from planner.report.topics import cost_section, split_section


def spend(run: Run) -> Chapter:
    """Return chapter 6: cash by period, budgets, cost by term, and its split."""
    costs = run["costs"]
    cash = costs[costs["category"] != "none"]
    flow = run.by_period(cash, "category", "nominal_usd")
    terms = run.by_period(costs[costs["discounted_usd"] > 0], "term", "nominal_usd")
    paid = {name: np.maximum(values, 0.0) for name, values in flow.items()}
    to_date = np.cumsum(np.sum(list(flow.values()), axis=0)) if flow else np.zeros(0)
    charts = (
        years_first(
            run.periods,
            paid,
            "sum",
            lambda periods, values: stacked("Cash paid", periods, values, "USD", "nominal"),
        ),
        years_first(
            run.periods,
            {"paid": to_date if len(to_date) else np.zeros(len(run.periods))},
            "last",
            lambda periods, values: stacked(
                "Cash paid to date",
                periods,
                {name: np.maximum(v, 0.0) for name, v in values.items()},
                "USD",
                "nominal, from the start of the plan to the end of each",
            ),
        ),
        years_first(
            run.periods,
            {name.replace("_", " "): np.maximum(values, 0.0) for name, values in terms.items()},
            "sum",
            lambda periods, values: stacked(
                "Cost by term",
                periods,
                values,
                "USD",
                "nominal; credits such as residual value are in the table",
            ),
        ),
    )
    limited = run["budget"][run["budget"]["limit_usd"].notna()]
    terms_sheet = plain("costs", cost_section(run.figures.terms))
    sheets = [terms_sheet, plain("unit_costs", split_section(run.figures.split))]
    if len(limited):
        sheets.append(_budgets(limited))
    return Chapter(
        "spend", "Spend", says=cash_says(run.figures), charts=charts, sheets=tuple(sheets)
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
        ],
        heads={
            "limit_usd": "limit USD",
            "paid_usd": "paid USD",
            "free_usd": "free USD",
            "over_usd": "over USD",
        },
    )
