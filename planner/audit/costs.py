"""Costs: every term of the objective from the written decisions and the inputs, entry by entry."""

from __future__ import annotations

import numpy as np

from planner.audit.book import Book
from planner.audit.commitments import add_commitments
from planner.audit.contracts import add_rent
from planner.audit.energy import Energy
from planner.audit.facts import Facts, column, or_zero
from planner.audit.files import empty_rows
from planner.audit.holdings import Capacity
from planner.audit.lot_costs import add_held, add_leaving, add_up_front
from planner.audit.openings import add_openings
from planner.audit.order_terms import add_ordering, order_terms
from planner.audit.projects import Projects
from planner.audit.recomputed import Recomputed
from planner.audit.residual import level_share
from planner.audit.stability import changes
from planner.audit.terms import (
    BUILDING,
    BUILT,
    CARBON,
    CHANGE,
    DEMAND_CHARGE,
    ENERGY,
    LATE,
    RENTAL,
    RESIDUAL,
    SHORT,
    SPACE,
)
from planner.audit.tokens import add_tokens
from planner.audit.tolerance import WRITTEN


def write_book(found: Recomputed) -> Book:
    """Return every cost but penalties for soft limits, which need the others first."""
    facts, lots = found.facts, found.lots
    book = Book(facts)
    add_up_front(book, facts, lots)
    add_ordering(book, facts, order_terms(facts, lots, found.counts))
    add_held(book, facts, lots)
    add_leaving(book, facts, lots)
    _running(book, facts, found.capacity, found.energy)
    _projects(book, facts, found.projects)
    add_openings(book, facts, found.tables.get("whole", empty_rows("whole")))
    add_commitments(book, facts, found.committed)
    add_tokens(book, facts, found.called)
    add_rent(book, facts, found.tables.get("whole", empty_rows("whole")))
    _penalties(book, found)
    return book


def _running(book: Book, facts: Facts, capacity: Capacity, energy: Energy) -> None:
    """Energy, carbon, demand charges, space and rental."""
    c, s, t, k = np.nonzero(energy.mwh)
    mwh, place = energy.mwh[c, s, t, k], {"site": s, "chip": c}
    # MWh that rounding of the chips at work and powered moves, as USD per chip of rounding
    off = energy.unsure[c, s, t, k] * facts.hours[t] * facts.share[k] / 1000.0 / WRITTEN
    for term, price in (
        (ENERGY, facts.usd_per_mwh[s, t, k]),
        (CARBON, facts.case.settings.carbon_usd_per_tonne * facts.kg_per_mwh[s, t, k] / 1000.0),
    ):
        book.add(term, t, mwh * price, price * off, **place)
    peak = energy.draw.max(axis=2, initial=0.0)
    s, t = np.nonzero(np.maximum(peak, 0.0) * facts.demand_charge)
    charge = facts.demand_charge[s, t]
    book.add(
        DEMAND_CHARGE,
        t,
        charge * peak[s, t],
        charge * energy.doubt[s, t] / WRITTEN,
        site=s,
    )
    c, s, t = np.nonzero(capacity.powered)
    rent = facts.space[s] * facts.kw_peak[c]
    book.add(SPACE, t, rent * capacity.powered[c, s, t], rent, site=s, chip=c)
    price = (
        or_zero(facts.price(capacity.rent_offer, capacity.rent_period, "usd_per_chip_hour"))
        if len(capacity.rent_offer)
        else np.empty(0)
    )
    hourly = price * facts.hours[capacity.rent_period] * facts.share[capacity.rent_slice]
    book.add(
        RENTAL,
        capacity.rent_period,
        hourly * capacity.rent_chips,
        hourly,
        site=capacity.rent_site,
        chip=capacity.rent_chip,
    )


def _projects(book: Book, facts: Facts, projects: Projects) -> None:
    """Power projects: up-front, per period in service, and what is left of their life at the
    end."""
    T, ppy, rate = facts.T, facts.ppy, facts.rate
    if not len(projects.mw):
        return
    first, rest, price = projects.first, projects.rest, projects.first + projects.rest
    for when, part in ((projects.ordered, first), (projects.arrives, rest)):
        due = np.flatnonzero(when >= 0)  # what fell before the plan is paid
        book.add(
            BUILDING,
            when[due],
            (part * projects.mw)[due],
            part[due],
            site=projects.site[due],
        )
    n, t = np.nonzero(np.arange(T)[None, :] >= projects.arrives[:, None])
    fee = projects.fee[n]
    book.add(BUILT, t, fee * projects.mw[n], fee, site=projects.site[n])
    used, life = (T - projects.arrives) / ppy, projects.life
    setting = facts.case.settings.residual
    if setting == "annuity":
        paid = first * (1.0 + rate) ** (-projects.ordered / ppy)
        paid = paid + rest * (1.0 + rate) ** (-projects.arrives / ppy)
        credit = paid * (1.0 - level_share(rate, np.minimum(used, life), life)) / facts.start[T]
    elif setting == "none":
        credit = np.zeros(len(price))
    else:
        credit = price * (1.0 - used / life)
    credit = np.where(life > used, credit, 0.0)
    book.add(RESIDUAL, T, -credit * projects.mw, credit, site=projects.site)


def _penalties(book: Book, found: Recomputed) -> None:
    """What is short, late or changed against the last plan."""
    facts, served, training = found.facts, found.served, found.training
    price = or_zero(found.demand.short_price)[:, None]
    w, t = np.nonzero(served.due)
    book.add(
        SHORT,
        t,
        (served.short * price)[w, t],
        (served.doubt * price)[w, t] / WRITTEN,
    )
    table = facts.case["milestones"]
    each = or_zero(column(table, "late_usd_per_period")) / column(table, "flop")
    m, t = np.nonzero(training.late)
    book.add(
        LATE,
        t,
        training.late[m, t] * each[m],
        (training.doubt[m, t] * each[m]) / WRITTEN,
    )
    charge = facts.case.settings.change_usd_per_chip
    compared = changes(facts, found.lots)
    if compared is None or not charge:
        return
    compared = compared[~compared["fixed"]]
    gap = np.abs(column(compared, "ordered") - column(compared, "last"))
    book.add(
        CHANGE,
        compared["period"].to_numpy(dtype=np.int64),
        charge * gap,
        charge,
        site=facts.codes("site", compared["site"]),
        chip=facts.codes("chip", compared["chip"]),
    )
