"""Ground: a case made ready to be diagnosed."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.diagnosis.limit import Limits
from planner.diagnosis.limits import list_limits
from planner.lp.conflict import dropped, without_costs
from planner.lp.effort import Effort
from planner.lp.highs import LiveModel
from planner.lp.program import Program
from planner.model import Formulation, formulate
from planner.model.index import Bools

KEY = ("kind", "table", "at", "column", "period")
"""What a limit is known by in another ground of the same case."""
FORMULATING = 0.05
"""Formulating a case takes about as long as so large a share of solving it from nothing."""


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
    late = milestones["late_usd_per_period"].fillna(1.0)
    try:
        formulation = formulate(with_cells(case, "milestones", late_usd_per_period=late))
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


def with_cells(case: Case, table: str, **columns: Any) -> Case:
    """Return a case with columns of a table replaced."""
    return with_table(case, table, case[table].assign(**columns))


def with_table(case: Case, table: str, frame: pd.DataFrame) -> Case:
    """Return a case with a table replaced."""
    return dataclasses.replace(case, tables={**case.tables, table: frame})


def without_rules(case: Case, rows: Bools) -> Case:
    """Return the case without some of its rules, (rules,)."""
    return with_table(case, "rules", case["rules"][~rows].reset_index(drop=True))


def still_conflict(ground: Ground, chosen: Bools, other: Case, effort: Effort) -> bool:
    """Return whether limits that conflict in a case still do where something else in it has been
    changed; a case that cannot be formulated then says nothing, and counts as a conflict.

    Args:
        ground: the case.
        chosen: its limits, (limits,).
        other: the case with something changed.
        effort: what the solve is counted in.
    """
    rows = ground.program.num_rows
    effort.spend(int(FORMULATING * rows), rows)
    try:
        changed = prepare(other)
    except ValueError:
        # what has been opened gives a milestone a choice for which it states no efficiency: then
        # nothing is lost by it
        whole = other["milestones"]["split_efficiency"].fillna(1.0)
        try:
            changed = prepare(with_cells(other, "milestones", split_efficiency=whole))
        except ValueError:
            return True
    wanted = pd.MultiIndex.from_frame(ground.limits.table.loc[chosen, list(KEY)].astype(str))
    there = pd.MultiIndex.from_frame(changed.limits.table[list(KEY)].astype(str))
    keep = np.asarray(there.isin(wanted), dtype=bool)
    return not feasible(dropped(changed.program, changed.limits.parts, keep), effort)


def feasible(program: Program, effort: Effort | None = None) -> bool:
    """Return whether a program has an answer; costs are left aside."""
    solution = LiveModel(without_costs(program), algorithm="simplex").solve()
    if effort is not None:
        effort.spend(solution.iterations, program.num_rows)
    return solution.status == "optimal"
