"""The existing fleet and orders in flight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.columns import Bools, Texts, numbers, texts, whole
from planner.case.kinds import OWN_KINDS, RESERVED_KINDS
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
    return _dead(case, "fleet", np.ones(len(case["fleet"]), dtype=bool))


def _dead(case: Case, table: str, aged: Bools) -> list[Problem]:
    """Lots that count chips at the start of the plan where their survival curve leaves none."""
    lots, curve = case[table], case["survival"]
    if lots.empty or curve.empty:
        return []
    age = -whole(lots, "in_service") / case.calendar.ppy
    alive = np.full(len(lots), np.nan)
    for chip, part in curve.groupby("chip", sort=True):  # a loop over chips with a curve
        mine = (lots["chip"] == chip).to_numpy() & np.isnan(numbers(lots, "annual_attrition"))
        order = np.argsort(numbers(part, "age_years"))
        ages, share = numbers(part, "age_years")[order], numbers(part, "share_alive")[order]
        alive[mine] = np.interp(age[mine], ages, share)
    counted = (numbers(lots, "chips") > 0) & (whole(lots, "leaves_service") > 0)
    return rows(
        Cells(case, table, "chips", aged & (alive == 0) & counted),
        "fleet-dead",
        "contradicts survival.csv, by which no {chip} of {age} years is alive",
        "correct in_service or the curve, or give the lot an annual_attrition of its own",
        age=age,
    )


def fleet_payments(case: Case) -> list[Problem]:
    """Chips leased or under a contract cost something by the hour, or were paid up front."""
    fleet = case["fleet"]
    free = (
        (texts(fleet, "kind") != "purchase")
        & (numbers(fleet, "usd_per_chip_hour") == 0)
        & np.isnan(numbers(fleet, "usd_per_chip"))
        & (whole(fleet, "leaves_service") > 0)
    )
    where = np.where(_at_cloud(case, "fleet"), "at the cloud site", "leased at").astype(object)
    return rows(
        Cells(case, "fleet", "usd_per_chip_hour", free),
        "fleet-free",
        "needs the contract price still running for {chip} {where} {site}; as it stands "
        "they cost nothing",
        "fill it in, or give what was paid up front as usd_per_chip",
        severity="warning",
        where=where,
    )


def _at_cloud(case: Case, table: str) -> Bools:
    """Return which lots of a table stand in cloud regions, (n,)."""
    sites = case["sites"]
    cloud = texts(sites, "site")[texts(sites, "kind") == "cloud"]
    return np.asarray(case[table]["site"].isin(cloud).to_numpy())


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


def held_kinds(case: Case) -> list[Problem]:
    """Lots of the fleet and on order are bought or leased at owned and colo sites, and under
    another contract in cloud regions."""
    problems = []
    for table in ("fleet", "orders"):
        cloud, own = _at_cloud(case, table), np.isin(texts(case[table], "kind"), OWN_KINDS)
        problems += rows(
            Cells(case, table, "kind", cloud & own),
            "kind-at-cloud",
            "must be a contract ({allowed}) at {site}: it is a cloud region, where nothing can be "
            "bought",
            "correct kind or site",
            allowed=_words(RESERVED_KINDS, len(own)),
        )
        problems += rows(
            Cells(case, table, "kind", ~cloud & ~own),
            "kind-not-at-cloud",
            "must be purchase or lease at {site}, which is no cloud region",
            "correct kind or site",
        )
    return problems


def _words(names: tuple[str, ...], n: int) -> Texts:
    """Return the same list of names for every row, (n,)."""
    return np.full(n, ", ".join(names), dtype=object)


def orders_placed(case: Case) -> list[Problem]:
    """An order in flight was placed before the plan starts; blank counts it as paid on arrival.
    Chips on their way were ordered before they went into service."""
    orders = case["orders"]
    ordered, born = whole(orders, "ordered"), whole(orders, "in_service")
    stated = ordered != whole(orders, "arrives")
    problems = rows(
        Cells(case, "orders", "ordered", _moving(case) & (ordered > born)),
        "ordered-after-arrival",
        "must not be after in_service ({in_service})",
        "correct one of the two",
    )
    return problems + rows(
        Cells(case, "orders", "ordered", ~_moving(case) & stated & (ordered >= 0)),
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


def _moving(case: Case) -> Bools:
    """Return which orders bring chips that were in service elsewhere, (n,)."""
    orders = case["orders"]
    return np.asarray(whole(orders, "in_service") != whole(orders, "arrives"))


def orders_move(case: Case) -> list[Problem]:
    """Chips on their way went into service before the plan, at a site of ours; they can neither be
    cancelled nor come out of a supply group."""
    orders, moving = case["orders"], _moving(case)
    problems = rows(
        Cells(case, "orders", "in_service", moving & (whole(orders, "in_service") >= 0)),
        "moved-not-in-service",
        "must be a period before the start of the plan ({start}), in which the chips on their way "
        "first went into service",
        "leave it blank for new chips, or correct the period",
        start=case.calendar.labels[0],
    )
    for column, bad, need in (
        ("kind", np.isin(texts(orders, "kind"), RESERVED_KINDS), "must be purchase or lease"),
        ("cancel_fee_share", ~np.isnan(numbers(orders, "cancel_fee_share")), "must be blank"),
        ("supply_group", texts(orders, "supply_group") != "", "must be blank"),
    ):
        problems += rows(
            Cells(case, "orders", column, moving & bad),
            "moved-terms",
            f"{need} for chips on their way from another site (in_service {{in_service}})",
            "correct the cell, or leave in_service blank for new chips",
        )
    return problems


def orders_alive(case: Case) -> list[Problem]:
    """Chips on their way that count are of an age at which their survival curve leaves some."""
    return _dead(case, "orders", _moving(case))


def orders_price(case: Case) -> list[Problem]:
    """An order of new chips states its price and what of it is paid; a contract may have an hourly
    price instead, but costs something."""
    orders, new = case["orders"], ~_moving(case)
    problems = []
    for column, need in (
        ("usd_per_chip", "must be given: full up-front price per chip, 0 where there is none"),
        ("paid_share", "must be given: share of the price already paid"),
    ):
        problems += rows(
            Cells(case, "orders", column, new & np.isnan(numbers(orders, column))),
            "missing-value",
            need,
            "fill the cell",
        )
    free = (
        new
        & (texts(orders, "kind") != "purchase")
        & (numbers(orders, "usd_per_chip") == 0)
        & (numbers(orders, "usd_per_chip_hour") == 0)
    )
    return problems + rows(
        Cells(case, "orders", "usd_per_chip_hour", free),
        "order-free",
        "needs the price of the {kind} {order} by the hour, or up front as usd_per_chip; as it "
        "stands it costs nothing",
        "fill it in",
        severity="warning",
    )
