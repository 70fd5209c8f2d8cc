"""The case: everything a plan needs to know, typed, complete, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from planner.case.accepted import Accepted
from planner.case.periods import Calendar
from planner.case.problems import Problem
from planner.case.settings.values import Settings


@dataclass(frozen=True, slots=True)
class Case:
    """A complete case: settings, calendar and every declared table with all of its columns,
    defaults resolved.

    Tables are in long form, sorted by key; ``_file`` and ``_row`` say where a row was read.
    Periods are integers relative to the start of the plan, instants positions in periods.
    """

    folder: Path
    settings: Settings
    calendar: Calendar
    tables: Mapping[str, pd.DataFrame]
    warnings: tuple[Problem, ...]
    accepted: tuple[Accepted, ...] = ()

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return a table by its name, one row per entry of its key."""
        return self.tables[table]

    @property
    def whole(self) -> bool:
        """Whether its plan is of whole things: said in case.yaml, or as something whole is
        stated."""
        return bool(self.settings.whole)
