"""The sheet on the past: plan against actual, measured throughput, forecast accuracy."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from planner.actuals.accuracy import accuracy
from planner.actuals.compare import view
from planner.report.history import History, read_history
from planner.report.page.run import Run
from planner.report.past import HEADS, MONEY, NOTE, TITLES
from planner.report.workbook.book import Book, put_text
from planner.report.workbook.columns import Field, heading
from planner.report.workbook.table import HEADER_ROW, Layout, put
from planner.runs.inputs import INPUTS

KINDS = {"bias": "share", "weighted_error": "share", "count": "whole"}


def past(book: Book, run: Run) -> None:
    """Write plan against actual of the last plan before this one; nothing where the case tells
    nothing of it."""
    history = read_history(run.folder / INPUTS)
    if not history:
        return
    told = f" of the plan that began in {history.plan}" if history.plan else ""
    sheet = book.sheet("Past", f"Plan against actual{told}", NOTE)
    row = HEADER_ROW
    for title, frame, columns in _tables(history):
        put_text(sheet, row, 0, title, book.style("section"))
        placed = put(book, sheet, frame, columns, Layout(row + 1, main=False))
        row = placed.end + 3


def _tables(history: History) -> Iterator[tuple[str, pd.DataFrame, list[Field]]]:
    """Yield title, rows and columns of every table of the sheet."""
    for by, title in TITLES.items():
        found = view(history.variances, by)
        if len(found):
            money = [
                Field(name, f"{head} USD", "cents", total=by == "term")
                for name, head in zip(MONEY, HEADS, strict=True)
            ]
            yield title, found, [Field("name", heading(by)), *money]
    for title, frame in (
        ("In their own units", history.amounts),
        ("Measured throughput", history.throughput),
        ("Forecast accuracy", accuracy(history.forecasts).drop(columns="ahead")),
    ):
        if len(frame):
            columns = [
                Field(name, heading(name), KINDS.get(name, "text" if kind == "O" else "price"))
                for name, kind in ((name, frame[name].dtype.kind) for name in frame.columns)
                if name != "plan"
            ]
            yield title, frame, columns
