"""Used: what budgets and limits had of their windows before the plan fits these windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.columns import Bools, Texts, numbers, texts
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case

ROUNDING = 1e-9
"""Share of a limit by which what was used may be beyond it: both were added up."""


def _begun(case: Case, named: Texts) -> Bools:
    """Return which windows may have begun before the plan: fiscal years of which some of the year
    lies before it, and the whole plan, (n,)."""
    calendar = case.calendar
    first = f"FY{calendar.fiscal_year(0)}"
    running = calendar.fiscal_year(-1) == calendar.fiscal_year(0)
    return np.array([name == "" or (running and name == first) for name in named], dtype=bool)


def used_of_budgets(case: Case) -> list[Problem]:
    """A budget has something used before the plan only where its fiscal year has begun, and where
    it is hard, no more than it is."""
    table = case["budgets"]
    used, most = numbers(table, "used_usd"), numbers(table, "usd_max")
    begun = _begun(case, texts(table, "period"))
    problems = rows(
        Cells(case, "budgets", "used_usd", (used > 0) & ~begun),
        "used-before-window",
        "must be blank: {period} begins with the plan or later, and nothing of it can be used yet",
        "clear the cell, or correct period",
    )
    hard = np.isnan(numbers(table, "over_usd_per_usd"))
    return problems + rows(
        Cells(case, "budgets", "used_usd", begun & hard & (used > most * (1.0 + ROUNDING))),
        "overspent",
        "is more than usd_max ({most}): the budget cannot be kept any more",
        "raise usd_max, or give over_usd_per_usd, what a USD beyond it costs",
        most=most,
    )


def used_of_limits(case: Case) -> list[Problem]:
    """A limit has something used before the plan only where it sums over a window that has begun;
    the member has no more of it than all have, and of a hard one no more than it allows."""
    table = case["limits"]
    used, total, most = (numbers(table, name) for name in ("used", "used_total", "max"))
    measure = texts(table, "measure")
    summed = np.isin(measure, ["spend", "carbon"])
    begun = _begun(case, texts(table, "period"))
    problems = []
    for name, amount in (("used", used), ("used_total", total)):
        problems += rows(
            Cells(case, "limits", name, (amount > 0) & ~summed),
            "used-of-each-period",
            "must be blank: {measure} of {limit} is limited in every period, not summed",
            "clear the cell, or correct measure",
        )
        problems += rows(
            Cells(case, "limits", name, (amount > 0) & summed & ~begun),
            "used-before-window",
            "must be blank: {period} begins with the plan or later, and nothing of it can be used "
            "yet",
            "clear the cell, or correct period",
        )
    share = ~np.isnan(numbers(table, "min_share")) | ~np.isnan(numbers(table, "max_share"))
    beyond = (share | (total > 0)) & (used > total * (1.0 + ROUNDING))
    problems += rows(
        Cells(case, "limits", "used_total", summed & begun & beyond),
        "used-beyond-total",
        "must be at least used ({used}): what all have had contains what {limit} counts",
        "fill in what all scopes had of {measure}, or correct used",
    )
    hard = np.isnan(numbers(table, "over_usd_per_unit"))
    return problems + rows(
        Cells(case, "limits", "used", summed & begun & hard & (used > most * (1.0 + ROUNDING))),
        "overspent",
        "is more than max ({most}): {limit} cannot be kept any more",
        "raise max, or give over_usd_per_unit, what a unit beyond it costs",
        most=most,
    )
