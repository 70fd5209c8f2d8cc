"""Copied: periods that a roll put at the end by repeating the last one, until they are looked
at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from planner.case.checks.findings import Cells, first_of
from planner.case.columns import texts
from planner.case.origin import rows_of
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case

TABLES: Final = ("demand", "offer_prices", "token_prices", "supply", "power", "energy", "budgets")
MARK: Final = "rolled: "
"""How the part of a note begins that a roll writes: ``rolled: 2032Q1 copied from 2031Q4``."""


def copied_periods(case: Case) -> list[Problem]:
    """Figures that a roll copied from the last period are told, until their notes are taken out."""
    problems = []
    for table in TABLES:
        notes = texts(case[table], "note")
        marked = np.array([MARK in note for note in notes], dtype=bool)
        if not marked.any():
            continue
        count = len(np.unique(rows_of(case[table], "note")[marked]))
        what = notes[np.argmax(marked)].rpartition(MARK)[2]
        problems.append(
            first_of(
                Cells(case, table, "note", marked),
                "rolled-copy",
                f"marks figures that the roll repeated: {what} (rows: {count})",
                "state what is expected in these periods, and take the mark out of the note",
            )
        )
    return problems
