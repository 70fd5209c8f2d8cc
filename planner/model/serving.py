"""Serving: chips at work on online and batch inference and on research.

What they must do: :mod:`planner.model.demand` and :mod:`planner.model.research`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.batches import Windows
from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.holding import CHIPS
from planner.model.hubs import Hubs, find_hubs, split
from planner.model.index import Codes, Floats, Ints
from planner.model.work import SECONDS, Work


@dataclass(frozen=True, slots=True)
class Serving:
    """The columns of work: ``use``, at a place, then ``pooled`` and ``queued``, at a hub; and the
    ways from hubs on."""

    column: Ints
    work: Codes
    place: Codes
    """Of what joins a hub, the place that the hub is named after."""
    hub: Codes
    """The hub that it joins, -1 for ``use``."""
    slice: Codes
    done: Floats
    """Work per chip in the column: Mtok or FLOP in the slice of the period."""
    hubs: Hubs
    way: Ints
    """Columns ``sent`` and ``busy``: every way out of a hub in every slice, (ways, K)."""


def add_use(
    draft: Draft,
    capacity: Capacity,
    work: Work,
    windows: Windows,
    reduce: bool = True,
) -> Serving:
    """Add the columns ``use``, ``pooled`` and ``queued``: every workload at every place, or hub,
    and slice where it can do something.

    Args:
        draft: the program being written.
        capacity: the places.
        work: the workloads.
        windows: the windows of each workload.
        reduce: whether work and places that cannot be told apart meet at hubs.

    Returns:
        The columns with their codes.
    """
    builder, index = draft.builder, draft.index
    chip, site, period = (
        codes.astype(np.int32) for codes in (capacity.chip, capacity.site, capacity.period)
    )  # half the memory of millions of labels
    volume = np.isin(work.kind, ["online", "batch", "research"])
    # inference and research by volume have work only where there is demand: in the slice, or in the
    # batch window
    due = windows.sums(work.demand, np.where(windows.passed > 0, work.before, 0.0))
    wanted = np.where(volume[:, None], due > 0, True)
    can = work.eligible[:, chip, site, period] & wanted[:, period]
    own = (work.replica > 1) & draft.whole  # replicas are counted place by place
    hubs = find_hubs(can, work.kw, capacity, own, reduce)
    way, row = _add_ways(draft, capacity, hubs)
    w, h = (
        np.concatenate([hubs.use[0], hubs.joins[0]]),
        np.concatenate([np.full(len(hubs.use[1]), -1, dtype=np.int32), hubs.joins[1]]),
    )
    p = np.concatenate([hubs.use[1], hubs.lead_place[hubs.joins[1]]])
    w, h, p, k = (
        np.repeat(w, index.K),
        np.repeat(h, index.K),
        np.repeat(p, index.K),
        np.tile(np.arange(index.K, dtype=np.int32), len(w)),
    )
    busy = ((work.kind != "online")[:, None] | (work.load > 0))[w, k]
    if not busy.all():
        w, h, p, k = w[busy], h[busy], p[busy], k[busy]
    t = period[p]
    done = (work.rate * (SECONDS * index.hours))[w, chip[p], t]
    done *= index.share[k]
    alone = int(np.searchsorted(h >= 0, True))
    queue = alone + int(np.searchsorted(h[alone:] < hubs.queues, True))
    column = np.empty(len(w), dtype=np.int64)
    for name, part in (
        ("use", slice(alone)),
        ("pooled", slice(alone, queue)),
        ("queued", slice(queue, None)),
    ):
        labels = (
            {"chip": chip[p[part]]}
            | ({} if name == "queued" else {"site": site[p[part]]})
            | {"workload": w[part], "period": t[part], "slice": k[part]}
        )
        column[part] = builder.columns(name, labels, 0.0, np.inf, scale=CHIPS)
    builder.entries(capacity.chip_time[p[:alone], k[:alone]], column[:alone], 1.0)
    builder.entries(row[h[alone:], k[alone:]], column[alone:], 1.0)
    return Serving(column, w, p, h, k, done, hubs, way)


def _add_ways(draft: Draft, capacity: Capacity, hubs: Hubs) -> tuple[Ints, Ints]:
    """Add the columns ``sent`` and ``busy`` and the rows ``queue`` and ``pool``.

    Returns:
        Columns of the ways, (ways, K), and rows of the hubs, (hubs, K).
    """
    builder, index = draft.builder, draft.index
    K, named = index.K, len(hubs.lead_work)
    from_queue, to_place = hubs.source < hubs.queues, hubs.hub < 0

    def labels(place: Codes, workload: Codes) -> dict[str, Codes]:
        codes: dict[str, Ints | Codes] = {
            "chip": capacity.chip[place],
            "site": capacity.site[place],
            "workload": workload,
            "period": capacity.period[place],
        }
        return {axis: np.repeat(code.astype(np.int32), K) for axis, code in codes.items()} | {
            "slice": np.tile(np.arange(K, dtype=np.int32), len(place))
        }

    row, way = np.empty((named, K), dtype=np.int64), np.empty((len(to_place), K), dtype=np.int64)
    for name, part in (("queue", slice(hubs.queues)), ("pool", slice(hubs.queues, named))):
        row[part] = builder.rows(
            name, labels(hubs.lead_place[part], hubs.lead_work[part]), 0.0, 0.0, scale=CHIPS
        ).reshape(-1, K)
    for name, mine in (("sent", from_queue), ("busy", ~from_queue)):
        way[mine] = builder.columns(
            name,
            labels(hubs.place[mine], hubs.lead_work[hubs.source[mine]]),
            0.0,
            np.inf,
            scale=CHIPS,
        ).reshape(-1, K)
    builder.entries(row[hubs.source].ravel(), way.ravel(), -1.0)
    builder.entries(row[hubs.hub[~to_place]].ravel(), way[~to_place].ravel(), 1.0)
    builder.entries(capacity.chip_time[hubs.place[to_place]].ravel(), way[to_place].ravel(), 1.0)
    return way, row


def at_work(serving: Serving, x: Floats) -> pd.DataFrame:
    """Return what is served where: columns work, place, slice, chips and volume (Mtok or FLOP), a
    row for all that is not zero.

    Args:
        serving: the columns.
        x: value of every column of the program, chips, (columns,).
    """
    hubs, chips = serving.hubs, x[serving.column]
    row = np.flatnonzero(chips)
    hub, place, chips = serving.hub[row], serving.place[row], chips[row]
    way, k = np.nonzero(x[serving.way])
    out = pd.DataFrame(
        {"hub": hubs.source[way], "slice": k, "way": way, "chips": x[serving.way[way, k]]}
    ).sort_values(["hub", "slice", "way"], ignore_index=True)
    # through the queues, then through the pools
    for first, last in ((0, hubs.queues), (hubs.queues, len(hubs.lead_work))):
        here = (hub >= first) & (hub < last)
        joins = pd.DataFrame(
            {
                "hub": hub[here],
                "slice": serving.slice[row[here]],
                "work": serving.work[row[here]],
                "row": row[here],
                "chips": chips[here],
            }
        )
        pieces = split(
            joins.sort_values(["hub", "slice", "work"], ignore_index=True),
            out[out["hub"].between(first, last - 1)].reset_index(drop=True),
        )
        taken = pieces["way"].to_numpy(dtype=np.int64)
        row = np.concatenate([row[~here], pieces["row"].to_numpy(dtype=np.int64)])
        hub, place = (
            np.concatenate([hub[~here], hubs.hub[taken]]),
            np.concatenate([place[~here], hubs.place[taken]]),
        )
        chips = np.concatenate([chips[~here], pieces["chips"].to_numpy(dtype=np.float64)])
    return pd.DataFrame(
        {
            "work": serving.work[row],
            "place": place,
            "slice": serving.slice[row],
            "chips": chips,
            "volume": serving.done[row] * chips,
        }
    )
