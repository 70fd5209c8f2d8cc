"""Cells: how what was worked out is written in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
"""Significant digits: enough for a cost to 1e-9, few enough that 0.1 stays 0.1."""


def number(value: float) -> str:
    """Return a number as a cell: whole ones without a point."""
    value = float(value)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.{DIGITS}g}"


def yes_no(value: bool) -> str:
    """Return a flag as a cell."""
    return "yes" if value else "no"


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame by column: for the few lines that become rows of a table."""
    return cast("list[dict[str, Any]]", frame.to_dict("records"))
