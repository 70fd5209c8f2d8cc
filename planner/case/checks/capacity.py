"""Capacity: the most chips that could be there, held, ordered and powered, losses not counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.places import Places, supply_room
from planner.case.columns import Floats, Ints, codes, numbers, texts, whole

if TYPE_CHECKING:
    from planner.case.case import Case


def existing(case: Case, places: Places) -> Floats:
    """Return the chips in the fleet and on order, losses not counted, (C, S, T)."""
    T = case.calendar.count
    steps = np.zeros((len(places.chips), len(places.sites), T + 1))
    for table, first, last in (
        ("fleet", whole(case["fleet"], "in_service"), whole(case["fleet"], "leaves_service")),
        ("orders", whole(case["orders"], "arrives"), whole(case["orders"], "leaves_service")),
    ):
        frame = case[table]
        start, end = np.clip(first, 0, T), np.clip(last, 0, T)
        chip, site, count = (
            codes(places.chips, texts(frame, "chip")),
            codes(places.sites, texts(frame, "site")),
            numbers(frame, "chips"),
        )
        np.add.at(steps, (chip, site, start), count)
        np.add.at(steps, (chip, site, np.maximum(end, start)), -count)
    return steps.cumsum(axis=2)[:, :, :T]


def site_kw(case: Case, places: Places) -> Floats:
    """Return the most IT power of powered chips, kW, (S, T): limits and all projects that could be
    built, none before a site can open; infinite without a limit."""
    sites, power, projects, T = (
        case["sites"],
        case["power"],
        case["power_projects"],
        case.calendar.count,
    )
    mw = np.full((len(sites), T), np.inf)
    site, period = codes(places.sites, texts(power, "site")), whole(power, "period")
    inside = (period >= 0) & (period < T)
    mw[site[inside], period[inside]] = numbers(power, "mw")[inside]
    ready = np.maximum(whole(projects, "first_order"), 0) + whole(projects, "lead_periods")
    added = np.where(np.arange(T) >= ready[:, None], numbers(projects, "mw_max")[:, None], 0.0)
    np.add.at(mw, codes(places.sites, texts(projects, "site")), added)
    signed = case["power_orders"]
    there = np.arange(T) >= whole(signed, "arrives")[:, None]
    ordered = np.where(there, numbers(signed, "mw")[:, None], 0.0)
    np.add.at(mw, codes(places.sites, texts(signed, "site")), ordered)
    basis = np.where(texts(sites, "power_basis") == "utility", numbers(sites, "pue"), 1.0)
    usable = 1.0 - numbers(sites, "headroom")
    mw[np.arange(T) < numbers(sites, "opens")[:, None]] = 0.0  # none is stated: no period is less
    limited = np.isfinite(mw)
    kw = np.where(limited, mw, 0.0) * 1000.0 * (usable / basis)[:, None]
    return np.where(limited, kw, np.inf)


def most_ordered(case: Case, places: Places) -> Floats:
    """Return the most chips of every possible order, (orders,): the offer's own limit,
    for a move also what there is to move."""
    offers, fleet = case["offers"], case["fleet"]
    row = places.orders["row"].to_numpy(dtype=np.int64)
    own = np.where(
        np.isnan(numbers(offers, "max_per_period")), np.inf, numbers(offers, "max_per_period")
    )
    held = fleet.groupby(["chip", "site"])["chips"].sum()
    wanted = offers[["chip", "from_site"]].merge(
        held.rename("held"), how="left", left_on=["chip", "from_site"], right_index=True
    )["held"]
    most = np.where(
        texts(offers, "kind") == "relocate",
        np.minimum(own, np.nan_to_num(wanted.to_numpy(dtype=np.float64))),
        own,
    )
    return np.asarray(most[row])


def buckets(case: Case, places: Places) -> tuple[Ints, Floats]:
    """Return the bucket of every possible order, (orders,), and the most chips of each bucket,
    (B,): supply group and period, or an order by itself."""
    names, most, by_arrival = supply_room(case)
    orders, T = places.orders, case.calendar.count
    group, period, arrives = (
        orders[name].to_numpy(dtype=np.int64) for name in ("group", "period", "arrives")
    )
    when = np.where(by_arrival[group], arrives, period) if len(names) else period
    alone = len(names) * T + orders["row"].to_numpy(dtype=np.int64) * T + period
    return np.where(group >= 0, group * T + when, alone), np.concatenate(
        [most.ravel(), np.full(len(case["offers"]) * T, np.inf)]
    )


def new_work(places: Places, most: Floats, room: Floats, bucket: Ints, value: Floats) -> Floats:
    """Return the most work of new orders by period, (T,).

    Args:
        places: the possible orders.
        most: most chips of each, (n,).
        room: most chips of each bucket (offers that share a supply limit in a period), (B,).
        bucket: bucket of each order, (n,).
        value: work per chip of each order and period, (n, T).

    Formula: per bucket the smaller of ``sum most x value`` and ``room x largest value``; an offer's
    sites count once, at the best.
    """
    useful = value.any(axis=1)
    if not useful.any():
        return np.zeros(value.shape[1])
    orders, most, bucket, value = places.orders[useful], most[useful], bucket[useful], value[useful]
    used, bucket = np.unique(bucket, return_inverse=True)
    room = room[used]
    key = orders["row"].to_numpy(dtype=np.int64) * value.shape[1] + orders["period"].to_numpy(
        dtype=np.int64
    )
    _, first, order = np.unique(key, return_index=True, return_inverse=True)
    best = np.zeros((len(first), value.shape[1]))
    np.maximum.at(best, order, value)
    limit = np.broadcast_to(most[first][:, None], best.shape)
    own = np.where(best > 0, limit * np.where(best > 0, best, 1.0), 0.0)
    total, largest = np.zeros((len(room), value.shape[1])), np.zeros((len(room), value.shape[1]))
    np.add.at(total, bucket[first], own)
    np.maximum.at(largest, bucket[first], best)
    shared = np.where(
        largest > 0,
        np.broadcast_to(room[:, None], largest.shape) * np.where(largest > 0, largest, 1.0),
        0.0,
    )
    return np.asarray(np.minimum(total, shared).sum(axis=0))
