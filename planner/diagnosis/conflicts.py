"""Conflicts: which whole limits cannot all be kept, rules of the inputs included."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.diagnosis.figures import figures_of
from planner.diagnosis.ground import Ground, still_conflict, without_rules
from planner.diagnosis.items import tell, tell_rule
from planner.diagnosis.words import Item, entities
from planner.lp.conflict import LOWER, Trial, find_conflict
from planner.lp.effort import Effort
from planner.lp.elastic import elastic
from planner.lp.highs import LiveModel
from planner.model.index import Bools, Floats

MOST_CONFLICTS = 6
"""Conflicts that are told; periods in which the same limits conflict are one."""
MOST_SETS = 16
SAME = 3
"""Once the same limits have been found to conflict in so many periods, the others are not looked
for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A conflict: limits that cannot all be kept, told as whole ones."""

    items: tuple[Item, ...]
    chosen: Bools
    """Which limits of the ground, (limits,)."""
    rules: tuple[int, ...] | None
    """Rows of the rules without any one of which the others do not conflict; None where that was
    not looked for to the end."""
    minimal: bool
    """Whether all but any one of them can be kept; otherwise some may not be needed."""
    proof: Floats | None
    """Multipliers of the rows of the ground that contradict each other, user units."""


@dataclass(slots=True)
class _Sets:
    """What has been found so far: sets of limits by what they are about."""

    parts: dict[frozenset[int], Bools]
    rows: dict[frozenset[int], Bools]
    times: dict[frozenset[int], int]
    minimal: dict[frozenset[int], bool]
    proof: dict[frozenset[int], Floats | None]


def conflicts(
    ground: Ground,
    effort: Effort | None = None,
    explaining: Effort | None = None,
    further: float = math.inf,
    tell_first: Callable[[str], None] | None = None,
) -> tuple[Found, ...]:
    """Return conflicts of a case, each irreducible: limits that cannot all be kept while all but
    any one of them can.

    Further conflicts are looked for with what caps, and with what is asked, in those found so far
    left out.

    Args:
        ground: the case.
        effort: what the solves are counted in; once it is spent the search ends.
        explaining: what may be taken to find which rules and figures make them conflicts.
        further: once so much of the effort is taken, no further conflict is looked for.
        tell_first: called with the first conflict in words, before its limits are fewer.

    Raises:
        RuntimeError: where the solver cannot tell.
    """
    limits, effort, explaining = ground.limits, effort or Effort(), explaining or Effort()
    side = limits.table["side"].to_numpy(dtype=np.int64)
    names = _names(ground)
    trial = Trial(ground.program, limits.parts, effort)
    lead = _pull(ground, effort)
    found: list[Bools] = []
    sets = _Sets({}, {}, {}, {}, {})

    def look(among: Bools) -> Bools | None:
        """Return a conflict among some limits, None where there is none or enough have been looked
        for."""
        if (
            len(sets.parts) >= MOST_CONFLICTS
            or len(found) >= MOST_SETS
            or (found and effort.past(further))
        ):
            return None
        one = find_conflict(trial, among, *((None, None) if found else (first, lead)))
        if one is None or (found and not one.minimal):
            return None
        found.append(one.parts)
        key = frozenset(names[one.parts].tolist())
        rows = (
            np.zeros(ground.program.num_rows, dtype=bool) if one.proof is None else one.proof != 0
        )
        sets.parts[key] = sets.parts.get(key, np.zeros(len(side), dtype=bool)) | one.parts
        sets.rows[key] = sets.rows.get(key, np.zeros(len(rows), dtype=bool)) | rows
        sets.times[key] = sets.times.get(key, 0) + 1
        sets.minimal[key] = one.minimal and sets.minimal.get(key, True)
        sets.proof.setdefault(key, one.proof)
        return one.parts

    def first(chosen: Bools) -> None:
        if tell_first is not None:
            told = tell(
                ground.formulation, limits, chosen, np.zeros(ground.program.num_rows, dtype=bool)
            )
            tell_first("these cannot all be kept: " + "; ".join(item.text for item in told))

    for asked in (False, True):
        among = np.ones(limits.parts.count, dtype=bool)
        for known in found:
            among &= ~_leave_out(known, side, asked=asked)
        while (chosen := look(among)) is not None:
            out = _leave_out(chosen, side, asked=asked)
            often = sets.times[frozenset(names[chosen].tolist())] >= SAME
            among &= ~(np.isin(names, names[out]) if often else out)
    # a limit that another of the same conflict hides: each of the first conflict's left out alone
    for name in np.unique(names[found[0]]) if found else ():
        look(names != name)
    rules = [needed_rules(ground, chosen, explaining) for chosen in sets.parts.values()]
    told = []
    for number, (key, chosen) in enumerate(sets.parts.items()):
        items = tell(ground.formulation, limits, chosen, sets.rows[key])
        items += tuple(tell_rule(ground.case, at) for at in rules[number] or ())
        items += figures_of(ground, chosen, items, explaining)
        told.append(Found(items, chosen, rules[number], sets.minimal[key], sets.proof[key]))
    return tuple(told)


def _pull(ground: Ground, effort: Effort) -> Floats | None:
    """Return how hard every row pulls at what gives where the least gives, user units (rows,): what
    pulls against each other is a conflict, found in a fraction of the time that a program without
    an answer takes; None where nothing that gives is enough."""
    program = elastic(ground.program, ground.limits.slacks)
    solution = LiveModel(program, algorithm="simplex").solve()
    effort.spend(solution.iterations, ground.program.num_rows)
    return solution.row_dual if solution.status == "optimal" else None


def _names(ground: Ground) -> np.ndarray:
    """Return a number for every limit that those of one kind and name in other periods share."""
    table = ground.limits.table
    return np.asarray(
        table.assign(name=entities(ground.case, table))
        .groupby(["kind", "table", "column", "name"])
        .ngroup(),
        dtype=np.int64,
    )


def _leave_out(chosen: Bools, side: np.ndarray, *, asked: bool) -> Bools:
    """Return what is left out to find another conflict: what a conflict asks, or what caps it; some
    of it where it has only the other."""
    part: Bools = chosen & ((side == LOWER) == asked)
    if part.any():
        return part
    first: Bools = np.arange(len(chosen)) == int(np.flatnonzero(chosen)[0])
    others: Bools = chosen & ~first
    return first if asked or not others.any() else others


def needed_rules(ground: Ground, chosen: Bools, effort: Effort) -> tuple[int, ...] | None:
    """Return the rules without any one of which the chosen limits would not conflict.

    Halves are left out before single rules (Junker: QuickXplain, AAAI 2004), so that few of many
    rules are found in few solves.

    Args:
        ground: the case.
        chosen: limits that conflict, (limits,).
        effort: what the solves are counted in.

    Returns:
        Their rows, ascending; None where the effort was spent before they were known.
    """
    count = len(ground.case["rules"])
    if not count:
        return ()

    def conflict_with(present: list[int]) -> bool:
        gone = np.ones(count, dtype=bool)
        gone[present] = False
        return still_conflict(ground, chosen, without_rules(ground.case, gone), effort)

    def among(kept: list[int], fresh: bool, rows: list[int]) -> list[int]:
        if effort.spent or (fresh and conflict_with(kept)):
            return []
        if len(rows) == 1:
            return rows
        one, other = rows[: len(rows) // 2], rows[len(rows) // 2 :]
        second = among(kept + one, True, other)
        return among(kept + second, bool(second), one) + second

    needed = among([], True, list(range(count)))
    return None if effort.spent else tuple(sorted(needed))
