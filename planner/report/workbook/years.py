"""The sheet by fiscal year: what is ordered, held, powered, served and paid, years across."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from planner.report.matrix import matrix
from planner.report.page.books import has_books
from planner.report.page.run import Run
from planner.report.workbook.book import Book, put_text
from planner.report.workbook.columns import Field
from planner.report.workbook.table import HEADER_ROW, Layout, put
from planner.report.years import Years, by_year

ORDERED: Final = ["buy", "lease", "reserve", "build_power"]
"""Actions that order something to be held."""
TABLES: Final = (
    ("buy_plan", "chips", "Chips ordered, by the year of the order", "offer", "count", True),
    ("buy_plan", "chips", "Chips retired early, of which lot", "offer", "count", True),
    ("buy_plan", "mw", "MW ordered, by the year of the order", "offer", "number", True),
    ("buy_plan", "total_usd", "Paid in the plan for what is ordered, USD", "offer", "usd", True),
    ("fleet", "held", "Chips held at the end of the year", "chip", "count", True),
    ("fleet", "rented", "Chips rented by the hour, mean over the year", "chip", "count", True),
    ("power", "used_mw", "Most MW used, on the site's basis", "site", "number", False),
    ("power", "energy_mwh", "Energy, MWh", "site", "count", True),
    ("demand_coverage", "served", "Served, in its own unit", "workload", "count", False),
    ("demand_coverage", "short", "Not served", "workload", "count", False),
    ("costs", "nominal_usd", "Cost by term, nominal USD", "term", "usd", True),
)
"""Table, column, title, what a row is, how it is shown, and whether the rows add up."""


def by_years(book: Book, run: Run) -> None:
    """Write the sheet; none where the run has no books."""
    if not has_books(run):
        return
    years = run.yearly.years
    sheet = book.sheet(
        "By year",
        "The plan by fiscal year",
        f"`planner show RUN --by year --csv DIR` writes every table like this. {years.short}",
    )
    row = HEADER_ROW
    for title, frame, kind, total in _matrices(run, years):
        put_text(sheet, row, 0, title, book.style("section"))
        columns = [
            Field("name", "Name"),
            *(Field(name, name, kind, total=total) for name in years.names),
        ]
        placed = put(book, sheet, frame, columns, Layout(row + 1, main=False))
        row = placed.end + 3


def _matrices(run: Run, years: Years) -> Iterator[tuple[str, pd.DataFrame, str, bool]]:
    """Yield title, rows, how they are shown and whether they add up, of what there is any of."""
    for table, column, title, of, kind, total in TABLES:
        frame = run.tables[table]
        if table == "buy_plan":
            wanted = ["retire"] if "retired" in title else ORDERED
            frame = frame[(frame["status"] == "new") & frame["action"].isin(wanted)]
        yearly = by_year(table, frame, years)
        names, values = matrix(yearly, yearly[of], column, years)
        shown = pd.DataFrame(values, columns=list(years.names))
        shown.insert(0, "name", names)
        shown = shown[(values != 0).any(axis=1)].sort_values("name", ignore_index=True)
        if len(shown):
            yield title, shown, kind, total
