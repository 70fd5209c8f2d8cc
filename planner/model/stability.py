"""Stability: what is kept of the last plan.

Orders of the first ``frozen_periods`` periods equal the last plan's (bounds of ``order`` and
``build``).  Beyond them::

    order - more + less = last plan's order                                          row ``change``

and ``change_usd_per_chip``, if any, is charged on ``more + less``.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import numbers, texts, whole
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


def freeze_orders(case: Case, index: Index, lots: Lots) -> Lots:
    """Return the lots with the orders of frozen periods fixed to the last plan's."""
    if case["last_plan"].empty or not case.settings.frozen_periods:
        return lots
    kept = last_orders(case, index, lots)
    frozen = (lots.origin == NEW) & (lots.order_period < case.settings.frozen_periods)
    return dataclasses.replace(
        lots, lower=np.where(frozen, kept, lots.lower), upper=np.where(frozen, kept, lots.upper)
    )


def frozen_projects(case: Case) -> dict[tuple[str, int], float] | None:
    """Return the last plan's MW by (project, period); None where there is no last plan."""
    table = case["last_plan"]
    if table.empty:
        return None
    names = set(texts(case["power_projects"], "project"))
    mine = table[table["offer"].isin(names) & (table["mw"] > 0)]
    sums = mine.groupby(["offer", "order_period"], as_index=False)["mw"].sum()
    return {
        (str(offer), int(period)): float(mw)
        for offer, period, mw in zip(sums["offer"], sums["order_period"], sums["mw"], strict=True)
    }


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
    free = np.flatnonzero(
        (lots.origin == NEW) & (lots.order_period >= case.settings.frozen_periods)
    )
    period = lots.order_period[free]
    more = builder.columns("more", {"lot": free}, 0.0, np.inf, scale=CHIPS)
    less = builder.columns("less", {"lot": free}, 0.0, kept[free], scale=CHIPS)
    rows = builder.rows("change", {"lot": free}, kept[free], kept[free], scale=CHIPS)
    builder.entries(rows, holding.order[free], 1.0)
    builder.entries(rows, more, -1.0)
    builder.entries(rows, less, 1.0)
    for column in (more, less) if charge > 0.0 else ():
        ledger.add("change", column, period, charge, site=lots.site[free], chip=lots.chip[free])
