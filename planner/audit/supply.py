"""Supply groups: their limits by order or arrival, and supply.csv."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from planner.audit.facts import Bools, Facts, Floats, Ints, column, text, whole
from planner.audit.holdings import Capacity
from planner.audit.lots import COMMITTED, NEW, Lots
from planner.audit.verdict import Check, agree, at_least, at_most, require


class _Groups(NamedTuple):
    """Supply groups by name: whether they count on arrival, (G,), and the group of each offer,
    (O,), and each order in flight, (F,), -1 for none."""

    name: pd.Index
    arrival: Bools
    of: Ints
    due: Ints


def _groups(facts: Facts) -> _Groups:
    """Return the supply groups of the case."""
    table = facts.case["supply"]
    names = pd.Index(sorted(set(table["supply_group"])))
    basis = pd.Series(text(table, "basis"), index=text(table, "supply_group"))
    first = basis.groupby(level=0).first().reindex(names)
    of, due = (
        names.get_indexer(pd.Index(text(facts.case[name], "supply_group")))
        for name in ("offers", "orders")
    )
    return _Groups(names, (first == "arrival").to_numpy(), of, due)


def check_supply(
    facts: Facts,
    lots: Lots,
    rounded: Floats,
    rented_more: Floats,
    capacity: Capacity,
    supply: pd.DataFrame,
) -> list[Check]:
    """Return the checks of supply groups: limits by order or arrival, rentals in every slice where
    they share; and supply.csv.

    Args:
        facts: the inputs.
        lots: the lots.
        rounded: chips of each in whole lots, (L,).
        rented_more: chips that rounding adds to rentals, (O, T).
        capacity: what is held and rented.
        supply: supply.csv.
    """
    table, T = facts.case["supply"], facts.T
    if not len(table):
        return [
            require(
                "supply.rows",
                np.zeros(len(supply), bool),
                lambda i: (
                    f"supply.csv, row {i + 2}: {supply['supply_group'][i]} is not in the inputs"
                ),
                "groups of supply.csv of the inputs",
            )
        ]
    groups = _groups(facts)
    table = table[(table["period"] >= 0) & (table["period"] < T)].reset_index(drop=True)
    at = (groups.name.get_indexer(pd.Index(text(table, "supply_group"))), whole(table, "period"))
    taken = _ordered(facts, groups, lots, lots.chips)
    offer, period, k = capacity.rent_offer, capacity.rent_period, capacity.rent_slice
    g = groups.of[offer]
    np.add.at(taken, (g[g >= 0], period[g >= 0], k[g >= 0]), capacity.rent_chips[g >= 0])
    # rounding adds to orders by lot, and to rentals in every slice
    more = _ordered(facts, groups, lots, rounded - lots.chips)
    shared = np.flatnonzero(groups.of >= 0)
    np.add.at(more, groups.of[shared], rented_more[shared][:, :, None])
    most, least = column(table, "max_chips"), column(table, "min_chips")

    def place(i: int) -> str:
        return (
            f"buy_plan.csv: supply group {table['supply_group'][i]} in "
            f"{facts.label(table['period'][i])}, by "
            f"{'arrival' if groups.arrival[at[0][i]] else 'order'}"
        )

    return [
        at_most("supply.max", taken[at].max(axis=1), most, place, unit="chips", floor=facts.few),
        at_most(
            "supply.max_rounded",
            (more + taken)[at].max(axis=1),
            most,
            lambda i: f"{place(i)}, in whole lots",
            unit="chips",
            floor=facts.few,
        ),
        at_least(
            "supply.min",
            taken[at].min(axis=1),
            np.where(least > 0, least, np.nan),
            place,
            unit="chips",
            floor=facts.few,
        ),
        *_compare(facts, table, taken[at].max(axis=1), supply),
    ]


def _ordered(facts: Facts, groups: _Groups, lots: Lots, chips: Floats) -> Floats:
    """Return chips of lots, of (L,), that each group counts in each period, in every slice,
    (G, T, K): of new ones, and of those on order where it counts on arrival."""
    ordered = np.zeros((len(groups.name), facts.T, facts.K))
    new = np.flatnonzero(lots.origin == NEW)
    mine = new[groups.of[lots.row[new]] >= 0]
    g = groups.of[lots.row[mine]]
    when = np.where(groups.arrival[g], lots.born[mine], lots.ordered[mine])
    np.add.at(ordered, (g, when), chips[mine][:, None])
    due = np.flatnonzero(lots.origin == COMMITTED)
    g = groups.due[lots.row[due]]
    late = (g >= 0) & groups.arrival[np.maximum(g, 0)]
    np.add.at(ordered, (g[late], lots.first[due[late]]), chips[due[late]][:, None])
    return ordered


def _compare(
    facts: Facts, table: pd.DataFrame, most_used: Floats, supply: pd.DataFrame
) -> list[Check]:
    """Return the checks of supply.csv, row by row, against the rows of the inputs and what is used
    of each in the slice that uses most, (rows of the inputs,)."""
    own = supply.merge(
        table.assign(_at=np.arange(len(table))),
        on=["supply_group", "period"],
        how="left",
        suffixes=("", "_input"),
    )
    known = own["_at"].notna().to_numpy()
    picked = own["_at"].fillna(0).to_numpy(dtype=np.int64)
    used = most_used[picked] if len(table) else np.zeros(len(own))
    limits = column(table, "max_chips")[picked] if len(table) else np.zeros(len(own))
    same = np.isclose(column(own, "max_chips"), limits, rtol=1e-12, atol=5e-7) | (
        np.isnan(column(own, "max_chips")) & np.isnan(limits)
    )
    missing = (
        set(zip(table["supply_group"], table["period"], strict=True))
        - set(zip(own["supply_group"], own["period"], strict=True))
        if len(own) < len(table)
        else set()
    )

    def written(i: int) -> str:
        return f"supply.csv, {own['supply_group'][i]}, {facts.label(own['period'][i])}"

    return [
        require(
            "supply.rows",
            (known & same) if not missing else [False],
            lambda i: (
                f"supply.csv lacks {sorted(missing)[0][0]}"
                if missing
                else f"{written(i)}: max_chips {own['max_chips'][i]}, in the inputs {limits[i]}"
            ),
            "one row for every row of the inputs, with its limit",
        ),
        agree(
            "supply.used",
            column(own, "used")[known],
            used[known],
            lambda i: f"{written(int(np.flatnonzero(known)[i]))}, used",
            unit="chips",
            floor=facts.few,
        ),
    ]
