"""Curves by age: resale, survival and maintenance begin at age 0 and go the right way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.columns import numbers, texts
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def age_zero(case: Case) -> list[Problem]:
    """Every curve has a row for age 0."""
    problems = []
    for table in ("resale", "survival", "maintenance"):
        frame = case[table]
        if frame.empty:
            continue
        youngest = frame.groupby("chip")["age_years"].transform("min").to_numpy(dtype=np.float64)
        first = ~frame["chip"].duplicated().to_numpy()
        problems += rows(
            Cells(case, table, "age_years", first & (youngest > 0)),
            "age-zero-missing",
            "needs a row for age 0 of {chip}; its first is {youngest}",
            "add the row for age 0",
            youngest=youngest,
        )
    return problems


def survival_falls(case: Case) -> list[Problem]:
    """Survival starts at 1 and does not rise with age."""
    frame = case["survival"]
    share = numbers(frame, "share_alive")
    problems = rows(
        Cells(case, "survival", "share_alive", (numbers(frame, "age_years") == 0) & (share != 1)),
        "survival-start",
        "must be 1 at age 0",
        "write 1, or move the figure to its age",
    )
    by_age = frame.assign(_at=np.arange(len(frame))).sort_values(
        ["chip", "age_years"], kind="stable"
    )
    before = by_age.groupby("chip")["share_alive"].shift().to_numpy(dtype=np.float64)
    younger = np.full(len(frame), np.nan)
    younger[by_age["_at"].to_numpy()] = before
    return problems + rows(
        Cells(case, "survival", "share_alive", share > younger),
        "survival-rises",
        "must be at most {younger}, the share alive at the age before",
        "correct one of the two; chips do not come back",
        younger=younger,
    )


def curves_used(case: Case) -> list[Problem]:
    """A survival curve is not given together with an attrition of the chip, which it replaces."""
    chips = case["chips"]
    both = chips["chip"].isin(texts(case["survival"], "chip")).to_numpy() & (
        numbers(chips, "annual_attrition") > 0
    )
    return rows(
        Cells(case, "chips", "annual_attrition", both),
        "attrition-unused",
        "does not hold for owned {chip}, whose rows in survival.csv do; only for leases",
        "clear the cell, or remove its survival rows",
        severity="warning",
    )
