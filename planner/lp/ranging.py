"""How far the duals of an optimum hold, worked out only for the rows and columns that somebody will
read.

HiGHS's own ranging solves with the basis for every row and every column of the program, which takes
as long as finding the optimum.  Here a right-hand side needs one solve, and the cost of a basic
column one solve and a pass over the coefficients it meets.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Block, Program

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PIVOT: Final = 1e-9
"""Entries of the tableau below this limit nothing."""
LOWER: Final = 0
BASIC: Final = 1
UPPER: Final = 2
"""HiGHS's numbers for what is at its lower limit, in the basis, at its upper limit."""
EITHER: Final = 2.0
"""Marks what is at no limit though not in the basis, whichever way its reduced cost goes."""


@dataclass(frozen=True, slots=True)
class Side:
    """The columns, or the rows, of an optimum, scaled: value, limits, status, and the reduced cost
    or dual."""

    value: Floats
    lower: Floats
    upper: Floats
    status: NDArray[np.int8]
    dual: Floats


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where a solved model stands: both sides, its costs, and by place in the basis the column, or
    -1 - row, that stands there."""

    columns: Side
    rows: Side
    cost: Floats
    basic: Ints


def read_optimum(highs: highspy.Highs) -> Optimum | None:
    """Return where a model stands; None where it has no basis that can be solved with."""
    basis = highs.getBasis()
    # HiGHS solves a program without coefficients without a factor, and falls over when asked for
    # what stands in one
    if not basis.valid or not highs.getNumNz():
        return None
    lp, answer = highs.getLp(), highs.getSolution()
    # after an interior point HiGHS 1.15 falls over when asked what is basic, unless it is told the
    # basis it has
    if highs.setBasis(basis) != highspy.HighsStatus.kOk:
        return None
    status, basic = highs.getBasicVariables()  # type: ignore[attr-defined]
    if status != highspy.HighsStatus.kOk:
        return None

    def side(
        value: object,
        lower: object,
        upper: object,
        kinds: list[highspy.HighsBasisStatus],
        dual: object,
    ) -> Side:
        return Side(
            np.array(value, dtype=np.float64),
            np.array(lower, dtype=np.float64),
            np.array(upper, dtype=np.float64),
            np.fromiter(map(int, kinds), np.int8, len(kinds)),
            np.array(dual, dtype=np.float64),
        )

    return Optimum(
        side(
            answer.col_value, lp.col_lower_, lp.col_upper_, list(basis.col_status), answer.col_dual
        ),
        side(
            answer.row_value, lp.row_lower_, lp.row_upper_, list(basis.row_status), answer.row_dual
        ),
        np.array(lp.col_cost_),
        np.asarray(basic, dtype=np.int64),
    )


def ids_of(blocks: tuple[Block, ...], names: Container[str] | None) -> Ints:
    """Return the ids of everything in the blocks of these names, (n,); None = of all blocks."""
    found = [
        np.arange(block.first, block.first + block.count, dtype=np.int64)
        for block in blocks
        if names is None or block.name in names
    ]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def row_ranges(highs: highspy.Highs, optimum: Optimum, wanted: Ints) -> tuple[Floats, Floats]:
    """Return the lowest and highest right-hand side, scaled, for which the dual of each wanted row
    holds, (n,) each; NaN where it has none.

    The basic columns and rows move along one column of the inverse of the basis, until the first of
    them meets a limit.
    """
    rows, columns = optimum.rows, optimum.columns
    slack = optimum.basic < 0
    row, column = -1 - optimum.basic[slack], optimum.basic[~slack]
    below, above = np.empty(len(slack)), np.empty(len(slack))
    for room, over, under in ((below, "value", "lower"), (above, "upper", "value")):
        room[slack] = getattr(rows, over)[row] - getattr(rows, under)[row]
        room[~slack] = getattr(columns, over)[column] - getattr(columns, under)[column]
        np.maximum(room, 0.0, out=room)
    # HiGHS counts a row's own column the other way round
    sign = np.where(slack, -1.0, 1.0)
    low, high = np.full(len(wanted), np.nan), np.full(len(wanted), np.nan)
    # a loop over limits with a worth, not over the program
    for n in np.flatnonzero((rows.status[wanted] != BASIC) & (rows.dual[wanted] != 0.0)):
        status, step = highs.getBasisInverseCol(int(wanted[n]))  # type: ignore[attr-defined]
        if status != highspy.HighsStatus.kOk:
            continue
        at = np.flatnonzero(np.abs(step) > PIVOT)
        step = step[at] * sign[at]
        up, down = (
            np.where(step > 0, above[at], below[at]),
            np.where(step > 0, below[at], above[at]),
        )
        size, value = np.abs(step), rows.value[wanted[n]]
        low[n], high[n] = (
            value - (down / size).min(initial=np.inf),
            value + (up / size).min(initial=np.inf),
        )
    # of a row with two different limits, the one that binds may go as far as the other
    two = rows.lower[wanted] < rows.upper[wanted]
    low = np.where(two & (rows.status[wanted] == UPPER), np.maximum(low, rows.lower[wanted]), low)
    high = np.where(
        two & (rows.status[wanted] == LOWER), np.minimum(high, rows.upper[wanted]), high
    )
    return low, high


def highest_costs(highs: highspy.Highs, program: Program, optimum: Optimum, wanted: Ints) -> Floats:
    """Return the highest cost, scaled, (n,), at which each wanted column keeps its value.

    The reduced costs move along one row of the tableau, until the first of them changes its sign.
    """
    columns, rows = optimum.columns, optimum.rows
    status = columns.status[wanted]
    # at its lower bound a column stays however dear it gets, at its upper one until its reduced
    # cost is used up
    stays = (status == LOWER) | (columns.lower[wanted] == columns.upper[wanted])
    result = np.where(stays, np.inf, optimum.cost[wanted] - columns.dual[wanted])
    basic = np.flatnonzero(status == BASIC)
    if not len(basic):
        return result
    place = np.full(program.num_columns, -1)
    place[optimum.basic[optimum.basic >= 0]] = np.flatnonzero(optimum.basic >= 0)
    # the coefficients of those whose reduced cost can change, so turned that a positive sum uses it
    # up
    ways = _ways(columns, LOWER, UPPER)
    length = np.diff(program.indptr)
    moves = (ways != 0.0) & (length > 0)
    entries = np.repeat(moves, length)
    indices, data = program.indices[entries], (program.data * np.repeat(ways, length))[entries]
    first = (
        np.concatenate([[0], np.cumsum(length[moves])[:-1]])
        if moves.any()
        else np.empty(0, np.int64)
    )
    free, dual = ways[moves] == EITHER, np.abs(columns.dual[moves])
    # a row at its upper limit is a column of its own at its lower one
    turned = _ways(rows, UPPER, LOWER)
    any_row, row_dual = turned == EITHER, np.abs(rows.dual)
    # a loop over decisions in the basis, not over the program
    for n in basic:
        done, inverse = highs.getBasisInverseRow(int(place[wanted[n]]))  # type: ignore[attr-defined]
        if done != highspy.HighsStatus.kOk:
            result[n] = np.nan
            continue
        tableau = np.add.reduceat(data * inverse[indices], first) if len(first) else np.empty(0)
        result[n] = optimum.cost[wanted[n]] + min(
            _first_turn(tableau, free, dual), _first_turn(inverse * turned, any_row, row_dual)
        )
    return result


def _ways(side: Side, falls: int, rises: int) -> Floats:
    """Return 1 for those at ``falls``, -1 at ``rises``, ``EITHER`` where the reduced cost must stay
    0, and 0 where it may be anything."""
    ways = np.where(side.status == falls, 1.0, np.where(side.status == rises, -1.0, EITHER))
    return np.where((side.status == BASIC) | (side.lower == side.upper), 0.0, ways)


def _first_turn(tableau: Floats, free: NDArray[np.bool_], dual: Floats) -> float:
    """Return by how much a basic column's cost may rise before the first of some reduced costs
    changes its sign."""
    if (np.abs(tableau[free]) > PIVOT).any():
        return 0.0
    hit = np.flatnonzero(tableau > PIVOT)
    return float((dual[hit] / tableau[hit]).min(initial=np.inf))


def ranges(
    highs: highspy.Highs,
    program: Program,
    row_blocks: Container[str] | None,
    column_blocks: Container[str] | None,
) -> tuple[Floats, Floats, Floats]:
    """Return the ranges of rows and columns of some blocks, in user units: see
    ``LiveModel.ranges``; (rows,), (rows,) and (columns,)."""
    low, high, cost = (
        np.full(program.num_rows, np.nan),
        np.full(program.num_rows, np.nan),
        np.full(program.num_columns, np.nan),
    )
    optimum = read_optimum(highs)
    if optimum is not None:
        rows, columns = (
            ids_of(program.row_blocks, row_blocks),
            ids_of(program.column_blocks, column_blocks),
        )
        low[rows], high[rows] = row_ranges(highs, optimum, rows)
        cost[columns] = highest_costs(highs, program, optimum, columns)
    return (
        low * program.row_scale,
        high * program.row_scale,
        cost * program.money_scale / program.column_scale,
    )
