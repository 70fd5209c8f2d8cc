"""The sheets on the books: by fiscal year with the bridge, book values by period, who pays,
and what a million tokens costs and earns."""

from __future__ import annotations

from typing import Final

import pandas as pd

from planner.report.finance import BOOKED, BRIDGE, books_by_year
from planner.report.page.books import has_books, told
from planner.report.page.run import Run
from planner.report.workbook.book import Book, put_text
from planner.report.workbook.columns import Field, fields, heading
from planner.report.workbook.table import HEADER_ROW, Layout, put

NAMES: Final = ("fiscal_year", "asset", "chip", "site")


def books(book: Book, run: Run) -> None:
    """Write the sheets; none where the run has no books."""
    if not has_books(run):
        return
    _by_year(book, run)
    _book_values(book, run)
    _showback(book, run)
    _economics(book, run)


def _by_year(book: Book, run: Run) -> None:
    """Write cost by the books and the bridge from there to the objective, by fiscal year."""
    years = run.yearly.years
    table = books_by_year(run.yearly)
    sheet = book.sheet("Books", "The books by fiscal year, USD", f"{told(table)} {years.short}")
    lost = table.assign(depreciation_usd=table["depreciation_usd"] + table["amortisation_usd"])
    row = HEADER_ROW
    for title, frame, lines in (
        ("Cost by the books", table.drop(index="end"), BOOKED),
        ("From the books to cash and to the objective", lost, BRIDGE),
    ):
        put_text(sheet, row, 0, title, book.style("section"))
        shown = pd.DataFrame(
            [{"line": words, **(sign * frame[name]).to_dict()} for words, name, sign in lines]
        )
        shown["plan"] = shown.drop(columns="line").sum(axis=1)
        columns = [Field("line", "USD"), *(Field(c, str(c), "cents") for c in shown.columns[1:])]
        placed = put(book, sheet, shown, columns, Layout(row + 1, main=False))
        row = placed.end + 3
    values = run.yearly["books"]
    if len(values):
        put_text(sheet, row, 0, "Every asset by fiscal year", book.style("section"))
        columns = [
            Field(name, heading(name), "text" if name in NAMES else "cents")
            for name in values.columns
        ]
        put(book, sheet, values, columns, Layout(row + 1, main=False))


def _book_values(book: Book, run: Run) -> None:
    """Write books.csv: every asset in every period."""
    sheet = book.sheet(
        "Book values",
        "Book values by period",
        "closing = opening + paid - depreciation - write-off; rules in outputs/README.md.",
    )
    table = run["books"]
    kinds = {name: "cents" for name in table.columns if name.endswith("_usd")}
    totals = ["paid_usd", "depreciation_usd", "write_off_usd", "sale_usd"]
    put(book, sheet, table, fields("books", list(table.columns), totals=totals, kinds=kinds))


def _showback(book: Book, run: Run) -> None:
    """Write showback.csv: who pays what in every period."""
    sheet = book.sheet(
        "Showback",
        "What every work costs, and who pays",
        "A period's cost of a chip type is shared by chip-hours of work on it; it sums to the cost "
        "by the books. Idle is charged to nobody.",
    )
    table = run["showback"]
    kinds = {name: "cents" for name in table.columns if name.endswith("_usd")}
    kinds |= {"chip_hours": "whole", "mtok": "whole"}
    totals = ["chip_hours", "capital_usd", "cost_usd", "cash_usd"]
    put(book, sheet, table, fields("showback", list(table.columns), totals=totals, kinds=kinds))


def _economics(book: Book, run: Run) -> None:
    """Write economics.csv: what a million tokens costs and earns, by workload and by model."""
    table = run["economics"]
    if table.empty:
        return
    sheet = book.sheet(
        "Economics",
        "What a million tokens costs and earns",
        "One more: the dual; full: discounted cost over discounted tokens; by the books and cash: "
        "nominal, over the plan.",
    )
    whole = ("mtok", "chip_hours", "tok_per_s_per_mw", "margin_usd_per_mw_year")
    kinds = dict.fromkeys(whole, "whole")
    put(book, sheet, table, fields("economics", list(table.columns), kinds=kinds))
