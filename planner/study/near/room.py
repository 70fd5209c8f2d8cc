"""The room of near-optimal plans, as a linear program with two kinds of rows more than the plan's::

    within:       sum of cost x column  <=  cost of the plan + share x |cost of the plan|
    measure[k]:   sum of weight_k x column, without limits of its own

The dual of ``within`` is what a dollar more of cost would add to the figure that is being minimised
or maximised.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.basis import BASIC, Basis
from planner.lp.program import Block, Program
from planner.study.near.measures import Measure

Floats = NDArray[np.float64]
WITHIN: Final = "within"
MEASURE: Final = "measure"


@dataclasses.dataclass(frozen=True, slots=True)
class Room:
    """The program, and where its own rows begin."""

    plan: Program
    """Of the plan."""
    program: Program
    first: int
    """The row ``within``; the measures follow in their order."""
    scale: Floats
    """Of the measures: user units of one in the program, (K,)."""

    def basis(self, of_plan: Basis) -> Basis:
        """Return the basis of the plan's optimum: the rows that are new say nothing yet."""
        more = np.full(1 + len(self.scale), BASIC, dtype=np.int8)
        return Basis(of_plan.columns, np.concatenate([of_plan.rows, more]))

    def towards(self, weights: Mapping[int, float], measures: Sequence[Measure]) -> Program:
        """Return the program that minimises a weighted sum of measures, each in user units."""
        cost = np.zeros(self.program.num_columns)
        for k, weight in weights.items():
            np.add.at(cost, measures[k].columns, weight * measures[k].weight)
        scaled = cost * self.program.column_scale
        size = float(np.abs(scaled).max(initial=0.0)) or 1.0
        return dataclasses.replace(self.program, cost=scaled / size, money_scale=size)

    def cheapest(self, k: int, least: float, most: float) -> Program:
        """Return the program of the cheapest plan with a measure between two figures, user
        units."""
        lower, upper = self.program.row_lower.copy(), self.program.row_upper.copy()
        row = self.first + 1 + k
        lower[row], upper[row] = least / self.scale[k], most / self.scale[k]
        return dataclasses.replace(self.program, row_lower=lower, row_upper=upper)


def make_room(plan: Program, most_usd: float, measures: Sequence[Measure]) -> Room:
    """Return the room of the plans that cost at most so many USD.

    Args:
        plan: the program of the plan.
        most_usd: what they may cost.
        measures: what is measured.
    """
    weights = [np.zeros(0)] * len(measures)
    scale = np.ones(len(measures))
    for k, measure in enumerate(measures):
        weights[k] = measure.weight * plan.column_scale[measure.columns]
        scale[k] = float(np.abs(weights[k]).max(initial=0.0)) or 1.0
        weights[k] = weights[k] / scale[k]
    first = plan.num_rows
    paid = np.flatnonzero(plan.cost)
    rows = np.concatenate(
        [
            plan.indices,
            np.full(len(paid), first),
            *(np.full(len(m.columns), first + 1 + k) for k, m in enumerate(measures)),
        ]
    )
    columns = np.concatenate([plan.entry_columns(), paid, *(m.columns for m in measures)])
    data = np.concatenate([plan.data, plan.cost[paid], *weights])
    order = np.lexsort((rows, columns))
    starts = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=plan.num_columns))])
    free = np.full(len(measures), np.inf)
    program = dataclasses.replace(
        plan,
        indptr=starts.astype(np.int32),
        indices=rows[order].astype(np.int32),
        data=data[order],
        row_lower=np.concatenate([plan.row_lower, [-np.inf], -free]),
        row_upper=np.concatenate([plan.row_upper, [most_usd / plan.money_scale], free]),
        row_scale=np.concatenate([plan.row_scale, [plan.money_scale], scale]),
        row_blocks=(
            *plan.row_blocks,
            Block(WITHIN, first, 1, {}),
            Block(MEASURE, first + 1, len(measures), {MEASURE: np.arange(len(measures))}),
        ),
        axes={
            **plan.axes,
            MEASURE: np.array([f"{m.kind}:{m.name}:{m.when}" for m in measures], dtype=object),
        },
    )
    return Room(plan, program, first, scale)
