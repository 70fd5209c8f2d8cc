"""Supply groups: their limits by order or arrival, and supply.csv."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, Floats, column, text, whole
from planner.audit.holdings import Capacity
from planner.audit.lots import NEW, Lots
from planner.audit.verdict import Check, agree, at_least, at_most, require


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
    table, offers, T, K = facts.case["supply"], facts.case["offers"], facts.T, facts.K
    table = table[(table["period"] >= 0) & (table["period"] < T)].reset_index(drop=True)
    groups = pd.Index(sorted(set(facts.case["supply"]["supply_group"])))
    if not len(groups):
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
    basis = (
        pd.Series(
            text(facts.case["supply"], "basis"), index=text(facts.case["supply"], "supply_group")
        )
        .groupby(level=0)
        .first()
        .reindex(groups)
    )
    arrival = (basis == "arrival").to_numpy()
    group_of = groups.get_indexer(pd.Index(text(offers, "supply_group")))
    taken, whole_lots = np.zeros((len(groups), T, K)), np.zeros((len(groups), T, K))
    mine = (
        np.flatnonzero(
            (lots.origin == NEW) & (group_of[np.where(lots.origin == NEW, lots.row, 0)] >= 0)
        )
        if len(offers)
        else np.empty(0, np.int64)
    )
    g = group_of[lots.row[mine]] if len(mine) else np.empty(0, np.int64)
    when = np.where(arrival[g], lots.born[mine], lots.ordered[mine])
    np.add.at(taken, (g, when), lots.chips[mine][:, None])
    np.add.at(whole_lots, (g, when), (rounded - lots.chips)[mine][:, None])
    r = group_of[capacity.rent_offer] if len(capacity.rent_offer) else np.empty(0, np.int64)
    np.add.at(
        taken,
        (r[r >= 0], capacity.rent_period[r >= 0], capacity.rent_slice[r >= 0]),
        capacity.rent_chips[r >= 0],
    )
    shared = np.flatnonzero(group_of >= 0)
    np.add.at(whole_lots, group_of[shared], rented_more[shared][:, :, None])
    whole_lots += taken
    at = (groups.get_indexer(pd.Index(text(table, "supply_group"))), whole(table, "period"))

    def place(i: int) -> str:
        return (
            f"buy_plan.csv: supply group {table['supply_group'][i]} in "
            f"{facts.label(table['period'][i])}, by {basis.iloc[at[0][i]]}"
        )

    least = column(table, "min_chips")
    own = supply.merge(
        table.assign(_at=np.arange(len(table))),
        on=["supply_group", "period"],
        how="left",
        suffixes=("", "_input"),
    )
    known = own["_at"].notna().to_numpy()
    picked = own["_at"].fillna(0).to_numpy(dtype=np.int64)
    used = taken[at].max(axis=1) if len(table) else np.empty(0)
    used = used[picked] if len(table) else np.zeros(len(own))
    limits = column(table, "max_chips")[picked] if len(table) else np.zeros(len(own))
    same = np.isclose(column(own, "max_chips"), limits, rtol=1e-12, atol=5e-7) | (
        np.isnan(column(own, "max_chips")) & np.isnan(limits)
    )

    def written(i: int) -> str:
        return f"supply.csv, {own['supply_group'][i]}, {facts.label(own['period'][i])}"

    missing = (
        set(zip(table["supply_group"], table["period"], strict=True))
        - set(zip(own["supply_group"], own["period"], strict=True))
        if len(own) < len(table)
        else set()
    )
    return [
        at_most(
            "supply.max",
            taken[at].max(axis=1),
            column(table, "max_chips"),
            place,
            unit="chips",
            floor=facts.few,
        ),
        at_most(
            "supply.max_rounded",
            whole_lots[at].max(axis=1),
            column(table, "max_chips"),
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
