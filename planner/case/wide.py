"""Wide tables: what stands in the header of a table, and the long form of one whose headers are
periods."""

from __future__ import annotations

import dataclasses
import re
from typing import Final

from planner.case.declare import Table
from planner.case.melt import melt
from planner.case.periods import likely_period, looks_like_period
from planner.case.problems import Place, Problem, error, suggest
from planner.case.tables import READ
from planner.case.text import TextTable

IMPORT: Final = "`planner import`"
MOST_TOLD: Final = 100
"""Unknown columns of a table that are told one by one."""


def widen(text: TextTable, frequency: str = "") -> tuple[TextTable | None, list[Problem]]:
    """Return the long form of a table, and the problems of its header.

    Args:
        text: the table as written.
        frequency: of the plan's periods, for what is told of others; blank where nobody knows.

    Returns:
        The table with declared columns only (None where it cannot be used), and problems.
    """
    table = READ[text.name]
    declared = [column.name for column in table.columns]
    melted, problems = _melted(text, table, declared)
    if melted is None:
        return None, problems
    text = melted
    if not table.other_columns:
        unknown = [name for name in text.columns if name not in declared]
        problems += [_unknown_column(text, table, name, frequency) for name in unknown[:MOST_TOLD]]
        if len(unknown) > MOST_TOLD:
            last = problems[-1]
            fix = f"{last.fix} ({len(unknown) - MOST_TOLD} more columns are unknown)"
            problems[-1] = dataclasses.replace(last, fix=fix)
    for column in table.columns:
        if column.required and column.name not in text.columns:
            problems.append(
                error(
                    "missing-column",
                    Place(text.file, 1, column.name),
                    "",
                    f"is needed: {column.help}",
                    "add the column",
                )
            )
    return (None if problems else text), problems


def _melted(
    text: TextTable, table: Table, declared: list[str]
) -> tuple[TextTable | None, list[Problem]]:
    """Return a table with its headers that are periods turned into rows."""
    if not table.wide:
        return text, []
    periods = [name for name in text.columns if name not in declared and looks_like_period(name)]
    if len(periods) >= 2 or (periods and "period" not in text.columns):
        return melt(text, table, periods)
    return text, []


def readable(text: TextTable) -> TextTable | None:
    """Return the part of a table that can be read although its header is wrong, in long form: its
    cells are told with the header; None where there is none."""
    table = READ[text.name]
    declared = [column.name for column in table.columns]
    known = {
        name: cells
        for name, cells in text.columns.items()
        if name in declared or name == "measure" or looks_like_period(name)
    }
    if len(text.columns) - len(known) > MOST_TOLD:
        return None
    long = _melted(dataclasses.replace(text, columns=known), table, declared)[0]
    if long is None:
        return None
    cells = {name: column for name, column in long.columns.items() if name in declared}
    return dataclasses.replace(long, columns=cells)


def _unknown_column(text: TextTable, table: Table, name: str, frequency: str) -> Problem:
    """Return the problem of a header that is none, with what it looks like."""
    declared = [column.name for column in table.columns]
    meant, need = likely_period(name), f"is not a column of {table.name}"
    fix = suggest(name, declared) or f"remove it; the columns are {', '.join(declared)}"
    if meant and table.wide and likely_period(name, frequency):
        meant = likely_period(name, frequency)
        need, fix = "is a period in another spelling", f"write {meant}, or use {IMPORT}"
    elif meant and table.wide:
        need = f"is a period ({meant}), and the plan has others: each is a {frequency}"
        fix = f"write one column for every {frequency}, or let {IMPORT} sum or spread them"
    elif table.wide and re.fullmatch(r"H[12].{0,6}[0-9]{2,4}|[12]H.{0,6}[0-9]{2,4}", name, re.I):
        need, fix = "is half a year", f"write its quarters or months, or let {IMPORT} spread it"
    elif table.wide and re.fullmatch(r"[0-9OIl]{2,4}[- ]?[QM][0-9OIl]{1,2}", name, re.IGNORECASE):
        need, fix = "looks like a period and is none", "write it as 2027Q1, 2027-03 or 2027"
    elif meant or looks_like_period(name):
        need = f"is a period, and {table.name} has none"
        fix = "remove it" if "period" not in declared else "write one row per period"
    return error("unknown-column", Place(text.file, 1, name), "", need, fix)
