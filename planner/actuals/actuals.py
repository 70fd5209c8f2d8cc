"""The actuals of the periods that have passed, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from planner.case.read import empty_table
from planner.case.tables import ACTUALS

NAMES: Final = {name.removeprefix("actual_"): name for name in ACTUALS}
"""Name of each table of actuals in ``Actuals`` -> as it is declared."""


@dataclass(frozen=True, slots=True)
class Actuals:
    """What really happened in periods 0 to ``by - 1`` of a plan, one frame a table, in long form.

    The columns are those of ``planner.case.tables.actuals``, and ``_file`` and ``_row``, where a
    row stands.  Periods are relative to the start of the plan that is rolled.  A number that is not
    told is NaN, a name that is not told "": as planned.  ``orders`` has besides ``offer``, ``site``
    and ``planned`` (False for what was bought beside the plan), and its ``period`` is that of the
    plan where none is told (NaN for orders in flight and lots of the fleet).
    ``fleet.in_service`` is a period, NaN for all lots of a chip and site.
    """

    by: int
    orders: pd.DataFrame
    fleet: pd.DataFrame
    work: pd.DataFrame
    milestones: pd.DataFrame
    power: pd.DataFrame
    cash: pd.DataFrame

    def __bool__(self) -> bool:
        """Return whether anything is told."""
        return any(len(getattr(self, name)) for name in NAMES)


def no_actuals(by: int) -> Actuals:
    """Return the actuals of periods in which everything went as planned.

    Args:
        by: periods that have passed.
    """
    return actuals_of(by, {name: empty_table(table) for name, table in ACTUALS.items()})


def actuals_of(by: int, tables: Mapping[str, pd.DataFrame]) -> Actuals:
    """Return actuals of tables that were read and checked, by declared name."""
    frames = {name: tables[declared].copy() for name, declared in NAMES.items()}
    orders, fleet = frames["orders"], frames["fleet"]
    for column in ("offer", "site"):
        if column not in orders:
            orders[column] = pd.Series(dtype=object)
    if "planned" not in orders:
        orders["planned"] = pd.Series(dtype=bool)
    if fleet["in_service"].dtype == object:
        fleet["in_service"] = pd.Series(dtype="float64")
    return Actuals(by, **frames)
