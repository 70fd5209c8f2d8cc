"""Facts: figures and texts of a source, each with the cell that says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planner.intake.cell import Sheet, Spot
from planner.intake.span import Span

Key = tuple[tuple[str, str], ...]
"""Names of a row, by column: ``(("workload", "chat"),)``; without the period."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure (or text) of one row of a table of the case."""

    table: str
    key: Key
    column: str
    value: float | str
    sheet: Sheet
    spot: Spot
    span: Span | None = None
    rate: Literal["", "second", "month"] = ""
    """What it is per, to be multiplied by those of its span; blank for an amount of it."""
