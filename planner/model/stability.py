"""Stability: what is kept of the last plan.

Orders of the first ``frozen_periods`` periods, and those of lines that were changed or refused when
the last plan was approved, equal the last plan's (bounds of ``order`` and ``build``).  Others::

    order - more + less = last plan's order                                          row ``change``

and ``change_usd_per_chip``, if any, is charged on ``more + less``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import Bools, Ints, Texts, numbers, texts, whole
from planner.case.tables.last_plan import DECIDED
from planner.model.draft import Draft
from planner.model.holding import CHIPS, Holding
from planner.model.index import Floats, Index
from planner.model.lots import NEW, Lots


def last_orders(case: Case, index: Index, lots: Lots) -> Floats:
    """Return the last plan's chips of every lot, (V,): 0 where it ordered none."""
    table = case["last_plan"]
    orders = pd.Series(
        numbers(table, "chips"),
        index=pd.MultiIndex.from_arrays(
            [texts(table, "offer"), texts(table, "site"), whole(table, "order_period")]
        ),
    )
    orders = orders.groupby(level=[0, 1, 2]).sum()
    kept = np.zeros(len(lots))
    new = np.flatnonzero(lots.origin == NEW)
    wanted = pd.MultiIndex.from_arrays(
        [
            index.axes["offer"][lots.row[new]],
            index.axes["site"][lots.site[new]],
            lots.order_period[new],
        ]
    )
    kept[new] = orders.reindex(wanted).fillna(0.0).to_numpy()
    return kept


def decided(case: Case) -> pd.DataFrame:
    """Return the lines of the last plan that were changed or refused."""
    table = case["last_plan"]
    return table[table["decision"].isin(DECIDED)]


def fixed_orders(case: Case, index: Index, lots: Lots) -> Bools:
    """Return which lots are ordered as the last plan says: new ones of frozen periods and decided
    ones, (V,)."""
    new = lots.origin == NEW
    fixed: Bools = new & (lots.order_period < case.settings.frozen_periods)
    lines = decided(case)
    if lines.empty:
        return fixed
    at = np.flatnonzero(new & ~fixed)
    places = index.axes["offer"][lots.row[at]], index.axes["site"][lots.site[at]]
    mine = pd.MultiIndex.from_arrays([*places, lots.order_period[at]])
    keys = [texts(lines, "offer"), texts(lines, "site"), whole(lines, "order_period")]
    fixed[at] = mine.isin(pd.MultiIndex.from_arrays(keys))
    return fixed


def freeze_orders(case: Case, index: Index, lots: Lots) -> Lots:
    """Return the lots with the orders of frozen periods, and decided ones, fixed to the last
    plan's."""
    if case["last_plan"].empty:
        return lots
    kept, frozen = last_orders(case, index, lots), fixed_orders(case, index, lots)
    return dataclasses.replace(
        lots, lower=np.where(frozen, kept, lots.lower), upper=np.where(frozen, kept, lots.upper)
    )


@dataclass(frozen=True, slots=True)
class KeptProjects:
    """The power projects of the last plan, and which of their orders are kept."""

    mw: Mapping[tuple[str, int], float]
    """MW by project and period."""
    decided: frozenset[tuple[str, int]]
    """Projects and periods of lines that were changed or refused."""
    periods: int
    """Frozen periods."""

    def fixed(self, project: Texts, period: Ints) -> Bools:
        """Return which orders are as the last plan says, (n,)."""
        pairs = zip(project.tolist(), period.tolist(), strict=True)
        chosen = [pair in self.decided for pair in pairs]
        return np.asarray((period < self.periods) | np.array(chosen, dtype=bool), dtype=bool)


def kept_projects(case: Case) -> KeptProjects:
    """Return the power projects of the last plan; without one nothing is kept."""
    table = case["last_plan"]
    if table.empty:
        return KeptProjects({}, frozenset(), 0)
    names = set(texts(case["power_projects"], "project"))
    mine = table[table["offer"].isin(names) & (table["mw"] > 0)]
    sums = mine.groupby(["offer", "order_period"], as_index=False)["mw"].sum()
    mw = {
        (str(offer), int(period)): float(mw)
        for offer, period, mw in zip(sums["offer"], sums["order_period"], sums["mw"], strict=True)
    }
    lines = decided(case)
    pairs = zip(lines["offer"], lines["order_period"], strict=True)
    chosen = frozenset((str(offer), int(period)) for offer, period in pairs)
    return KeptProjects(mw, chosen, case.settings.frozen_periods)


def add_changes(
    draft: Draft,
    lots: Lots,
    holding: Holding,
) -> None:
    """Add the columns ``more`` and ``less`` and the rows ``change``; they cost nothing where
    changes are free.

    Free ones still tell which of several equally cheap plans changes least
    (``planner.model.preference``).

    Args:
        draft: the program being written.
        lots: its lots.
        holding: their columns.
    """
    builder, ledger, case, index = draft.builder, draft.ledger, draft.case, draft.index
    charge = case.settings.change_usd_per_chip
    if case["last_plan"].empty:
        return
    kept = last_orders(case, index, lots)
    free = np.flatnonzero((lots.origin == NEW) & ~fixed_orders(case, index, lots))
    period = lots.order_period[free]
    more = builder.columns("more", {"lot": free}, 0.0, np.inf, scale=CHIPS)
    less = builder.columns("less", {"lot": free}, 0.0, kept[free], scale=CHIPS)
    rows = builder.rows("change", {"lot": free}, kept[free], kept[free], scale=CHIPS)
    builder.entries(rows, holding.order[free], 1.0)
    builder.entries(rows, more, -1.0)
    builder.entries(rows, less, 1.0)
    for column in (more, less) if charge > 0.0 else ():
        ledger.add("change", column, period, charge, site=lots.site[free], chip=lots.chip[free])
