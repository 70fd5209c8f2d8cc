"""Dive: counts are chosen one stage after another, and everything else again after each.

In every stage the counts of that stage are rounded, moved until no limit is exceeded for whatever
is still free, and fixed; the linear program of what is left goes on from where it stands.  So what
is rounded down now is made up for elsewhere or later, and the answer is one of whole things.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.highs import LiveModel
from planner.lp.program import Ints, Program
from planner.lp.solution import Solution
from planner.lp.whole.shift import shift
from planner.lp.whole.tight import Multiples, multiples

Floats = NDArray[np.float64]
Rounding = Callable[[Floats, int], Floats]
"""Whole counts near an answer, scaled: (columns,) and how often it was tried to (integer
columns,)."""

ATTEMPTS: Final = 3
"""How often a stage is rounded, each time with more that is open, before a dive ends."""

PASSES: Final = 8
"""Limits that share counts are looked at so often in a stage."""
SLACK: Final = 1e-9
"""Relative excess of a limit that is none, and distance from a whole number that is none."""


@dataclass(frozen=True, slots=True)
class Entries:
    """What one more of every count takes of every row, with what is a multiple of it, (n,) each."""

    count: Ints
    """Place among the integer columns."""
    row: Ints
    weight: Floats


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts take of rows: the same wherever only bounds differ."""

    found: Multiples
    entries: Entries


def counted(program: Program) -> Counted:
    """Return what the counts of a program take of its rows."""
    found = multiples(program)
    return Counted(found, entries_of(program, found))


def entries_of(program: Program, found: Multiples) -> Entries:
    """Return what one more of every count takes of every row."""
    column, row = program.entry_columns(), program.indices.astype(np.int64)
    mine = np.flatnonzero(found.of[column] >= 0)
    count = np.searchsorted(program.integer, found.of[column[mine]])
    weights = program.data[mine] * found.by[column[mine]]
    key = count * program.num_rows + row[mine]
    pairs, at = np.unique(key, return_inverse=True)
    total = np.bincount(at, weights=weights)
    kept = np.abs(total) > SLACK * np.bincount(at, weights=np.abs(weights))
    pairs, weight = pairs[kept], np.asarray(total[kept], dtype=np.float64)
    # what says how racks are counted has fallen out
    return Entries(pairs // program.num_rows, pairs % program.num_rows, weight)


def dive(
    program: Program,
    model: LiveModel,
    x: Floats,
    stages: Ints,
    rounding: Rounding,
    shared: Counted,
) -> tuple[Floats, Solution] | None:
    """Return counts of whole things and the answer with them; None where a stage leaves none.

    Args:
        program: the program with its integer columns.
        model: a live model of its linear relaxation, at the optimum; it has its bounds again
            afterwards.
        x: that answer, scaled, (columns,).
        stages: when each count is chosen, (integer columns,).
        rounding: whole counts near an answer; only those of the stage are taken.
        shared: what its counts take of its rows, see ``counted``.
    """
    own = program.integer
    lower, upper = program.column_lower.copy(), program.column_upper.copy()
    counts = np.zeros(len(own))
    answer: Solution | None = None
    scale = program.column_scale[own]
    try:
        for stage in np.unique(stages):
            now = np.flatnonzero(stages == stage)
            for attempt in range(ATTEMPTS):
                counts[now] = np.clip(rounding(x, attempt)[now], lower[own[now]], upper[own[now]])
                counts = _within(program, shared, (lower, upper), now, (x[own], counts))
                chips = counts[now] * scale[now]
                model.set_column_bounds(own[now], chips, chips)
                if np.abs(counts[now] - x[own[now]]).max() <= SLACK:
                    break  # whole as it is: the answer stays what it was
                found = model.solve()
                if found.status == "optimal":
                    answer, x = found, found.x / program.column_scale
                    break
            else:
                return None
            lower[own[now]] = upper[own[now]] = counts[now]
        answer = answer or model.solve()
    finally:
        first, last = program.column_lower[own] * scale, program.column_upper[own] * scale
        model.set_column_bounds(own, first, last)
    return counts, answer


def _within(
    program: Program,
    shared: Counted,
    bounds: tuple[Floats, Floats],
    now: Ints,
    values: tuple[Floats, Floats],
) -> Floats:
    """Return counts of which those of a stage (``now``) exceed no limit, as far as can be seen:
    with whatever is not of the stage where its bounds leave most room."""
    own, entries = program.integer, shared.entries
    value, counts = values[0], values[1].copy()
    here = np.zeros(len(own), dtype=bool)
    here[now] = True
    mine = here[entries.count]
    entry, row, weight = entries.count[mine], entries.row[mine], entries.weight[mine]
    rows = np.zeros(program.num_rows, dtype=bool)
    rows[row] = True
    column, of = program.entry_columns(), shared.found.of
    moved = np.zeros(program.num_columns, dtype=bool)
    moved[own[now]] = True
    moved[of >= 0] |= moved[of[of >= 0]]
    at = np.flatnonzero(rows[program.indices] & ~moved[column])
    data, c, r = program.data[at], column[at], program.indices[at]
    low, high = bounds
    least = data * np.where(data > 0, low[c], high[c])
    most = data * np.where(data > 0, high[c], low[c])
    room_high = program.row_upper - np.bincount(r, weights=least, minlength=program.num_rows)
    room_low = program.row_lower - np.bincount(r, weights=most, minlength=program.num_rows)
    for _ in range(PASSES):
        used = np.bincount(row, weights=weight * counts[entry], minlength=program.num_rows)
        size = SLACK * np.maximum(1.0, np.abs(used))
        over, under = rows & (used - room_high > size), rows & (room_low - used > size)
        if not (over | under).any():
            break
        excess = np.where(over, used - room_high, np.where(under, used - room_low, 0.0))
        shift(counts, value, entry, row, weight, excess)
        counts[now] = np.clip(counts[now], low[own[now]], high[own[now]])
    return counts
