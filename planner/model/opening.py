"""Opening: sites where no chip is powered before they are opened.

::

    basis x sum_c kw_peak powered <= 0                  before ``opens``         row ``site_shut``
    basis x sum_c kw_peak powered <= most[s,t] x sum_u<=t site_opening[s,u]      row ``site_open``

``site_opening`` is 0 or 1 in every period from ``opens`` on, where opening costs something;
``usd_to_open`` is paid with it, at the start of the period.  ``most`` are the MW that the site can
have: those of power.csv, of all its projects that could be in service, and of those ordered before
the plan.  The relaxation (``whole: no``) opens the part of a site that it uses.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts, whole
from planner.lp.builder import let_through
from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.energy import KW_PER_MW
from planner.model.index import Floats
from planner.model.moves import spans
from planner.model.power import usable_share


def most_power(draft: Draft, signed: pd.DataFrame) -> Floats:
    """Return the MW that every site can have at most, headroom included, (S, T); NaN where no limit
    is stated.

    Args:
        draft: the program being written.
        signed: what was ordered before, as ``add_power_orders`` returns it.
    """
    case, index = draft.case, draft.index
    table, projects, T = case["power"], case["power_projects"], index.T
    inside = table[table["period"].between(0, T - 1)]
    most = np.full((len(index.pue), T), np.nan)
    most[index.code("site", texts(inside, "site")), whole(inside, "period")] = numbers(inside, "mw")
    periods = np.arange(T)
    first = np.maximum(whole(projects, "first_order"), 0) + whole(projects, "lead_periods")
    for site, arrives, mw in (
        (index.code("site", texts(projects, "site")), first, numbers(projects, "mw_max")),
        (
            signed["site"].to_numpy(np.int64),
            signed["arrives"].to_numpy(np.int64),
            numbers(case["power_orders"], "mw"),
        ),
    ):
        np.add.at(most, site, np.where(periods >= arrives[:, None], mw[:, None], 0.0))
    return most


def add_openings(draft: Draft, capacity: Capacity, signed: pd.DataFrame) -> None:
    """Add the columns ``site_opening``, what they cost, and the rows ``site_shut`` and
    ``site_open``.

    Args:
        draft: the program being written.
        capacity: the places.
        signed: what was ordered before, as ``add_power_orders`` returns it.
    """
    builder, index, sites, T = draft.builder, draft.index, draft.case["sites"], draft.index.T
    opens, usd = np.nan_to_num(numbers(sites, "opens")), numbers(sites, "usd_to_open")
    own = ~index.cloud & (usable_share(index) > 0)
    shut = own[:, None] & (np.arange(T) < opens[:, None])
    chosen = own[:, None] & ~shut & (usd > 0)[:, None]
    if not (shut.any() or chosen.any()):
        return
    chip, site, period = (
        a[capacity.powered_place] for a in (capacity.chip, capacity.site, capacity.period)
    )
    mw = index.kw_peak[chip] * (index.basis / np.where(own, usable_share(index), 1.0))[site]
    for name, cells in (("site_shut", shut), ("site_open", chosen)):
        s, t = np.nonzero(cells)
        if not len(s):
            continue
        rows = builder.rows(name, {"site": s, "period": t}, -np.inf, 0.0)
        number = np.full((len(own), T), -1, dtype=np.int64)
        number[s, t] = rows
        at = number[site, period]
        builder.entries(at[at >= 0], capacity.powered[at >= 0], mw[at >= 0] / KW_PER_MW)
        if name == "site_shut":
            continue
        opening = builder.columns(
            "site_opening", {"site": s, "period": t}, 0.0, 1.0, integer=draft.whole
        )
        which, later = spans(t, np.full(len(t), T))
        most = most_power(draft, signed)[s[which], later]
        builder.entries(number[s[which], later], opening[which], -let_through(most))
        draft.ledger.add("power_projects", opening, t, usd[s], site=s)
