"""Resilience: what must still be served after the loss of any one site.

::

    sum rate x cap x 3600 hours share backup + called = q x demand x share x load
                                                                               row ``site_loss``
    sum_w backup <= sum over places (availability x powered + sum rented)      row ``backup_time``

for every lost site, over the chips at all other sites; everything else those chips did may stop.
What is called from a provider goes on (at least so much is served then, not just so much).
The dual of ``site_loss`` is what giving up one unit of that protection would save (USD per million
tokens).

Nothing of this depends on the place but what may run there, so places of a chip where the same may
run stand in for a lost site together, as a *reserve*.  ``backed_up`` shares out what a reserve
would do over its places, each as busy as the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import numbers
from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.holding import CHIPS
from planner.model.hubs import same_signature, split
from planner.model.index import Floats, Index, Ints
from planner.model.tokens import Tokens
from planner.model.work import SECONDS, Work


@dataclass(frozen=True, slots=True)
class Backup:
    """The columns ``backup`` and the reserves they belong to; empty where no workload asks for
    any."""

    column: Ints
    work: Ints
    reserve: Ints
    slice: Ints
    lost: Ints
    """Lost site of every reserve."""
    member: Ints
    """Reserve of every place in one; a place stands in for every other site."""
    place: Ints
    """The place."""
    time: Ints
    """Row ``backup_time`` of every reserve in every slice, (reserves, K)."""


def asked_after_loss(case: Case, index: Index, work: Work) -> Floats:
    """Return what must be served after the loss of any site, million tokens, (W, T, K); NaN for
    workloads that ask for nothing."""
    quota = numbers(case["workloads"], "survive_site_loss")
    load = (index.share * work.load)[:, None, :]
    return np.asarray(quota[:, None, None] * work.demand[:, :, None] * load, dtype=np.float64)


def add_site_loss(
    draft: Draft,
    capacity: Capacity,
    work: Work,
    tokens: Tokens,
    reduce: bool = True,
) -> Backup:
    """Add the columns ``backup`` and the rows ``site_loss`` and ``backup_time``.

    Args:
        draft: the program being written.
        capacity: the places.
        work: the workloads.
        tokens: what is called from providers, which goes on.
        reduce: whether places where the same may run are one reserve; otherwise every place is one
            of its own.

    Returns:
        The columns and reserves.
    """
    builder, case, index = draft.builder, draft.case, draft.index
    quota = numbers(case["workloads"], "survive_site_loss")
    marked = ~np.isnan(quota)
    none = np.zeros(0, dtype=np.int64)
    if not marked.any():
        return Backup(none, none, none, none, none, none, none, none.reshape(0, index.K))
    S, T, K = len(index.pue), index.T, index.K
    exposed = np.asarray(
        (work.eligible & marked[:, None, None, None]).any(axis=(0, 1))
    )  # (S, T): some marked workload may run there
    chip, site, period = capacity.chip, capacity.site, capacity.period

    # places that stand in for a lost site: any other site, in the periods in which that loss
    # matters
    can = work.eligible[:, chip, site, period] & marked[:, None] & (work.demand[:, period] > 0)
    lost, place = np.nonzero(
        exposed[:, period] & (np.arange(S)[:, None] != site[None, :]) & can.any(axis=0)
    )
    key = (lost * len(index.kw_peak) + chip[place]) * T + period[place]
    member, lead = (
        same_signature(key, np.packbits(can, axis=0).T[place])
        if reduce
        else (np.arange(len(place)), np.arange(len(place)))
    )
    first = place[lead]  # a reserve is named after its first place

    w, r = np.nonzero(can[:, first])
    w, r, k = np.repeat(w, K), np.repeat(r, K), np.tile(np.arange(K), len(w))
    need = asked_after_loss(case, index, work)
    wanted = need[w, period[first[r]], k] > 0
    w, r, k = w[wanted], r[wanted], k[wanted]
    t, gone = period[first[r]], lost[lead][r]
    done = work.rate[w, chip[first[r]], t] * SECONDS * index.hours[t] * index.share[k]
    backup = builder.columns(
        "backup",
        {
            "lost": gone,
            "chip": chip[first[r]],
            "site": site[first[r]],
            "workload": w,
            "period": t,
            "slice": k,
        },
        0.0,
        np.inf,
        scale=CHIPS,
    )

    row_lost, row_t = np.nonzero(exposed)
    at, row_w, row_k = (
        axis.ravel()
        for axis in np.meshgrid(
            np.arange(len(row_lost)), np.flatnonzero(marked), np.arange(K), indexing="ij"
        )
    )
    amount = need[row_w, row_t[at], row_k]
    needed = amount > 0
    at, row_w, row_k, amount = at[needed], row_w[needed], row_k[needed], amount[needed]
    number = np.full((S, len(quota), T, K), -1, dtype=np.int64)
    number[row_lost[at], row_w, row_t[at], row_k] = np.arange(len(at))
    of = number[gone, w, t, k]
    largest = np.zeros(len(at))
    np.maximum.at(largest, of, done)
    called = np.isin(row_w, tokens.work)  # more of it may go on than must survive
    rows = builder.rows(
        "site_loss",
        {"lost": row_lost[at], "workload": row_w, "period": row_t[at], "slice": row_k},
        amount,
        np.where(called, np.inf, amount),
        scale=CHIPS * np.where(largest > 0, largest, 1.0),
    )
    builder.entries(rows[of], backup, done)
    again = number[:, tokens.work, tokens.period, tokens.slice]  # (S, called)
    goes, which = np.nonzero((again >= 0) & (tokens.slice >= 0))
    builder.entries(rows[again[goes, which]], tokens.column[which], 1.0)

    p, slot = np.repeat(first, K), np.tile(np.arange(K), len(first))
    labels = {
        "lost": np.repeat(lost[lead], K),
        "chip": chip[p],
        "site": site[p],
        "period": period[p],
        "slice": slot,
    }
    time = builder.rows("backup_time", labels, -np.inf, 0.0, scale=CHIPS).reshape(len(lead), K)
    builder.entries(time[r, k], backup, 1.0)
    # the same chips, powered or rented, as in normal operation
    powered_of = np.full(len(chip), -1, dtype=np.int64)
    powered_of[capacity.powered_place] = capacity.powered
    has = powered_of[place] >= 0
    spots = (capacity.chip, capacity.site, capacity.period)
    builder.entries(
        time[member[has]].ravel(),
        np.repeat(powered_of[place[has]], K),
        -index.available[tuple(axis[place[has]] for axis in spots)].ravel(),
    )
    # every contingency repeats the rented columns of a place
    order = np.argsort(capacity.rented_place, kind="stable")
    begin, end = (
        np.searchsorted(capacity.rented_place[order], place, side) for side in ("left", "right")
    )
    which = np.repeat(np.arange(len(place)), end - begin)
    rented = order[
        np.arange(len(which)) + np.repeat(begin - np.cumsum(end - begin) + end - begin, end - begin)
    ]
    builder.entries(
        time[member[which], capacity.rented_slice[rented]], capacity.rented[rented], -1.0
    )
    return Backup(backup, w, r, k, lost[lead], member, place, time)


def backed_up(backup: Backup, capacity: Capacity, index: Index, x: Floats) -> pd.DataFrame:
    """Return what would be served where after each loss: columns lost, place, work, slice, reserve
    and chips, a row for all that is not zero.

    Args:
        backup: the columns and reserves.
        capacity: the places.
        index: the index.
        x: value of every column of the program, chips, (columns,).
    """
    able = np.zeros(
        (len(capacity.chip), index.K)
    )  # chips of every place that could work in every slice
    p = capacity.powered_place
    there = index.available[capacity.chip[p], capacity.site[p], capacity.period[p]]
    able[p] = there * x[capacity.powered][:, None]
    np.add.at(able, (capacity.rented_place, capacity.rented_slice), x[capacity.rented])
    total = np.zeros(backup.time.shape)
    np.add.at(total, backup.member, able[backup.place])
    some = np.flatnonzero((x[backup.column] > 0) & (total[backup.reserve, backup.slice] > 0))
    into = pd.DataFrame(
        {
            "hub": backup.reserve[some],
            "slice": backup.slice[some],
            "work": backup.work[some],
            "row": some,
            "chips": x[backup.column[some]],
        }
    )
    busy = np.zeros(backup.time.shape, dtype=bool)
    busy[backup.reserve[some], backup.slice[some]] = True
    m, k = np.nonzero(busy[backup.member] & (able[backup.place] > 0))
    out = pd.DataFrame(
        {
            "hub": backup.member[m],
            "slice": k,
            "way": backup.place[m],
            "chips": able[backup.place[m], k],
        }
    )
    pieces = split(
        into.sort_values(["hub", "slice", "work"], ignore_index=True),
        out.sort_values(["hub", "slice", "way"], ignore_index=True),
    )
    row = pieces["row"].to_numpy(dtype=np.int64)
    reserve = backup.reserve[row]
    return pd.DataFrame(
        {
            "lost": backup.lost[reserve],
            "place": pieces["way"].to_numpy(dtype=np.int64),
            "work": backup.work[row],
            "slice": backup.slice[row],
            "reserve": reserve,
            "chips": pieces["chips"].to_numpy(dtype=np.float64),
        }
    )
