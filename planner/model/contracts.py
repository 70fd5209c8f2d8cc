"""Contracts of sites: rent that is owed, and the kW that it gives.

::

    sum_c kw_peak powered[c,s,t] - sum kw x extension <= sum of kw in force
                                                                       row ``contract_power``

over the contracts of a site; ``extension`` is 0 or 1 in the periods after the last one of a
contract with an option (the relaxation extends a part).  The rent is owed, used or not: that of a
contract as it is on a column ``contract`` that is 1, that of its extension on ``extension``.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.case.case import Case
from planner.case.columns import numbers, texts, whole
from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.index import Bools, Floats
from planner.model.moves import spans

MONTHS: Final = 12.0


def in_force(case: Case, T: int) -> Bools:
    """Return in which periods of the plan each row of site_contracts.csv is in force as it is,
    (contracts, T)."""
    table, periods = case["site_contracts"], np.arange(T)
    first, last = whole(table, "from")[:, None], whole(table, "to")[:, None]
    return np.asarray((periods >= first) & (periods <= last))


def extendable(case: Case, T: int) -> Bools:
    """Return in which periods of the plan each could be in force by its option, (contracts, T)."""
    table, periods = case["site_contracts"], np.arange(T)
    last = whole(table, "to")[:, None]
    more = np.nan_to_num(numbers(table, "extend_periods"))[:, None]
    open_ = numbers(table, "extend_by")[:, None] >= 0
    return np.asarray(open_ & (periods > last) & (periods <= last + more))


def add_contracts(draft: Draft, capacity: Capacity) -> None:
    """Add the columns ``contract`` and ``extension``, their rent, and the rows ``contract_power``.

    Args:
        draft: the program being written.
        capacity: the powered chips by place.
    """
    builder, case, index, T = draft.builder, draft.case, draft.index, draft.index.T
    table = case["site_contracts"]
    if not len(table):
        return
    site, kw = index.code("site", texts(table, "site")), numbers(table, "kw")
    stands, could = in_force(case, T), extendable(case, T)
    leased = builder.columns("contract", {"contract": np.arange(len(table))}, 1.0, 1.0)
    of, period = np.nonzero(stands)
    rent = numbers(table, "usd_per_kw_month") * kw * MONTHS / index.ppy
    draft.ledger.add("space", leased[of], period, rent[of], site=site[of])

    owners = np.unique(site)
    there: Floats = np.zeros((len(index.pue), T))
    np.add.at(there, site, stands * kw[:, None])
    s, t = np.repeat(owners, T), np.tile(np.arange(T), len(owners))
    rows = builder.rows("contract_power", {"site": s, "period": t}, -np.inf, there[s, t])
    number = np.full(there.shape, -1, dtype=np.int64)
    number[s, t] = rows
    chip, place, when = (
        a[capacity.powered_place] for a in (capacity.chip, capacity.site, capacity.period)
    )
    at = number[place, when]
    builder.entries(at[at >= 0], capacity.powered[at >= 0], index.kw_peak[chip[at >= 0]])

    option = np.flatnonzero(could.any(axis=1))
    if not len(option):
        return
    first, after = could.argmax(axis=1)[option], whole(table, "to")[option] + 1
    labels = {"site": site[option], "period": np.where(after >= 0, after, first)}
    extension = builder.columns("extension", labels, 0.0, 1.0, integer=draft.whole)
    which, later = spans(first, first + could[option].sum(axis=1))
    own = option[which]
    builder.entries(number[site[own], later], extension[which], -kw[own])
    rent = numbers(table, "extend_usd_per_kw_month") * kw * MONTHS / index.ppy
    draft.ledger.add("space", extension[which], later, rent[own], site=site[own])
