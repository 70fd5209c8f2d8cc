"""The sheet on scenarios: what each costs, and the orders that they have in common."""

from __future__ import annotations

from typing import Final

from planner.report.futures import CORE, NOTE, TITLE, futures_facts
from planner.report.page.run import Run
from planner.report.workbook.book import Book, put_text
from planner.report.workbook.columns import Field
from planner.report.workbook.overview import pairs
from planner.report.workbook.table import HEADER_ROW, Layout, put
from planner.runs.futures import has_futures, read_common, read_scenarios

SCENARIOS: Final = [
    Field("scenario", "Scenario"),
    Field("probability", "Probability", "number"),
    Field("cost_usd", "Cost USD", "cents"),
    Field("alone_usd", "Alone USD", "cents"),
    Field("regret_usd", "Regret USD", "cents"),
    Field("mean_plan_usd", "Plan of the mean USD", "cents"),
    Field("run", "Run"),
]
COMMON: Final = [
    Field("order_period", "Order by"),
    Field("offer", "Offer"),
    Field("site", "Site"),
    Field("chips", "Chips", "number"),
    Field("mw", "MW", "number"),
    Field("core", "Core", "number"),
    Field("most_alone", "Alone at most", "number"),
    Field("ordered_alone_in", "Needed alone in"),
    Field("mean_plan", "Plan of the mean", "number"),
    Field("in_scenarios", "In scenarios"),
]


def futures(book: Book, run: Run) -> None:
    """Write what every scenario costs and what is common; nothing of a plan without scenarios."""
    if not has_futures(run.folder):
        return
    sheet = book.sheet("Scenarios", TITLE, NOTE)
    row = pairs(book, sheet, HEADER_ROW, list(futures_facts(run.folder))) + 1
    tables = (
        ("Scenarios", read_scenarios(run.folder), SCENARIOS),
        (f"Common orders. {CORE}", read_common(run.folder), COMMON),
    )
    for title, frame, fields in tables:
        put_text(sheet, row, 0, title, book.style("section"))
        placed = put(book, sheet, frame, fields, Layout(row + 1, main=False))
        row = placed.end + 3
