"""Finding: which whole limits conflict, rules of the inputs included."""

from __future__ import annotations

import dataclasses
import math
import time
from dataclasses import dataclass

import numpy as np

from planner.case.case import Case
from planner.diagnosis.limit import Limits
from planner.diagnosis.limits import list_limits
from planner.diagnosis.words import Item, entities, tell, tell_rule
from planner.lp.conflict import LOWER, dropped, irreducible, without_costs
from planner.lp.highs import LiveModel
from planner.lp.program import Program
from planner.model import Formulation, formulate
from planner.model.index import Bools

MOST_CONFLICTS = 6
"""Conflicts that are told; periods in which the same limits conflict are one."""
MOST_SETS = 16
SAME = 3
"""Once the same limits have been found to conflict in so many periods, the others are not looked
for."""
MOST_RULES = 40
"""More rules than these are not tried one by one."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A case made ready to be diagnosed: every deadline could give, every limit stands in one
    place."""

    case: Case
    formulation: Formulation
    program: Program
    limits: Limits


def prepare(case: Case) -> Ground:
    """Return the ground for a diagnosis of a case.

    Raises:
        ValueError: where the case cannot be formulated.
    """
    milestones = case["milestones"]
    hard = milestones["late_usd_per_period"].isna().to_numpy()
    soft = dataclasses.replace(
        case,
        tables={
            **case.tables,
            "milestones": milestones.assign(
                late_usd_per_period=milestones["late_usd_per_period"].fillna(1.0)
            ),
        },
    )
    try:
        formulation = formulate(soft)
    except ValueError:  # lateness opens a choice of sites for which the case states no efficiency
        formulation = formulate(case)
    program = formulation.program
    upper = program.column_upper.copy()
    for block in program.column_blocks:
        if block.name == "late":
            upper[block.first + np.flatnonzero(hard[block.labels["milestone"]])] = 0.0
    return Ground(
        case,
        formulation,
        dataclasses.replace(program, column_upper=upper),
        list_limits(formulation, hard),
    )


def without_rules(case: Case, rows: Bools) -> Case:
    """Return the case without some of its rules."""
    rules = case["rules"]
    return dataclasses.replace(
        case, tables={**case.tables, "rules": rules[~rows].reset_index(drop=True)}
    )


def conflicts(ground: Ground, until: float = math.inf) -> tuple[tuple[Item, ...], ...]:
    """Return conflicts of a case, each irreducible: limits that cannot all be kept while all but
    any one of them can.

    Further conflicts are looked for with what caps, and with what is asked, in those found so far
    left out.

    Args:
        ground: the case.
        until: moment of ``time.monotonic`` after which no further one is looked for.

    Raises:
        RuntimeError: where the solver cannot tell.
    """
    limits, program = ground.limits, ground.program
    side = limits.table["side"].to_numpy(dtype=np.int64)
    names = _names(ground)
    found: list[Bools] = []
    told: dict[frozenset[int], Bools] = {}
    times: dict[frozenset[int], int] = {}

    def look(among: Bools) -> Bools | None:
        """Return a conflict among some limits, None where there is none or enough have been looked
        for."""
        if (
            len(told) >= MOST_CONFLICTS
            or len(found) >= MOST_SETS
            or (found and time.monotonic() >= until)
        ):
            return None
        chosen = irreducible(program, limits.parts, among)
        if not chosen.any():
            return None
        found.append(chosen)
        key = frozenset(names[chosen].tolist())
        told[key] = told.get(key, np.zeros(len(chosen), dtype=bool)) | chosen
        times[key] = times.get(key, 0) + 1
        return chosen

    for asked in (False, True):
        among = np.ones(limits.parts.count, dtype=bool)
        for known in found:
            among &= ~_leave_out(known, side, asked=asked)
        while (chosen := look(among)) is not None:
            out = _leave_out(chosen, side, asked=asked)
            among &= ~(
                np.isin(names, names[out])
                if times[frozenset(names[chosen].tolist())] >= SAME
                else out
            )
    # a limit that another of the same conflict hides: each of the first conflict's left out alone
    for name in np.unique(names[found[0]]) if found else ():
        look(names != name)
    return tuple(
        tell(ground.case, limits, chosen) + _rules(ground, chosen) for chosen in told.values()
    )


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


def _rules(ground: Ground, chosen: Bools) -> tuple[Item, ...]:
    """Return the rules without which the chosen limits would not conflict: a deletion filter over
    rules."""
    rules = ground.case["rules"]
    if rules.empty or len(rules) > MOST_RULES:
        return ()
    table = ground.limits.table[chosen]
    wanted = set(
        zip(
            table["kind"],
            table["table"],
            table["at"],
            table["column"],
            table["period"],
            strict=True,
        )
    )
    gone = np.zeros(len(rules), dtype=bool)
    needed = []
    for at in range(len(rules)):
        trial = gone.copy()
        trial[at] = True
        try:
            other = prepare(without_rules(ground.case, trial))
        except ValueError:
            continue
        again = other.limits.table
        keep = np.array(
            [
                key in wanted
                for key in zip(
                    again["kind"],
                    again["table"],
                    again["at"],
                    again["column"],
                    again["period"],
                    strict=True,
                )
            ],
            dtype=bool,
        )
        if feasible(dropped(other.program, other.limits.parts, keep)):
            needed.append(at)
        else:
            gone = trial
    return tuple(tell_rule(ground.case, at) for at in needed)


def feasible(program: Program) -> bool:
    """Return whether a program has an answer; costs are left aside."""
    return LiveModel(without_costs(program), algorithm="simplex").solve().status == "optimal"
