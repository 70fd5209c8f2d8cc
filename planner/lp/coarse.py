"""Coarse: a smaller program, to learn from it where the whole program starts.

A plan that does the same in every slice of a period is described by a program of a fraction of the
size: the columns of the slices become one, and their rows are added up.  Its answer is neither
feasible nor optimal for the whole program, but its optimal basis, repeated for every slice, is
close to the optimal one: the dual simplex needs a tenth of its iterations from there
(tests/benchmarks).  Nothing of the coarse answer but this starting point is used, so the plan and
its proof are those of the whole program.

What is alike in a program (:mod:`planner.lp.aggregate`) is merged first.  That answer is an optimal
one, but its basis is none: where half of ten equal columns would do, all of them have half; so the
whole program finishes from there too.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.aggregate import find_alike
from planner.lp.basis import AT_LOWER, BASIC, Basis
from planner.lp.highs import LiveModel, Progress
from planner.lp.merge import merge
from planner.lp.program import Block, Program
from planner.lp.solution import Solution

Ints = NDArray[np.int64]

SLICE: Final = "slice"
ALL: Final = -1
"""Code of what is the same in all slices."""
WORTHWHILE_COLUMNS: Final = 2_000
"""Below, a cold solve is over before a coarse one would be."""
STEPPED_COLUMNS: Final = 75_000
"""Above, a step between pays: the busiest slice, which decides what is bought, apart from the
others (tests/benchmarks)."""
INTERIOR_COLUMNS: Final = 100_000
"""Above, interior point solves the first of them faster than the dual simplex."""
PERTURBATION: Final = "dual_simplex_cost_perturbation_multiplier"


def merge_slices(program: Program, apart: int = ALL) -> tuple[Program, Ints, Ints]:
    """Return the coarse program and which of its columns and rows every column and row of the whole
    program is merged into, (columns,) and (rows,).

    Args:
        program: the whole program.
        apart: a slice that is left as it is, so that only the others become one.
    """
    column, row = (
        _without_slices(program.column_blocks, apart),
        _without_slices(program.row_blocks, apart),
    )
    merged = merge(program, column, row)
    if apart == ALL:
        merged = dataclasses.replace(
            merged,
            column_blocks=_of_all_slices(merged.column_blocks),
            row_blocks=_of_all_slices(merged.row_blocks),
        )
    return merged, column, row


def _without_slices(blocks: tuple[Block, ...], apart: int) -> Ints:
    """Return the group of every entry: those of a block that differ in their slice alone."""
    parts, first = [np.zeros(0, dtype=np.int64)], 0
    for block in blocks:
        group = np.arange(block.count)
        if SLICE in block.labels and block.count:
            codes = np.asarray(block.labels[SLICE])
            key = np.where(codes < 0, 0, np.where(codes == apart, 1, 2)).astype(
                np.int64
            )  # what is the same in all slices stays apart
            for axis, codes in block.labels.items():
                if axis != SLICE:
                    _, code = np.unique(codes, return_inverse=True)
                    key = key * (int(code.max()) + 1) + code
            _, group = np.unique(key, return_inverse=True)
        parts.append(group + first)
        first += int(group.max(initial=-1)) + 1
    return np.concatenate(parts)


def _of_all_slices(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the blocks with their entries said to be of no slice."""
    return tuple(
        dataclasses.replace(block, labels={**block.labels, SLICE: np.full(block.count, ALL)})
        if SLICE in block.labels
        else block
        for block in blocks
    )


def busiest_slice(program: Program) -> int:
    """Return the slice whose rows ask for most: each for its lower limit over its largest
    coefficient, ``ALL`` where none asks for anything."""
    largest = np.zeros(program.num_rows)
    np.maximum.at(largest, program.indices, np.abs(program.data))
    asked = np.divide(
        np.maximum(program.row_lower, 0.0),
        largest,
        out=np.zeros(program.num_rows),
        where=largest > 0.0,
    )
    of = [
        np.asarray(block.labels[SLICE]) if SLICE in block.labels else np.full(block.count, ALL)
        for block in program.row_blocks
    ]
    need = np.bincount(np.concatenate([np.zeros(0, dtype=np.int64), *of]) + 1, weights=asked)[1:]
    return int(need.argmax()) if need.any() else ALL


@dataclass(frozen=True, slots=True)
class Coarse:
    """A smaller program inside HiGHS, and what every column and row of the whole program is merged
    into, -1 for what it leaves out."""

    model: LiveModel
    column: Ints
    row: Ints
    what: str
    """What has been done to the whole program, in words."""
    exact: bool
    """Whether its optimum is that of the whole program: merged is what is alike, not what is in
    other slices."""
    start: Coarse | None = None
    """A still smaller one to start it from."""

    def stop(self) -> None:
        """Ask its solve, or that of the one it starts from, to end soon; harmless where none
        runs."""
        self.model.stop()
        if self.start is not None:
            self.start.stop()


def coarse_model(program: Program, *, threads: int = 2, seed: int = 0) -> Coarse | None:
    """Return the coarse model of a program, or the model of what is alike in it, which starts from
    a coarse one in turn.

    Returns:
        The model; None where there is nothing to merge or it would not pay.

    Raises:
        RuntimeError: where HiGHS refuses it.
    """
    if program.num_columns < WORTHWHILE_COLUMNS:
        return None
    alike = find_alike(program)
    whole = program if alike is None else alike.program

    def model(of: Program) -> LiveModel:
        # one that starts from another is solved by the simplex in any case
        return LiveModel(
            of,
            threads=threads,
            seed=seed,
            algorithm="simplex" if of.num_columns <= INTERIOR_COLUMNS else "ipx",
        )

    def sliced(of: Program, apart: int) -> Coarse | None:
        merged, column, row = merge_slices(of, apart)
        if merged.num_columns == of.num_columns:
            return None
        what = "slices merged" if apart == ALL else "all but the busiest slice merged"
        return Coarse(
            model(merged),
            column,
            row,
            what,
            exact=False,
            start=None if apart == ALL else sliced(merged, ALL),
        )

    start = sliced(whole, busiest_slice(whole) if whole.num_columns > STEPPED_COLUMNS else ALL)
    return (
        start
        if alike is None
        else Coarse(
            model(whole), alike.column, alike.row, "what is alike merged", exact=True, start=start
        )
    )


def climb(
    model: LiveModel,
    coarse: Coarse | None,
    *,
    time_limit_s: float | None = None,
    progress: Progress | None = None,
    what: str = "",
) -> Solution:
    """Solve a coarse model and then, from its basis, the whole one.

    Args:
        model: the whole program, to be solved by the simplex.
        coarse: its coarse model; None = solve at once.
        time_limit_s: seconds for all; None = no limit.
        progress: see ``LiveModel.solve``.
        what: what stands before the words for ``progress``.

    Returns:
        The solution of the whole program.

    Raises:
        KeyboardInterrupt: after HiGHS has been stopped cleanly.
    """
    tell = progress if progress is None or not what else lambda words: progress(f"{what}, {words}")
    if coarse is None:
        return model.solve(time_limit_s=time_limit_s, progress=tell)
    rough = climb(
        coarse.model, coarse.start, time_limit_s=time_limit_s, progress=progress, what=coarse.what
    )
    basis = coarse.model.basis()
    if rough.status == "optimal" and basis is not None:
        model.set_basis(_spread(basis, coarse), repair=True)
        if coarse.exact:
            model.set_option(
                PERTURBATION, 0.0
            )  # it would lead away from an optimum that is almost reached
    left = None if time_limit_s is None else max(time_limit_s - rough.seconds, 0.0)
    found = model.solve(time_limit_s=left, progress=tell)
    model.set_option(PERTURBATION, 1.0)
    return dataclasses.replace(
        found, iterations=rough.iterations + found.iterations, seconds=rough.seconds + found.seconds
    )


def _spread(basis: Basis, coarse: Coarse) -> Basis:
    """Return the basis of a smaller program repeated for all that is merged in it; columns it
    leaves out are at a bound, rows it leaves out do not bind."""
    return Basis(
        np.where(
            coarse.column >= 0,
            np.append(basis.columns, np.int8(AT_LOWER))[coarse.column],
            np.int8(AT_LOWER),
        ),
        np.where(
            coarse.row >= 0, np.append(basis.rows, np.int8(BASIC))[coarse.row], np.int8(BASIC)
        ),
    )
