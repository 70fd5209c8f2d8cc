"""The workbook: plan.xlsx, for those who work in one; made from a run's files alone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from planner.report.page.run import read_run
from planner.report.workbook.grid import open_book
from planner.report.workbook.sheets import SHEETS


def write_workbook(folder: Path, path: Path | None = None) -> Path:
    """Write the workbook of a run; returns where.

    Numbers are numbers, totals are formulas that carry their values, and text is text whatever it begins with.  Equal run folders
    give equal bytes.

    Args:
        folder: the run folder.
        path: where to write; left out: ``plan.xlsx`` in the run folder.

    Raises:
        RunError: where a file of the run is missing; OSError where the workbook cannot be written.
    """
    path = path if path is not None else folder / "plan.xlsx"
    run = read_run(folder)
    book = open_book(str(path), datetime(int(run.periods[0][:4]), 1, 1), str(run.plan["case"]))
    for write in SHEETS:
        write(book, run)
    try:
        book.file.close()
    except Exception as error:  # XlsxWriter wraps what the disk says
        if isinstance(error.args[0] if error.args else None, OSError):
            raise error.args[0] from None
        raise
    return path
