"""Reduced costs: what one more chip of an order would cost, is worth and is charged by its limits,
from the inputs and the dual values; a chip that is held to the end of its life.

And the check of those in prices.csv, of orders that are held to their end and of rentals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from planner.audit.actions import BURST
from planner.audit.duals import Duals
from planner.audit.facts import Facts, Floats, column, or_zero, text, whole
from planner.audit.lots import Lots
from planner.audit.recomputed import Recomputed
from planner.audit.reserves import Places, reserve_worth
from planner.audit.residual import residual_credit
from planner.audit.steps import priced
from planner.audit.tight import OF_ORDERS
from planner.audit.tolerance import CENT, Slack
from planner.audit.unbought import as_lots
from planner.audit.verdict import Check, agree
from planner.audit.window import window
from planner.audit.worths import powering_worth
from planner.limits import WIDE


def order_cash(facts: Facts, lots: Lots) -> tuple[Floats, Floats]:
    """Return nominal capex and opex of one chip of each order by period, (N, T) each."""
    n, T = len(lots), facts.T
    capex, opex = np.zeros((n, T)), np.zeros((n, T))
    every = np.arange(n)
    for when, part in ((lots.ordered, lots.deposit), (lots.born, 1.0 - lots.deposit)):
        paid = lots.price * part
        np.add.at(capex, (every, when), np.where(lots.purchase, paid, 0.0))
        np.add.at(opex, (every, when), np.where(lots.purchase, 0.0, paid))
    opex += lots.hourly[:, None] * facts.hours * lots.held
    chips = facts.case["chips"]
    flat = column(chips, "maintenance_usd_per_chip_year")[lots.chip]
    v, t = np.nonzero(lots.held)
    ages = (t - lots.born[v]) / facts.ppy
    aged = facts.by_age("maintenance", "usd_per_chip_year", lots.chip[v], ages, step=True)
    yearly = np.where(np.isnan(aged), flat[v], aged) / facts.ppy
    np.add.at(opex, (v, t), np.where(lots.owned[v], yearly * lots.held[v, t], 0.0))
    ends = np.flatnonzero(lots.owned & (lots.leaves < T))
    takeout = column(chips, "decommission_usd_per_chip")[lots.chip]
    np.add.at(opex, (ends, lots.leaves[ends]), (takeout * lots.at_end)[ends])
    return capex, opex


def _paid_mid(facts: Facts, lots: Lots) -> Floats:
    """Return what of the opex of each order accrues, discounted at the middle of periods, (N,)."""
    flat = column(facts.case["chips"], "maintenance_usd_per_chip_year")[lots.chip]
    v, t = np.nonzero(lots.held)
    ages = (t - lots.born[v]) / facts.ppy
    aged = facts.by_age("maintenance", "usd_per_chip_year", lots.chip[v], ages, step=True)
    yearly = np.where(np.isnan(aged), flat[v], aged) / facts.ppy
    accrues = np.zeros((len(lots), facts.T))
    np.add.at(accrues, (v, t), np.where(lots.owned[v], yearly * lots.held[v, t], 0.0))
    accrues += lots.hourly[:, None] * facts.hours * lots.held
    return np.asarray(accrues @ facts.mid, dtype=np.float64)


def order_cost(facts: Facts, lots: Lots) -> Floats:
    """Return what one chip of each order costs, discounted, less its residual value, (N,)."""
    T = facts.T
    start = facts.start
    up_front = lots.price * (
        lots.deposit * start[lots.ordered] + (1.0 - lots.deposit) * start[lots.born]
    )
    takeout = column(facts.case["chips"], "decommission_usd_per_chip")[lots.chip]
    ends = lots.owned & (lots.leaves < T)
    away = np.where(ends, takeout * lots.at_end * start[np.minimum(lots.leaves, T)], 0.0)
    left = np.where(lots.leaves > T, residual_credit(facts, lots) * lots.at_end, 0.0)
    return np.asarray(up_front + _paid_mid(facts, lots) + away - left, dtype=np.float64)


def order_worth(facts: Facts, lots: Lots, duals: Duals) -> Floats:
    """Return what one chip of each order is worth while it is held, discounted USD, (N,)."""
    worth = powering_worth(facts, duals)[lots.chip, lots.site]
    return np.asarray((lots.held * worth).sum(axis=1), dtype=np.float64)


def order_charges(facts: Facts, lots: Lots, duals: Duals) -> Floats:
    """Return what supply groups, offers and budgets charge one chip of each order, (N,): their
    worth where they hold it back, less than 0 where they push it."""
    return (
        supply_charge(facts, lots, duals)
        + offer_charge(facts, lots, duals)
        + _budgets(facts, lots, duals)
    )


def rental_cost(found: Recomputed, rents: pd.DataFrame, duals: Duals) -> tuple[Floats, Floats]:
    """Return the reduced cost of one chip of each rental in all slices of its period, and the sum
    of the sizes of its parts, discounted USD, (N,) each.

    ``sum over slices of price x hours x share x (mid + budgets) + chip_time + rental_limit +
    covered + supply``: what it costs, less what its time is worth, with what its limits charge.

    Args:
        found: the plan, recomputed.
        rents: columns row (of offers.csv), chip, site (names) and period.
        duals: dual values by name.
    """
    facts = found.facts
    C, S, T, K = len(facts.chip), len(facts.site), facts.T, facts.K
    row, period = whole(rents, "row"), whole(rents, "period")
    chip, site = facts.codes("chip", rents["chip"]), facts.codes("site", rents["site"])
    price = or_zero(facts.price(row, period, "usd_per_chip_hour"))
    paid = price * facts.hours[period] * facts.share.sum()
    time, _ = duals.table("chip_time", (C, S, T, K), "chip", "site", "period", "slice")
    backup = _backup(found, duals, Places(chip, site, period))
    shape = (len(facts.offer), T, K)
    own, covered = (
        duals.table(block, shape, "offer", "period", "slice")[0].sum(axis=2)[row, period]
        for block in ("rental_limit", "covered")
    )
    charge = np.zeros(len(rents))
    rows = duals["supply"]
    if len(rows):
        group = text(facts.case["offers"], "supply_group")[row]
        sums = rows.groupby(["supply_group_name", "period"])["usd"].sum()
        at = pd.MultiIndex.from_arrays([group, period])
        charge = -or_zero(sums.reindex(at).to_numpy(dtype=float))
    table = facts.case["budgets"]
    for number, usd in zip(*(duals["budget"].get(n, []) for n in ("budget", "usd")), strict=True):
        if table["category"].iloc[int(number)] != "capex" and usd:
            inside = window(facts, table["period"].iloc[int(number)])[period]
            charge = charge - usd * paid * inside
    worth = time.sum(axis=3)[chip, site, period] - backup
    # a chip that is rented lets a commitment cover one more
    parts = (paid * facts.mid[period], worth, -own, covered, charge)
    return np.sum(parts, axis=0), np.sum(np.abs(parts), axis=0)


def _backup(found: Recomputed, duals: Duals, places: Places) -> Floats:
    """Return what one more chip in all slices saves by standing in for lost sites, whichever is
    lost, discounted USD, (n,)."""
    facts, n = found.facts, len(places.site)
    S = len(facts.site)
    lost = np.repeat(np.arange(S), n)
    every = Places(*(np.tile(code, S) for code in places))
    worth = reserve_worth(facts, found.demand, duals, lost, every)
    return np.asarray(worth.sum(axis=1).reshape(S, n).sum(axis=0), dtype=np.float64)


def supply_charge(facts: Facts, lots: Lots, duals: Duals) -> Floats:
    """Return what its supply group charges one chip of each order, in all slices, (N,)."""
    rows, table = duals["supply"], facts.case["supply"]
    if not len(rows):
        return np.zeros(len(lots))
    group = text(facts.case["offers"], "supply_group")[lots.row]
    by_arrival = list(set(table.loc[table["basis"] == "arrival", "supply_group"]))
    when = np.where(np.isin(group, by_arrival), lots.born, lots.ordered)
    sums = -rows.groupby(["supply_group_name", "period"])["usd"].sum()
    return or_zero(sums.reindex(pd.MultiIndex.from_arrays([group, when])).to_numpy(dtype=float))


def offer_charge(facts: Facts, lots: Lots, duals: Duals) -> Floats:
    """Return what the offer's own minimum or maximum, its least order and orders that are not
    placed charge one chip of each order, (N,)."""
    shape = (len(facts.offer), facts.T)
    tables = [duals.table(rows, shape, "offer", "period")[0] for rows in OF_ORDERS]
    return np.asarray(-np.sum(tables, axis=0)[lots.row, lots.ordered], dtype=np.float64)


def _budgets(facts: Facts, lots: Lots, duals: Duals) -> Floats:
    """Return what budgets charge one chip of each order for the cash it takes, (N,)."""
    rows, table = duals["budget"], facts.case["budgets"]
    if not len(rows) or not (rows["usd"] != 0).any():
        return np.zeros(len(lots))
    capex, opex = order_cash(facts, lots)
    cash = {"capex": capex, "opex": opex, "all": capex + opex}
    charge = np.zeros(len(lots))
    names, categories = text(table, "period"), text(table, "category")
    for number, usd in zip(whole(rows, "budget"), column(rows, "usd"), strict=True):
        charge -= usd * cash[categories[number]][:, window(facts, names[number])].sum(axis=1)
    return charge


def check_reduced(
    found: Recomputed, duals: Duals, grid: pd.DataFrame, kept: pd.DataFrame, described: Any
) -> list[Check]:
    """Return the check of reduced costs of orders that are held to their end, from the inputs and
    the dual values: what one chip costs, less what it is worth, with what its limits charge."""
    facts = found.facts
    at = column(kept, "grid")
    mine = ~np.isnan(at) & ~np.isnan(column(kept, "weight"))
    # policies and the last plan touch an order in ways that only the program adds up
    plain = not any(len(duals[rows]) for rows in (*(limit.rows for limit in WIDE), "change"))
    chosen = np.flatnonzero(mine) if plain else np.empty(0, np.int64)
    rents = _reduced_rentals(found, duals, grid, kept, described) if plain else []
    part = grid.iloc[at[chosen].astype(np.int64)].reset_index(drop=True)
    if not len(part):
        return rents
    lots = as_lots(facts, part)
    # chips at price steps cost what only the program adds up
    held = ~lots.may_retire & ~priced(facts)[lots.row]
    own = (
        order_cost(facts, lots)
        - order_worth(facts, lots, duals)
        + order_charges(facts, lots, duals)
    )
    written = column(kept, "reduced_cost_usd")[chosen]
    size = np.abs(lots.price) + np.abs(order_worth(facts, lots, duals))
    return [
        *rents,
        agree(
            "prices.reduced_cost",
            written[held],
            np.maximum(own, 0.0)[held],
            lambda i: described("reduced_cost_usd")(int(chosen[np.flatnonzero(held)[i]])),
            unit="USD",
            floor=Slack(0.011, size=size[held]),
        ),
    ]


def _reduced_rentals(
    found: Recomputed, duals: Duals, grid: pd.DataFrame, kept: pd.DataFrame, described: Any
) -> list[Check]:
    """Return the check of reduced costs of rentals: one chip in all slices of its period."""
    at = column(kept, "grid")
    mine = np.flatnonzero(~np.isnan(at) & np.isin(text(kept, "own_kind"), BURST))
    rents = grid.iloc[at[mine].astype(np.int64)].reset_index(drop=True)
    if not len(rents):
        return []
    own, size = rental_cost(found, rents, duals)
    written, truth = column(kept, "reduced_cost_usd")[mine], np.maximum(own, 0.0)
    return [
        agree(
            "prices.rental_reduced_cost",
            written,
            truth,
            lambda i: described("reduced_cost_usd")(int(mine[i])),
            unit="USD",
            floor=Slack(CENT, size=size),
        )
    ]
