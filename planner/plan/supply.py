"""Supply groups by period: taken of them, and what one more chip of allocation is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts, whole
from planner.model.supply import counted_lots, groups_of_offers
from planner.plan.answer import Answer, Floats
from planner.plan.rows import Ranges, read_rows


def supply_table(answer: Answer, ranges: Ranges) -> pd.DataFrame:
    """Return ``supply``: one row per group and period of supply.csv inside the plan."""
    f = answer.formulation
    index, axes = f.index, f.index.axes
    table = f.case["supply"]
    table = table[table["period"].between(0, index.T - 1)].reset_index(drop=True)
    low, high = numbers(table, "min_chips"), numbers(table, "max_chips")
    group, period = index.code("supply_group", texts(table, "supply_group")), whole(table, "period")
    used = _supply_taken(answer)[group, period]
    worth, cost, start, end = (np.full(len(table), value) for value in (0.0, 0.0, np.nan, np.nan))
    labels = answer.row_labels("supply")
    if not labels.empty:
        reading = read_rows(answer, ranges, "supply")
        frame = labels.assign(
            worth=np.maximum(reading.worth, 0.0),
            cost=np.maximum(-reading.worth, 0.0),
            low=reading.low,
            high=reading.high,
        )
        # where rentals share a group it is limited in every slice: their worths add up
        frame = frame.groupby(["supply_group", "period"]).agg(
            worth=("worth", "sum"), cost=("cost", "sum"), low=("low", "max"), high=("high", "min")
        )
        frame = frame.reindex(pd.MultiIndex.from_arrays([group, period]))
        worth, cost, start, end = (
            frame[name].to_numpy() for name in ("worth", "cost", "low", "high")
        )
    return pd.DataFrame(
        {
            "supply_group": texts(table, "supply_group"),
            "period": axes["period"][period],
            "basis": texts(table, "basis"),
            "min_chips": low,
            "max_chips": high,
            "used": used,
            "free": high - used,
            "worth_usd_per_chip": np.nan_to_num(worth),
            "minimum_costs_usd_per_chip": np.nan_to_num(cost),
            "worth_from_chips": start,
            "worth_to_chips": end,
        }
    )


def _supply_taken(answer: Answer) -> Floats:
    """Chips taken from every group by period, (G, T): orders, and the most rented in any slice on
    top."""
    f = answer.formulation
    index, lots, capacity = f.index, f.lots, f.capacity
    group = groups_of_offers(f.case, index)
    names = index.axes["supply_group"]
    taken = np.zeros((len(names), index.T, index.K))
    basis = np.zeros(len(names), dtype=bool)
    table = f.case["supply"]
    basis[index.code("supply_group", texts(table, "supply_group"))] = (
        texts(table, "basis") == "arrival"
    )
    lot, when = counted_lots(lots, basis)
    np.add.at(taken, (lots.group[lot], when), answer.x[f.holding.order[lot]][:, None])
    g = group[capacity.rented_row]
    mine = np.flatnonzero(g >= 0)
    np.add.at(
        taken,
        (g[mine], capacity.period[capacity.rented_place[mine]], capacity.rented_slice[mine]),
        answer.x[capacity.rented[mine]],
    )
    return np.asarray(taken.max(axis=2), dtype=np.float64)
