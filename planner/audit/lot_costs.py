"""Costs of lots: paid up front, while they are held, and as they leave."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.audit.book import Book
from planner.audit.facts import Facts, column, or_zero
from planner.audit.lots import COMMITTED, FLEET, MOVED, NEW, Lots
from planner.audit.residual import residual_credit
from planner.audit.terms import (
    CANCELLATION,
    CHIPS,
    CONTRACT_CANCELLATION,
    CONTRACTS,
    DECOMMISSIONING,
    MAINTENANCE,
    PREPAID,
    RELOCATION,
    RESALE,
    RESIDUAL,
)


def add_up_front(book: Book, facts: Facts, lots: Lots) -> None:
    """Up-front payments, relocation and cancellation fees."""
    new, due, moved = (np.flatnonzero(lots.origin == origin) for origin in (NEW, COMMITTED, MOVED))
    new_chips = due[lots.born[due] >= lots.first[due]]  # others only move, and are paid
    for purchase, term in ((True, CHIPS), (False, PREPAID)):
        v = new[lots.purchase[new] == purchase]
        place: dict[str, Any] = {"site": lots.site[v], "chip": lots.chip[v]}
        first, rest = lots.price[v] * lots.deposit[v], lots.price[v] * (1.0 - lots.deposit[v])
        book.add(term, lots.ordered[v], lots.chips[v] * first, first, **place)
        book.add(term, lots.born[v], lots.chips[v] * rest, rest, **place)
        v = new_chips[lots.purchase[new_chips] == purchase]
        place = {"site": lots.site[v], "chip": lots.chip[v]}
        open_ = lots.price[v] * (1.0 - lots.deposit[v])
        book.add(term, lots.born[v], lots.chips[v] * open_, open_, **place)
    orders = facts.case["orders"]
    fee = or_zero(column(orders, "cancel_fee_share"))[lots.row[due]] * lots.price[due]
    gone = column(orders, "chips")[lots.row[due]] - lots.chips[due]
    for purchase, term in ((True, CANCELLATION), (False, CONTRACT_CANCELLATION)):
        some = lots.purchase[due] == purchase
        v = due[some]
        book.add(term, 0, (gone * fee)[some], fee[some], site=lots.site[v], chip=lots.chip[v])
    price = (
        or_zero(facts.price(lots.row[moved], lots.ordered[moved], "usd_per_chip"))
        if len(moved)
        else np.empty(0)
    )
    book.add(
        RELOCATION,
        lots.ordered[moved],
        lots.chips[moved] * price,
        price,
        site=lots.site[moved],
        chip=lots.chip[moved],
    )


def add_held(book: Book, facts: Facts, lots: Lots) -> None:
    """Contract payments and maintenance of what is held."""
    v, t = np.nonzero(lots.held)
    place: dict[str, Any] = {"site": lots.site[v], "chip": lots.chip[v]}
    hourly = lots.hourly[v] * facts.hours[t]
    book.add(CONTRACTS, t, hourly * lots.held[v, t], hourly, **place)
    # the contract of moved chips runs on while they are on their way, also since before the plan
    times = np.arange(facts.T)
    moved = (lots.origin == MOVED) | ((lots.origin == COMMITTED) & (lots.born < lots.first))
    away = (times >= lots.ordered[:, None]) & (times < lots.first[:, None])
    m, when = np.nonzero(away & moved[:, None])
    usual = lots.hourly[m] * facts.hours[when]
    moving = lots.alive[m, when] * lots.chips[m]
    book.add(
        CONTRACTS,
        when,
        usual * moving,
        usual,
        site=lots.site[m],
        chip=lots.chip[m],
    )
    flat = column(facts.case["chips"], "maintenance_usd_per_chip_year")[lots.chip[v]]
    aged = facts.by_age(
        "maintenance", "usd_per_chip_year", lots.chip[v], (t - lots.born[v]) / facts.ppy, step=True
    )
    yearly = np.where(lots.owned[v], np.where(np.isnan(aged), flat, aged), 0.0) / facts.ppy
    book.add(MAINTENANCE, t, yearly * lots.held[v, t], yearly, **place)


def add_leaving(book: Book, facts: Facts, lots: Lots) -> None:
    """Decommissioning, resale of what is retired early, residual value of what serves on."""
    T = facts.T
    takeout = column(facts.case["chips"], "decommission_usd_per_chip")
    v, t = np.nonzero(lots.retired * lots.owned[:, None])
    place: dict[str, Any] = {"site": lots.site[v], "chip": lots.chip[v]}
    book.add(
        DECOMMISSIONING,
        t,
        takeout[lots.chip[v]] * lots.retired[v, t],
        takeout[lots.chip[v]],
        **place,
    )
    share = or_zero(
        facts.by_age("resale", "share_of_price", lots.chip[v], (t - lots.born[v]) / facts.ppy)
    )
    book.add(
        RESALE,
        t,
        -share * lots.price[v] * lots.retired[v, t],
        share * lots.price[v],
        **place,
    )
    # a fleet lot may end its life as the plan starts: it serves no more, and is taken out then
    over = (lots.leaves > lots.first) | ((lots.origin == FLEET) & (lots.leaves == 0))
    ends = np.flatnonzero(lots.owned & (lots.leaves < T) & over)
    book.add(
        DECOMMISSIONING,
        lots.leaves[ends],
        takeout[lots.chip[ends]] * lots.at_end[ends],
        takeout[lots.chip[ends]],
        site=lots.site[ends],
        chip=lots.chip[ends],
    )
    on = np.flatnonzero(lots.leaves > T)
    credit = residual_credit(facts, lots)[on] / facts.start[T]
    book.add(
        RESIDUAL,
        T,
        -credit * lots.at_end[on],
        credit,
        site=lots.site[on],
        chip=lots.chip[on],
    )
