"""Rows of the program as the plan tells them: worth, range, use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.plan.answer import Answer, Floats

Ranges = tuple[Floats, Floats]
"""Lowest and highest right-hand side of every row, user units, for which its dual holds; NaN where
not computed."""


@dataclass(frozen=True, slots=True)
class RowReading:
    """Worth (USD NPV per user unit) and range (user units) of a block of rows, aligned with its
    labels, (n,) each."""

    worth: Floats
    low: Floats
    high: Floats


def read_rows(answer: Answer, ranges: Ranges, block: str) -> RowReading:
    """Return worth and range of a block of rows; the range is NaN where there is no worth."""
    rows = answer.rows.get(block, slice(0, 0))
    worth = answer.worth(block)
    worth = np.where(np.abs(worth) < 1e-9, 0.0, worth)
    # a limit with room is worth nothing however much more there is: only a worth has a range
    low, high = (
        np.where((worth != 0.0) & np.isfinite(values[rows]), values[rows], np.nan)
        for values in ranges
    )
    return RowReading(worth, low, high)


def row_activity(answer: Answer) -> Floats:
    """Return the left-hand side of every row, user units, (rows,)."""
    program = answer.formulation.program
    return program.activity(answer.x / program.column_scale) * program.row_scale
