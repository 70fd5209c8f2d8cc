"""The sheet on whole things: what they cost, the choices of runs, and the orders in racks."""

from __future__ import annotations

from typing import Final

from planner.report.page.run import Run
from planner.report.wholeness import (
    CHOICES,
    COSTS,
    RACKS,
    TITLE,
    bound_facts,
    choices,
    racks_ordered,
    wholeness_costs,
)
from planner.report.workbook.book import Book, put_text
from planner.report.workbook.columns import Field
from planner.report.workbook.overview import pairs
from planner.report.workbook.table import HEADER_ROW, Layout, put

COST_FIELDS: Final = [
    Field("kind", "Kind"),
    Field("usd", "Costs more USD", "cents"),
    Field("share", "% of the total cost", "number"),
]
CHOICE_FIELDS: Final = [
    Field("milestone", "Milestone"),
    Field("of", "Of several"),
    Field("chosen", "Chosen"),
    Field("runner_up", "Runner-up"),
    Field("usd", "Runner-up costs more USD", "cents"),
]
RACK_FIELDS: Final = [
    Field("line_id", "Line"),
    Field("offer", "Offer"),
    Field("chip", "Chip"),
    Field("site", "Site"),
    Field("order_period", "Order"),
    Field("racks", "Racks", "whole", total=True),
    Field("size", "Chips of a rack", "whole"),
    Field("chips", "Chips", "whole", total=True),
]


def wholeness(book: Book, run: Run) -> None:
    """Write what wholeness costs, the choices and the orders in racks; nothing of a divisible
    plan."""
    if "whole" not in run.plan:
        return
    sheet = book.sheet(TITLE, TITLE, RACKS)
    row = pairs(book, sheet, HEADER_ROW, list(bound_facts(run.plan))) + 1
    tables = [
        (f"What wholeness costs. {COSTS}", wholeness_costs(run.plan), COST_FIELDS),
        (f"Where runs stand that had a choice. {CHOICES}", choices(run.plan), CHOICE_FIELDS),
    ]
    if "whole" in run.tables:
        racks = racks_ordered(run["buy_plan"], run["whole"])
        tables.append(("Orders in whole racks", racks, RACK_FIELDS))
    for title, frame, fields in tables:
        if len(frame):
            put_text(sheet, row, 0, title, book.style("section"))
            placed = put(book, sheet, frame, fields, Layout(row + 1, main=False))
            row = placed.end + 3
