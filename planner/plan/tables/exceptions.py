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
            "short, late, stranded_chips, stranded_mw, soft_limit, residual, stale, "
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
