"""What needs a person."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column, Table

C = Column

EXCEPTIONS: Final = Table(
    "exceptions",
    "What needs a person.",
    (
        C("severity", "choice", "high, medium or low.", allowed=("high", "medium", "low")),
        C(
            "kind",
            "text",
            "short, late, stranded_chips (more than 1 and than 1 % of those held), stranded_mw "
            "(more than 0.5 and than a quarter, where MW were built), soft_limit, residual (more "
            "than 15 % of the up-front spend, or more than 30 % of it in the last year), stale, "
            "assumption, accepted, scaling, decide_now.",
        ),
        C("item", "text", "What it is about."),
        C("period", "text", "Period, where there is one."),
        C("amount", "number", "How much.", "unit"),
        C("unit", "text", "Unit."),
        C("usd", "number", "Money at stake, where known.", "USD"),
        C("message", "text", "In one sentence."),
        C("action", "text", "What to do."),
    ),
)
