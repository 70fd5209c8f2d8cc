"""The extensive form: one program of many futures, with what is decided before they can be told
apart in it once.

::

    minimise  sum_s probability[s] x cost_s @ x_s     subject to  A_s x_s within the limits of s,
              x_s[c] = x_r[d]  where columns c of s and d of r are tied

Tied columns are one column: bounds are those of all, costs add up.  Everything else stands side by
side, one block a future and block, with one axis ``scenario`` more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.basis import AT_LOWER, BASIC, Basis
from planner.lp.program import Block, Floats, Ints, Program

SCENARIO: Final = "scenario"
"""The axis that tells futures apart."""
COMMON: Final = "common"
"""The block of columns that several futures share."""


@dataclass(frozen=True, slots=True)
class Extensive:
    """The program of all futures, and where each of theirs stands in it."""

    program: Program
    column: tuple[Ints, ...]
    """Of every future, the column of the whole that each of its columns is, (columns of s,)."""
    row: tuple[Ints, ...]
    """The same of its rows, (rows of s,)."""
    shared: int
    """Columns that several futures share: the first so many of the whole."""


def extensive(
    programs: Sequence[Program],
    probability: Floats,
    tied: Sequence[NDArray[np.uint64]],
    names: Sequence[str],
) -> Extensive:
    """Return the program of many futures.

    Args:
        programs: the program of each, linear.
        probability: of each, (futures,), summing to 1.
        tied: of each, a key of every column, (columns,): columns of different futures with the same
            key are one; 0 for what is a future's own.
        names: of the futures.

    Returns:
        The whole; its objective is the expected cost.

    Raises:
        ValueError: where tied columns contradict each other, or money is counted differently.
    """
    money = {program.money_scale for program in programs}
    if len(money) != 1:
        raise ValueError(f"money is counted in {sorted(money)} USD")
    keys = np.concatenate([np.zeros(0, np.uint64), *tied])
    common, first, code = np.unique(keys, return_index=True, return_inverse=True)
    if len(common) and common[0] == 0:
        common, first, code = common[1:], first[1:], code - 1
    once = len(common)
    column, row, ends = [], [], np.cumsum([0, *(len(key) for key in tied)])
    columns, rows = once, 0
    for number, program in enumerate(programs):  # a loop over futures
        mine = code[ends[number] : ends[number + 1]]
        own = mine < 0
        column.append(np.where(own, columns + np.cumsum(own) - 1, mine).astype(np.int64))
        row.append(np.arange(rows, rows + program.num_rows, dtype=np.int64))
        columns, rows = columns + int(own.sum()), rows + program.num_rows

    scale = np.ones(columns)
    for program, at in zip(reversed(programs), reversed(column), strict=True):
        scale[at] = program.column_scale  # of the first that has it
    cost, lower, upper = np.zeros(columns), np.full(columns, -np.inf), np.full(columns, np.inf)
    for share, program, at in zip(probability, programs, column, strict=True):
        by = program.column_scale / scale[at]
        cost[at] += share * program.cost / by
        lower[at] = np.maximum(lower[at], program.column_lower * by)
        upper[at] = np.minimum(upper[at], program.column_upper * by)
    if (lower > upper).any():
        worst = int((lower > upper).argmax())
        raise ValueError(f"common column {worst}: lower {lower[worst]} is above {upper[worst]}")
    indptr, indices, data = _matrix(programs, column, scale, columns)
    axes, codes = _axes(programs, names)
    whole = Program(
        cost=cost,
        column_lower=lower,
        column_upper=upper,
        row_lower=np.concatenate([program.row_lower for program in programs]),
        row_upper=np.concatenate([program.row_upper for program in programs]),
        indptr=indptr,
        indices=indices,
        data=data,
        column_scale=scale,
        row_scale=np.concatenate([program.row_scale for program in programs]),
        money_scale=money.pop(),
        column_blocks=(
            Block(COMMON, 0, once, {"column": _labels(programs, column, once)}),
            *_blocks(programs, codes, column, once),
        ),
        row_blocks=_row_blocks(programs, codes, row),
        axes=axes,
        weights=programs[0].weights,
    )
    return Extensive(whole, tuple(column), tuple(row), once)


def _matrix(
    programs: Sequence[Program], column: Sequence[Ints], scale: Floats, columns: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats]:
    """Return the matrix of the whole by columns: rows of a future lie behind those of the last, so
    that the entries of a column are in order where they are placed future by future."""
    counts = np.zeros(columns, dtype=np.int64)
    for program, at in zip(programs, column, strict=True):
        counts[at] += np.diff(program.indptr)
    indptr = np.concatenate([[0], np.cumsum(counts)])
    if indptr[-1] > np.iinfo(np.int32).max:
        raise OverflowError(f"{indptr[-1]:,} coefficients are more than a solver can count")
    indices, data = np.empty(indptr[-1], dtype=np.int32), np.empty(indptr[-1])
    free, below = indptr[:-1].copy(), 0
    for program, at in zip(programs, column, strict=True):
        length = np.diff(program.indptr)
        place = np.arange(len(program.data)) + np.repeat(free[at] - program.indptr[:-1], length)
        indices[place] = program.indices + below
        data[place] = program.data * np.repeat(scale[at] / program.column_scale, length)
        free[at] += length
        below += program.num_rows
    return indptr.astype(np.int32), indices, data


def _axes(
    programs: Sequence[Program], names: Sequence[str]
) -> tuple[dict[str, NDArray[Any]], list[dict[str, int]]]:
    """Return the names of every axis of the whole, and how far the codes of every future move on
    each: axes that differ stand behind each other."""
    axes: dict[str, NDArray[Any]] = {SCENARIO: np.array(names, dtype=object)}
    moved: list[dict[str, int]] = [{} for _ in programs]
    for axis in dict.fromkeys(axis for program in programs for axis in program.axes):
        parts = [
            np.asarray(program.axes.get(axis, np.zeros(0, dtype=object))) for program in programs
        ]
        if all(part is parts[0] or np.array_equal(part, parts[0]) for part in parts):
            axes[axis] = parts[0]
            continue
        axes[axis] = np.concatenate([np.asarray(part, dtype=object) for part in parts])
        starts = np.cumsum([0, *(len(part) for part in parts)])
        for future, start in zip(moved, starts, strict=False):
            future[axis] = int(start)
    return axes, moved


def _moved(labels: Mapping[str, Any], by: Mapping[str, int], kept: Any) -> dict[str, NDArray[Any]]:
    """Return the labels of some entries of a block as codes of the whole."""

    def of(axis: str) -> NDArray[Any]:
        codes = np.asarray(labels[axis])[kept]
        step = by.get(axis, 0)
        return codes if not step else np.asarray(np.where(codes >= 0, codes + step, codes))

    return {axis: of(axis) for axis in labels}


def _blocks(
    programs: Sequence[Program], codes: list[dict[str, int]], column: Sequence[Ints], once: int
) -> list[Block]:
    """Return the blocks of what is each future's own."""
    found, first = [], once
    for number, (program, by, at) in enumerate(zip(programs, codes, column, strict=True)):
        for block in program.column_blocks:
            kept = at[block.first : block.first + block.count] >= once
            count = int(kept.sum())
            labels = {SCENARIO: np.full(count, number), **_moved(block.labels, by, kept)}
            found.append(Block(block.name, first, count, labels))
            first += count
    return found


def _row_blocks(
    programs: Sequence[Program], codes: list[dict[str, int]], row: Sequence[Ints]
) -> tuple[Block, ...]:
    found = []
    for number, (program, by, at) in enumerate(zip(programs, codes, row, strict=True)):
        below = int(at[0]) if len(at) else 0
        for block in program.row_blocks:
            labels = {
                SCENARIO: np.full(block.count, number),
                **_moved(block.labels, by, slice(None)),
            }
            found.append(Block(block.name, below + block.first, block.count, labels))
    return tuple(found)


def _labels(programs: Sequence[Program], column: Sequence[Ints], once: int) -> NDArray[Any]:
    """Return the names of common columns as those of the first future that has each, (once,)."""
    labels = np.full(once, "", dtype=object)
    for program, at in zip(reversed(programs), reversed(column), strict=True):
        mine = np.flatnonzero(at < once)
        labels[at[mine]] = [program.column_label(int(c)) for c in mine]
    return labels


def started_from(found: Extensive, bases: Sequence[Basis]) -> Basis:
    """Return a basis of the whole put together from one of every future; a common column is in it
    where it is in that of any."""
    columns = np.full(found.program.num_columns, AT_LOWER, dtype=np.int8)
    rows = np.full(found.program.num_rows, BASIC, dtype=np.int8)
    basic = np.zeros(found.program.num_columns, dtype=bool)
    for basis, at, where in zip(bases, found.column, found.row, strict=True):
        columns[at] = basis.columns
        basic[at] |= basis.columns == BASIC
        rows[where] = basis.rows
    return Basis(np.where(basic, np.int8(BASIC), columns).astype(np.int8), rows)
