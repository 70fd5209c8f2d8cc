"""Merging: several columns of a program become one, several rows are added up."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Block, Program

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CANCELLED: Final = 1e-13
"""A sum this small beside what is added up is zero."""


def merge(program: Program, column: Ints, row: Ints) -> Program:
    """Return the program in which the columns of a group all have one value, and the rows of a
    group are added up.

    Its data are those of the solver's own scale: columns are what every merged column has, rows and
    costs are sums.

    Args:
        program: the program.
        column: group of every column, (columns,), -1 for one that is left out; counted from 0,
            the groups of a block before those of the next.
        row: group of every row, likewise.

    Returns:
        The merged program; a group has the labels of its first member, and its bounds are the
        widest of its members' from above, the narrowest from below.
    """
    columns, rows = int(column.max(initial=-1)) + 1, int(row.max(initial=-1)) + 1
    mine, meets, data = (
        np.repeat(column, np.diff(program.indptr)),
        row[program.indices],
        program.data,
    )
    if (column < 0).any() or (row < 0).any():
        kept = (mine >= 0) & (meets >= 0)
        mine, meets, data = mine[kept], meets[kept], data[kept]
    cells, at = np.unique(mine * rows + meets, return_inverse=True)
    size, sums = (
        np.bincount(at, weights=values, minlength=len(cells)).astype(np.float64, copy=False)
        for values in (np.abs(data), data)
    )
    some = np.abs(sums) > CANCELLED * size
    cells, sums = cells[some], sums[some]

    def total(group: Ints, values: Floats, count: int) -> Floats:
        added = np.zeros(count)
        np.add.at(
            added, group[group >= 0], values[group >= 0]
        )  # unlike bincount with limits that may be infinite
        return added

    def largest(values: Floats) -> Floats:
        found = np.full(columns, -np.inf)
        np.maximum.at(found, column[column >= 0], values[column >= 0])
        return found

    first_column, first_row = _first(column, columns), _first(row, rows)
    return dataclasses.replace(
        program,
        cost=total(column, program.cost, columns),
        column_lower=largest(program.column_lower),
        column_upper=largest(program.column_upper),
        row_lower=total(row, program.row_lower, rows),
        row_upper=total(row, program.row_upper, rows),
        indptr=np.concatenate(
            [[0], np.cumsum(np.bincount(cells // max(rows, 1), minlength=columns))]
        ).astype(program.indptr.dtype),
        indices=(cells % max(rows, 1)).astype(program.indices.dtype),
        data=sums,
        column_scale=np.ones(columns),
        row_scale=np.ones(rows),
        column_blocks=_blocks(program.column_blocks, first_column),
        row_blocks=_blocks(program.row_blocks, first_row),
    )


def _first(group: Ints, count: int) -> Ints:
    """Return the first member of every group."""
    first = np.zeros(count, dtype=np.int64)
    member = np.flatnonzero(group >= 0)[::-1]
    first[group[member]] = member  # the last that is written stands
    return first


def _blocks(blocks: tuple[Block, ...], first: Ints) -> tuple[Block, ...]:
    """Return the blocks of the merged columns or rows, each labelled as the first that went into
    it."""
    merged: list[Block] = []
    at = 0
    for block in blocks:
        mine = first[(first >= block.first) & (first < block.first + block.count)] - block.first
        merged.append(
            Block(
                block.name,
                at,
                len(mine),
                {axis: np.asarray(codes)[mine] for axis, codes in block.labels.items()},
            )
        )
        at += len(mine)
    return tuple(merged)
