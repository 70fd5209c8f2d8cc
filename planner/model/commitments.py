"""Commitments: so many USD an hour on on-demand chips, at a discount, used or not.

::

    sum over commitments of cover[m, f, t, k] <= sum over sites of rented[f, s, t, k]
                                                                       row ``covered``
    sum over offers of price x (1 - discount) x cover[m, f, t, k] + unused[m, t, k]
        = sum of commit[m, o] over orders in force in t                row ``commitment_use``
    sum of commit[m, o] over orders in force in t <= max_usd_per_hour  row ``commitment``
    cost, term ``commitments``: hours x share x (unused - price x discount x cover)
        + upfront_share x commit x hours of its term, when ordered
        - upfront_share x commit x hours[t], in every period in force
        - upfront_share x commit x hours beyond the plan, at its end (``residual``)

What is rented is paid as ``rental`` at the on-demand price; all that a commitment changes stands in
its own term.  The dual of ``commitment`` is what one more USD an hour would save.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.case.case import Case
from planner.case.columns import codes, numbers, texts, whole
from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.index import Bools, Floats, Ints, members
from planner.model.lots import prices

YEAR = 8760.0
"""Hours of a year beyond the plan."""


@dataclass(frozen=True, slots=True)
class Commitments:
    """The columns ``commit`` and ``cover``; codes of commitments are rows of the table."""

    column: Ints
    row: Ints
    ordered: Ints
    """Period in which each is in force first, before 0 where it was signed before the plan."""
    leaves: Ints
    cover: Ints
    covered_row: Ints
    offer: Ints
    """Row of offers.csv."""
    period: Ints
    slice: Ints
    price: Floats
    """On-demand price of every ``cover``, USD per chip-hour."""


def covers(case: Case) -> Bools:
    """Return which on-demand offers every commitment covers, (M, F)."""
    offers = case["offers"]
    on_demand = texts(offers, "kind") == "on_demand"
    named = members(texts(offers, "offer"), texts(case["commitments"], "offers"))
    return np.asarray(named & on_demand[None, :], dtype=bool)


def index_of(case: Case) -> Ints:
    """Return the row in whose most every commitment counts, (M,): its own, unless it says
    another."""
    table = case["commitments"]
    names, other = texts(table, "commitment"), texts(table, "counts_in")
    at = codes(names, np.where(other == "", names, other))
    return np.where(at >= 0, at, np.arange(len(table)))


def add_commitments(draft: Draft, capacity: Capacity) -> Commitments:
    """Add the columns ``commit``, ``cover`` and ``unused`` with their rows.

    Args:
        draft: the program being written.
        capacity: chips rented.

    Returns:
        The columns.
    """
    builder, case, index = draft.builder, draft.case, draft.index
    table, T, K = case["commitments"], index.T, index.K
    none = np.zeros(0, dtype=np.int64)
    if table.empty:
        return Commitments(none, none, none, none, none, none, none, none, none, np.zeros(0))
    code = index.code("commitment", texts(table, "commitment"))
    term, discount = whole(table, "term_periods"), numbers(table, "discount")
    signed, amount = numbers(table, "signed"), numbers(table, "usd_per_hour")
    done = ~np.isnan(signed)
    t = np.arange(T)
    may = (whole(table, "first_order")[:, None] <= t) & (t <= whole(table, "last_order")[:, None])
    new_row, new_at = np.nonzero(may & ~done[:, None])
    row = np.concatenate([new_row, np.flatnonzero(done)])
    ordered = np.concatenate([new_at, signed[done].astype(np.int64)])
    fixed = np.concatenate([np.full(len(new_row), np.nan), amount[done]])
    column = builder.columns(
        "commit",
        {"commitment": code[row], "period": np.maximum(ordered, 0)},
        np.nan_to_num(fixed),
        np.where(np.isnan(fixed), np.inf, fixed),
        scale=1e3,
    )
    leaves = ordered + term[row]
    force = (ordered[:, None] <= t) & (t < leaves[:, None])  # (commits, T)
    _pay(draft, (column, row, ordered, leaves), force)

    rent_row, rent_period = capacity.rented_row, capacity.period[capacity.rented_place]
    key = np.unique(np.stack([rent_row, rent_period, capacity.rented_slice]), axis=1)
    offer, when, part = key
    rows = builder.rows(
        "covered", {"offer": offer, "period": when, "slice": part}, -np.inf, 0.0, scale=1e3
    )
    number = np.full((len(case["offers"]), T, K), -1, dtype=np.int64)
    number[offer, when, part] = rows
    at = number[rent_row, rent_period, capacity.rented_slice]
    builder.entries(at, capacity.rented, -1.0)
    price = np.nan_to_num(prices(case, index, offer, when, "usd_per_chip_hour"))
    able = covers(case)[:, offer] & (price > 0)[None, :]
    m, which = np.nonzero(able)
    cover = builder.columns(
        "cover",
        {
            "commitment": code[m],
            "offer": offer[which],
            "period": when[which],
            "slice": part[which],
        },
        0.0,
        np.inf,
        scale=1e3,
    )
    builder.entries(rows[which], cover, 1.0)
    um, ut, uk = (axis.ravel() for axis in np.indices((len(table), T, K)))
    labels = {"commitment": code[um], "period": ut, "slice": uk}
    unused = builder.columns("unused", labels, 0.0, np.inf, scale=1e3)
    use = builder.rows("commitment_use", labels, 0.0, 0.0, scale=1e3)
    builder.entries(use, unused, 1.0)
    of = use.reshape(len(table), T, K)
    builder.entries(of[m, when[which], part[which]], cover, price[which] * (1.0 - discount[m]))
    c, ct = np.nonzero(force)
    builder.entries(of[row[c], ct].ravel(), np.repeat(column[c], K), -1.0)
    hours = index.hours[:, None] * index.share[None, :]
    draft.ledger.add("commitments", unused, ut, hours[ut, uk])
    chip = index.code("chip", texts(case["offers"], "chip"))
    draft.ledger.add(
        "commitments",
        cover,
        when[which],
        -price[which] * discount[m] * hours[when[which], part[which]],
        chip=chip[offer[which]],
    )
    parent = index_of(case)[row]
    limited = force & (np.isnan(fixed) | (parent != row))[:, None]
    _limit(draft, column, parent, limited)
    return Commitments(
        column, row, ordered, leaves, cover, m, offer[which], when[which], part[which], price[which]
    )


def _pay(draft: Draft, commits: tuple[Ints, Ints, Ints, Ints], force: Bools) -> None:
    """Add what is paid ahead, what of it every period uses, and what is left at the end."""
    builder, ledger, index = draft.builder, draft.ledger, draft.index
    column, row, ordered, leaves = commits
    table = draft.case["commitments"]
    code = index.code("commitment", texts(table, "commitment"))
    share = numbers(table, "upfront_share")[row]
    beyond = np.maximum(leaves - np.maximum(ordered, index.T), 0) * YEAR / index.ppy
    inside = force @ index.hours
    new = ordered >= 0
    new &= np.isnan(numbers(table, "signed")[row])
    new &= share > 0
    # a column of its own: what is paid ahead and what of it is used cancel in a window of both
    labels = {"commitment": code[row[new]], "period": ordered[new]}
    ahead = builder.columns("ahead", labels, 0.0, np.inf, scale=1e3)
    rows = builder.rows("paid_ahead", labels, 0.0, 0.0, scale=1e3)
    builder.entries(rows, ahead, 1.0)
    builder.entries(rows, column[new], -1.0)
    ledger.add("commitments_ahead", ahead, ordered[new], (share * (inside + beyond))[new])
    c, t = np.nonzero(force)
    ledger.add("commitments", column[c], t, -share[c] * index.hours[t])
    if draft.case.settings.residual != "none":
        ledger.add("residual", column, np.full(len(column), index.T), -share * beyond)


def _limit(draft: Draft, column: Ints, row: Ints, force: Bools) -> None:
    """Add the rows ``commitment``: the most that is in force at once."""
    builder, index = draft.builder, draft.index
    table = draft.case["commitments"]
    code = index.code("commitment", texts(table, "commitment"))
    most = numbers(table, "max_usd_per_hour")
    m, t = np.nonzero(~np.isnan(most)[:, None] & np.ones(index.T, dtype=bool))
    if not len(m):
        return
    rows = builder.rows(
        "commitment", {"commitment": code[m], "period": t}, -np.inf, most[m], scale=1e3
    )
    number = np.full((len(table), index.T), -1, dtype=np.int64)
    number[m, t] = rows
    c, at = np.nonzero(force)
    hit = number[row[c], at] >= 0
    builder.entries(number[row[c], at][hit], column[c][hit], 1.0)
