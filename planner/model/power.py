"""Power: what a site can give and what can be built.

::

    basis x sum_c kw_peak powered <= (1 - headroom) x (MW + sum build and ordered in service)
                                                                       row ``power``
    the same over liquid-cooled chips <= liquid MW + liquid_share x build
                                                                       row ``liquid_power``

The dual of ``power`` is the worth of one more MW in that period (USD per MW).  What chips draw and
what that costs: :mod:`planner.model.energy`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import numbers, texts, whole
from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.energy import KW_PER_MW
from planner.model.finance import Life, Price, residual_share
from planner.model.index import Floats, Index, Ints
from planner.model.moves import spans
from planner.model.stability import KeptProjects


def usable_share(index: Index) -> Floats:
    """Return the share of every site's power limit that may be used, (S,): ``1 - headroom``; 0
    where headroom keeps all of it free, and then the row asks for ``sum powered <= 0``."""
    return np.asarray(1.0 - index.headroom, dtype=np.float64)


def add_power(
    draft: Draft,
    capacity: Capacity,
    signed: pd.DataFrame,
    kept: KeptProjects,
) -> pd.DataFrame:
    """Add power limits and the projects that raise them.

    Args:
        draft: the program being written.
        capacity: the places.
        signed: what was ordered before, as ``add_power_orders`` returns it.
        kept: the orders of projects that are as the last plan says.

    Returns:
        The columns ``build``: project (row), period, arrives, column, site.
    """
    builder, case, index = draft.builder, draft.case, draft.index
    table, projects, T = case["power"], case["power_projects"], index.T
    build = _add_projects(draft, kept, signed)
    inside = table[table["period"].between(0, T - 1)]
    site, period = index.code("site", texts(inside, "site")), whole(inside, "period")
    liquid_chip = texts(case["chips"], "cooling") == "liquid"
    chip, place_site, place_period = (
        a[capacity.powered_place] for a in (capacity.chip, capacity.site, capacity.period)
    )
    usable = usable_share(index)
    # the whole limit stands on the right, so that its dual is the worth of a MW of power.csv
    mw = (
        index.kw_peak[chip]
        * (index.basis / np.where(usable > 0, usable, 1.0))[place_site]
        / KW_PER_MW
    )
    given = usable > 0
    share = np.concatenate(
        [
            numbers(projects, "liquid_share")[build["row"].to_numpy(dtype=np.int64)],
            numbers(case["power_orders"], "liquid_share"),
        ]
    )
    added = pd.concat([part for part in (build, signed) if len(part)] or [build])
    at_site, column = (added[name].to_numpy(dtype=np.int64) for name in ("site", "column"))
    come = np.maximum(added["arrives"].to_numpy(dtype=np.int64), 0)
    which, serves = spans(come, np.full(len(come), T))
    for name, limit, counted, part in (
        ("power", "mw", np.ones(len(chip), bool), np.ones(len(share))),
        ("liquid_power", "liquid_mw", liquid_chip[chip], share),
    ):
        stated = ~np.isnan(numbers(inside, limit))
        rows = builder.rows(
            name,
            {"site": site[stated], "period": period[stated]},
            -np.inf,
            numbers(inside, limit)[stated] * given[site[stated]],
        )
        number = np.full((len(index.pue), T), -1, dtype=np.int64)
        number[site[stated], period[stated]] = rows
        at = number[place_site, place_period]
        has = (at >= 0) & counted
        builder.entries(at[has], capacity.powered[has], mw[has])
        at = number[at_site[which], serves]
        has = (at >= 0) & given[at_site[which]]
        builder.entries(at[has], column[which][has], -part[which][has])
    return build


def project_credit(case: Case, index: Index, row: Ints, period: Ints, arrives: Ints) -> Floats:
    """Return the residual value of a USD of a project's price, discounted, (n,).

    Args:
        case: the case.
        index: its index.
        row: rows of power_projects.csv.
        period: order periods.
        arrives: periods in which the MW come into service.
    """
    projects, T, ppy = case["power_projects"], index.T, index.ppy
    deposit = numbers(projects, "deposit_share")[row]
    paid = deposit * index.start[period] + (1.0 - deposit) * index.start[arrives]
    setting = "straight_line" if case.settings.residual == "table" else case.settings.residual
    life, used = numbers(projects, "life_years")[row], (T - arrives) / ppy
    return residual_share(setting, index.rate, Life(used, life, T / ppy), Price(paid, 1.0, 0.0))


def _add_projects(
    draft: Draft,
    kept: KeptProjects,
    signed: pd.DataFrame,
) -> pd.DataFrame:
    """Columns ``build`` (MW), row ``project_limit``: all of a project's orders together, those
    before the plan included, at most ``mw_max``."""
    builder, ledger, case, index = draft.builder, draft.ledger, draft.case, draft.index
    projects, T = case["power_projects"], index.T
    first, last, lead = (
        whole(projects, "first_order"),
        whole(projects, "last_order"),
        whole(projects, "lead_periods"),
    )
    row, period = (
        axis.ravel() for axis in np.meshgrid(np.arange(len(projects)), np.arange(T), indexing="ij")
    )
    arrives = period + lead[row]
    keep = (period >= first[row]) & (period <= last[row]) & (arrives < T)
    row, period, arrives = row[keep], period[keep], arrives[keep]
    most = numbers(projects, "mw_max")
    low, high = np.zeros(len(row)), np.full(len(row), np.inf)
    fixed = np.flatnonzero(kept.fixed(index.axes["project"][row], period))
    pairs = zip(index.axes["project"][row[fixed]].tolist(), period[fixed].tolist(), strict=True)
    low[fixed] = high[fixed] = [kept.mw.get(pair, 0.0) for pair in pairs]
    build = builder.columns("build", {"project": row, "period": period}, low, high)
    limit = builder.rows("project_limit", {"project": np.arange(len(projects))}, -np.inf, most)
    builder.entries(limit[row], build, 1.0)
    known = signed[signed["project"] >= 0]
    builder.entries(limit[known["project"].to_numpy()], known["column"].to_numpy(), 1.0)
    site = index.code("site", texts(projects, "site"))[row]
    price, deposit = numbers(projects, "usd_per_mw")[row], numbers(projects, "deposit_share")[row]
    ledger.add("power_projects", build, period, price * deposit, site=site)
    ledger.add("power_projects", build, arrives, price * (1.0 - deposit), site=site)
    sizes = T - arrives
    which = np.repeat(np.arange(len(row)), sizes)
    serves = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + arrives[which]
    ledger.add(
        "power_running",
        build[which],
        serves,
        numbers(projects, "usd_per_mw_period")[row[which]],
        site=site[which],
    )
    credit = price * project_credit(case, index, row, period, arrives)
    ledger.add("residual", build, T, -credit / index.start[T], site=site)
    return pd.DataFrame(
        {"row": row, "period": period, "arrives": arrives, "column": build, "site": site}
    )
