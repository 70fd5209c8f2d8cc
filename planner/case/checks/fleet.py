"""The existing fleet and orders in flight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.columns import numbers, texts, whole
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def fleet_dates(case: Case) -> list[Problem]:
    """A fleet lot went into service before the plan starts, and leaves after it came."""
    fleet = case["fleet"]
    came, leaves = whole(fleet, "in_service"), whole(fleet, "leaves_service")
    problems = rows(
        Cells(case, "fleet", "in_service", came >= 0),
        "fleet-not-in-service",
        "must be a period before the start of the plan ({start})",
        "move the lot to orders.csv, or correct the period",
        start=case.calendar.labels[0],
    )
    return problems + rows(
        Cells(case, "fleet", "leaves_service", (came < 0) & (leaves <= came)),
        "fleet-leaves-early",
        "must be a period after in_service ({in_service})",
        "correct one of the two",
    )


def fleet_gone(case: Case) -> list[Problem]:
    """A fleet lot is still in service when the plan starts."""
    fleet = case["fleet"]
    came, leaves = whole(fleet, "in_service"), whole(fleet, "leaves_service")
    return rows(
        Cells(case, "fleet", "leaves_service", (leaves < 0) & (leaves > came)),
        "fleet-gone",
        "is before the start of the plan ({start}): the lot is gone and counts for nothing",
        "remove the row, or give the period in which it really leaves",
        severity="warning",
        start=case.calendar.labels[0],
    )


def fleet_alive(case: Case) -> list[Problem]:
    """A fleet lot that counts chips is of an age at which its survival curve leaves some."""
    fleet, curve = case["fleet"], case["survival"]
    if fleet.empty or curve.empty:
        return []
    age = -whole(fleet, "in_service") / case.calendar.ppy
    alive = np.full(len(fleet), np.nan)
    for chip, part in curve.groupby("chip", sort=True):  # a loop over chips with a curve
        mine = (fleet["chip"] == chip).to_numpy() & np.isnan(numbers(fleet, "annual_attrition"))
        order = np.argsort(numbers(part, "age_years"))
        ages, share = numbers(part, "age_years")[order], numbers(part, "share_alive")[order]
        alive[mine] = np.interp(age[mine], ages, share)
    return rows(
        Cells(
            case,
            "fleet",
            "chips",
            (alive == 0) & (numbers(fleet, "chips") > 0) & (whole(fleet, "leaves_service") > 0),
        ),
        "fleet-dead",
        "contradicts survival.csv, by which no {chip} of {age} years is alive",
        "correct in_service or the curve, or give the lot an annual_attrition of its own",
        age=age,
    )


def fleet_payments(case: Case) -> list[Problem]:
    """Chips rented at a cloud site cost something by the hour, or were paid up front."""
    fleet = case["fleet"]
    cloud = fleet["site"].isin(case["sites"]["site"][case["sites"]["kind"] == "cloud"]).to_numpy()
    free = (
        cloud
        & (numbers(fleet, "usd_per_chip_hour") == 0)
        & np.isnan(numbers(fleet, "usd_per_chip"))
        & (whole(fleet, "leaves_service") > 0)
    )
    return rows(
        Cells(case, "fleet", "usd_per_chip_hour", free),
        "fleet-free",
        "needs the contract price still running for {chip} at the cloud site {site}; as it stands "
        "they cost nothing",
        "fill it in, or give what was paid up front as usd_per_chip",
        severity="warning",
    )


def fleet_ordered(case: Case) -> list[Problem]:
    """A fleet lot was ordered before it went into service; a share paid then needs the period."""
    fleet = case["fleet"]
    ordered, came = whole(fleet, "ordered"), whole(fleet, "in_service")
    problems = rows(
        Cells(case, "fleet", "ordered", ordered > came),
        "ordered-after-arrival",
        "must not be after in_service ({in_service})",
        "correct one of the two",
    )
    return problems + rows(
        Cells(case, "fleet", "ordered", (ordered == came) & (numbers(fleet, "paid_share") > 0)),
        "paid-when",
        "needs the period in which paid_share ({paid_share}) was paid; as it stands all of the "
        "price counts as paid in {in_service}",
        "fill in ordered, or leave paid_share blank",
        severity="warning",
    )


def orders_placed(case: Case) -> list[Problem]:
    """An order in flight was placed before the plan starts; blank counts it as paid on arrival."""
    orders = case["orders"]
    ordered = whole(orders, "ordered")
    stated = ordered != whole(orders, "arrives")
    return rows(
        Cells(case, "orders", "ordered", stated & (ordered >= 0)),
        "order-not-placed",
        "must be a period before the start of the plan ({start})",
        "correct the period; what is still to be ordered is an offer",
        start=case.calendar.labels[0],
    )


def orders_leave(case: Case) -> list[Problem]:
    """An order in flight leaves service after it came."""
    orders = case["orders"]
    return rows(
        Cells(
            case,
            "orders",
            "leaves_service",
            whole(orders, "leaves_service") <= whole(orders, "arrives"),
        ),
        "order-leaves-early",
        "must be a period after arrives ({arrives})",
        "correct one of the two",
    )


def orders_arrive(case: Case) -> list[Problem]:
    """An order in flight arrives inside the plan."""
    orders, T = case["orders"], case.calendar.count
    arrives = whole(orders, "arrives")
    problems = rows(
        Cells(case, "orders", "arrives", arrives < 0),
        "order-arrived",
        "must be a period from the start of the plan ({start}) on",
        "move it to fleet.csv if it is in service, or correct the period",
        start=case.calendar.labels[0],
    )
    return problems + rows(
        Cells(case, "orders", "arrives", arrives >= T),
        "order-after-plan",
        "is after the end of the plan ({end}): {order} is left out, and so is what is still to pay",
        "plan for more periods, or remove the row",
        severity="warning",
        end=case.calendar.labels[-1],
    )


def orders_place(case: Case) -> list[Problem]:
    """Orders in flight stand at owned or colo sites."""
    orders = case["orders"]
    cloud = (
        orders["site"]
        .isin(texts(case["sites"], "site")[texts(case["sites"], "kind") == "cloud"])
        .to_numpy()
    )
    return rows(
        Cells(case, "orders", "site", cloud),
        "order-at-cloud",
        "must be an owned or colo site; {site} is a cloud region, where nothing can be bought",
        "give a contract in a cloud region as an offer with min_per_period, or as a lot of "
        "fleet.csv if it runs already",
    )
