"""The last plan: what this one is compared with."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table

DECISIONS: Final = ("approved", "changed", "refused")
"""What can be decided of a line of a plan."""
DECIDED: Final = ("changed", "refused")
"""Decisions that fix the order of a line."""

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "last_plan",
        "The buy plan this one is compared and kept stable with: `buy_plan.csv` of an earlier "
        "run, as it was written.",
        (
            C("offer", "name", "Offer.", required=True),
            C("site", "name", "Site.", required=True),
            C("order_period", "period", "Order period.", required=True),
            C(
                "chips",
                "number",
                "Chips ordered; blank = a power project.",
                "chips",
                low=0,
                default=0.0,
                beside="fine",
            ),
            C(
                "mw",
                "number",
                "MW ordered of a power project; blank = none.",
                "MW",
                low=0,
                default=0.0,
                beside="fine",
            ),
            C(
                "action",
                "text",
                "Lines that order (buy, lease, reserve, build_power) are compared; rent, retire "
                "and relocate are not.",
            ),
            C("status", "text", "Only new lines are compared."),
            C(
                "decision",
                "choice",
                "What was decided of the line when the plan was approved. refused: not ordered, "
                "whatever its chips; changed: exactly the chips (MW) of the row; approved or "
                "blank: compared, and frozen as `frozen_periods` says.",
                allowed=DECISIONS,
                default="",
            ),
        ),
        key=(),
        file="last_plan/buy_plan.csv",
        other_columns=True,
        absent="nothing to compare with",
        group="rules and budgets",
    ),
)
