"""Commitments: what is committed and what it covers, from commitment_orders.csv, covered.csv,
rentals.csv and the inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from planner.audit.book import Book
from planner.audit.facts import Facts, Floats, Ints, column, or_zero, text, whole
from planner.audit.files import NO_PERIOD
from planner.audit.holdings import Capacity
from planner.audit.terms import COMMITMENTS, COMMITMENTS_AHEAD, RESIDUAL
from planner.audit.tolerance import CENT, WRITTEN
from planner.audit.verdict import Check, agree, at_most, require

YEAR: Final = 8760.0
"""Hours of a year beyond the plan."""
SMALL: Final = 1e-5
"""USD an hour that rounding of chips and amounts leaves, per USD of price."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What is committed and covered, as it is written."""

    row: Ints
    """Row of commitments.csv of every order."""
    ordered: Ints
    usd: Floats
    """USD an hour of every order."""
    of: Ints
    """Row of commitments.csv of every cover."""
    offer: Ints
    period: Ints
    slice: Ints
    chips: Floats
    price: Floats
    """On-demand price of every cover, USD per chip-hour."""


def _force(facts: Facts, made: Committed) -> Floats:
    """Return USD an hour in force of every order, (orders, T)."""
    term = whole(facts.case["commitments"], "term_periods")[made.row]
    t = np.arange(facts.T)[None, :]
    there = (made.ordered[:, None] <= t) & (t < (made.ordered + term)[:, None])
    return np.where(there, made.usd[:, None], 0.0)


def check_commitments(
    facts: Facts, capacity: Capacity, tables: Mapping[str, pd.DataFrame]
) -> tuple[Committed | None, list[Check]]:
    """Return what is committed, and the checks of it; None where the case has no commitments.

    Args:
        facts: the case.
        capacity: chips rented, from rentals.csv.
        tables: tables of the run.
    """
    table = facts.case["commitments"]
    if not len(table):
        return None, []
    orders, covered = tables["commitment_orders"], tables["covered"]
    names = pd.Index(text(table, "commitment"))
    row, at = names.get_indexer(pd.Index(text(orders, "commitment"))), whole(orders, "order_period")
    safe = np.maximum(row, 0)
    signed, stated = column(table, "signed"), column(table, "usd_per_hour")
    done = text(orders, "status") == "signed"
    new = (
        np.isnan(signed[safe])
        & (at >= whole(table, "first_order")[safe])
        & (at <= whole(table, "last_order")[safe])
        & (at >= 0)
        & (at < facts.T)
    )
    usd = column(orders, "usd_per_hour")
    same = (signed[safe] == at) & np.isclose(usd, stated[safe], rtol=1e-9, atol=1e-6)
    leaves = at + whole(table, "term_periods")[safe]
    shown = np.where(leaves < facts.T, leaves, NO_PERIOD)
    due = (~np.isnan(signed)) & (or_zero(stated) > 1e-6)
    due &= (or_zero(signed) + whole(table, "term_periods") > 0) & (or_zero(signed) < facts.T)
    missing = due & ~np.isin(np.arange(len(table)), row[done])

    m = names.get_indexer(pd.Index(text(covered, "commitment")))
    f, t = facts.codes("offer", covered["offer"]), whole(covered, "period")
    k, chips = facts.codes("slice", covered["slice"]), column(covered, "chips")
    kind = text(facts.case["offers"], "kind")
    inside = (m >= 0) & (f >= 0) & (t >= 0) & (t < facts.T) & (k >= 0) & (chips >= 0)
    may = np.array(
        [
            a >= 0 and b >= 0 and (who == ("*",) or name in who) and kind[b] == "on_demand"
            for a, b, who, name in zip(
                m,
                f,
                text(table, "offers")[np.maximum(m, 0)],
                text(covered, "offer"),
                strict=True,
            )
        ],
        dtype=bool,
    )
    checks = [
        require(
            "commitment_orders.rows",
            np.concatenate([(row >= 0) & (usd >= 0) & np.where(done, same, new), ~missing]),
            lambda i: f"commitment_orders.csv: entry {i} is not of the inputs, or missing",
            "commitments of the inputs, ordered in their periods, and those signed as they are",
        ),
        require(
            "commitment_orders.leaves",
            whole(orders, "leaves_period") == shown,
            lambda i: f"commitment_orders.csv, row {i + 2}, leaves_period",
            "its term after it was ordered",
        ),
        require(
            "commitment_orders.provider",
            text(orders, "provider") == text(table, "provider")[safe],
            lambda i: f"commitment_orders.csv, row {i + 2}, provider",
            "that of the inputs",
        ),
        require(
            "covered.rows",
            inside & may,
            lambda i: f"covered.csv, row {i + 2}: {covered['commitment'][i]}",
            "on-demand offers that the commitment covers, in the plan",
        ),
    ]
    if not (inside.all() and (row >= 0).all()):
        return None, checks
    price = or_zero(facts.price(f, t, "usd_per_chip_hour"))
    made = Committed(row, at, usd, m, f, t, k, chips, price)
    return made, checks + _amounts(facts, capacity, made, tables)


def _used(facts: Facts, made: Committed) -> Floats:
    """Return USD an hour that covers take, (commitments, T, K)."""
    table = facts.case["commitments"]
    used = np.zeros((len(table), facts.T, facts.K))
    take = made.chips * made.price * (1.0 - column(table, "discount")[made.of])
    np.add.at(used, (made.of, made.period, made.slice), take)
    return used


def _amounts(
    facts: Facts, capacity: Capacity, made: Committed, tables: Mapping[str, pd.DataFrame]
) -> list[Check]:
    """Return the checks of amounts: no more is covered than is rented, or than was committed."""
    table, covered = facts.case["commitments"], tables["covered"]
    shape = (len(facts.offer), facts.T, facts.K)
    rented, over = np.zeros(shape), np.zeros(shape)
    np.add.at(
        rented,
        (capacity.rent_offer, capacity.rent_period, capacity.rent_slice),
        capacity.rent_chips,
    )
    np.add.at(over, (made.offer, made.period, made.slice), made.chips)
    force = np.zeros((len(table), facts.T))
    np.add.at(force, made.row, _force(facts, made))
    used, discount = _used(facts, made), column(table, "discount")[made.of]
    hours = facts.hours[made.period] * facts.share[made.slice]
    floor = SMALL * (1.0 + float(made.price.max(initial=0.0)) * 10.0)

    def place(i: int) -> str:
        return f"covered.csv, entry {i}"

    checks = [
        at_most("covered.rented", over, rented, place, unit="chips", floor=facts.few),
        at_most(
            "covered.committed",
            used,
            np.broadcast_to(force[:, :, None], used.shape),
            place,
            unit="USD",
            floor=floor,
        ),
        agree(
            "covered.usd_per_hour",
            column(covered, "usd_per_hour"),
            made.chips * made.price * (1.0 - discount),
            place,
            unit="USD",
            floor=CENT + made.price * WRITTEN,
        ),
        agree(
            "covered.saved_usd",
            column(covered, "saved_usd"),
            made.chips * made.price * discount * hours,
            place,
            unit="USD",
            floor=CENT + made.price * hours * WRITTEN,
        ),
    ]
    return checks + _most(facts, made, tables.get("commitments"))


def _most(facts: Facts, made: Committed, written: pd.DataFrame | None) -> list[Check]:
    """Return the checks of the most that is in force at once, and of commitments.csv."""
    if written is None:
        return []
    table = facts.case["commitments"]
    most = column(table, "max_usd_per_hour")
    names = pd.Index(text(table, "commitment"))
    other = names.get_indexer(pd.Index(text(table, "counts_in")))[made.row]
    fresh = np.isnan(column(table, "signed"))[made.row] | (other >= 0)
    used = np.zeros((len(table), facts.T))
    into = np.where(other >= 0, other, made.row)
    np.add.at(used, into[fresh], _force(facts, made)[fresh])
    m, t = names.get_indexer(pd.Index(text(written, "commitment"))), whole(written, "period")
    known = (m >= 0) & (t >= 0) & (t < facts.T)
    seen = np.zeros(used.shape, dtype=np.int64)
    np.add.at(seen, (m[known], t[known]), 1)
    checks = [
        at_most(
            "commitments.max_usd_per_hour",
            used,
            np.broadcast_to(most[:, None], used.shape),
            lambda i: f"commitment_orders.csv: {names[i // facts.T]} in {facts.label(i % facts.T)}",
            unit="USD",
            floor=0.01,
        ),
        require(
            "commitments.rows",
            np.concatenate([known, (seen == ~np.isnan(most)[:, None]).ravel()]),
            lambda i: f"commitments.csv: entry {i} is unknown, missing or there twice",
            "one row for every commitment with a most and every period of the plan",
        ),
    ]
    if not known.all():
        return checks
    for name, value in (
        ("max_usd_per_hour_written", most[m]),
        ("used", used[m, t]),
        ("free", most[m] - used[m, t]),
    ):
        cell = name.removesuffix("_written")
        checks.append(
            agree(
                f"commitments.{name}",
                column(written, cell),
                value,
                lambda i, cell=cell: f"commitments.csv, row {i + 2}, {cell}",  # type: ignore[misc]
                unit="USD",
                floor=0.01,
            )
        )
    return checks


def add_commitments(book: Book, facts: Facts, made: Committed | None) -> None:
    """Add what commitments change: their discount, what of them is unused, and what is paid ahead.

    Args:
        book: the costs so far.
        facts: the case.
        made: what is committed; None where there is nothing.
    """
    if made is None:
        return
    table = facts.case["commitments"]
    share = column(table, "upfront_share")[made.row]
    discount = column(table, "discount")[made.of]
    hours = facts.hours[made.period] * facts.share[made.slice]
    off = made.price * discount * hours
    chip = facts.codes("chip", facts.case["offers"]["chip"])
    book.add(COMMITMENTS, made.period, -off * made.chips, off, chip=chip[made.offer])
    each = _force(facts, made)
    force = np.zeros((len(table), facts.T))
    np.add.at(force, made.row, each)
    unused = force[:, :, None] - _used(facts, made)
    weight = facts.hours[:, None] * facts.share[None, :]
    m, t, k = np.nonzero(unused)
    # amounts are written to the cent, and chips to six decimals
    doubt = np.full(len(m), (0.01 + made.price.max(initial=0.0) * 1e-5) / WRITTEN)
    book.add(COMMITMENTS, t, unused[m, t, k] * weight[t, k], doubt * weight[t, k])
    o, t = np.nonzero(each)
    ahead = share[o] * each[o, t] * facts.hours[t]
    book.add(COMMITMENTS, t, -ahead, share[o] * facts.hours[t] * 0.01 / WRITTEN)
    term = whole(table, "term_periods")[made.row]
    late = np.maximum(made.ordered + term - np.maximum(made.ordered, facts.T), 0)
    beyond = late * YEAR / facts.ppy
    inside = each @ facts.hours
    new = np.isnan(column(table, "signed"))[made.row]
    paid = share * (inside + made.usd * beyond)
    book.add(COMMITMENTS_AHEAD, made.ordered[new], paid[new], share[new] * 1e4 / WRITTEN)
    if facts.case.settings.residual != "none":
        left = share * made.usd * beyond
        book.add(RESIDUAL, np.full(len(left), facts.T), -left, share * beyond * 0.01 / WRITTEN)
