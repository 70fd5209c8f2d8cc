"""Reading: a folder of actuals, checked against the run whose plan they follow."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from planner.actuals.actuals import Actuals, actuals_of
from planner.actuals.lines import lines_of
from planner.actuals.rules import RULES, Told
from planner.case.case import Case
from planner.case.columns import texts
from planner.case.csv_file import read_csv
from planner.case.names import unknown_names
from planner.case.problems import CaseError, Place, Problem, error, suggest
from planner.case.read import empty_table, read_table
from planner.case.tables import ACTUALS
from planner.runs.inputs import read_inputs
from planner.runs.read import read_run_table

NOTES = ("notes", "readme", "license", ".", "~$")
"""How the name of a file begins that is none of the actuals and no mistake."""
GIVEN = {"actual_fleet": "chips", "actual_power": "mw", "actual_cash": "usd"}
"""Tables with one figure a row: a row without it tells nothing."""


def read_actuals(folder: Path, run: Path, by: int = 1, case: Case | None = None) -> Actuals:
    """Read and check what really happened.

    Args:
        folder: with the tables of actuals, each of them optional.
        run: the run folder of the plan that they follow.
        by: periods of it that have passed.
        case: its case, where it has been read already.

    Returns:
        The actuals.

    Raises:
        CaseError: with every problem found, each with file, row and column.
        RunError: where the run cannot be read.
    """
    case = read_inputs(run) if case is None else case
    tables, problems = _tables(folder, case)
    if problems:
        raise CaseError(problems)
    buy_plan = read_run_table(run, "buy_plan")
    lines = lines_of(case, buy_plan, texts(tables["actual_orders"], "line"))
    told = Told(dataclasses.replace(case, tables={**case.tables, **tables}), by, lines, buy_plan)
    problems = [problem for rule in RULES for problem in rule(told)]
    if problems:
        raise CaseError(problems)
    orders, fleet = tables["actual_orders"], tables["actual_fleet"]
    orders["period"] = np.where(orders["period"].isna(), lines.period, orders["period"])
    orders["offer"], orders["site"], orders["planned"] = lines.offer, lines.site, lines.planned
    fleet["in_service"] = [
        np.nan if not label else float(case.calendar.parse(label)) for label in fleet["in_service"]
    ]
    for name, column in GIVEN.items():
        tables[name] = tables[name][tables[name][column].notna()].reset_index(drop=True)
    return actuals_of(by, tables)


def _tables(folder: Path, case: Case) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Return the tables of a folder by declared name, and what is wrong with the folder, its files
    and their cells."""
    problems: list[Problem] = []
    tables = {name: empty_table(table) for name, table in ACTUALS.items()}
    paths = {Path(table.path).name: name for name, table in ACTUALS.items()}
    try:
        entries = sorted(folder.iterdir())
    except OSError as reason:
        need = f"cannot be read: {reason.strerror or reason}"
        fix = "give the folder that holds the actuals"
        return tables, [error("unreadable", Place(str(folder)), "", need, fix)]
    for entry in entries:
        file = f"{folder.name}/{entry.name}"
        if entry.name not in paths:
            if not entry.name.lower().startswith(NOTES):
                need = f"is no table of actuals: {', '.join(paths)}"
                fix = suggest(entry.name, paths) or "rename it, or begin its name with `notes`"
                problems.append(error("unknown-table", Place(file), "", need, fix))
            continue
        name = paths[entry.name]
        text, found = read_csv(entry, name, file)
        problems += found
        if text is not None:
            frame, found = read_table(text, case.calendar)
            problems += found
            tables[name] = tables[name] if frame is None else frame
    unread = {problem.file for problem in problems if problem.severity == "error"}
    problems += unknown_names({**case.tables, **tables}, unread, ACTUALS.values())
    return tables, problems
