"""The state: all that a plan leaves behind when a later period starts."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from planner.case.columns import Bools, Floats
from planner.plan.answer import Answer
from planner.roll.commitments import committed
from planner.roll.contracts import extended
from planner.roll.holdings import holdings
from planner.roll.money import budgets_used, limits_used
from planner.roll.opened import opened, openings_left, places_begun
from planner.roll.ordered import ordered_before
from planner.roll.projects import power_orders
from planner.roll.ramps import counted_last
from planner.roll.work import milestones_done, research_done, windows_served


@dataclass(frozen=True, slots=True)
class State:
    """What is there, done and used when period ``by`` of a plan starts; periods are relative to
    that plan."""

    by: int
    lots: pd.DataFrame
    """Chips held or on their way, as ``holdings`` returns them."""
    projects: pd.DataFrame
    """Power ordered by the plan, as ``power_orders`` returns it."""
    milestones: Floats
    """FLOP done of each row of milestones.csv."""
    research: Floats
    """FLOP done of each row of workloads.csv that is a multiple of the milestones."""
    served: Floats
    """What is served of the open batch window of each row of workloads.csv; NaN where none is
    open."""
    budgets: Floats
    """Cash used of each row of budgets.csv, USD."""
    limits: pd.DataFrame
    """``used`` and ``used_total`` of each row of limits.csv."""
    sites: Bools
    """Which rows of sites.csv the plan has opened."""
    opened: Bools
    """Which rows of power_projects.csv it has."""
    openings: dict[str, Floats]
    """Book value of what opening cost, USD, of each row of sites.csv and power_projects.csv."""
    places: pd.DataFrame
    """``sites`` and ``chips`` on which each row of milestones.csv has begun, where the plan chose
    them; else blank."""
    before: pd.DataFrame
    """``orders`` and ``chips`` of each row of offers.csv, in windows that are open then."""
    ramps: Floats
    """Chips that each row of growth.csv counted in the last period."""
    commitments: pd.DataFrame
    """Commitments ordered and still in force, as ``committed`` returns them."""
    extended: Bools
    """Which rows of site_contracts.csv have been extended."""


def state_of(answer: Answer, by: int) -> State:
    """Return the state that a plan leaves when everything goes as planned.

    Args:
        answer: the solved case.
        by: periods that have passed.
    """
    milestones = milestones_done(answer, by)
    open_ = [opened(answer, axis, by) for axis in ("site", "project")]
    return State(
        by,
        holdings(answer, by),
        power_orders(answer, by),
        milestones,
        research_done(answer, by, milestones),
        windows_served(answer, by),
        budgets_used(answer, by),
        limits_used(answer, by),
        open_[0],
        open_[1],
        {
            table: openings_left(answer, table, is_open, by)
            for table, is_open in zip(("sites", "power_projects"), open_, strict=True)
        },
        places_begun(answer, by),
        ordered_before(answer, by),
        counted_last(answer, by),
        committed(answer, by),
        extended(answer, by),
    )
