"""The index: what the case says about time, chips, sites and rules, as arrays addressed by integer
codes.

Codes number the names of a table in its (sorted) order.  A name that is not in its table raises;
nothing is ever aligned by position or filled with zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.case import columns
from planner.case.case import Case
from planner.case.columns import numbers, texts, whole
from planner.limits import OWN
from planner.limits.limit import Worth
from planner.model.availability import availability_of
from planner.model.finance import discount

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
"""Codes of columns that come in millions."""
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def codes(names: NDArray[np.object_], wanted: Any) -> Ints:
    """Return the position of every wanted name in ``names``.

    Args:
        names: unique names, (m,).
        wanted: names to look up, (n,).

    Returns:
        int64 codes, (n,).

    Raises:
        KeyError: naming the first name that is not there.
    """
    found = columns.codes(names, wanted)
    if (found < 0).any():
        raise KeyError(f"{list(wanted)[int((found < 0).argmax())]!r} is not declared")
    return found


def power_order_names(case: Case) -> list[str]:
    """Return what each row of power_orders.csv is called, [n]: power:project:ordered:arrives."""
    table, label = case["power_orders"], case.calendar.label
    parts = (texts(table, "project"), whole(table, "ordered"), whole(table, "arrives"))
    return [
        f"power:{name}:{label(int(ordered))}:{label(int(arrives))}"
        for name, ordered, arrives in zip(*parts, strict=True)  # a few rows
    ]


def members(names: NDArray[np.object_], groups: NDArray[np.object_]) -> Bools:
    """Return the table ``[group, name]`` of which names each tuple of ``groups`` contains, (groups,
    names); ``*`` alone contains all."""
    listed = [tuple(names) if group == ("*",) else group for group in groups]
    table = np.zeros((len(groups), len(names)), dtype=bool)
    sizes = np.array([len(group) for group in listed], dtype=np.int64)
    flat = np.array([name for group in listed for name in group], dtype=object)
    table[np.repeat(np.arange(len(groups)), sizes), codes(names, flat)] = True
    return table


@dataclass(frozen=True, slots=True)
class Index:
    """Codes and arrays shared by all equations; shapes use T periods, K slices, C chips, S sites, W
    workloads, M milestones."""

    axes: Mapping[str, NDArray[np.object_]]
    """Names behind the codes: chip, site, workload, milestone, slice, period, supply_group, ..."""
    T: int
    K: int
    ppy: int
    rate: float
    hours: Floats
    """Calendar hours of each period, (T,)."""
    share: Floats
    """Share of a period's hours in each slice, (K,)."""
    start: Floats
    """Discount factor at the start of each period and at the end of the plan, (T+1,)."""
    mid: Floats
    """Discount factor in the middle of each period, (T,)."""
    kw_peak: Floats
    kw_idle: Floats
    """Per chip, (C,)."""
    available: Floats
    """Share of powered chips that can work, (C, S, T, K)."""
    availability: Floats
    """The same on average over the slices of a period, (C, S, T)."""
    cloud: Bools
    pue: Floats
    basis: Floats
    """Per site, (S,): PUE where the limit is utility power, 1 for IT."""
    headroom: Floats
    usd_per_mwh: Floats
    kg_per_mwh: Floats
    """Energy price and carbon, (S, T, K); 0 at cloud sites, whose rental contains them, and 0 for
    carbon that is unknown, which no price and no limit counts."""
    kg_known: Bools
    """Whether carbon is known in every slice, (S, T)."""
    demand_charge: Floats
    """USD per kW and period of the highest utility draw, (S, T)."""
    space: Floats
    """USD per kW of IT power and period, (S,)."""
    order_forbidden: Bools
    """Rules against new orders and rentals, (C, S, T)."""
    work_forbidden: Bools
    """Rules against a workload, (W, C, S, T)."""
    run_forbidden: Bools
    """Rules against a milestone, (M, C, S, T)."""

    def code(self, axis: str, wanted: Any) -> Ints:
        """Return the codes of names on an axis, (n,); raises ``KeyError`` for an unknown name."""
        return codes(self.axes[axis], wanted)


def _energy(
    case: Case,
    sites: pd.DataFrame,
    site_names: NDArray[np.object_],
    slices: NDArray[np.object_],
    column: str,
    shape: tuple[int, int, int],
) -> Floats:
    """Return one column of energy.csv over (S, T, K): the site's value, then rows for all slices,
    then rows for one."""
    table = np.broadcast_to(numbers(sites, column)[:, None, None], shape).copy()
    rows = case["energy"]
    rows = rows[rows[column].notna()]
    rows = rows[rows["period"].between(0, shape[1] - 1)]
    s, t, value = (
        codes(site_names, texts(rows, "site")),
        whole(rows, "period"),
        numbers(rows, column),
    )
    every = texts(rows, "slice") == "*"
    table[s[every], t[every]] = value[every][:, None]
    one = ~every
    table[s[one], t[one], codes(slices, texts(rows, "slice")[one])] = value[one]
    return table


def _rules(
    case: Case, axes: Mapping[str, NDArray[np.object_]], shape: tuple[int, int, int]
) -> tuple[Bools, Bools, Bools]:
    """Return what the rules forbid: orders (C,S,T), workloads (W,C,S,T), milestones (M,C,S,T)."""
    chips, sites, rules = case["chips"], case["sites"], case["rules"]
    order = np.zeros(shape, dtype=bool)
    work = np.zeros((len(axes["workload"]), *shape), dtype=bool)
    run = np.zeros((len(axes["milestone"]), *shape), dtype=bool)

    def matches(filled: NDArray[np.object_], names: NDArray[np.object_]) -> Bools:
        """Which names each rule's cell covers, [rule, name]; a blank cell covers all."""
        return np.asarray((filled[:, None] == names[None, :]) | (filled == "")[:, None], dtype=bool)

    c = matches(texts(rules, "chip"), texts(chips, "chip")) & matches(
        texts(rules, "vendor"), texts(chips, "vendor")
    )
    s = matches(texts(rules, "site"), texts(sites, "site")) & matches(
        texts(rules, "region"), texts(sites, "region")
    )
    s &= matches(texts(rules, "country"), texts(sites, "country"))
    w, m = (
        matches(texts(rules, "workload"), axes["workload"]),
        matches(texts(rules, "milestone"), axes["milestone"]),
    )
    first, last = whole(rules, "from"), whole(rules, "to")
    names_workload, names_milestone = (
        texts(rules, "workload") != "",
        texts(rules, "milestone") != "",
    )
    # a loop over rules, not over what they forbid: each marks one block of the tables
    for r in range(len(rules)):
        block = np.ix_(c[r], s[r], np.arange(max(first[r], 0), max(min(last[r] + 1, shape[2]), 0)))
        if names_workload[r]:
            work[np.ix_(w[r], *(axis.ravel() for axis in block))] = True
        if names_milestone[r]:
            run[np.ix_(m[r], *(axis.ravel() for axis in block))] = True
        if not (names_workload[r] or names_milestone[r]):
            order[block] = True
    return order, work, run


def index_case(case: Case) -> Index:
    """Return the index of a case.

    Args:
        case: a complete case, as ``read_case`` returns it.

    Returns:
        The index; every array is filled.

    Raises:
        KeyError: for a name that no table declares (``read_case`` reports those first).
    """
    settings, calendar = case.settings, case.calendar
    chips, sites = case["chips"], case["sites"]
    T, K, ppy = calendar.count, len(settings.slices), calendar.ppy
    axes = {
        "chip": texts(chips, "chip"),
        "site": texts(sites, "site"),
        "workload": texts(case["workloads"], "workload"),
        "milestone": texts(case["milestones"], "milestone"),
        "slice": np.array([s.name for s in settings.slices], dtype=object),
        "period": np.array(calendar.labels, dtype=object),
        "offer": texts(case["offers"], "offer"),
        "project": texts(case["power_projects"], "project"),
        "supply_group": np.array(sorted(set(texts(case["supply"], "supply_group"))), dtype=object),
        "lost": texts(sites, "site"),
    } | {
        worth.item: np.array(sorted(set(texts(case[worth.table], worth.item))), dtype=object)
        for worth in (limit.worth for limit in OWN)
        if isinstance(worth, Worth)
    }
    if len(case["power_orders"]):
        axes["power_order"] = np.array(power_order_names(case), dtype=object)
    shape = (len(chips), len(sites), T)
    grid = (len(sites), T, K)
    cloud = texts(sites, "kind") == "cloud"
    usd, kg = (
        _energy(case, sites, axes["site"], axes["slice"], column, grid)
        for column in ("usd_per_mwh", "kg_co2_per_mwh")
    )
    charge = _energy(case, sites, axes["site"], axes["slice"], "usd_per_kw_month_demand", grid)[
        :, :, 0
    ]
    usd[cloud], kg[cloud], charge[cloud] = 0.0, 0.0, 0.0  # a cloud rental contains them
    kg_known = np.asarray(~np.isnan(kg).any(axis=2))
    pue = numbers(sites, "pue")
    order, work, run = _rules(case, axes, shape)
    share = np.array([s.hours_share for s in settings.slices])
    available, availability = availability_of(case, axes, T, share)
    index = Index(
        axes=axes,
        T=T,
        K=K,
        ppy=ppy,
        rate=settings.discount_rate,
        hours=np.asarray(calendar.hours, dtype=np.float64),
        share=share,
        start=discount(settings.discount_rate, np.arange(T + 1) / ppy),
        mid=discount(settings.discount_rate, (np.arange(T) + 0.5) / ppy),
        kw_peak=numbers(chips, "kw_peak"),
        kw_idle=numbers(chips, "kw_idle"),
        available=available,
        availability=availability,
        cloud=cloud,
        pue=pue,
        basis=np.where(texts(sites, "power_basis") == "utility", pue, 1.0),
        headroom=numbers(sites, "headroom"),
        usd_per_mwh=usd,
        kg_per_mwh=np.nan_to_num(kg),
        kg_known=kg_known,
        demand_charge=charge * 12.0 / ppy,
        space=np.where(cloud, 0.0, numbers(sites, "usd_per_kw_month")) * 12.0 / ppy,
        order_forbidden=order,
        work_forbidden=work,
        run_forbidden=run,
    )
    for name in (
        "kw_peak",
        "kw_idle",
        "availability",
        "pue",
        "basis",
        "headroom",
        "usd_per_mwh",
        "kg_per_mwh",
        "demand_charge",
        "space",
        "hours",
    ):
        if np.isnan(getattr(index, name)).any():
            raise ValueError(f"{name} is missing for some entry of the case")
    return index
