"""Resilience: what must still be served after the loss of any one site.

::

    sum rate x cap x 3600 hours share backup >= q x demand x share x load           row ``site_loss``
    sum_w backup <= availability x powered + sum rented                             row ``backup_time``

for every lost site, over the chips at all other sites; everything else those chips did may stop.  The dual of ``site_loss`` is what
giving up one unit of that protection would save (USD per million tokens).
"""

from __future__ import annotations

import numpy as np

from planner.case.case import Case
from planner.lp.program import ProgramBuilder
from planner.model.capacity import Capacity
from planner.model.holding import CHIPS
from planner.model.index import Index, numbers
from planner.model.work import SECONDS, Work


def add_site_loss(builder: ProgramBuilder, case: Case, index: Index, capacity: Capacity, work: Work) -> None:
    """Add the columns ``backup`` and the rows ``site_loss`` and ``backup_time``.

    Args:
        builder: the program being built.
        case: the case.
        index: its index.
        capacity: the places.
        work: the workloads.
    """
    quota = numbers(case["workloads"], "survive_site_loss")
    marked = ~np.isnan(quota)
    if not marked.any():
        return
    S, T, K = len(index.pue), index.T, index.K
    exposed = np.asarray((work.eligible & marked[:, None, None, None]).any(axis=(0, 1)))  # (S, T): some marked workload may run there
    chip, site, period = capacity.chip, capacity.site, capacity.period

    # places that back up a lost site: any other site, in the periods in which that loss matters
    lost, place = np.nonzero(exposed[:, period] & (np.arange(S)[:, None] != site[None, :]))
    can = work.eligible[:, chip[place], site[place], period[place]] & marked[:, None] & (work.demand[:, period[place]] > 0)
    serves = can.any(axis=0)
    w, at = np.nonzero(can)
    w, at, k = np.repeat(w, K), np.repeat(at, K), np.tile(np.arange(K), len(w))
    t = period[place[at]]
    need = quota[:, None, None] * work.demand[:, :, None] * (index.share * work.load)[:, None, :]
    wanted = need[w, t, k] > 0
    w, at, k, t = w[wanted], at[wanted], k[wanted], t[wanted]
    done = work.rate[w, chip[place[at]], t] * SECONDS * index.hours[t] * index.share[k]
    upper = np.minimum(capacity.upper[place[at]], need[w, t, k] / done)
    backup = builder.columns(
        "backup", {"lost": lost[at], "chip": chip[place[at]], "site": site[place[at]], "workload": w, "period": t, "slice": k}, 0.0, upper, scale=CHIPS, implied=True
    )

    rl, rt = np.nonzero(exposed)
    row_at, row_w, row_k = (axis.ravel() for axis in np.meshgrid(np.arange(len(rl)), np.flatnonzero(marked), np.arange(K), indexing="ij"))
    amount = need[row_w, rt[row_at], row_k]
    needed = amount > 0
    row_at, row_w, row_k, amount = row_at[needed], row_w[needed], row_k[needed], amount[needed]
    number = np.full((S, len(quota), T, K), -1, dtype=np.int64)
    scale = np.full(len(row_at), CHIPS)
    number[rl[row_at], row_w, rt[row_at], row_k] = np.arange(len(row_at))
    of = number[lost[at], w, t, k]
    largest = np.zeros(len(row_at))
    np.maximum.at(largest, of, done)
    scale *= np.where(largest > 0, largest, 1.0)
    rows = builder.rows("site_loss", {"lost": rl[row_at], "workload": row_w, "period": rt[row_at], "slice": row_k}, amount, np.inf, scale=scale)
    builder.entries(rows[of], backup, done)

    used = np.flatnonzero(serves)
    p, slot = np.repeat(used, K), np.tile(np.arange(K), len(used))
    time = builder.rows("backup_time", {"lost": lost[p], "chip": chip[place[p]], "site": site[place[p]], "period": period[place[p]], "slice": slot}, -np.inf, 0.0, scale=CHIPS)
    slots = np.full(len(place), -1, dtype=np.int64)
    slots[used] = np.arange(len(used))
    builder.entries(time[slots[at] * K + k], backup, 1.0)
    # the same chips, powered or rented, as in normal operation
    powered_of = np.full(len(chip), -1, dtype=np.int64)
    powered_of[capacity.powered_place] = capacity.powered
    column = powered_of[place[p]]
    has = column >= 0
    builder.entries(time[has], column[has], -index.availability[chip[place[p]]][has])
    # rented columns come place by place and slice by slice; every contingency repeats them
    order = np.lexsort((capacity.rented_slice, capacity.rented_place))
    slot_key = capacity.rented_place[order] * K + capacity.rented_slice[order]
    wanted_key = place[p] * K + slot
    first, last = np.searchsorted(slot_key, wanted_key, "left"), np.searchsorted(slot_key, wanted_key, "right")
    sizes = last - first
    which = np.repeat(np.arange(len(p)), sizes)
    pick = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[which]
    builder.entries(time[which], capacity.rented[order][pick], -1.0)
