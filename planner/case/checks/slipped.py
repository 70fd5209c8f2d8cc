"""Rows that have slipped by a cell: a figure under the heading of its neighbour frees a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.columns import Bools, Floats, numbers, texts
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case

_FIX = "put every figure under its heading, or accept it in case.yaml"


def penalty_a_year(case: Case) -> list[Problem]:
    """A penalty of a limit without a period is no year of the plan: it would be the period, and the
    limit soft."""
    limits = case["limits"]
    price = numbers(limits, "over_usd_per_unit")
    years = [case.calendar.first_day(t).year for t in (0, case.calendar.count)]
    slipped = (texts(limits, "period") == "") & _whole(price, years[0] - 1, years[1] + 1)
    return rows(
        Cells(case, "limits", "over_usd_per_unit", slipped),
        "row-slipped",
        "makes {limit} soft at {over_usd_per_unit} USD over the whole plan, and could be a year of "
        "it: period, left of it, is blank",
        _FIX,
        severity="warning",
    )


def share_as_amount(case: Case) -> list[Problem]:
    """A limit of an amount is hardly 1 or less: that is a share under its neighbour's heading."""
    most = numbers(case["limits"], "max")
    return rows(
        Cells(case, "limits", "max", (most > 0) & (most <= 1)),
        "row-slipped",
        "allows {limit} {max} of {measure} at most, and could be a share of it: min_share and "
        "max_share stand beside it",
        _FIX,
        severity="warning",
    )


def price_a_window(case: Case) -> list[Problem]:
    """The price of a shortfall of batch work is no number of periods that it could wait, where all
    other batch work waits and this does not."""
    workloads = case["workloads"]
    price = numbers(workloads, "short_usd_per_mtok")
    batch = texts(workloads, "kind") == "batch"
    waits_not = batch & (numbers(workloads, "window_periods") == 1)
    alone = waits_not.sum() == 1 and batch.sum() > 1
    return rows(
        Cells(
            case,
            "workloads",
            "short_usd_per_mtok",
            waits_not & _whole(price, 2, case.calendar.count) & alone,
        ),
        "row-slipped",
        "makes {workload} soft, and could be its window: that is {window_periods} period, and "
        "longer for all other batch work",
        _FIX,
        severity="warning",
    )


def _whole(value: Floats, low: float, high: float) -> Bools:
    """Return which values are whole numbers from ``low`` to ``high``, (n,)."""
    return np.asarray((value == np.floor(value)) & (value >= low) & (value <= high))
