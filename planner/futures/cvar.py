"""The mean of the worst futures (conditional value at risk), as rows of the extensive form.

::

    minimise (1 - weight) x expected cost + weight x (edge + sum_s p[s] x beyond[s] / (1 - cvar))
    cost_s @ x_s - edge - beyond[s] <= 0,   beyond[s] >= 0              row ``beyond``

after Rockafellar and Uryasev (2000): at the optimum ``edge`` is the value at risk, and what stands
behind ``weight`` the mean cost of the worst ``1 - cvar`` of the futures.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

import numpy as np

from planner.futures.extensive import SCENARIO, Extensive
from planner.futures.reveal import Risk
from planner.lp.program import Block, Floats, Program

SMALLEST: Final = 1e-8
"""A coefficient that no solver drops."""


def cvar(costs: Floats, probability: Floats, level: float) -> float:
    """Return the mean of the worst ``1 - level`` of some costs, USD.

    Args:
        costs: of every future, (futures,).
        probability: of each, (futures,).
        level: share that is not the worst, below 1.
    """
    order = np.argsort(-costs, kind="stable")
    left = 1.0 - level
    before = np.concatenate([[0.0], np.cumsum(probability[order])[:-1]])
    share = np.clip(left - before, 0.0, probability[order])
    share[-1] += max(left - float(share.sum()), 0.0)  # what rounding leaves of 1
    return float((share * costs[order]).sum() / left)


def weighed(costs: Floats, probability: Floats, risk: Risk) -> float:
    """Return what is minimised: the expected cost, or with a risk its share of the worst, USD."""
    expected = float((costs * probability).sum())
    if not risk.weight:
        return expected
    return (1.0 - risk.weight) * expected + risk.weight * cvar(costs, probability, risk.cvar)


def with_risk(
    found: Extensive, programs: Sequence[Program], probability: Floats, risk: Risk, least: float
) -> Extensive:
    """Return the extensive form with the mean of the worst weighed in.

    Args:
        found: the extensive form, whose objective is the expected cost.
        programs: of every future.
        probability: of each, (futures,).
        risk: what is weighed how.
        least: a cost that no future is below, USD.
    """
    if not risk.weight:
        return found
    whole, n = found.program, len(programs)
    columns, rows = whole.num_columns, whole.num_rows
    low = least / whole.money_scale
    size = np.array([_size(program) for program in programs])
    entries_row, entries_column, entries_value = [], [], []
    for number, (program, at) in enumerate(zip(programs, found.column, strict=True)):
        paid = np.flatnonzero(program.cost)
        by = whole.column_scale[at[paid]] / program.column_scale[paid]
        entries_row.append(np.full(len(paid), rows + number))
        entries_column.append(at[paid])
        entries_value.append(program.cost[paid] * by / size[number])
    edge, beyond = columns, columns + 1 + np.arange(n)
    entries_row += [rows + np.arange(n), rows + np.arange(n)]
    entries_column += [np.full(n, edge), beyond]
    entries_value += [-1.0 / size, -1.0 / size]
    row = np.concatenate([whole.indices, *entries_row])
    column = np.concatenate([whole.entry_columns(), *entries_column])
    order = np.lexsort((row, column))
    value = np.concatenate([whole.data, *entries_value])[order]
    count = np.bincount(column, minlength=columns + 1 + n)
    worst = probability / (1.0 - risk.cvar)
    cost = np.concatenate([whole.cost * (1.0 - risk.weight), [risk.weight], risk.weight * worst])
    program = dataclasses.replace(
        whole,
        cost=cost,
        column_lower=np.concatenate([whole.column_lower, [low], np.zeros(n)]),
        column_upper=np.concatenate([whole.column_upper, np.full(n + 1, np.inf)]),
        row_lower=np.concatenate([whole.row_lower, np.full(n, -np.inf)]),
        row_upper=np.concatenate([whole.row_upper, np.zeros(n)]),
        indptr=np.concatenate([[0], np.cumsum(count)]).astype(np.int32),
        indices=row[order].astype(np.int32),
        data=value,
        column_scale=np.concatenate([whole.column_scale, np.full(n + 1, whole.money_scale)]),
        row_scale=np.concatenate([whole.row_scale, whole.money_scale * size]),
        column_blocks=(
            *whole.column_blocks,
            Block("edge", edge, 1, {SCENARIO: np.array([-1])}),
            Block("beyond", edge + 1, n, {SCENARIO: np.arange(n)}),
        ),
        row_blocks=(*whole.row_blocks, Block("beyond", rows, n, {SCENARIO: np.arange(n)})),
    )
    return dataclasses.replace(found, program=program)


def _size(program: Program) -> float:
    """Return what the costs of a program are divided by, so that a solver drops none of them."""
    paid = np.abs(program.cost[program.cost != 0.0])
    if not len(paid):
        return 1.0
    return min(float(paid.max()), float(paid.min()) / SMALLEST)
