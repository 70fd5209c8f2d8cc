"""The workbook: plan.xlsx, for those who work in one; made from a run's files alone."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.report.page.run import Run


def write_workbook(folder: Path, path: Path | None = None, run: Run | None = None) -> Path:
    """Write the workbook of a run; returns where.

    Numbers are numbers, totals are formulas that carry their values, and text is text whatever it
    begins with.  Equal run folders give equal bytes.

    Args:
        folder: the run folder.
        path: where to write; left out: ``plan.xlsx`` in the run folder.
        run: the run where it has been read already.

    Raises:
        RunError: where a file of the run is missing; OSError where the workbook cannot be written.
    """
    from planner.report.page.run import read_run
    from planner.report.workbook.book import open_book
    from planner.report.workbook.books import books
    from planner.report.workbook.buys import buy_plan, by_period, changes
    from planner.report.workbook.futures import futures
    from planner.report.workbook.overview import decide_now, summary, summary_charts
    from planner.report.workbook.past import past
    from planner.report.workbook.trust import about, assumptions, exceptions, first_day
    from planner.report.workbook.wholeness import wholeness
    from planner.report.workbook.work import allocation, costs, power, unit_costs
    from planner.report.workbook.years import by_years

    path = path if path is not None else folder / "plan.xlsx"
    run = run if run is not None else read_run(folder)
    book = open_book(
        path, datetime.datetime.combine(first_day(run), datetime.time()), str(run.plan["case"])
    )
    front = summary(book, run)
    decide_now(book, run)
    spend = by_period(book, run)
    buy_plan(book, run)
    futures(book, run)
    wholeness(book, run)
    allocation(book, run)
    power(book, run)
    costs(book, run, spend)
    for write in (unit_costs, by_years, books, changes, past, exceptions, assumptions, about):
        write(book, run)
    summary_charts(book, run, *front, spend)
    try:
        book.file.close()
    except Exception as error:  # XlsxWriter wraps what the disk says
        if isinstance(error.args[0] if error.args else None, OSError):
            raise error.args[0] from None
        raise
    return path
