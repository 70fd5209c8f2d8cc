"""Power: what a site can give, what can be built, what chips draw and what energy costs.

::

    basis / (1 - headroom) x sum_c kw_peak powered <= MW + sum build in service
                                                                       row ``power``
    the same over liquid-cooled chips <= liquid MW + liquid_share x build
                                                                       row ``liquid_power``
    peak >= pue x sum (kw_idle powered + (kw_active - kw_idle) work), every slice
                                                                       row ``peak_draw``

The dual of ``power`` is the worth of one more MW in that period (USD per MW).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.case.case import Case
from planner.lp.program import ProgramBuilder
from planner.model.capacity import Capacity
from planner.model.finance import residual_share
from planner.model.index import Codes, Floats, Index, Ints, numbers, texts, whole
from planner.model.ledger import LedgerBuilder
from planner.model.milestones import Runs
from planner.model.serving import Serving
from planner.model.training import Training
from planner.model.work import Work

KW_PER_MW = 1000.0


@dataclass(frozen=True, slots=True)
class Draw:
    """Energy of every column that draws, entry by entry: utility MWh and tonnes of CO2 per chip.

    A powered chip draws its idle power in all slices (slice -1, one entry); work adds what it draws
    above idle.
    """

    column: Codes
    chip: Codes
    site: Codes
    period: Codes
    slice: Codes
    mwh: Floats
    tonnes: Floats
    usd: Floats
    """Energy cost, nominal USD per chip."""


def add_draw(
    builder: ProgramBuilder,
    ledger: LedgerBuilder,
    case: Case,
    index: Index,
    capacity: Capacity,
    work: Work,
    serving: Serving,
    runs: Runs,
    training: Training,
) -> Draw:
    """Add energy, carbon and demand charges.

    Args:
        builder: the program being built.
        ledger: the ledger being filled.
        case: the case.
        index: its index.
        capacity: the places.
        work: the workloads.
        serving: their columns.
        runs: the milestones.
        training: their columns.

    Returns:
        Energy per column, for carbon limits and tables.
    """
    T, K = index.T, index.K
    steady = training.slice < 0
    all_k = np.arange(K)

    def joined(*parts: NDArray[np.integer[Any]]) -> Codes:
        return np.concatenate(parts, dtype=np.int32, casting="same_kind")

    # idle chips in every slice; above idle: work where it arrives at a place, interruptible
    # training per slice, steady training in every slice
    powered, times = capacity.powered_place, int(steady.sum())
    use, arrives = serving.hub < 0, serving.hubs.hub < 0
    used, place = serving.place[use], np.repeat(serving.hubs.place[arrives], K)
    column = joined(
        np.repeat(capacity.powered, K),
        serving.column[use],
        serving.way[arrives].ravel(),
        training.column[~steady],
        np.repeat(training.column[steady], K),
    )
    place = joined(
        np.repeat(powered, K),
        used,
        place,
        training.place[~steady],
        np.repeat(training.place[steady], K),
    )
    k = joined(
        np.tile(all_k, len(powered)),
        serving.slice[use],
        np.tile(all_k, int(arrives.sum())),
        training.slice[~steady],
        np.tile(all_k, times),
    )
    above = work.kw - index.kw_idle
    run = (
        runs.kw[training.milestone, capacity.chip[training.place]]
        - index.kw_idle[capacity.chip[training.place]]
    )
    kw = np.concatenate(
        [
            np.repeat(index.kw_idle[capacity.chip[powered]], K),
            above[serving.work[use], capacity.chip[used]],
            np.repeat(
                (serving.hubs.kw - index.kw_idle[capacity.chip[serving.hubs.place]])[arrives], K
            ),
            run[~steady],
            np.repeat(run[steady], K),
        ]
    )
    owned = ~index.cloud[capacity.site[place]]
    column, place, k, utility_kw = column[owned], place[owned], k[owned], kw[owned]
    del kw, owned
    chip, site, period = (
        codes.astype(np.int32)[place] for codes in (capacity.chip, capacity.site, capacity.period)
    )
    del place
    utility_kw *= index.pue[site]
    mwh = utility_kw * (index.hours[:, None] * index.share / KW_PER_MW)[period, k]
    tonnes = mwh * (index.kg_per_mwh / 1000.0)[site, period, k]
    usd = mwh * index.usd_per_mwh[site, period, k]
    ledger.add("energy", "opex", column, period, usd, when="mid", site=site, chip=chip)
    ledger.add(
        "carbon",
        "opex",
        column,
        period,
        tonnes * case.settings.carbon_usd_per_tonne,
        when="mid",
        site=site,
        chip=chip,
    )

    charged = index.demand_charge > 0
    s, t = np.nonzero(charged)
    peak = builder.columns("peak", {"site": s, "period": t}, 0.0, np.inf, scale=KW_PER_MW)
    ledger.add("demand_charge", "opex", peak, t, index.demand_charge[s, t], when="mid", site=s)
    rows = builder.rows(
        "peak_draw",
        {"site": np.repeat(s, K), "period": np.repeat(t, K), "slice": np.tile(all_k, len(s))},
        0.0,
        np.inf,
        scale=KW_PER_MW,
    )
    number = np.full((len(index.pue), T, K), -1, dtype=np.int64)
    number[s, t] = rows.reshape(len(s), K)
    builder.entries(rows, np.repeat(peak, K), 1.0)
    at = number[site, period, k]
    some = at >= 0
    builder.entries(at[some], column[some], -utility_kw[some])
    return Draw(column, chip, site, period, k, mwh, tonnes, usd)


def usable_share(index: Index) -> Floats:
    """Return the share of every site's power limit that may be used, (S,): ``1 - headroom``; 0
    where
    headroom keeps all of it free, and then the row asks for ``sum powered <= 0``."""
    return np.asarray(1.0 - index.headroom, dtype=np.float64)


def add_power(
    builder: ProgramBuilder,
    ledger: LedgerBuilder,
    case: Case,
    index: Index,
    capacity: Capacity,
    frozen: dict[tuple[str, int], float] | None = None,
) -> pd.DataFrame:
    """Add power limits and the projects that raise them.

    Args:
        builder: the program being built.
        ledger: the ledger being filled.
        case: the case.
        index: its index.
        capacity: the places.
        frozen: MW that the last plan orders, by (project, period), in frozen periods; None without
            a last plan.

    Returns:
        The columns ``build``: project (row), period, arrives, column, site.
    """
    table, projects, T = case["power"], case["power_projects"], index.T
    build = _add_projects(builder, ledger, case, index, frozen)
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
    share = numbers(projects, "liquid_share")
    which = np.repeat(np.arange(len(build)), np.maximum(T - build["arrives"].to_numpy(), 0))
    serves = (
        np.concatenate([np.arange(a, T) for a in build["arrives"]])
        if len(build)
        else np.empty(0, np.int64)
    )
    for name, limit, counted, part in (
        ("power", "mw", np.ones(len(chip), bool), np.ones(len(projects))),
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
        at = number[build["site"].to_numpy()[which], serves]
        has = (at >= 0) & given[build["site"].to_numpy()[which]]
        builder.entries(
            at[has],
            build["column"].to_numpy()[which][has],
            -part[build["row"].to_numpy()[which]][has],
        )
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
    return residual_share(setting, index.rate, used, life, T / ppy, paid, 1.0, 0.0)


def _add_projects(
    builder: ProgramBuilder,
    ledger: LedgerBuilder,
    case: Case,
    index: Index,
    frozen: dict[tuple[str, int], float] | None,
) -> pd.DataFrame:
    """Columns ``build`` (MW), row ``project_limit``: all of a project's orders together at most
    ``mw_max``."""
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
    fixed = (
        np.flatnonzero(period < case.settings.frozen_periods)
        if frozen is not None
        else np.empty(0, np.int64)
    )
    if frozen is not None:
        names = index.axes["project"][row[fixed]]
        kept = np.array(
            [frozen.get((name, int(t)), 0.0) for name, t in zip(names, period[fixed], strict=True)]
        )
        low[fixed], high[fixed] = kept, kept
    build = builder.columns("build", {"project": row, "period": period}, low, high)
    limit = builder.rows("project_limit", {"project": np.arange(len(projects))}, -np.inf, most)
    builder.entries(limit[row], build, 1.0)
    site = index.code("site", texts(projects, "site"))[row]
    price, deposit = numbers(projects, "usd_per_mw")[row], numbers(projects, "deposit_share")[row]
    ledger.add("power_projects", "capex", build, period, price * deposit, when="start", site=site)
    ledger.add(
        "power_projects", "capex", build, arrives, price * (1.0 - deposit), when="start", site=site
    )
    sizes = T - arrives
    which = np.repeat(np.arange(len(row)), sizes)
    serves = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + arrives[which]
    ledger.add(
        "power_projects",
        "opex",
        build[which],
        serves,
        numbers(projects, "usd_per_mw_period")[row[which]],
        when="mid",
        site=site[which],
    )
    credit = price * project_credit(case, index, row, period, arrives)
    ledger.add("residual", "none", build, T, -credit / index.start[T], when="start", site=site)
    return pd.DataFrame(
        {"row": row, "period": period, "arrives": arrives, "column": build, "site": site}
    )
