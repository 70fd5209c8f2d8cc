"""A run by fiscal year: printed, as JSON, and as CSV files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from planner.report.finance import finance_sections
from planner.report.streams import echo, print_json, show
from planner.report.terminal import print_table
from planner.report.years import YEARLY, Yearly, fiscal_start, years_of
from planner.words import printable


def show_years(folder: Path, csv_folder: Path | None, *, as_json: bool) -> None:
    """Print a run by fiscal year, and write its tables so where a folder is named.

    Args:
        folder: the run.
        csv_folder: where to write ``<table>.csv``, each made or replaced; None: nowhere.
        as_json: whether to print the tables as one JSON document instead.
    """
    from planner.report.page.run import plan_periods
    from planner.runs.read import RunError, read_plan, read_run_table
    from planner.runs.verify import told_if_damaged

    with told_if_damaged(folder):
        plan = read_plan(folder)
        years = years_of(plan_periods(plan), fiscal_start(folder))
        names = [name for name in YEARLY if (folder / f"{name}.csv").is_file()]
        if names and not (folder / "pnl.csv").is_file():
            raise RunError(
                f"{folder} has no books: an earlier version wrote it. Next: planner run its case"
            )
        tables = {name: read_run_table(folder, name) for name in [*names, "economics"]}
        yearly = Yearly(tables, years)
    if csv_folder is not None:
        csv_folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            _write(yearly[name], csv_folder / f"{name}.csv")
    if as_json:
        print_json(_document(folder, yearly, names))
        return
    for section in finance_sections(yearly):
        show(print_table, section)
        echo("")
    if csv_folder is not None:
        echo(f"{len(names)} tables by fiscal year  {printable(csv_folder)}")


def _write(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as the tables of a run are: UTF-8, LF, a blank for what is missing."""
    frame.to_csv(path, index=False, lineterminator="\n", float_format="%.12g", encoding="utf-8")


def _document(folder: Path, yearly: Yearly, names: list[str]) -> dict[str, object]:
    """Return every table by fiscal year, as records."""
    told: dict[str, object] = {"folder": str(folder), "fiscal_years": list(yearly.years.names)}
    for name in names:
        frame = yearly[name].astype(object)
        told[name] = frame.where(frame.notna(), None).to_dict("records")
    return told
