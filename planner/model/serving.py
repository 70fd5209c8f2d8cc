"""Serving: chips at work on online and batch inference and on research, and what they must do.

::

    online, per period and slice: row ``online``
        sum rate x cap x 3600 hours share use + short = demand x share x load
    batch, per window: row ``batch``
        the same summed over its slices and periods
    research by volume, per period: row ``research``
        sum flops x cap x 3600 hours share use + short = flop
    research by share, per period: row ``research_share``
        sum share use = share_of_fleet x sum availability powered
    research by multiple, per period: rows ``research_flow`` and ``research_multiple``
        done = done before + FLOP of the period
        done >= multiple x sum of milestones' done, = in the last period

Never more is served than is asked, even where energy has a negative price: load for its own sake
is no work.  The dual of a demand row is the marginal cost of serving (USD per million tokens, or
per FLOP).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.lp.program import ProgramBuilder
from planner.model.capacity import Capacity
from planner.model.holding import CHIPS
from planner.model.hubs import Hubs, find_hubs, split
from planner.model.index import Codes, Floats, Index, Ints, numbers
from planner.model.ledger import LedgerBuilder
from planner.model.progress import Progress
from planner.model.work import SECONDS, Work, load_may_pay, window_sum


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
    builder: ProgramBuilder,
    index: Index,
    capacity: Capacity,
    work: Work,
    window: Ints,
    reduce: bool = True,
) -> Serving:
    """Add the columns ``use``, ``pooled`` and ``queued``: every workload at every place, or hub,
    and slice where it can do something.

    Args:
        builder: the program being built.
        index: the index.
        capacity: the places.
        work: the workloads.
        window: batch window length of each workload in periods, (W,).
        reduce: whether work and places that cannot be told apart meet at hubs.

    Returns:
        The columns with their codes.
    """
    chip, site, period = (
        codes.astype(np.int32) for codes in (capacity.chip, capacity.site, capacity.period)
    )  # half the memory of millions of labels
    volume = np.isin(work.kind, ["online", "batch", "research"])
    # inference and research by volume have work only where there is demand: in the slice, or in the
    # batch window
    due = window_sum(work.demand, window)
    wanted = np.where(volume[:, None], due > 0, True)
    hubs = find_hubs(
        work.eligible[:, chip, site, period] & wanted[:, period], work.kw, capacity, reduce
    )
    way, row = _add_ways(builder, index, capacity, hubs)
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


def _add_ways(
    builder: ProgramBuilder, index: Index, capacity: Capacity, hubs: Hubs
) -> tuple[Ints, Ints]:
    """Add the columns ``sent`` and ``busy`` and the rows ``queue`` and ``pool``.

    Returns:
        Columns of the ways, (ways, K), and rows of the hubs, (hubs, K).
    """
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
        x: value of every column of the program, chips.
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


def _reference(group: Ints, amount: Floats, otherwise: Floats) -> Floats:
    """Scale of demand rows: what is asked, but between the work of one and of a thousand of the
    fastest chips.

    Entries so stay between about 1 and 1,000, and the solver's tolerance is small beside a small
    demand too.  A row that no chip can serve keeps its own size.
    """
    largest = np.zeros(len(otherwise))
    np.maximum.at(largest, group, amount)
    return np.where(largest > 0, np.clip(otherwise, largest, largest * CHIPS), otherwise)


def amounts(index: Index, work: Work, kind: str, length: Ints) -> Floats:
    """Return what is asked of each workload by window and, if online, slice: (W, windows, K or 1),
    counted in as many windows as there are periods.

    Args:
        index: the index.
        work: the workloads.
        kind: ``online``, ``batch`` or ``research``.
        length: periods in a window of each workload, (W,).
    """
    W, T = work.demand.shape
    amount = np.zeros((W, T, index.K if kind == "online" else 1))
    share = index.share * work.load if kind == "online" else np.ones((W, 1))
    np.add.at(
        amount,
        (np.arange(W)[:, None], np.arange(T)[None, :] // length[:, None]),
        work.demand[:, :, None] * share[:, None, :],
    )
    return amount


def add_demand(
    builder: ProgramBuilder,
    ledger: LedgerBuilder,
    case: Case,
    index: Index,
    work: Work,
    serving: Serving,
    capacity: Capacity,
    window: Ints,
) -> None:
    """Add the rows ``online``, ``batch`` and ``research`` with their columns ``short``."""
    workloads = case["workloads"]
    flop_price = numbers(workloads, "short_usd_per_1e21_flop") / 1e21
    price = np.where(work.kind == "research", flop_price, numbers(workloads, "short_usd_per_mtok"))
    t = capacity.period[serving.place]
    T = index.T
    w, k = serving.work, serving.slice
    for kind, name in (("online", "online"), ("batch", "batch"), ("research", "research")):
        mine = work.kind == kind
        length = window if kind == "batch" else np.ones_like(window)
        amount = amounts(index, work, kind, length)
        row_w, row_block, row_k = np.nonzero((amount > 0) & mine[:, None, None])
        last = np.minimum((row_block + 1) * length[row_w], T) - 1
        number = np.full(amount.shape, -1, dtype=np.int64)
        number[row_w, row_block, row_k] = np.arange(len(row_w))
        use = np.flatnonzero(mine[w])
        row_of = number[w[use], t[use] // length[w[use]], k[use] if kind == "online" else 0]
        scale = _reference(row_of, serving.done[use], amount[row_w, row_block, row_k])
        labels = {"workload": row_w, "period": last} | (
            {"slice": row_k} if kind == "online" else {}
        )
        asked = amount[row_w, row_block, row_k]
        rows = builder.rows(name, labels, asked, asked, scale=scale)
        builder.entries(rows[row_of], serving.column[use], serving.done[use])
        soft = ~np.isnan(price[row_w])
        short = builder.columns(
            f"short_{name}",
            {key: code[soft] for key, code in labels.items()},
            0.0,
            np.inf,
            scale=scale[soft],
        )
        builder.entries(rows[soft], short, 1.0)
        ledger.add("short", "none", short, last[soft], price[row_w][soft], when="mid")


def add_research_floors(
    builder: ProgramBuilder,
    case: Case,
    index: Index,
    work: Work,
    serving: Serving,
    capacity: Capacity,
    progress: Progress,
) -> None:
    """Add research as a share of the fleet or a multiple of the milestones.

    Args:
        builder: the program being built.
        case: the case.
        index: its index.
        work: the workloads.
        serving: the columns ``use``.
        capacity: the places.
        progress: what is done of the milestones.
    """
    workloads, T = case["workloads"], index.T
    t = capacity.period[serving.place]
    share = np.flatnonzero(work.kind == "share")
    w, period = (axis.ravel() for axis in np.meshgrid(share, np.arange(T), indexing="ij"))
    rows = builder.rows("research_share", {"workload": w, "period": period}, 0.0, 0.0, scale=CHIPS)
    number = np.full((len(work.kind), T), -1, dtype=np.int64)
    number[w, period] = rows
    use = np.flatnonzero(work.kind[serving.work] == "share")
    builder.entries(
        number[serving.work[use], t[use]], serving.column[use], index.share[serving.slice[use]]
    )
    floor = numbers(workloads, "share_of_fleet")
    powered_t = capacity.period[capacity.powered_place]
    fleet = index.availability[capacity.chip[capacity.powered_place]]
    builder.entries(
        number[share][:, powered_t].ravel(),
        np.tile(capacity.powered, len(share)),
        -(floor[share][:, None] * fleet[None, :]).ravel(),
    )

    multiple = np.flatnonzero(work.kind == "multiple")
    w, period = (axis.ravel() for axis in np.meshgrid(multiple, np.arange(T), indexing="ij"))
    use = np.flatnonzero(work.kind[serving.work] == "multiple")
    scale = (
        CHIPS * float(serving.done[use].max())
        if len(use)
        else max(float(numbers(case["milestones"], "flop").max(initial=0.0)), 1.0)
    )
    done = builder.columns(
        "research_done",
        {"workload": w, "period": period},
        0.0,
        np.inf,
        scale=scale,
    )
    flow = builder.rows("research_flow", {"workload": w, "period": period}, 0.0, 0.0, scale=scale)
    number[w, period] = flow
    builder.entries(number[serving.work[use], t[use]], serving.column[use], serving.done[use])
    builder.entries(flow, done, -1.0)
    later = period > 0
    builder.entries(flow[later], done[np.flatnonzero(later) - 1], 1.0)
    floor_rows = builder.rows(
        "research_multiple",
        {"workload": w, "period": period},
        0.0,
        # it may run ahead, but in the end there is no more
        np.where((period < T - 1) | (not load_may_pay(case, index)), np.inf, 0.0),
        scale=scale,
    )
    builder.entries(floor_rows, done, 1.0)
    number[w, period] = floor_rows
    times = numbers(workloads, "multiple_of_milestones")
    at, column = progress.period, progress.done
    builder.entries(
        number[multiple][:, at].ravel(),
        np.tile(column, len(multiple)),
        -np.repeat(times[multiple], len(at)),
    )
