"""The most: how much a switched row could let through in any answer that is cheap enough.

A column of 0 or 1 that opens something needs the largest amount that may ever go through it.  Where
the case states none anywhere, it is what the rows and the cost of an answer that is known allow::

    M_i = max { (A x)_i : x keeps every row and bound, cost x <= cost of the known answer }

No answer at most as dear goes beyond it, so none is lost.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.duality import NONE, least
from planner.lp.highs import LiveModel
from planner.lp.program import Ints, Program

Floats = NDArray[np.float64]

ROOM: Final = 1e-6
"""What a largest amount is raised by, relative, so that no tolerance of the solver cuts into it."""
GUESS: Final = 1e3
"""Times the amounts of the divisible answer, where no answer of whole things is known yet: enough
to find one, and never part of a proof."""


def most(program: Program, upper: float, *, threads: int, seed: int) -> tuple[Floats, bool]:
    """Return the most that every switched row lets through in answers that cost no more.

    Args:
        program: the program.
        upper: cost of an answer that is known, USD.
        threads: threads of the solver.
        seed: its seed.

    Returns:
        Amounts, scaled, (switched rows,), and whether each of them is proven.
    """
    rows, _ = program.switches
    amounts = program.switch_most.copy()
    unknown = np.flatnonzero(np.isnan(amounts))
    if not len(unknown):
        return amounts, True
    limit = upper / program.money_scale
    capped = with_row(program, program.cost, limit + abs(limit) * ROOM)
    model = LiveModel(capped, threads=threads, seed=seed)
    column, row = program.entry_columns(), program.indices
    every = np.arange(program.num_columns)
    sure = True
    for number, own in zip(
        unknown, rows[unknown], strict=True
    ):  # a solve for each, from where the last one ended
        weight = np.zeros(program.num_columns)
        mine = row == own
        weight[column[mine]] = -program.data[mine]
        model.set_costs(every, weight * program.money_scale / program.column_scale)
        found = model.solve()
        # what its duals prove, by adding up: no tolerance of the solver makes it too small
        y = found.row_dual * capped.row_scale / capped.money_scale
        proven = least(capped, weight, y) if len(y) == capped.num_rows else None
        if proven is None or proven.endless != NONE:
            sure = False
            amounts[number] = np.nan
            continue
        bound = math.fsum(proven.rows) + math.fsum(proven.columns)
        amounts[number] = max(-bound, 0.0) * (1 + ROOM) + ROOM
    return amounts, sure


def guess(program: Program, x: Floats) -> Program:
    """Return the program with largest amounts that are only guessed, from its divisible answer
    ``x``, user units, (columns,)."""
    rows, _ = program.switches
    used = program.activity(x / program.column_scale)[rows]
    guessed = np.maximum(used, used.max(initial=1.0)) * GUESS
    return limited(program, np.where(np.isnan(program.switch_most), guessed, program.switch_most))


def with_row(program: Program, values: Floats, upper: float) -> Program:
    """Return the program with one more row ``values x <= upper``, scaled."""
    used = np.flatnonzero(values)
    return dataclasses.replace(
        with_entries(
            program, np.full(len(used), program.num_rows, dtype=np.int64), used, values[used]
        ),
        row_lower=np.append(program.row_lower, -np.inf),
        row_upper=np.append(program.row_upper, upper),
        row_scale=np.append(program.row_scale, 1.0),
    )


def with_entries(program: Program, rows: Ints, columns: Ints, values: Floats) -> Program:
    """Return the program with more coefficients, scaled, where it has none, (n,) each."""
    order = np.argsort(columns, kind="stable")
    rows, columns, values = rows[order], columns[order], values[order]
    at = program.indptr[1:][columns]
    more = np.bincount(columns, minlength=program.num_columns)
    return dataclasses.replace(
        program,
        indptr=(program.indptr + np.concatenate([[0], np.cumsum(more)])).astype(np.int32),
        indices=np.insert(program.indices, at, rows).astype(np.int32),
        data=np.insert(program.data, at, values),
    )


def limited(program: Program, amounts: Floats) -> Program:
    """Return the program with its switched rows as ordinary ones: ``A x - amount y <= 0``.

    Args:
        program: the program.
        amounts: the most that each lets through, scaled, (switched rows,); a row stays free where
            it is NaN.
    """
    rows, columns = program.switches
    known = np.flatnonzero(~np.isnan(amounts))
    if not len(known):
        return program
    rows, columns = rows[known], columns[known]
    upper = program.row_upper.copy()
    upper[rows] = 0.0
    some = np.flatnonzero(amounts[known] != 0.0)
    left = np.isnan(amounts)
    return dataclasses.replace(
        with_entries(program, rows[some], columns[some], -amounts[known][some]),
        row_upper=upper,
        switches=(program.switches[0][left], program.switches[1][left]),
        switch_most=program.switch_most[left],
    )
