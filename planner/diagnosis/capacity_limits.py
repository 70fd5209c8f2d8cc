"""Limits on what can be had: power, supply groups and offers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts, whole
from planner.case.kinds import BURST_KINDS
from planner.diagnosis.limit import LOWER, UPPER, LimitList, Stated, grouped
from planner.diagnosis.prices import Prices
from planner.model import Formulation
from planner.model.contracts import in_force
from planner.model.holding import CHIPS
from planner.model.index import Ints


def _position(
    frame: pd.DataFrame, *keys: pd.Series | Ints | np.ndarray, names: tuple[str, ...]
) -> Ints:
    """Return the row of a case table with these keys."""
    at = pd.Series(np.arange(len(frame)), index=pd.MultiIndex.from_frame(frame[list(names)]))
    return at.reindex(pd.MultiIndex.from_arrays(list(keys))).to_numpy(dtype=np.int64)


def list_power(f: Formulation, found: LimitList, price: Prices) -> None:
    """Power and liquid cooling of sites, when they open, and how much of a power project there can
    be, and after which."""
    axes = f.index.axes
    for name, column in (("power", "mw"), ("liquid_power", "liquid_mw")):
        block = found.block(name)
        if block is None:
            continue
        site, period = block.labels["site"], block.labels["period"]
        rows = block.first + np.arange(block.count)
        limit = found.limits(
            Stated("power", column, "power", column, UPPER),
            _position(f.case["power"], axes["site"][site], period, names=("site", "period")),
            period,
        )
        found.rows(limit, rows, UPPER)
        found.gives(found.slack(limit, "", price.mw[site], np.inf, 1.0, period), rows, -1.0)
    block = found.block("project_limit")
    if block is not None:
        rows, project = block.first + np.arange(block.count), block.labels["project"]
        limit = found.limits(
            Stated("power", "project", "power_projects", "mw_max", UPPER), project, -1
        )
        found.rows(limit, rows, UPPER)
        site = f.index.code("site", texts(f.case["power_projects"], "site"))[project]
        found.gives(found.slack(limit, "", price.mw[site] * f.index.T, np.inf, 1.0), rows, -1.0)
    # nothing prices these: a site opens when it does, and a project needs the one before it
    for name, kind, table, column, axis in (
        ("site_shut", "opens", "sites", "opens", "site"),
        ("project_after", "project_after", "power_projects", "after", "project"),
    ):
        block = found.block(name)
        if block is None:
            continue
        first, member = grouped(block.labels[axis])
        limit = found.limits(
            Stated("power", kind, table, column, UPPER), block.labels[axis][first], -1
        )
        found.rows(limit[member], block.first + np.arange(block.count), UPPER)


def list_contracts(f: Formulation, found: LimitList, price: Prices) -> None:
    """The kW of contracts: of every row one of its site that is in force; where none is, the last
    one there was, which more kW do not help."""
    block = found.block("contract_power")
    if block is None:
        return
    table, T = f.case["site_contracts"], f.index.T
    site, period = (np.asarray(block.labels[axis], dtype=np.int64) for axis in ("site", "period"))
    owner = f.index.code("site", texts(table, "site"))
    stands = in_force(f.case, T)
    # in force, then the last that has begun, then any
    rank = (2.0 + stands) * T + np.minimum(whole(table, "to"), T)[:, None]
    rank = np.where(whole(table, "from")[:, None] <= np.arange(T), rank, 0.0)
    fits = owner[:, None] == site[None, :]
    at = np.where(fits, rank[:, period] + 1.0, 0.0).argmax(axis=0)
    first, member = grouped(at)
    rows = block.first + np.arange(block.count)
    limit = found.limits(
        Stated("power", "contract_power", "site_contracts", "kw", UPPER), at[first], -1
    )
    found.rows(limit[member], rows, UPPER)
    usd = price.mw[owner[at[first]]] / 1000.0 * T
    helps = stands[at, period]
    slack = found.slack(limit, "", usd, np.inf, 1.0)
    found.gives(slack[member][helps], rows[helps], -1.0)


def list_supply(f: Formulation, found: LimitList, price: Prices) -> None:
    """The most of a supply group in a period, and what must be taken of it."""
    block = found.block("supply")
    if block is None:
        return
    group, period = block.labels["supply_group"], block.labels["period"]
    rows = block.first + np.arange(block.count)
    names = texts(f.case["offers"], "supply_group")
    chip = np.array(
        [price.offer[names == name].max(initial=0.0) for name in f.index.axes["supply_group"]]
    )
    at = _position(
        f.case["supply"],
        f.index.axes["supply_group"][group],
        period,
        names=("supply_group", "period"),
    )
    for side, column, sign, bound in (
        (UPPER, "max_chips", -1.0, f.program.row_upper),
        (LOWER, "min_chips", 1.0, f.program.row_lower),
    ):
        real = np.isfinite(bound[rows])
        if not real.any():
            continue
        first, member = grouped(at[real])
        limit = found.limits(
            Stated("supply", column, "supply", column, side), at[real][first], period[real][first]
        )
        most = np.inf if side == UPPER else numbers(f.case["supply"], column)[at[real][first]]
        found.rows(limit[member], rows[real], side)
        slack = found.slack(
            limit, "", np.maximum(chip[group[real][first]], 1e-6), most, CHIPS, period[real][first]
        )
        found.gives(slack[member], rows[real], sign)


def list_offers(f: Formulation, found: LimitList, price: Prices) -> None:
    """One cell holds in every period: a limit is an offer's maximum or minimum in all of them."""
    burst = np.isin(texts(f.case["offers"], "kind"), BURST_KINDS)
    for name in ("offer_limit", "rental_limit"):
        block = found.block(name)
        if block is None:
            continue
        offer, rows = block.labels["offer"], block.first + np.arange(block.count)
        for side, column, sign, bound in (
            (UPPER, "max_per_period", -1.0, f.program.row_upper),
            (LOWER, "min_per_period", 1.0, f.program.row_lower),
        ):
            real = np.isfinite(bound[rows])
            if not real.any():
                continue
            first, member = grouped(offer[real])
            row = offer[real][first]
            limit = found.limits(
                Stated("supply", "rent" if burst[row[0]] else "offer", "offers", column, side),
                row,
                -1,
            )
            most = np.inf if side == UPPER else numbers(f.case["offers"], column)[row]
            found.rows(limit[member], rows[real], side)
            found.gives(
                found.slack(limit, "", price.offer[row] * f.index.T, most, CHIPS)[member],
                rows[real],
                sign,
            )
