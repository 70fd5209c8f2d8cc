"""Elastic: a program whose limits may give, at a price each."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Block, Program

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Slacks:
    """Columns that let limits give: one per limit, with a price.

    Entry ``i`` lets slack ``slack[i]`` into row ``row[i]`` with ``coefficient[i]`` (units of the
    row per unit of the slack, negative to raise an upper limit).
    """

    slack: Ints
    row: Ints
    coefficient: Floats
    price: Floats
    """USD per unit, (count,)."""
    most: Floats
    """Upper bound, units, (count,)."""
    scale: Floats
    """Units that count as one inside the solver, (count,)."""


def elastic(program: Program, slacks: Slacks) -> Program:
    """Return the program in which only what gives costs anything: the slacks follow its columns as
    block ``slack``."""
    count = len(slacks.price)
    order = np.lexsort((slacks.row, slacks.slack))
    slack, row = slacks.slack[order], slacks.row[order]
    value = slacks.coefficient[order] * slacks.scale[slack] / program.row_scale[row]
    ends = program.indptr[-1] + np.cumsum(np.bincount(slack, minlength=count))
    return dataclasses.replace(
        program,
        cost=np.concatenate(
            [np.zeros(program.num_columns), slacks.price * slacks.scale / program.money_scale]
        ),
        column_lower=np.concatenate([program.column_lower, np.zeros(count)]),
        column_upper=np.concatenate([program.column_upper, slacks.most / slacks.scale]),
        indptr=np.concatenate([program.indptr, ends]).astype(np.int32),
        indices=np.concatenate([program.indices, row]).astype(np.int32),
        data=np.concatenate([program.data, value]),
        column_scale=np.concatenate([program.column_scale, slacks.scale]),
        column_blocks=(
            *program.column_blocks,
            Block("slack", program.num_columns, count, {"slack": np.arange(count)}),
        ),
    )
