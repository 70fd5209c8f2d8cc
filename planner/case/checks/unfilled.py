"""Columns without an entry: a header stands there, and in every row that counts a blank.

Whoever writes a header has figures for it in mind; where the only one is cleared, or has slipped
under another heading, no neighbour is filled that could tell.  So the column itself does: it is
filled, or it is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.case.blanks import blanks, has_header
from planner.case.checks.beside import concerned, meaning
from planner.case.checks.findings import Cells, first_of
from planner.case.problems import Problem
from planner.case.tables import TABLES

if TYPE_CHECKING:
    from planner.case.case import Case


def unfilled_columns(case: Case) -> list[Problem]:
    """A column with a header and no entry, whose blank could free cost, is one that lost it."""
    problems = []
    for table in TABLES:
        frame = case[table.name]
        if frame.empty:
            continue
        for column in table.columns:
            if column.beside not in ("error", "warning"):
                continue
            if not has_header(frame, table.name, column.name):
                continue
            asked = concerned(case, table.name, column.name)
            if asked.any() and blanks(frame, table.name, column.name)[asked].all():
                problems.append(
                    first_of(
                        Cells(case, table.name, column.name, asked),
                        "column-unfilled",
                        "has a header and no entry where one counts; a blank means "
                        f"{meaning(column)}",
                        "fill the column, or remove it where that is meant",
                    )
                )
    return problems
