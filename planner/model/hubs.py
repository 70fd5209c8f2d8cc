"""Hubs: workloads that no place can tell apart share their ways to places, and places that no
workload can tell apart share their ways to work.

Written out, every workload has a column for every place where it may run.  But sites differ in
power and prices, not in what may run there, and most workloads may run at the same sites; so
instead of W x S columns there are W + S, which meet at a hub::

    queue:  sum_w queued = sum sent                          row ``queue``
            (workloads that may go to the same places)
    pool:   sum pooled + sum sent = sum_s busy               row ``pool``
            (places where the same may be done)
    place:  busy + sum sent + sum use + sum train <= ...     row ``chip_time``

per chip, period and slice.  All that depends on the site (energy, carbon, demand charges) stands
with what arrives at a place, so only work that draws the same power meets.  The optimum is the
same: every plan without hubs flows through them, and what flows through them splits into one
without (``split``).  With the duals of ``chip_time`` and of demand alone, every column of the
program without hubs has a reduced cost that is the sum of those along its way; so they prove the
same bound there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.lp.relabel import mixed
from planner.model.capacity import Capacity
from planner.model.index import Bools, Codes, Floats, Ints

WORTHWHILE: Final = 1.5
"""Without a hub there must be so many times the columns that there are with it."""
MOST_DRAWS: Final = 4
"""So many draws of a chip, the most common ones, have hubs; work of another draw goes its own
way."""


@dataclass(frozen=True, slots=True)
class Hubs:
    """Who may go where, without slices: workload -> place, workload -> hub, hub -> hub and hub ->
    place.

    Hubs are numbered: ``queues`` queues, then the pools.
    """

    use: tuple[Codes, Codes]
    """Workload and place of what goes to a place by itself."""
    joins: tuple[Codes, Codes]
    """Workload and hub of what goes to a hub."""
    source: Codes
    """Hub of every way out of one."""
    hub: Codes
    """The hub it leads to, -1 if it leads to a place."""
    place: Codes
    """The place it leads to; of a way to a pool, the pool's first."""
    kw: Floats
    """IT draw of a chip at what goes that way."""
    queues: int
    lead_work: Codes
    """First workload of every hub, which names it together with its first place."""
    lead_place: Codes


def find_hubs(can: Bools, kw: Floats, capacity: Capacity, own: Bools, reduce: bool = True) -> Hubs:
    """Return the ways of a case's work to its places.

    Args:
        can: which workload has work to do at which place, (W, P).
        kw: IT draw of a chip at work, (W, C).
        capacity: the places.
        own: which workloads have their own way to every place of a chip, (W, C).
        reduce: whether to make hubs where they save columns; otherwise every workload has its own
            way to every place.
    """
    none = np.zeros(0, dtype=np.int32)
    if not reduce or not can.any():
        w, p = (found.astype(np.int32) for found in np.nonzero(can))
        return Hubs((w, p), (none, none), none, none, none, np.zeros(0), 0, none, none)

    # stations: a place at work of one draw; in groups of the same chip, draw and period
    work, at_place = np.nonzero(can)
    draw = _draws(work, capacity.chip[at_place], kw)
    shares = draw[work, capacity.chip[at_place]] < MOST_DRAWS
    shares &= ~own[work, capacity.chip[at_place]]
    by_itself, its_place = work[~shares], at_place[~shares]
    station = np.unique(at_place[shares] * MOST_DRAWS + draw[work, capacity.chip[at_place]][shares])
    place, drawn = station // MOST_DRAWS, station % MOST_DRAWS
    _, group = np.unique(
        (capacity.chip[place] * MOST_DRAWS + drawn) * (int(capacity.period.max()) + 1)
        + capacity.period[place],
        return_inverse=True,
    )
    by_group = np.argsort(group, kind="stable")
    place, drawn, group = place[by_group], drawn[by_group], group[by_group]
    on = can[:, place] & (draw[:, capacity.chip[place]] == drawn) & ~own[:, capacity.chip[place]]

    # kinds of stations of a group: those with the same workloads
    kind, lead = same_signature(group, np.packbits(on, axis=0).T)
    group, on, stations = group[lead], on[:, lead], np.bincount(kind)

    # workloads of a group that may go to the same kinds of stations make a queue
    leader, queued = _queues(on, group)
    leads = queued & (leader == np.arange(len(on))[:, None])
    sends = (
        on & (~queued | leads)[:, group]
    )  # what has its own way to a kind of station: a workload, or a queue by the name of its leader
    ways = sends.sum(axis=0)
    pooled = (stations > 1) & (ways * stations >= WORTHWHILE * (ways + stations))

    number = np.full(queued.shape, -1, dtype=np.int32)
    number[leads] = np.arange(int(leads.sum()))
    queues, pools = int(leads.sum()), int(pooled.sum())
    pool = np.full(len(lead), -1, dtype=np.int32)
    pool[pooled] = queues + np.arange(pools)

    # ways to a kind of station lead to its pool, or to each of its stations
    sender, kind_sent = np.nonzero(sends)
    count = np.where(pooled, 1, stations)[kind_sent]
    w, to = np.repeat(sender, count), np.repeat(kind_sent, count)
    members, begin = np.argsort(kind, kind="stable"), np.cumsum(stations) - stations
    at = place[members[begin[to] + np.arange(len(to)) - np.repeat(np.cumsum(count) - count, count)]]
    queue = number[w, group[to]]
    alone, plain = queue < 0, pool[to] < 0
    queue_work, queue_group = np.nonzero(queued)
    member = pooled[kind]
    first = np.zeros(queues, dtype=np.int64)
    first[queue[~alone][::-1]] = at[~alone][::-1]
    lead_w, _ = np.nonzero(leads)
    own = capacity.chip[at]

    def joined(*parts: NDArray[np.integer[Any]]) -> Codes:
        return np.concatenate(parts).astype(np.int32)

    return Hubs(
        use=(joined(w[alone & plain], by_itself), joined(at[alone & plain], its_place)),
        joins=(
            joined(w[alone & ~plain], queue_work),
            joined(pool[to][alone & ~plain], number[leader[queue_work, queue_group], queue_group]),
        ),
        source=joined(queue[~alone], pool[kind[member]]),
        hub=joined(pool[to][~alone], np.full(int(member.sum()), -1)),
        place=joined(at[~alone], place[member]),
        kw=np.concatenate(
            [kw[w, own][~alone], kw[on.argmax(axis=0)[kind[member]], capacity.chip[place[member]]]]
        ),
        queues=queues,
        lead_work=joined(lead_w, on.argmax(axis=0)[pooled]),
        lead_place=joined(first, place[lead[pooled]]),
    )


def _draws(work: Ints, chip: Ints, kw: Floats) -> NDArray[np.int16]:
    """Return the number of every workload's draw on every chip, (W, C): 0 for what most workloads
    draw, the smaller of two as common first.

    Args:
        work: of every workload and place where it may run.
        chip: of that place.
        kw: IT draw of a chip at work, (W, C).
    """
    count = kw.shape[1]
    w, c = np.divmod(np.unique(work * count + chip), count)
    pairs = pd.DataFrame({"chip": c, "kw": kw[w, c]})
    kinds = (
        pairs.groupby(["chip", "kw"])
        .size()
        .reset_index(name="workloads")
        .sort_values(["chip", "workloads", "kw"], ascending=[True, False, True])
    )
    kinds["number"] = kinds.groupby("chip").cumcount()
    draw = np.full(kw.shape, np.iinfo(np.int16).max, dtype=np.int16)
    draw[w, c] = pairs.merge(kinds, on=["chip", "kw"], how="left")["number"].to_numpy()
    return draw


def same_signature(group: Ints, signature: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Return the kind of every entry, those alike in group and signature, and the first entry of
    every kind; kinds are sorted by group.

    Args:
        group: of every entry, not negative, (n,).
        signature: bytes that entries of a kind share, (n, bytes).
    """
    key = np.concatenate(
        [np.ascontiguousarray(group.astype(">i8")[:, None]).view(np.uint8), signature], axis=1
    )
    _, lead, kind = np.unique(
        np.ascontiguousarray(key).view(np.dtype((np.void, key.shape[1]))).ravel(),
        return_index=True,
        return_inverse=True,
    )
    return kind, lead


def _queues(on: Bools, group: Ints) -> tuple[Ints, Bools]:
    """Return the first workload that may go where a workload may go, and whether it pays to queue
    there, both (W, groups).

    Args:
        on: which workload may go to which kind of station, (W, kinds).
        group: of every kind, sorted.
    """
    begin = np.flatnonzero(np.diff(group, prepend=-1))
    kinds = np.add.reduceat(on.astype(np.int32), begin, axis=1)
    with np.errstate(over="ignore"):  # arithmetic modulo 2^64 is meant
        sign = np.add.reduceat(
            np.where(on, mixed(np.arange(len(group), dtype=np.uint64)), np.uint64(0)), begin, axis=1
        )
    g, w = np.nonzero(kinds.T)
    order = np.lexsort((w, sign[w, g], g))
    g, w = g[order], w[order]
    new = (np.diff(g, prepend=-1) != 0) | (np.diff(sign[w, g].view(np.int64), prepend=0) != 0)
    of = np.cumsum(new) - 1
    size = np.bincount(of, minlength=1)[of]
    leader = np.broadcast_to(np.arange(len(on))[:, None], kinds.shape).copy()
    leader[w, g] = w[new][of]
    queued = np.zeros(kinds.shape, dtype=bool)
    queued[w, g] = size * kinds[w, g] >= WORTHWHILE * (size + kinds[w, g])
    same = np.logical_and.reduceat(
        on[leader[:, group], np.arange(len(group))] == on, begin, axis=1
    )  # equal signs are no proof
    if not same.all():
        return np.broadcast_to(np.arange(len(on))[:, None], kinds.shape), np.zeros(
            kinds.shape, dtype=bool
        )
    return leader, queued


def split(into: pd.DataFrame, out: pd.DataFrame) -> pd.DataFrame:
    """Return which way out of a hub each workload that joins it takes.

    Workloads in order fill ways in order, so that a workload takes as few as possible: over all
    there is at most one piece more than there are workloads and ways.

    Args:
        into: columns hub, slice, row and chips: what joins every hub in every slice, sorted by hub
            and slice.
        out: columns hub, slice, way and chips, sorted by hub and slice.

    Returns:
        Columns row, way and chips; the chips of a row sum to those of ``into``.
    """

    def ends(frame: pd.DataFrame, joins: bool) -> pd.DataFrame:
        groups = frame.groupby(["hub", "slice"])["chips"]
        total = groups.transform("sum")
        last = ~frame.duplicated(["hub", "slice"], keep="last")
        return pd.DataFrame(
            {
                "hub": frame["hub"],
                "slice": frame["slice"],
                "end": (groups.cumsum() / total).where(~last, 1.0),
                "total": total if joins else 0.0,
                "row": int(joins),
                "way": int(not joins),
            }
        )

    # both are cut at the ends of either; every piece between two cuts belongs to one row and one
    # way
    cuts = pd.concat([ends(into, True), ends(out, False)], ignore_index=True).sort_values(
        ["hub", "slice", "end"], kind="stable", ignore_index=True
    )
    hub = cuts.groupby(["hub", "slice"])
    length = (cuts["end"] - hub["end"].shift(fill_value=0.0)) * hub["total"].transform("max")
    some = (length > 0).to_numpy()
    row, way = ((cuts[name].cumsum() - cuts[name]).to_numpy()[some] for name in ("row", "way"))
    return pd.DataFrame(
        {
            "row": into["row"].to_numpy()[row],
            "way": out["way"].to_numpy()[way],
            "chips": length.to_numpy()[some],
        }
    )
