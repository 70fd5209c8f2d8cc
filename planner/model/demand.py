"""Demand: what online and batch inference and research by volume ask of the chips.

::

    online, per period and slice: row ``online``
        sum rate x cap x 3600 hours share use + called + short = demand x share x load
    batch, per window: row ``batch``
        the same summed over its slices and periods
        (of a window that began before the plan: what was asked since, less what was served)
    research by volume, per period: row ``research``
        sum flops x cap x 3600 hours share use + short = flop

Never more is served than is asked, even where energy has a negative price: load for its own sake
is no work.  The dual of a demand row is the marginal cost of serving (USD per million tokens, or
per FLOP).
"""

from __future__ import annotations

import numpy as np

from planner.case.batches import Windows
from planner.case.columns import numbers
from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.holding import CHIPS
from planner.model.index import Floats, Index, Ints
from planner.model.serving import Serving
from planner.model.tokens import Tokens
from planner.model.work import Work


def _reference(group: Ints, amount: Floats, otherwise: Floats) -> Floats:
    """Scale of demand rows: what is asked, but between the work of one and of a thousand of the
    fastest chips.

    Entries so stay between about 1 and 1,000, and the solver's tolerance is small beside a small
    demand too.  A row that no chip can serve keeps its own size.
    """
    largest = np.zeros(len(otherwise))
    np.maximum.at(largest, group, amount)
    return np.where(largest > 0, np.clip(otherwise, largest, largest * CHIPS), otherwise)


def amounts(index: Index, work: Work, kind: str, windows: Windows) -> Floats:
    """Return what is asked of each workload by window and, if online, slice: (W, windows, K or 1),
    counted in as many windows as there are periods.

    Args:
        index: the index.
        work: the workloads.
        kind: ``online``, ``batch`` or ``research``.
        windows: the windows of each workload.
    """
    W, T = work.demand.shape
    amount = np.zeros((W, T, index.K if kind == "online" else 1))
    share = index.share * work.load if kind == "online" else np.ones((W, 1))
    np.add.at(
        amount,
        (np.arange(W)[:, None], windows.numbers(T)),
        work.demand[:, :, None] * share[:, None, :],
    )
    begun = np.flatnonzero(windows.passed)
    amount[begun, 0, 0] = np.maximum(amount[begun, 0, 0] + work.before[begun], 0.0)
    return amount


def add_demand(
    draft: Draft,
    work: Work,
    serving: Serving,
    capacity: Capacity,
    windows: Windows,
    tokens: Tokens,
) -> None:
    """Add the rows ``online``, ``batch`` and ``research`` with their columns ``short``.

    Args:
        draft: the program being written.
        work: the workloads.
        serving: the columns ``use``.
        capacity: the places.
        windows: the windows of each workload.
        tokens: the columns ``called``.
    """
    builder, ledger, case, index = draft.builder, draft.ledger, draft.case, draft.index
    workloads = case["workloads"]
    flop_price = numbers(workloads, "short_usd_per_1e21_flop") / 1e21
    price = np.where(work.kind == "research", flop_price, numbers(workloads, "short_usd_per_mtok"))
    t = capacity.period[serving.place]
    T = index.T
    w, k = serving.work, serving.slice
    for kind, name in (("online", "online"), ("batch", "batch"), ("research", "research")):
        mine = work.kind == kind
        amount = amounts(index, work, kind, windows)
        row_w, row_block, row_k = np.nonzero((amount > 0) & mine[:, None, None])
        last = windows.last(row_w, row_block, T)
        number = np.full(amount.shape, -1, dtype=np.int64)
        number[row_w, row_block, row_k] = np.arange(len(row_w))
        use = np.flatnonzero(mine[w])
        row_of = number[w[use], windows.number(w[use], t[use]), k[use] if kind == "online" else 0]
        scale = _reference(row_of, serving.done[use], amount[row_w, row_block, row_k])
        labels = {"workload": row_w, "period": last} | (
            {"slice": row_k} if kind == "online" else {}
        )
        asked = amount[row_w, row_block, row_k]
        rows = builder.rows(name, labels, asked, asked, scale=scale)
        builder.entries(rows[row_of], serving.column[use], serving.done[use])
        call = np.flatnonzero(mine[tokens.work])
        w_c, k_c = tokens.work[call], tokens.slice[call] if kind == "online" else 0
        at = number[w_c, windows.number(w_c, tokens.period[call]), k_c]
        builder.entries(rows[at], tokens.column[call], 1.0)
        soft = ~np.isnan(price[row_w])
        short = builder.columns(
            f"short_{name}",
            {key: code[soft] for key, code in labels.items()},
            0.0,
            np.inf,
            scale=scale[soft],
        )
        builder.entries(rows[soft], short, 1.0)
        ledger.add("short", short, last[soft], price[row_w][soft])
