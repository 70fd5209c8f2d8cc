"""Commitments: in periods that are some, on what is rented by the hour, and signed as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.columns import members, numbers, texts, whole
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def commitment_rows(case: Case) -> list[Problem]:
    """A commitment covers on-demand offers, in some period, and one that is signed says how
    much."""
    table, offers = case["commitments"], case["offers"]
    signed, amount = (~np.isnan(numbers(table, name)) for name in ("signed", "usd_per_hour"))
    first, last = whole(table, "first_order"), whole(table, "last_order")
    inside = (last >= 0) & (first < case.calendar.count)
    other = texts(offers, "offer")[texts(offers, "kind") != "on_demand"]
    wrong = np.asarray(members(other, texts(table, "offers")).any(axis=1))
    problems = rows(
        Cells(case, "commitments", "offers", wrong),
        "commitment-offer",
        "must name on-demand offers: others have their price by their own contract",
        "take the others out",
    )
    problems += rows(
        Cells(case, "commitments", "usd_per_hour", signed & ~amount),
        "commitment-amount",
        "needs the USD an hour of {commitment}, which is signed",
        "fill it in, or clear signed",
    )
    problems += rows(
        Cells(case, "commitments", "usd_per_hour", amount & ~signed),
        "commitment-amount",
        "must be blank: {commitment} is not signed, and the plan decides how much it is",
        "clear it, or say in signed from which period on it is in force",
    )
    return problems + rows(
        Cells(case, "commitments", "last_order", inside & (first > last)),
        "commitment-window",
        "must not be before first_order ({first_order})",
        "correct one of the two",
    )
