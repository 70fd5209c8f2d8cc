"""Reach: the most FLOP that a milestone could get by its deadline, whatever is ordered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.checks.milestones import PRECISIONS, pairs_allowed
from planner.case.checks.places import Places, supply_room
from planner.case.columns import Bools, Floats, codes, members, numbers, texts, whole
from planner.case.kinds import BURST_KINDS
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case

SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Reach:
    """Upper bounds per milestone, (M,); infinite where something is not limited."""

    flop: Floats
    """Most FLOP by the deadline."""
    chips: Floats
    """Most chips at work at once."""


def training_rates(case: Case) -> Floats:
    """Return FLOP per second and chip at full efficiency, splitting not counted, (M, C); 0 where
    the class has no row or the chip no peak."""
    chips, table, training = case["chips"], case["milestones"], case["training"]
    chip = codes(texts(chips, "chip"), texts(training, "chip"))
    peaks = np.stack([numbers(chips, f"peak_tflops_{name}") for name in PRECISIONS])
    peak = peaks[codes(np.array(PRECISIONS, dtype=object), texts(training, "precision")), chip]
    classes = np.array(sorted(set(texts(training, "class"))), dtype=object)
    rate = np.zeros((len(classes) + 1, len(chips)))  # the last row is for a class that is not there
    rate[codes(classes, texts(training, "class")), chip] = (
        np.nan_to_num(peak) * 1e12 * numbers(training, "mfu") * numbers(training, "goodput")
    )
    return rate[codes(classes, texts(table, "class"))]


def _tiers(case: Case) -> tuple[Floats, Floats]:
    """Return the chips at full efficiency on one site and the efficiency beyond, (M, C); infinite
    and 1 where there is no such limit."""
    chips, table, training = case["chips"], case["milestones"], case["training"]
    classes = np.array(sorted(set(texts(training, "class"))), dtype=object)
    full, beyond = (
        np.full((len(classes) + 1, len(chips)), np.inf),
        np.ones((len(classes) + 1, len(chips))),
    )
    at = (
        codes(classes, texts(training, "class")),
        codes(texts(chips, "chip"), texts(training, "chip")),
    )
    tiered = ~np.isnan(numbers(training, "chips_at_full_efficiency")) & ~np.isnan(
        numbers(training, "efficiency_beyond")
    )
    full[at] = np.where(tiered, numbers(training, "chips_at_full_efficiency"), np.inf)
    beyond[at] = np.where(tiered, numbers(training, "efficiency_beyond"), 1.0)
    mine = codes(classes, texts(table, "class"))
    return full[mine], beyond[mine]


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
    built; infinite without a limit."""
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
    basis = np.where(texts(sites, "power_basis") == "utility", numbers(sites, "pue"), 1.0)
    usable = 1.0 - numbers(sites, "headroom")
    limited = np.isfinite(mw)
    kw = np.where(limited, mw, 0.0) * 1000.0 * (usable / basis)[:, None]
    return np.where(limited, kw, np.inf)


def _most_ordered(case: Case, places: Places) -> Floats:
    """Return the most chips of every possible order, (len(places.orders),): the offer's own limit,
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


def _new_work(
    places: Places, most: Floats, room: Floats, bucket: np.ndarray, value: Floats
) -> Floats:
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


def _buckets(case: Case, places: Places) -> tuple[np.ndarray, Floats]:
    """Return the bucket of every possible order and the most chips of each bucket: supply group and
    period, or an order by itself."""
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


def most_flop(case: Case, places: Places) -> Reach:
    """Return upper bounds on what each milestone could get.

    Args:
        case: the case.
        places: which chips could be where.

    Returns:
        FLOP by the deadline and chips at once.  Formula, per period of the window: the smallest of
        the work of all chips that could be there (fleet, orders in flight, every order at its
        maximum within supply), of what the power of its sites carries (rentals beside), and of
        ``max_chips``; times seconds, summed.  Losses of chips and other work are not counted, so
        this is a bound.
    """
    table, T = case["milestones"], case.calendar.count
    chips, offers = case["chips"], case["offers"]
    rate, (full, beyond) = training_rates(case), _tiers(case)
    start, deadline, most_chips = (
        numbers(table, column) for column in ("start", "deadline", "max_chips")
    )
    t = np.arange(T)
    inside = np.clip(np.minimum(deadline[:, None], t + 1) - np.maximum(start[:, None], t), 0.0, 1.0)
    split = np.where(
        pairs_allowed(case, places).sum(axis=(1, 2)) > 1,
        np.nan_to_num(numbers(table, "split_efficiency"), nan=1.0),
        1.0,
    )
    may_chip, may_site = (
        members(places.chips, texts(table, "chips")),
        members(places.sites, texts(table, "sites")),
    )
    held, kw = existing(case, places), site_kw(case, places)
    orders = places.orders
    row, chip, site = (orders[name].to_numpy(dtype=np.int64) for name in ("row", "chip", "site"))
    rented = np.isin(texts(offers, "kind"), BURST_KINDS)[row]
    serves = (t >= orders["arrives"].to_numpy()[:, None]) & (
        t < orders["leaves"].to_numpy()[:, None]
    )
    most, (bucket, room) = _most_ordered(case, places), _buckets(case, places)
    available, draw = numbers(chips, "availability"), numbers(chips, "kw_peak")
    holdable = held > 0
    np.logical_or.at(holdable, (chip[~rented], site[~rented]), serves[~rented])
    seconds = SECONDS * np.asarray(case.calendar.hours, dtype=np.float64)

    flop, at_once = np.zeros(len(table)), np.zeros(len(table))
    for m in range(len(table)):  # a loop over milestones; everything in it is whole arrays
        may = (
            (may_chip[m] & (rate[m] > 0))[:, None, None]
            & may_site[m][None, :, None]
            & ~places.run_forbidden[m]
            & (inside[m] > 0)
        )
        per_held, per_kw = rate[m] * available, rate[m] * available / draw
        value = np.where(
            may[chip, site] & serves, np.where(rented, rate[m][chip], per_held[chip])[:, None], 0.0
        )
        fleet = np.einsum("cst,c->t", np.where(may, held, 0.0), per_held)
        everything = fleet + _new_work(places, most, room, bucket, value)
        best = np.where(may & holdable, per_kw[:, None, None], 0.0).max(axis=0, initial=0.0)
        powered = np.where(
            best > 0, np.where(np.isinf(kw), np.inf, kw) * np.where(best > 0, best, 1.0), 0.0
        ).sum(axis=0)
        by_power = powered + _new_work(
            places, most, room, bucket, np.where(rented[:, None], value, 0.0)
        )
        top = np.where(may.any(axis=1), rate[m][:, None], 0.0).max(axis=0, initial=0.0)
        capped = np.where(np.isnan(most_chips[m]) | (top == 0), np.inf, most_chips[m] * top)
        work = np.minimum(np.minimum(everything, by_power), capped)
        count = np.where(top > 0, work / np.where(top > 0, top, 1.0), 0.0)
        work = _slowed(work, may, rate[m], full[m], beyond[m])
        flop[m] = np.where(inside[m] > 0, work * seconds * inside[m], 0.0).sum() * split[m]
        at_once[m] = count.max(initial=0.0)
    return Reach(flop, at_once)


def _slowed(work: Floats, may: Bools, rate: Floats, full: Floats, beyond: Floats) -> Floats:
    """Return work by period, (T,), slowed by scaling where only one chip type can be used
    (elsewhere the bound is left as it is)."""
    used = may.any(axis=(1, 2))
    if used.sum() != 1 or np.isinf(full[used][0]):
        return work
    sites = may.any(axis=0).sum(axis=0)
    count, limit = work / rate[used][0], full[used][0] * sites
    return np.asarray(
        np.where(
            np.isinf(work),
            np.inf,
            rate[used][0]
            * (np.minimum(count, limit) + beyond[used][0] * np.maximum(count - limit, 0.0)),
        )
    )


def milestone_in_reach(case: Case, places: Places) -> list[Problem]:
    """A milestone could be met if every order were at its maximum."""
    table = case["milestones"]
    if table.empty or case["training"].empty:
        return []
    flop = numbers(table, "flop")
    reach = most_flop(case, places)
    usable = (training_rates(case) > 0)[:, :, None] & pairs_allowed(case, places)
    stated = (numbers(table, "deadline") > np.maximum(numbers(table, "start"), 0.0)) & usable.any(
        axis=(1, 2)
    )
    short = stated & (reach.flop < flop * (1.0 - 1e-9))
    soft = ~np.isnan(numbers(table, "late_usd_per_period"))
    need = (
        "is out of reach: with every order at its maximum {milestone} gets at most {best} FLOP by "
        "its deadline"
        " ({share} % of what it needs, with at most {chips_at_once} chips at once)"
    )
    fix = (
        "raise what holds it back (offers, supply, power of {sites}, max_chips), move the deadline"
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.floor(1000.0 * reach.flop / flop) / 10.0
    chips = np.floor(reach.chips)
    problems = rows(
        Cells(case, "milestones", "flop", short & ~soft),
        "milestone-out-of-reach",
        need,
        fix + ", or give late_usd_per_period",
        best=reach.flop,
        share=share,
        chips_at_once=chips,
    )
    return problems + rows(
        Cells(case, "milestones", "flop", short & soft),
        "milestone-out-of-reach",
        need,
        fix + ", or accept that it is late",
        severity="warning",
        best=reach.flop,
        share=share,
        chips_at_once=chips,
    )


def milestone_worth_planning(case: Case, places: Places) -> list[Problem]:
    """A milestone takes a chip of its class at least an hour: less cannot be told from nothing in a
    plan, and is a wrong unit."""
    table = case["milestones"]
    if table.empty or case["training"].empty:
        return []
    rate = training_rates(case)
    slowest = np.where(rate > 0, rate, np.inf).min(axis=1)
    return rows(
        Cells(
            case,
            "milestones",
            "flop",
            np.isfinite(slowest) & (numbers(table, "flop") < slowest * SECONDS),
        ),
        "milestone-too-small",
        "is less than one chip does in an hour ({hour} FLOP)",
        "give FLOP, not EFLOP or the like, or params_b in billions and tokens_t in trillions",
        hour=slowest * SECONDS,
    )
