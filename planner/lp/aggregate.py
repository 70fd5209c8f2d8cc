"""Alike: columns and rows that a program cannot tell apart become one, and its answer is that of
the whole program.

The classes are found by colour refinement: what differs in bounds, cost or limits gets a colour of
its own, and so does what meets other colours with other coefficients, until nothing changes (Grohe,
Kersting, Mladenov, Selman: Dimension Reduction via Colour Refinement, ESA 2014).  Then all columns
of a class may take their mean: rows that are alike hold on average, so they hold for the mean, at
the same cost.  So the program of the classes has the same optimum, and giving every column the
value of its class, and every row its share of the dual of its class, answers the whole one.

Means are weighted, so that proportional things are alike too: a slice of half the hours has half
the cost, and half the duals, of another. ``Program.weights`` says what stands for how much.  With
column weights ``p`` and row weights ``r``, classes ``P`` and ``Q`` are even where ``sum over j in P
of a_ij`` is the same for all rows ``i`` in ``Q``, and ``sum over i in Q of r_i a_ij / p_j`` for all
columns ``j`` in ``P``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.lp.merge import merge
from planner.lp.program import Block, Program
from planner.lp.relabel import Keys, mixed
from planner.lp.signs import SAME, added, blended, signed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SAVED: Final = 0.1
"""So large a share of the columns must be saved."""
EVEN: Final = 1e-9
"""Sums of coefficients this close, relative to their size, are the same."""
CLEAR: Final = 1e-9
"""A row that keeps this far from a limit, relative to the size of what it adds up, never meets
it."""
MOST_ROUNDS: Final = 60
"""Rounds of refinement after which it is given up."""


@dataclass(frozen=True, slots=True)
class Alike:
    """The program of the classes, and the class of every column and row of the whole program."""

    program: Program
    column: Ints
    """-1 for columns whose bounds leave them one value."""
    row: Ints
    """-1 for rows that never bind."""


def find_alike(program: Program, saved: float = SAVED) -> Alike | None:
    """Return the program of the classes of columns and rows that are alike.

    Args:
        program: the program.
        saved: share of the columns that must be saved.

    Returns:
        The smaller program, None where less would be saved.
    """
    weights = _Weights(
        weights_of(program.column_blocks, program.weights),
        weights_of(program.row_blocks, program.weights),
    )
    free, lower, upper = _loose(program)
    bound = np.isfinite(lower) | np.isfinite(upper)
    entries = _entries(program, free, bound)
    loose = dataclasses.replace(program, row_lower=lower, row_upper=upper)
    column, row = _refine(loose, entries, weights, free, bound, saved)
    if column is None or row is None or not _even(loose, entries, weights, column, row):
        return None
    return Alike(merge(loose, column, row), column, row)


def weights_of(blocks: tuple[Block, ...], weights: Mapping[str, Floats]) -> Floats:
    """Return the weight of every column or row, (n,): that of its label, 1 for those of no such
    label and of the whole."""
    parts = [np.zeros(0)]
    for block in blocks:
        weight = np.ones(block.count)
        for axis in weights.keys() & block.labels.keys():
            codes = np.asarray(block.labels[axis])
            weight *= np.where(codes >= 0, weights[axis][codes], 1.0)
        parts.append(weight)
    return np.concatenate(parts)


def _loose(program: Program) -> tuple[Bools, Floats, Floats]:
    """Return which columns have more than one value, and the limits of rows less what the others
    add: infinite where they can never bind."""
    free = program.column_lower < program.column_upper
    mine = program.entry_columns()
    ends = (
        program.column_lower[mine] * program.data,
        program.column_upper[mine] * program.data,
    )
    limits = []
    for end, limit, side in (
        (np.minimum(*ends), program.row_lower, 1.0),
        (np.maximum(*ends), program.row_upper, -1.0),
    ):
        reach = np.bincount(program.indices, weights=end, minlength=program.num_rows)
        size = np.bincount(program.indices, weights=np.abs(end), minlength=program.num_rows)
        with np.errstate(invalid="ignore"):  # what reaches without end is not clear of anything
            clear = side * (reach - limit) > CLEAR * size
        limits.append(np.where(clear, -side * np.inf, limit))
    fixed = np.where(free[mine], 0.0, program.column_lower[mine] * program.data)
    given = np.bincount(program.indices, weights=fixed, minlength=program.num_rows)
    size = np.bincount(program.indices, weights=np.abs(fixed), minlength=program.num_rows)
    lower, upper = (
        np.where(np.abs(limit - given) > SAME * size, limit - given, 0.0) for limit in limits
    )  # what cancels is zero
    return free, lower, upper


class _Weights(NamedTuple):
    """How many of the whole a column (row) stands for."""

    column: Floats
    row: Floats


@dataclass(frozen=True, slots=True)
class _Entries:
    """The coefficients between columns and rows that count, column by column, and how to read them
    row by row."""

    column: Ints
    row: Ints
    value: Floats
    column_end: Ints
    by_row: Ints
    row_end: Ints


def _entries(program: Program, free: Bools, bound: Bools) -> _Entries:
    column, row = program.entry_columns(), program.indices.astype(np.int64)
    kept = free[column] & bound[row]
    column, row = column[kept], row[kept]
    ends = (
        np.cumsum(np.bincount(group, minlength=count))
        for group, count in ((column, program.num_columns), (row, program.num_rows))
    )
    return _Entries(
        column, row, program.data[kept], next(ends), np.argsort(row, kind="stable"), next(ends)
    )


def _refine(
    program: Program,
    entries: _Entries,
    weights: _Weights,
    free: Bools,
    bound: Bools,
    saved: float,
) -> tuple[Ints, Ints] | tuple[None, None]:
    """Return the class of every column and row, -1 for those that do not count; None where too
    little would be saved."""
    column = blended(
        program.column_blocks,
        program.column_lower,
        program.column_upper,
        program.cost / weights.column,
    )
    row = blended(program.row_blocks, program.row_lower, program.row_upper)
    most = (1.0 - saved) * program.num_columns
    before = len(np.unique(column[free]))
    if before > most:
        return None, None
    in_row = mixed(signed(entries.value))[entries.by_row]
    in_column = mixed(
        signed(entries.value * weights.row[entries.row] / weights.column[entries.column])
    )
    column_by_row = entries.column[entries.by_row]
    for _ in range(MOST_ROUNDS):
        row = mixed(row + added(mixed(in_row + column[column_by_row]), entries.row_end))
        column = mixed(column + added(mixed(in_column + row[entries.row]), entries.column_end))
        count = len(np.unique(column[free]))
        if count > most:
            return None, None
        if count == before:  # then the rows, made from the columns before, stay as well
            return _classes(column, free), _classes(row, bound)
        before = count
    return None, None


def _classes(colour: Keys, some: Bools) -> Ints:
    """Return the number of every colour in the order of their first members, -1 where not asked
    for."""
    _, first, number = np.unique(colour[some], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    classes = np.full(len(colour), -1, dtype=np.int64)
    classes[some] = rank[number]
    return classes


def _even(
    program: Program,
    entries: _Entries,
    weights: _Weights,
    column: Ints,
    row: Ints,
) -> bool:
    """Return whether classes are what they are taken for: equal signs are no proof."""
    columns = all(
        _level(column, values)
        for values in (program.column_lower, program.column_upper, program.cost / weights.column)
    )
    if not (
        columns and all(_level(row, values) for values in (program.row_lower, program.row_upper))
    ):
        return False
    weighted = entries.value * weights.row[entries.row] / weights.column[entries.column]
    return _regular(entries.row, column[entries.column], row, entries.value) and _regular(
        entries.column, row[entries.row], column, weighted
    )


def _level(group: Ints, values: Floats) -> bool:
    """Return whether the members of every group have the same value."""
    kept = group >= 0
    group, values = group[kept], values[kept]
    one = np.zeros(int(group.max(initial=-1)) + 1)
    one[group] = values
    with np.errstate(invalid="ignore"):  # infinite less infinite
        return bool(
            ((values == one[group]) | (np.abs(values - one[group]) <= EVEN * np.abs(values))).all()
        )


def _regular(member: Ints, meets: Ints, group: Ints, value: Floats) -> bool:
    """Return whether all members of a group have the same sum of values with each class that one of
    them meets.

    Args:
        member: row (column) of every entry.
        meets: class of its column (row).
        group: class of every row (column).
        value: of every entry.
    """
    if not len(value):
        return True
    wide = int(meets.max()) + 1
    cells, at = np.unique(member * wide + meets, return_inverse=True)
    sums, size = np.bincount(at, weights=value), np.bincount(at, weights=np.abs(value))
    pair, of = np.unique(group[cells // wide] * wide + cells % wide, return_inverse=True)
    members = np.bincount(group[group >= 0])[pair // wide]
    one, largest = np.zeros(len(pair)), np.zeros(len(pair))
    one[of] = sums
    np.maximum.at(largest, of, size)
    return bool(
        (np.bincount(of) == members).all() and (np.abs(sums - one[of]) <= EVEN * largest[of]).all()
    )
