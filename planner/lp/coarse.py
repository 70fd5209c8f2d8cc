"""Coarse: a program whose slices are merged into one, to learn from it where the whole program starts.

A plan that does the same in every slice of a period is described by a program of a fraction of the size: the columns of the slices become one, and
their rows are added up.  Its answer is neither feasible nor optimal for the whole program, but its optimal basis, repeated for every slice, is close
to the optimal one: the dual simplex needs a tenth of its iterations from there (tests/benchmarks).  Nothing of the coarse answer but this
starting point is used, so the plan and its proof are those of the whole program.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.highs import Basis, LiveModel, Progress
from planner.lp.program import Block, Program
from planner.lp.solution import Solution

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SLICE: Final = "slice"
WORTHWHILE_COLUMNS: Final = 2_000
"""Below, a cold solve is over before a coarse one would be."""


def merge_slices(program: Program) -> tuple[Program, Ints, Ints]:
    """Return the coarse program and which of its columns and rows every column and row of the whole program is merged into.

    Its data are those of the solver's own scale: columns are what every merged column has, rows and costs are sums.
    """
    column_blocks, column = _merged(program.column_blocks)
    row_blocks, row = _merged(program.row_blocks)
    columns, rows = sum(block.count for block in column_blocks), sum(block.count for block in row_blocks)
    entry = np.repeat(column, np.diff(program.indptr)) * rows + row[program.indices]
    cells, at = np.unique(entry, return_inverse=True)
    data = np.bincount(at, weights=program.data, minlength=len(cells))
    cells, data = cells[data != 0.0], data[data != 0.0]

    def total(group: Ints, values: Floats, count: int) -> Floats:
        sums = np.zeros(count)
        np.add.at(sums, group, values)  # unlike bincount with limits that may be infinite
        return sums

    def largest(values: Floats) -> Floats:
        found = np.full(columns, -np.inf)
        np.maximum.at(found, column, values)
        return found

    coarse = dataclasses.replace(
        program, cost=total(column, program.cost, columns), column_lower=largest(program.column_lower), column_upper=largest(program.column_upper),
        row_lower=total(row, program.row_lower, rows), row_upper=total(row, program.row_upper, rows),
        indptr=np.concatenate([[0], np.cumsum(np.bincount(cells // rows, minlength=columns))]).astype(program.indptr.dtype),
        indices=(cells % rows).astype(program.indices.dtype), data=data, column_scale=np.ones(columns), row_scale=np.ones(rows),
        column_blocks=column_blocks, row_blocks=row_blocks,
    )
    return coarse, column, row


def _merged(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], Ints]:
    """Return the blocks without their slices, and which merged entry every entry goes to."""
    merged: list[Block] = []
    parts, first = [np.zeros(0, dtype=np.int64)], 0
    for block in blocks:
        kept = np.arange(block.count)
        group = kept
        if SLICE in block.labels and block.count:
            key = (np.asarray(block.labels[SLICE]) < 0).astype(np.int64)  # what is the same in all slices stays apart
            for axis, codes in block.labels.items():
                if axis != SLICE:
                    _, code = np.unique(codes, return_inverse=True)
                    key = key * (int(code.max()) + 1) + code
            _, kept, group = np.unique(key, return_index=True, return_inverse=True)
        labels = {axis: np.asarray(codes)[kept] for axis, codes in block.labels.items()}
        merged.append(Block(block.name, first, len(kept), labels | ({SLICE: np.full(len(kept), -1)} if SLICE in labels else {})))
        parts.append(group + first)
        first += len(kept)
    return tuple(merged), np.concatenate(parts)


@dataclass(frozen=True, slots=True)
class Coarse:
    """A coarse program inside HiGHS, and what every column and row of the whole program is merged into."""

    model: LiveModel
    column: Ints
    row: Ints


def coarse_model(program: Program, *, threads: int = 2, seed: int = 0) -> Coarse | None:
    """Return the coarse model of a program, None where there is nothing to merge or it would not pay; raises ``RuntimeError`` where HiGHS refuses it."""
    if program.num_columns < WORTHWHILE_COLUMNS:
        return None
    merged, column, row = merge_slices(program)
    if merged.num_columns == program.num_columns:
        return None
    return Coarse(LiveModel(merged, threads=threads, seed=seed, algorithm="simplex"), column, row)


def climb(model: LiveModel, coarse: Coarse | None, *, time_limit_s: float | None = None, progress: Progress | None = None) -> Solution:
    """Solve a coarse model and then, from its basis, the whole one.

    Args:
        model: the whole program, to be solved by the simplex.
        coarse: its coarse model; None = solve at once.
        time_limit_s: seconds for both; None = no limit.
        progress: see ``LiveModel.solve``.

    Returns:
        The solution of the whole program.

    Raises:
        KeyboardInterrupt: after HiGHS has been stopped cleanly.
    """
    if coarse is None:
        return model.solve(time_limit_s=time_limit_s, progress=progress)
    rough = coarse.model.solve(time_limit_s=time_limit_s, progress=None if progress is None else lambda words: progress(f"slices merged, {words}"))
    basis = coarse.model.basis()
    if rough.status == "optimal" and basis is not None:
        model.set_basis(Basis(basis.columns[coarse.column], basis.rows[coarse.row]), repair=True)
    left = None if time_limit_s is None else max(time_limit_s - rough.seconds, 0.0)
    found = model.solve(time_limit_s=left, progress=progress)
    return dataclasses.replace(found, iterations=rough.iterations + found.iterations, seconds=rough.seconds + found.seconds)
