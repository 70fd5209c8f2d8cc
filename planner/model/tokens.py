"""Tokens: work that is called from a provider instead of served on chips.

::

    called[o, w, t, k] >= 0, Mtok of work tokens, of work that may leave the house,
    in the rows ``online``, ``batch`` and ``site_loss`` of the work that they serve
    sum over workloads and slices of called[o, w, t, k] <= max_mtok        row ``token_supply``
    sum of usd[o, w, t] x called[o, w, t, k] + missed[o, t] >= min_usd     row ``token_least``
    cost: usd x called + missed_usd_per_usd x missed                       term ``tokens``

with ``usd`` the prices of output, input and cached tokens in the mix of the workload (of batch
work: of its window) per million work tokens.  What is called takes no chip and no power; after the
loss of a site it goes on.  The dual of ``token_supply`` is the worth of a million tokens more in a
period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.case.batches import Windows
from planner.case.columns import numbers, texts
from planner.case.tokens import may_be_called, open_offers, token_prices
from planner.model.draft import Draft
from planner.model.index import Floats, Ints
from planner.model.work import Work


@dataclass(frozen=True, slots=True)
class Tokens:
    """The columns ``called``, online work by slice, batch work for all of a period."""

    column: Ints
    offer: Ints
    """Code on the axis ``token_offer``."""
    work: Ints
    period: Ints
    slice: Ints
    """-1 for batch work."""
    usd: Floats
    """USD per million work tokens in the column's period."""


def call_prices(draft: Draft, work: Work) -> Floats:
    """Return what a million work tokens of every workload costs by every offer, USD, in the order
    of token_offers.csv, (O, W, T); NaN where it may not be called or has no tokens."""
    case = draft.case
    prices = token_prices(case)
    tokens = np.where(work.tokens > 0, work.tokens, np.nan)
    usd = np.zeros((len(case["token_offers"]), *tokens.shape))
    for volume, price in zip(work.mix, prices.values(), strict=True):
        has = (volume > 0)[None, :, :]
        usd += np.where(has, volume[None, :, :] * price[:, None, :], 0.0)
    return np.where(may_be_called(case), usd / tokens, np.nan)


def add_tokens(draft: Draft, work: Work, windows: Windows) -> Tokens:
    """Add the columns ``called`` and the rows ``token_supply`` and ``token_least``.

    Args:
        draft: the program being written.
        work: the workloads.
        windows: the windows of each workload.

    Returns:
        The columns.
    """
    builder, ledger, index = draft.builder, draft.ledger, draft.index
    table = draft.case["token_offers"]
    none = np.zeros(0, dtype=np.int64)
    if table.empty:
        return Tokens(none, none, none, none, none, np.zeros(0))
    code = index.code("token_offer", texts(table, "token_offer"))
    usd = call_prices(draft, work)
    window = windows.sums(work.demand, np.where(windows.passed > 0, work.before, 0.0))
    able = ~np.isnan(usd) & (window > 0)[None, :, :]
    online = work.kind == "online"
    o, w, t, k = np.nonzero(
        (able & online[None, :, None])[:, :, :, None] & (work.load > 0)[None, :, None, :]
    )
    size = work.demand[w, t] * index.share[k] * work.load[w, k]
    first = builder.columns(
        "called",
        {"token_offer": code[o], "workload": w, "period": t, "slice": k},
        0.0,
        np.inf,
        scale=size,
    )
    ob, wb, tb = np.nonzero(able & ~online[None, :, None])
    second = builder.columns(
        "called_batch",
        {"token_offer": code[ob], "workload": wb, "period": tb},
        0.0,
        np.inf,
        scale=window[wb, tb],
    )
    o, w, t = (np.concatenate(pair) for pair in ((o, ob), (w, wb), (t, tb)))
    column, k = np.concatenate([first, second]), np.concatenate([k, np.full(len(ob), -1)])
    price = usd[o, w, t]
    ledger.add("tokens", column, t, price)
    _limit(draft, column, (o, t), price)
    return Tokens(column, code[o], w, t, k, price)


def _limit(draft: Draft, column: Ints, at: tuple[Ints, Ints], price: Floats) -> None:
    """Add the most and the least of every offer in every period; ``at`` are the offers, rows of
    token_offers.csv, and periods of the columns."""
    builder, ledger, index = draft.builder, draft.ledger, draft.index
    table, T = draft.case["token_offers"], index.T
    code = index.code("token_offer", texts(table, "token_offer"))
    o, t = at
    most, least = numbers(table, "max_mtok"), np.nan_to_num(numbers(table, "min_usd"))
    for name, wanted, low, high, value in (
        ("token_supply", ~np.isnan(most)[:, None] & np.ones(T, bool), -np.inf, most, None),
        ("token_least", (least > 0)[:, None] & open_offers(draft.case), least, np.inf, price),
    ):
        row_o, row_t = np.nonzero(wanted)
        if not len(row_o):
            continue
        size = np.maximum(most if value is None else least, 1.0)[row_o]
        labels = {"token_offer": code[row_o], "period": row_t}
        lower, upper = (np.broadcast_to(bound, len(table))[row_o] for bound in (low, high))
        rows = builder.rows(name, labels, lower, upper, scale=size)
        number = np.full(wanted.shape, -1, dtype=np.int64)
        number[row_o, row_t] = rows
        mine = number[o, t] >= 0
        weight = np.ones(len(o)) if value is None else value
        builder.entries(number[o, t][mine], column[mine], weight[mine])
        if value is not None:
            missed = builder.columns("missed", labels, 0.0, np.inf, scale=size)
            builder.entries(rows, missed, 1.0)
            ledger.add("tokens", missed, row_t, numbers(table, "missed_usd_per_usd")[row_o])
