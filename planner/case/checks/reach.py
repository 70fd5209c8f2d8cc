"""Reach: the most FLOP that a milestone could get by its deadline, whatever is ordered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.capacity import buckets, existing, most_ordered, new_work, site_kw
from planner.case.checks.done import finished
from planner.case.checks.findings import Cells, rows
from planner.case.checks.milestones import pairs_allowed
from planner.case.checks.places import Places
from planner.case.checks.training import slowed, tiers, training_rates
from planner.case.columns import Floats, members, numbers, texts
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
    rate, (full, beyond) = training_rates(case), tiers(case)
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
    most, (bucket, room) = most_ordered(case, places), buckets(case, places)
    available, draw = numbers(chips, "availability"), numbers(chips, "kw_peak")
    # a window may say more than the chip does: what is out of reach is so with the most
    available = np.maximum(available, numbers(case["availability"], "availability").max(initial=0))
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
        everything = fleet + new_work(places, most, room, bucket, value)
        best = np.where(may & holdable, per_kw[:, None, None], 0.0).max(axis=0, initial=0.0)
        powered = np.where(
            best > 0, np.where(np.isinf(kw), np.inf, kw) * np.where(best > 0, best, 1.0), 0.0
        ).sum(axis=0)
        by_power = powered + new_work(
            places, most, room, bucket, np.where(rented[:, None], value, 0.0)
        )
        top = np.where(may.any(axis=1), rate[m][:, None], 0.0).max(axis=0, initial=0.0)
        capped = np.where(np.isnan(most_chips[m]) | (top == 0), np.inf, most_chips[m] * top)
        work = np.minimum(np.minimum(everything, by_power), capped)
        count = np.where(top > 0, work / np.where(top > 0, top, 1.0), 0.0)
        work = slowed(work, may, rate[m], full[m], beyond[m])
        flop[m] = np.where(inside[m] > 0, work * seconds * inside[m], 0.0).sum() * split[m]
        at_once[m] = count.max(initial=0.0)
    return Reach(flop, at_once)


def milestone_in_reach(case: Case, places: Places) -> list[Problem]:
    """A milestone could be met if every order were at its maximum."""
    table = case["milestones"]
    if table.empty or case["training"].empty:
        return []
    flop = numbers(table, "flop") - numbers(table, "done_flop")
    reach = most_flop(case, places)
    usable = (training_rates(case) > 0)[:, :, None] & pairs_allowed(case, places)
    stated = (numbers(table, "deadline") > np.maximum(numbers(table, "start"), 0.0)) & usable.any(
        axis=(1, 2)
    )
    short = stated & ~finished(case) & (reach.flop < flop * (1.0 - 1e-9))
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
