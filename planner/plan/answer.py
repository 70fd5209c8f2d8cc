"""The answer: the solver's numbers, block by block, in the units and names of the case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.lp.program import Program
from planner.lp.solution import Solution
from planner.model import Formulation
from planner.model.resilience import backed_up
from planner.model.serving import at_work

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHIP_TOLERANCE = 1e-6
"""Chips (and MW) below this are noise of the solver: nothing is written for them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Values and duals of a solved formulation; ``x`` is cleaned: inside its bounds, noise set to
    zero."""

    formulation: Formulation
    x: Floats
    """Value of every column, user units."""
    dual: Floats
    """d(cost) / d(right-hand side) of every row, USD NPV per user unit."""
    reduced_cost: Floats
    """USD NPV per user unit of every column."""
    serving: pd.DataFrame
    """What is served where, pools split over their places: columns work, place, slice, chips,
    volume (Mtok or FLOP)."""
    backup: pd.DataFrame
    """What would be served where after the loss of each site: columns lost, place, work, slice,
    reserve, chips."""
    columns: dict[str, slice]
    rows: dict[str, slice]

    def value(self, block: str) -> Floats:
        """Return the values of a block of columns, user units, (n,); empty if there is none."""
        return self.x[self.columns.get(block, slice(0, 0))]

    def worth(self, block: str) -> Floats:
        """Return what one more unit of each limit of a ``<=`` block would save, never negative
        beyond noise: USD NPV per user unit, (n,)."""
        return -self.dual[self.rows.get(block, slice(0, 0))]

    def row_labels(self, block: str) -> pd.DataFrame:
        """Integer codes of a block of rows, one column per axis; empty frame if there is no such
        block."""
        return _labels(self.formulation.program.row_blocks, block)

    def column_labels(self, block: str) -> pd.DataFrame:
        """Integer codes of a block of columns, one column per axis; empty frame if there is no such
        block."""
        return _labels(self.formulation.program.column_blocks, block)


def _labels(blocks: object, name: str) -> pd.DataFrame:
    for block in blocks:  # type: ignore[attr-defined]
        if block.name == name:
            return pd.DataFrame(
                {axis: np.asarray(codes) for axis, codes in block.labels.items()},
                index=pd.RangeIndex(block.count),
            )
    return pd.DataFrame()


def summed(group: NDArray[np.integer[Any]], values: Floats, n: int) -> Floats:
    """Return the sum of values by group, (n,), as floats even where there is nothing to sum."""
    return np.bincount(group, weights=values, minlength=n).astype(np.float64)


def read_answer(formulation: Formulation, solution: Solution) -> Answer:
    """Return the cleaned answer of a solved formulation.

    Args:
        formulation: the formulation.
        solution: an optimal solution of its program, in user units.

    Returns:
        Values inside their bounds with noise removed, duals and reduced costs.
    """
    program: Program = formulation.program
    scale = program.column_scale
    # of the duals themselves, so that whoever has these has the reduced costs too
    dual = solution.row_dual * program.row_scale / program.money_scale
    x = np.clip(solution.x, program.column_lower * scale, program.column_upper * scale)
    # noise is judged on the solver's own scale, where a unit of every column is a sensible amount
    x = np.where(np.abs(x) < 1e-9 * scale, 0.0, x)
    return Answer(
        formulation=formulation,
        x=x,
        dual=solution.row_dual,
        reduced_cost=(program.cost - program.pull(dual)) * program.money_scale / scale,
        serving=at_work(formulation.serving, x),
        backup=backed_up(formulation.backup, formulation.capacity, formulation.index, x),
        columns={b.name: slice(b.first, b.first + b.count) for b in program.column_blocks},
        rows={b.name: slice(b.first, b.first + b.count) for b in program.row_blocks},
    )
