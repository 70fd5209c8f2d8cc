"""The chapter on whole things: what they cost, the choices of runs, and the orders in racks."""

from __future__ import annotations

from planner.report.page.run import Chapter, Run
from planner.report.page.says import whole_says
from planner.report.page.sheet import plain, sheet
from planner.report.whole import PRICES
from planner.report.wholeness import (
    RACKS,
    TITLE,
    bound_facts,
    racks_ordered,
    wholeness_sections,
)


def wholeness(run: Run) -> tuple[Chapter, ...]:
    """Return the chapter; none of a divisible plan."""
    sections = wholeness_sections(run.plan)
    if not sections:
        return ()
    sheets = [plain("wholeness", section) for section in sections]
    if "whole" in run.tables:
        racks = racks_ordered(run["buy_plan"], run["whole"])
        if len(racks):
            sheets.append(
                sheet(
                    "buy_plan",
                    "Orders in whole racks",
                    racks,
                    ["line_id", "offer", "chip", "site", "order_period", "racks", "size", "chips"],
                    heads={
                        "line_id": "line",
                        "order_period": "order",
                        "size": "chips of a rack",
                    },
                )
            )
    intro = f"What is approved here is what is ordered. {RACKS} All prices are {PRICES}."
    says, facts = whole_says(run.plan), bound_facts(run.plan)
    return (Chapter("wholeness", TITLE, intro, says=says, sheets=tuple(sheets), facts=facts),)
