"""Supply: chips that the market gives to a group of offers, by order or arrival period.

::

    min_chips <= sum order (+ rented in the slice) <= max_chips                     row ``supply``

Counted by arrival, chips on order count in the period in which they arrive, as when they were
ordered.
The dual is the worth of allocation (USD per chip).
"""

from __future__ import annotations

import numpy as np

from planner.case.case import Case
from planner.case.columns import numbers, texts, whole
from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.holding import CHIPS, Holding
from planner.model.index import Bools, Floats, Index, Ints
from planner.model.lots import NEW, Lots, groups


def groups_of_offers(case: Case, index: Index) -> Ints:
    """Return the supply group of every offer as a code, (offers,); -1 for none."""
    return groups(index, texts(case["offers"], "supply_group"))


def counted_lots(lots: Lots, by_arrival: Bools) -> tuple[Ints, Ints]:
    """Return the lots that a supply group counts and the period in which it does, (n,) each.

    Args:
        lots: the lots.
        by_arrival: whether each group counts by arrival, (G,).
    """
    mine = np.flatnonzero(lots.group >= 0)
    new, arrival = lots.origin[mine] == NEW, by_arrival[lots.group[mine]]
    when = np.where(arrival, lots.arrives[mine], lots.order_period[mine])
    return mine[new | arrival], when[new | arrival]


def most_of_lots(case: Case, index: Index, lots: Lots) -> tuple[Ints, Floats]:
    """Return, for every lot, the cell of supply that counts its order (group x periods + period)
    and the most chips that the cell has, (V,) each; -1 and infinite where nothing is stated.

    Args:
        case: the case.
        index: its index.
        lots: its lots.
    """
    table = case["supply"]
    table = table[table["period"].between(0, index.T - 1)]
    group, period = index.code("supply_group", texts(table, "supply_group")), whole(table, "period")
    most = np.full((len(index.axes["supply_group"]), index.T), np.inf)
    most[group, period] = np.nan_to_num(numbers(table, "max_chips"), nan=np.inf)
    by_arrival = np.zeros(len(most), dtype=bool)
    by_arrival[group] = texts(table, "basis") == "arrival"
    cell, amount = np.full(len(lots), -1, dtype=np.int64), np.full(len(lots), np.inf)
    lot, when = counted_lots(lots, by_arrival)
    inside = when < index.T
    lot, when = lot[inside], when[inside]
    cell[lot], amount[lot] = lots.group[lot] * index.T + when, most[lots.group[lot], when]
    return np.where(np.isfinite(amount), cell, -1), amount


def add_supply(
    draft: Draft,
    lots: Lots,
    holding: Holding,
    capacity: Capacity,
) -> None:
    """Add the rows ``supply``, by slice (code -1 for the whole period) where rentals share a group.

    Args:
        draft: the program being written.
        lots: its lots.
        holding: their columns.
        capacity: the rented columns.
    """
    builder, case, index = draft.builder, draft.case, draft.index
    table = case["supply"]
    table = table[table["period"].between(0, index.T - 1)]
    group, period = index.code("supply_group", texts(table, "supply_group")), whole(table, "period")
    low, high = numbers(table, "min_chips"), numbers(table, "max_chips")
    G = len(index.axes["supply_group"])
    by_arrival = np.zeros(G, dtype=bool)
    by_arrival[group] = texts(table, "basis") == "arrival"
    offer_group = groups_of_offers(case, index)
    rents = np.zeros(G, dtype=bool)
    rented_group = offer_group[capacity.rented_row]
    rents[rented_group[rented_group >= 0]] = True

    limited = (low > 0) | ~np.isnan(high)
    which = np.flatnonzero(limited)
    parts = np.where(rents[group[which]], index.K, 1)
    row = np.repeat(which, parts)
    part = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    rows = builder.rows(
        "supply",
        {
            "supply_group": group[row],
            "period": period[row],
            "slice": np.where(rents[group[row]], part, -1),
        },
        np.where(low[row] > 0, low[row], -np.inf),
        np.where(np.isnan(high[row]), np.inf, high[row]),
        scale=CHIPS,
    )
    number = np.full((G, index.T, index.K), -1, dtype=np.int64)
    number[group[row], period[row], part] = rows

    lot, when = counted_lots(lots, by_arrival)
    at = number[lots.group[lot], when]  # (n, K): the first slot only, unless rentals share it
    used = at >= 0
    builder.entries(at[used], np.repeat(holding.order[lot], used.sum(axis=1)), 1.0)
    mine = np.flatnonzero(rented_group >= 0)
    at = number[
        rented_group[mine],
        capacity.period[capacity.rented_place[mine]],
        capacity.rented_slice[mine],
    ]
    builder.entries(at[at >= 0], capacity.rented[mine][at >= 0], 1.0)
