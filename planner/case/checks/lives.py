"""Lives: chips serve at least as long as their price is spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.case.checks.findings import Cells, rows
from planner.case.columns import numbers
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def technical_life(case: Case) -> list[Problem]:
    """A technical life is no shorter than the economic one."""
    chips = case["chips"]
    economic, technical = (
        numbers(chips, f"{name}_life_years") for name in ("economic", "technical")
    )
    return rows(
        Cells(case, "chips", "technical_life_years", technical < economic),
        "life-shorter",
        "must be at least economic_life_years ({economic_life_years}): {chip} cannot be paid for "
        "longer than it serves",
        "correct one of the two",
    )
