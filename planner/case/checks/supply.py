"""Supply groups: complete, consistent and used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, Missing, absent, rows
from planner.case.columns import Bools, Floats, Texts, codes, numbers, texts, whole
from planner.case.kinds import BURST_KINDS
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def one_basis(case: Case) -> list[Problem]:
    """A supply group counts chips by order or by arrival, in all its rows the same."""
    supply = case["supply"]
    if supply.empty:
        return []
    first = supply.groupby("supply_group")["basis"].transform("first")
    return rows(
        Cells(case, "supply", "basis", (supply["basis"] != first).to_numpy()),
        "supply-basis",
        "must be the same in all rows of {supply_group}; another row says {first}",
        "give every row of {supply_group} the same basis",
        first=first.to_numpy(dtype=object),
    )


def least_and_most(case: Case) -> list[Problem]:
    """The fewest chips of a supply group and period are at most the most."""
    supply = case["supply"]
    return rows(
        Cells(
            case, "supply", "min_chips", numbers(supply, "min_chips") > numbers(supply, "max_chips")
        ),
        "minimum-above-maximum",
        "must be at most max_chips ({max_chips}) of {supply_group} in {period}",
        "correct one of the two",
    )


def needed_periods(case: Case) -> tuple[Texts, Bools, Floats]:
    """Return the supply groups, when one of their offers can be ordered (by arrival: can arrive, or
    an order in flight does), and what they must take then, (G, T) each."""
    supply, offers, T = case["supply"], case["offers"], case.calendar.count
    names = np.array(sorted(set(texts(supply, "supply_group"))), dtype=object)
    by_arrival = np.isin(names, texts(supply, "supply_group")[texts(supply, "basis") == "arrival"])
    group = codes(names, texts(offers, "supply_group"))
    burst = np.isin(texts(offers, "kind"), BURST_KINDS)
    lead = np.where(burst, 0, whole(offers, "lead_periods"))
    first, last = (
        whole(offers, "first_order"),
        np.minimum(whole(offers, "last_order"), T - 1 - lead),
    )
    shift = np.where((group >= 0) & (by_arrival[group] if len(names) else False), lead, 0)
    periods = np.arange(T)
    open_ = (
        (periods >= (first + shift)[:, None])
        & (periods <= (last + shift)[:, None])
        & (group >= 0)[:, None]
    )
    needed = np.zeros((len(names), T), dtype=bool)
    np.logical_or.at(needed, group[group >= 0], open_[group >= 0])
    least = np.zeros((len(names), T))
    np.add.at(
        least,
        group[group >= 0],
        np.where(open_, numbers(offers, "min_per_period")[:, None], 0.0)[group >= 0],
    )
    # chips on order count in the period in which they arrive, as far as they cannot be cancelled
    flying = case["orders"]
    of, arrives = codes(names, texts(flying, "supply_group")), whole(flying, "arrives")
    mine = (of >= 0) & (arrives >= 0) & (arrives < T)
    mine[mine] = by_arrival[of[mine]]
    needed[of[mine], arrives[mine]] = True
    fixed = np.where(np.isnan(numbers(flying, "cancel_fee_share")), numbers(flying, "chips"), 0.0)
    np.add.at(least, (of[mine], arrives[mine]), fixed[mine])
    return names, needed, least


def complete(case: Case) -> list[Problem]:
    """A supply group has a row in every period in which one of its offers can be ordered (counted
    by arrival: can arrive)."""
    supply, T = case["supply"], case.calendar.count
    names, needed, _ = needed_periods(case)
    given = np.zeros(needed.shape, dtype=bool)
    group, period = codes(names, texts(supply, "supply_group")), whole(supply, "period")
    inside = (period >= 0) & (period < T)
    given[group[inside], period[inside]] = True
    return absent(
        Missing(case, "supply", "period", names, needed & ~given),
        "supply-gap",
        "needs a row for {name} in {first}, when one of its offers can be had (periods missing: "
        "{count})",
        "add the rows; leave max_chips blank where there is no limit and write 0 where there is "
        "nothing to be had",
    )


def minimum_without_offer(case: Case) -> list[Problem]:
    """A minimum falls in a period in which the group has an offer to take it from."""
    supply, T = case["supply"], case.calendar.count
    names, needed, _ = needed_periods(case)
    group, period = codes(names, texts(supply, "supply_group")), whole(supply, "period")
    inside = (period >= 0) & (period < T)
    idle = inside & (numbers(supply, "min_chips") > 0)
    idle[idle] = ~needed[group[idle], period[idle]]
    return rows(
        Cells(case, "supply", "min_chips", idle),
        "minimum-without-offer",
        "must be 0 in {period}: no offer of {supply_group} can be had then",
        "correct the minimum, or widen the window of an offer",
    )


def minimums_fit(case: Case) -> list[Problem]:
    """What the offers of a group must take together is to be had."""
    supply, T = case["supply"], case.calendar.count
    names, _, least = needed_periods(case)
    group, period = codes(names, texts(supply, "supply_group")), whole(supply, "period")
    inside = (period >= 0) & (period < T)
    must, counted = np.zeros(len(supply)), (texts(case["orders"], "supply_group") != "").any()
    must[inside] = least[group[inside], period[inside]]
    return rows(
        Cells(case, "supply", "max_chips", numbers(supply, "max_chips") < must * (1 - 1e-9)),
        "supply-below-minimums",
        "must be at least {must} in {period}, the sum of min_per_period of the offers of "
        "{supply_group}" + (" and its orders in flight" if counted else ""),
        "correct max_chips, or the minimums in offers.csv",
        must=must,
    )


def unused(case: Case) -> list[Problem]:
    """A supply group is named by an offer or an order."""
    supply = case["supply"]
    named = set(texts(case["offers"], "supply_group")) | set(texts(case["orders"], "supply_group"))
    idle = (
        ~supply["supply_group"].isin(named).to_numpy()
        & ~supply["supply_group"].duplicated().to_numpy()
    )
    return rows(
        Cells(case, "supply", "supply_group", idle),
        "supply-unused",
        "is not used: no offer names it",
        "name it in offers.csv, or remove its rows",
        severity="warning",
    )
