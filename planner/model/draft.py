"""The program of a case while it is being written."""

from __future__ import annotations

from dataclasses import dataclass

from planner.case.case import Case
from planner.lp.builder import ProgramBuilder
from planner.model.index import Index
from planner.model.ledger import LedgerBuilder


@dataclass(frozen=True, slots=True)
class Draft:
    """What every family of equations reads, and what it adds to."""

    case: Case
    index: Index
    builder: ProgramBuilder
    """Columns, rows and their entries."""
    ledger: LedgerBuilder
    """What every column pays, when."""

    @property
    def whole(self) -> bool:
        """Whether what is ordered and chosen comes in whole things."""
        return self.case.whole
