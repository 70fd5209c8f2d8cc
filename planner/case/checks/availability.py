"""Availability: windows of slices and periods that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.columns import texts, whole
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def availability_windows(case: Case) -> list[Problem]:
    """A window ends no earlier than it begins, and names a slice of case.yaml."""
    table = case["availability"]
    slices = [s.name for s in case.settings.slices]
    part = texts(table, "slice")
    problems = rows(
        Cells(case, "availability", "slice", (part != "") & ~np.isin(part, slices)),
        "slice-unknown",
        "must be a slice of case.yaml ({known})",
        "correct the name, or leave it blank for every slice",
        known=", ".join(slices[:8]),
    )
    return problems + rows(
        Cells(case, "availability", "to", whole(table, "to") < whole(table, "from")),
        "window-ends-first",
        "must not be before from",
        "correct one of the two",
    )
