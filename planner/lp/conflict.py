"""Conflict: why a program has no answer - a proof, an irreducible set of limits, and the least that
would have to give.

The solver only proposes.  That a set of limits conflicts is verified by solving with these alone,
that none of them could be left out by leaving out one at a time, and the proof of infeasibility is
a sum that numpy does.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.lp.duality import NONE, least
from planner.lp.highs import LiveModel
from planner.lp.program import Block, Program

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

STRATEGIES: Final = (2, 6, 3)
"""Values of HiGHS's ``iis_strategy`` that give a set, in the order they are tried (0 is empty, 1
and 8 fail)."""
PROOF_MARGIN: Final = 1e-9
"""By how much, relative to what it sums up, a proof must miss zero."""
LOWER, UPPER = 0, 1
DECIDED: Final = ("optimal", "infeasible")


@dataclass(frozen=True, slots=True)
class Parts:
    """Limits that can be left out as a whole: each some sides of rows and some columns.

    ``row_part[i]`` is the part that side ``row_side[i]`` of row ``row[i]`` belongs to; leaving a
    part out takes its sides away and lets its columns be anything from 0 up.
    """

    count: int
    row_part: Ints
    row: Ints
    row_side: Ints
    column_part: Ints
    column: Ints


def without_costs(program: Program) -> Program:
    """Return the program with nothing to minimise: any point that keeps its limits is an answer."""
    return dataclasses.replace(program, cost=np.zeros(program.num_columns))


def dropped(program: Program, parts: Parts, keep: Bools) -> Program:
    """Return the program with all parts left out that ``keep`` (count,) does not name."""
    row_lower, row_upper = program.row_lower.copy(), program.row_upper.copy()
    gone = ~keep[parts.row_part]
    row_lower[parts.row[gone & (parts.row_side == LOWER)]] = -np.inf
    row_upper[parts.row[gone & (parts.row_side == UPPER)]] = np.inf
    column_lower, column_upper = program.column_lower.copy(), program.column_upper.copy()
    free = parts.column[~keep[parts.column_part]]
    column_lower[free], column_upper[free] = 0.0, np.inf
    return dataclasses.replace(
        program,
        row_lower=row_lower,
        row_upper=row_upper,
        column_lower=column_lower,
        column_upper=column_upper,
    )


def proof_of_infeasibility(program: Program) -> Floats | None:
    """Return multipliers of rows that prove that nothing keeps all limits, user units (per unit of
    the row); None where the solver has none."""
    model = LiveModel(without_costs(program), algorithm="simplex")
    model.set_option("presolve", "off")
    if model.solve().status != "infeasible":
        return None
    ray = model.dual_ray()
    if ray is None:
        return None
    # its sign is a matter of convention
    return max((ray, -ray), key=lambda y: infeasibility(program, y))


def infeasibility(program: Program, multipliers: Floats) -> float:
    """Return by how much multipliers of rows prove that a program has no answer.

    Args:
        program: the program.
        multipliers: one per row, user units.

    Returns:
        What they prove that anything costs at least where nothing has a cost, over the sum of the
        sizes of its terms: above 0 no ``x`` keeps all limits (Farkas).  Minus infinity where a
        column has no bound that the sum would need.
    """
    proven = least(program, np.zeros(program.num_columns), multipliers * program.row_scale)
    if proven.endless != NONE:
        return -math.inf
    total = math.fsum(np.abs(proven.rows)) + math.fsum(np.abs(proven.columns))
    return (math.fsum(proven.rows) + math.fsum(proven.columns)) / total if total > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rows and columns whose limits cannot all be kept, as the solver gives them: a start, not a
    result."""

    rows: Ints
    columns: Ints


def conflict(program: Program) -> Conflict:
    """Return an irreducible set of rows and of columns' bounds as HiGHS finds it; empty where none
    of its strategies does."""
    for strategy in STRATEGIES:
        model = LiveModel(without_costs(program), algorithm="simplex")
        try:
            model.set_option("iis_strategy", strategy)
            model.set_option("iis_time_limit", 60.0)
        except RuntimeError:  # an older HiGHS
            pass
        status, found = model._highs.getIis()
        if status != highspy.HighsStatus.kError and found.valid_ and len(found.row_index_):
            return Conflict(
                np.asarray(found.row_index_, dtype=np.int64),
                np.asarray(found.col_index_, dtype=np.int64),
            )
    return Conflict(np.empty(0, np.int64), np.empty(0, np.int64))


class Trial:
    """A program whose parts are left out and put back, each answer found from the last one."""

    def __init__(self, program: Program, parts: Parts) -> None:
        self.program, self.parts = program, parts
        self._model = LiveModel(without_costs(program), algorithm="simplex")
        self._kept = np.ones(parts.count, dtype=bool)

    def infeasible(self, keep: Bools) -> bool:
        """Return whether the parts in ``keep`` (count,) conflict by themselves; raises
        ``RuntimeError`` where the solver cannot tell."""
        parts, program = self.parts, self.program
        target = dropped(program, parts, keep)
        rows = np.unique(parts.row[keep[parts.row_part] != self._kept[parts.row_part]])
        columns = np.unique(parts.column[keep[parts.column_part] != self._kept[parts.column_part]])
        if len(rows):
            self._model.set_row_bounds(
                rows,
                target.row_lower[rows] * program.row_scale[rows],
                target.row_upper[rows] * program.row_scale[rows],
            )
        if len(columns):
            scale = program.column_scale[columns]
            self._model.set_column_bounds(
                columns, target.column_lower[columns] * scale, target.column_upper[columns] * scale
            )
        self._kept = keep.copy()
        status = self._model.solve().status
        if (
            status not in DECIDED
        ):  # where the last answer leads nowhere, start from none; then by another algorithm
            self._model.forget()
            status = self._model.solve().status
        if status not in DECIDED:
            status = LiveModel(without_costs(target), algorithm="ipx").solve().status
        if status not in DECIDED:
            raise RuntimeError(f"HiGHS cannot tell whether limits conflict: {status}")
        return status == "infeasible"


def irreducible(program: Program, parts: Parts, among: Bools | None = None) -> Bools:
    """Return parts that conflict while all but any one of them do not.

    Args:
        program: the program; what belongs to no part always holds.
        parts: its limits.
        among: parts that may be in the set, (count,); None = all.

    Returns:
        Mask over the parts; empty where they do not conflict.

    Raises:
        RuntimeError: where the solver cannot tell.
    """
    allowed = np.ones(parts.count, dtype=bool) if among is None else among
    trial = Trial(program, parts)
    if not trial.infeasible(allowed):
        return np.zeros(parts.count, dtype=bool)
    kept = _proposed(dropped(program, parts, allowed), parts) & allowed
    if not kept.any() or not trial.infeasible(kept):
        kept = allowed.copy()
    # a deletion filter, last parts first: what is still a conflict without a part does not need it
    for part in np.flatnonzero(kept)[::-1]:
        kept[part] = False
        if not trial.infeasible(kept):
            kept[part] = True
    return kept


def _proposed(program: Program, parts: Parts) -> Bools:
    """Return the parts that HiGHS's irreducible set touches, or those of its proof, or none."""
    found = conflict(program)
    rows, columns = found.rows, found.columns
    if not len(rows):
        proof = proof_of_infeasibility(program)
        if proof is None:
            return np.zeros(parts.count, dtype=bool)
        rows, columns = np.flatnonzero(np.abs(proof) > 0), np.arange(program.num_columns)
    touched = np.zeros(parts.count, dtype=bool)
    touched[parts.row_part[np.isin(parts.row, rows)]] = True
    touched[parts.column_part[np.isin(parts.column, columns)]] = True
    return touched


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
