"""Conflict: why a program has no answer - a proof, an irreducible set of limits, and the least that
would have to give.

Where the dual simplex ends it holds multipliers of rows that contradict each other (Farkas); what
they touch is a conflict, and a small one: they belong to one basis.  The solver only proposes.
That a set of limits conflicts is verified by adding up its multipliers or by solving with these
limits alone, that none of them could be left out by leaving out one at a time, and the proof of
infeasibility is a sum that numpy does.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.duality import NONE, least
from planner.lp.effort import Effort
from planner.lp.highs import LiveModel
from planner.lp.program import Program

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

PROOF_MARGIN: Final = 1e-9
"""By how much, relative to what it sums up, a proof must miss zero."""
LOWER, UPPER = 0, 1
DECIDED: Final = ("optimal", "infeasible")
UNWATCHED_ROWS: Final = 100_000
"""Trials of smaller programs are over in no time, many of them: none tells where it stands."""
NOISE: Final = (1e-7, 1e-10, 0.0)
"""Multipliers this small beside the largest are left out where the others prove it alone."""


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
    the row), (rows,); None where the solver has none."""
    model = LiveModel(without_costs(program), algorithm="simplex")
    model.set_option("presolve", "off")
    return _ray(model, program) if model.solve().status == "infeasible" else None


def _ray(model: LiveModel, program: Program) -> Floats | None:
    """Return the multipliers with which a model has just been found infeasible, user units (rows,);
    None where it has none."""
    ray = model.dual_ray()
    if ray is None:
        return None

    def usable(y: Floats) -> tuple[float, float]:
        missing = np.where(y > 0, np.isinf(program.row_lower), np.isinf(program.row_upper))
        lost = float(np.abs(y * program.row_scale)[missing].sum())
        return infeasibility(program, y), -lost

    return max((ray, -ray), key=usable)  # its sign is a matter of convention


def infeasibility(program: Program, multipliers: Floats) -> float:
    """Return by how much multipliers of rows prove that a program has no answer.

    Args:
        program: the program.
        multipliers: in user units, (rows,).

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
    """Limits that cannot all be kept."""

    parts: Bools
    """Which, (parts,)."""
    minimal: bool
    """Whether all but any one of them can be kept; otherwise the effort was spent before that was
    found out."""
    proof: Floats | None
    """Multipliers of the rows that contradict each other, user units (rows,)."""


class Trial:
    """A program whose parts are left out and put back, each answer found from the last one.

    Args:
        program: the program; what belongs to no part always holds.
        parts: its limits.
        effort: what the solves are counted in; left out: nothing ends the search.
    """

    def __init__(self, program: Program, parts: Parts, effort: Effort | None = None) -> None:
        self.program, self.parts, self.effort = program, parts, effort or Effort()
        self._model = LiveModel(without_costs(program), algorithm="simplex")
        self._model.set_option("presolve", "off")  # its multipliers are asked for
        self._model.watched = program.num_rows > UNWATCHED_ROWS
        self.kept = np.ones(parts.count, dtype=bool)

    def infeasible(self, keep: Bools) -> bool:
        """Return whether the parts in ``keep`` (count,) conflict by themselves; raises
        ``RuntimeError`` where the solver cannot tell."""
        parts, program = self.parts, self.program
        target = dropped(program, parts, keep)
        rows = np.unique(parts.row[keep[parts.row_part] != self.kept[parts.row_part]])
        columns = np.unique(parts.column[keep[parts.column_part] != self.kept[parts.column_part]])
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
        self.kept = keep.copy()
        status = self._solve(self._model)
        if status not in DECIDED:  # where the last answer leads nowhere, start from none
            self._model.forget()
            status = self._solve(self._model)
        if status not in DECIDED:
            status = self._solve(LiveModel(without_costs(target), algorithm="ipx"))
        if status not in DECIDED:
            raise RuntimeError(f"HiGHS cannot tell whether limits conflict: {status}")
        return status == "infeasible"

    def _solve(self, model: LiveModel) -> str:
        solution = model.solve()
        self.effort.spend(solution.iterations, self.program.num_rows)
        return solution.status

    def proof(self) -> tuple[Bools, Floats | None]:
        """Return which of the parts kept last, found to conflict, their multipliers need, (count,),
        and these, user units (rows,); all that were kept and None where none prove it."""
        ray = _ray(self._model, dropped(self.program, self.parts, self.kept))
        found = None if ray is None else self.proven(ray, self.kept)
        return (self.kept.copy(), None) if found is None else found

    def proven(self, ray: Floats, keep: Bools) -> tuple[Bools, Floats] | None:
        """Return which of the parts in ``keep`` multipliers prove to conflict, (count,), and what
        of the multipliers is needed; None where they prove nothing.

        Args:
            ray: multipliers from anywhere, user units (rows,).
            keep: parts that they may lean on, (count,).
        """
        scaled = ray * self.program.row_scale
        for noise in NOISE:
            least = noise * float(np.abs(scaled).max(initial=0.0))
            y = np.where(np.abs(scaled) > least, ray, 0.0)
            needed = self._touched(y) & keep
            if infeasibility(dropped(self.program, self.parts, needed), y) > PROOF_MARGIN:
                return needed, y
        return None

    def _touched(self, y: Floats) -> Bools:
        """Return the parts whose rows or columns multipliers lean on, (count,)."""
        parts, program = self.parts, self.program
        touched = np.zeros(parts.count, dtype=bool)
        sign = y[parts.row]
        touched[parts.row_part[np.where(parts.row_side == LOWER, sign > 0, sign < 0)]] = True
        scaled = y * program.row_scale
        pull = program.pull(scaled)[parts.column]
        lower = program.column_lower[parts.column] > 0  # from 0 up they are all the same
        touched[parts.column_part[(pull > 0) | (lower & (pull < 0))]] = True
        return touched


def find_conflict(
    trial: Trial,
    among: Bools | None = None,
    first: Callable[[Bools], None] | None = None,
    lead: Floats | None = None,
) -> Conflict | None:
    """Return parts that conflict while all but any one of them do not.

    Args:
        trial: the program with its limits.
        among: parts that may be in the set, (count,); None = all.
        first: called with parts that conflict, (count,), before any is left out.
        lead: multipliers of the rows, user units, that may already prove a conflict.

    Returns:
        The conflict; None where these parts do not conflict.

    Raises:
        RuntimeError: where the solver cannot tell.
    """
    allowed = np.ones(trial.parts.count, dtype=bool) if among is None else among
    led = None if lead is None else trial.proven(lead, allowed)
    if led is None and not trial.infeasible(allowed):
        return None
    proof: Floats | None
    kept, proof = led or trial.proof()
    if first is not None:
        first(kept)
    # a deletion filter, last parts first: what is still a conflict without a part does not need it,
    # nor anything else that the multipliers of that smaller conflict do without
    for part in np.flatnonzero(kept)[::-1]:
        if not kept[part]:
            continue
        if trial.effort.spent:
            return Conflict(kept, False, proof)
        kept[part] = False
        if trial.infeasible(kept):
            kept, proof = trial.proof()
        else:
            kept[part] = True
    return Conflict(kept, True, proof)
