"""Places: which chips could be where and when, if everything that may be ordered were ordered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.case.columns import (
    Bools,
    Floats,
    Ints,
    Texts,
    codes,
    exploded,
    keys,
    members,
    numbers,
    texts,
    whole,
)
from planner.case.kinds import BURST_KINDS

if TYPE_CHECKING:
    from planner.case.case import Case


@dataclass(frozen=True, slots=True)
class Places:
    """Names and permissions; shapes use C chips, S sites, W workloads, M milestones, T periods."""

    chips: Texts
    sites: Texts
    order_forbidden: Bools
    """Rules against new orders and rentals, (C, S, T)."""
    ruled: Ints
    """Workloads that some rule names, (R,)."""
    work_forbidden: Bools
    """Rules against each of them, (R, C, S, T)."""
    run_forbidden: Bools
    """Rules against a milestone, (M, C, S, T)."""
    orders: pd.DataFrame
    """Every order that could arrive inside the plan: row of offers.csv, chip, site (codes), period,
    arrives, leaves."""
    present: Bools
    """Whether any chip could be there, (C, S, T)."""


def forbidden(case: Case) -> tuple[Bools, Ints, Bools, Bools]:
    """Return what the rules forbid: orders (C, S, T), the workloads that rules name (R,) with (R,
    C, S, T), milestones (M, C, S, T)."""
    chips, sites, rules, T = case["chips"], case["sites"], case["rules"], case.calendar.count
    shape = (len(chips), len(sites), T)
    orders = np.zeros(shape, dtype=bool)
    workloads = texts(case["workloads"], "workload")
    ruled = np.flatnonzero(np.isin(workloads, texts(rules, "workload")))
    work = np.zeros((len(ruled), *shape), dtype=bool)
    run = np.zeros((len(case["milestones"]), *shape), dtype=bool)

    def covers(column: str, names: Texts) -> Bools:
        """Return which of some names a rule covers, (rules, names): a blank covers all."""
        filled = texts(rules, column)
        return np.asarray((filled[:, None] == names[None, :]) | (filled == "")[:, None])

    c = covers("chip", texts(chips, "chip")) & covers("vendor", texts(chips, "vendor"))
    s = (
        covers("site", texts(sites, "site"))
        & covers("region", texts(sites, "region"))
        & covers("country", texts(sites, "country"))
    )
    t = (np.arange(T) >= whole(rules, "from")[:, None]) & (
        np.arange(T) <= whole(rules, "to")[:, None]
    )
    w, m = (
        covers("workload", workloads[ruled]),
        covers("milestone", texts(case["milestones"], "milestone")),
    )
    of_work, of_run = texts(rules, "workload") != "", texts(rules, "milestone") != ""
    # a loop over rules, not over what they forbid: each marks one block
    for r in np.flatnonzero(c.any(axis=1) & s.any(axis=1) & t.any(axis=1)):
        if of_work[r] and not of_run[r]:
            work[np.ix_(w[r], c[r], s[r], t[r])] = True
        elif of_run[r] and not of_work[r]:
            run[np.ix_(m[r], c[r], s[r], t[r])] = True
        elif not of_work[r]:
            orders[np.ix_(c[r], s[r], t[r])] = True
    return orders, ruled, work, run


def supply_room(case: Case) -> tuple[Texts, Floats, Bools]:
    """Return the supply groups, their most chips by period (G, T; infinite without a limit), and
    whether they count by arrival, (G,)."""
    table, T = case["supply"], case.calendar.count
    names = np.array(sorted(set(texts(table, "supply_group"))), dtype=object)
    most, by_arrival = np.full((len(names), T), np.inf), np.zeros(len(names), dtype=bool)
    group, period, high = (
        codes(names, texts(table, "supply_group")),
        whole(table, "period"),
        numbers(table, "max_chips"),
    )
    by_arrival[group[texts(table, "basis") == "arrival"]] = True
    limited = (period >= 0) & (period < T) & ~np.isnan(high)
    most[group[limited], period[limited]] = high[limited]
    return names, most, by_arrival


def possible_orders(case: Case, order_forbidden: Bools) -> pd.DataFrame:
    """Return every (offer, site, order period) that no rule forbids and that could bring a chip
    inside the plan.

    Args:
        case: the case.
        order_forbidden: rules against new orders, (C, S, T).

    Returns:
        Frame with int64 columns row (of offers.csv), chip, site (codes), period, arrives and leaves
        (first period gone), and group (-1 for none).
    """
    offers, T = case["offers"], case.calendar.count
    row, site_name = exploded(texts(offers, "site"))
    site = codes(texts(case["sites"], "site"), site_name)
    kind = texts(offers, "kind")
    first = np.maximum(whole(offers, "first_order"), 0)[row]
    last = np.minimum(whole(offers, "last_order"), T - 1)[row]
    size = np.maximum(last - first + 1, 0)
    at = np.repeat(np.arange(len(row)), size)
    period = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size) + first[at]
    row, site = row[at], site[at]
    burst = np.isin(kind, BURST_KINDS)[row]
    arrives = period + np.where(burst, 0, whole(offers, "lead_periods")[row])
    term = np.where(
        np.isnan(numbers(offers, "term_periods")), 1, numbers(offers, "term_periods")
    ).astype(np.int64)
    leaves = np.where(
        burst, arrives + 1, np.where((kind == "relocate")[row], T, arrives + term[row])
    )
    chip = codes(texts(case["chips"], "chip"), texts(offers, "chip"))[row]
    names, most, by_arrival = supply_room(case)
    group = codes(names, texts(offers, "supply_group"))[row]
    known = (chip >= 0) & (site >= 0) & (arrives < T)
    counted = np.clip(
        np.where(by_arrival[group], arrives, period) if len(names) else period, 0, T - 1
    )
    room = (
        np.where(group >= 0, most[group, counted], np.inf)
        if len(names)
        else np.full(len(row), np.inf)
    )
    own = numbers(offers, "max_per_period")[row]
    known &= (room > 0) & ~(own == 0)
    known[known] = ~order_forbidden[chip[known], site[known], period[known]]
    frame = pd.DataFrame(
        {
            "row": row,
            "chip": chip,
            "site": site,
            "period": period,
            "arrives": arrives,
            "leaves": leaves,
            "group": group,
        }
    )
    possible: pd.DataFrame = frame.loc[known].reset_index(drop=True)
    return possible


def find_places(case: Case) -> Places:
    """Return which chips could be where and when: the fleet, orders in flight, and every order that
    may still be placed.

    Args:
        case: the case.

    Returns:
        Permissions, possible orders and presence.
    """
    T = case.calendar.count
    chips, sites = texts(case["chips"], "chip"), texts(case["sites"], "site")
    orders, ruled, work, run = forbidden(case)
    new = possible_orders(case, orders)
    steps = np.zeros((len(chips), len(sites), T + 1), dtype=np.int64)

    def mark(chip: Ints, site: Ints, arrives: Ints, leaves: Ints) -> None:
        """Mark lots, (n,) each, as there from when they arrive until they leave."""
        start, end = np.clip(arrives, 0, T), np.clip(leaves, 0, T)
        ok = (chip >= 0) & (site >= 0) & (end > start)
        np.add.at(steps, (chip[ok], site[ok], start[ok]), 1)
        np.add.at(steps, (chip[ok], site[ok], end[ok]), -1)

    fleet = case["fleet"][case["fleet"]["chips"] > 0]
    flight = case["orders"][case["orders"]["chips"] > 0]
    mark(
        codes(chips, texts(fleet, "chip")),
        codes(sites, texts(fleet, "site")),
        whole(fleet, "in_service"),
        whole(fleet, "leaves_service"),
    )
    mark(
        codes(chips, texts(flight, "chip")),
        codes(sites, texts(flight, "site")),
        whole(flight, "arrives"),
        whole(flight, "leaves_service"),
    )
    mark(*(new[name].to_numpy(dtype=np.int64) for name in ("chip", "site", "arrives", "leaves")))
    return Places(chips, sites, orders, ruled, work, run, new, steps.cumsum(axis=2)[:, :, :T] > 0)


def workload_places(case: Case, places: Places) -> tuple[Bools, Bools]:
    """Return which chips are rated for a workload, (W, C), and where and when such a chip may and
    could serve it, (W, S, T).

    Args:
        case: the case.
        places: which chips could be where.

    Returns:
        Whether a throughput row (for research, a training row) exists, and whether a chip with one
        is allowed and could be there.
    """
    workloads, C = case["workloads"], len(places.chips)
    research = texts(workloads, "kind") == "research"

    def has(table: str, columns: tuple[str, ...], wanted: tuple[str, ...]) -> Bools:
        """Return which chips a table rates for each workload, (W, C)."""
        frame, named = case[table], keys(workloads, wanted)
        distinct = list(dict.fromkeys(named))
        listed = np.zeros((len(distinct), C), dtype=bool)
        row, chip = codes(distinct, keys(frame, columns)), codes(places.chips, texts(frame, "chip"))
        listed[row[row >= 0], chip[row >= 0]] = True
        return np.asarray(listed[codes(distinct, named)])

    rated = np.where(
        research[:, None],
        has("training", ("class",), ("model",)),
        has("throughput", ("model", "tier"), ("model", "tier")),
    )
    served = np.tensordot(rated.astype(np.float32), places.present.astype(np.float32), axes=1) > 0
    own = rated[places.ruled][:, :, None, None] & places.present & ~places.work_forbidden
    served[places.ruled] = own.any(axis=1)
    served &= members(places.sites, texts(workloads, "sites"))[:, :, None]
    return rated, served
