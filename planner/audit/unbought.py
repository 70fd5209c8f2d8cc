"""What is not ordered but could be: its price, and what one USD of it costs over its life."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from planner.audit.actions import BURST
from planner.audit.facts import Facts, Floats, column, flags, or_zero, text, whole
from planner.audit.lots import NEW, Lots
from planner.audit.orderable import orderable
from planner.audit.recomputed import Recomputed
from planner.audit.residual import level_share, residual_credit


def as_lots(facts: Facts, grid: pd.DataFrame) -> Lots:
    """Return one chip of every order of a grid (row, site, period, arrives) as lots, held to the
    end of their life."""
    offers, n = facts.case["offers"], len(grid)
    row, born = whole(grid, "row"), whole(grid, "arrives")
    chip = facts.codes("chip", text(offers, "chip")[row])
    term = whole(offers, "term_periods")[row]
    attrition = column(offers, "annual_attrition")[row]
    times = np.arange(facts.T + 1)
    ages = times[None, :] - born[:, None]
    wide = np.repeat(attrition, facts.T + 1)
    alive = facts.survival(np.repeat(chip, facts.T + 1), wide, ages.ravel()).reshape(n, -1)
    serving = (times[None, :-1] >= born[:, None]) & (times[None, :-1] < (born + term)[:, None])
    zero = np.zeros((n, facts.T))
    purchase = text(offers, "kind")[row] == "purchase"
    period = whole(grid, "period")
    return Lots(
        line=np.full(n, "", dtype=object),
        origin=np.full(n, NEW),
        chip=chip,
        site=facts.codes("site", grid["site"]),
        ordered=period,
        born=born,
        first=born,
        leaves=born + term,
        chips=np.ones(n),
        attrition=attrition,
        owned=purchase,
        price=or_zero(facts.price(row, period, "usd_per_chip")),
        deposit=column(offers, "deposit_share")[row],
        paid=period,
        hourly=or_zero(facts.price(row, period, "usd_per_chip_hour")),
        may_retire=np.where(
            purchase, flags(offers, "retire_early")[row], flags(offers, "cancellable")[row]
        ).astype(bool),
        purchase=purchase,
        row=row,
        alive=alive,
        left=zero,
        retired=zero,
        held=alive[:, :-1] * serving,
        at_end=alive[np.arange(n), np.clip(born + term, 0, facts.T)],
    )


def up_front_weight(facts: Facts, lots: Lots) -> Floats:
    """Return discounted USD per USD of up-front price of lots, less the residual value left,
    (L,)."""
    paid = lots.deposit * facts.start[np.clip(lots.ordered, 0, facts.T)]
    paid = paid + (1.0 - lots.deposit) * facts.start[np.clip(lots.born, 0, facts.T)]
    one = replace(lots, price=np.ones(len(lots)))
    credit = residual_credit(facts, one) * lots.at_end
    return np.asarray(paid - np.where(lots.leaves > facts.T, credit, 0.0), dtype=np.float64)


def open_orders(found: Recomputed) -> pd.DataFrame:
    """Return the orders and rentals that could be placed: row, site, period, arrives, kind."""
    facts = found.facts
    if not len(facts.case["offers"]):
        return pd.DataFrame(columns=["row", "offer", "chip", "site", "kind", "period", "arrives"])
    grid = orderable(facts)
    kept: pd.DataFrame = grid[grid["kind"] != "relocate"].reset_index(drop=True)
    return kept


def nothing_unbought() -> pd.DataFrame:
    """Return what prices.csv must say where nothing can be ordered: no row."""
    kinds = {"order_period": np.int64, "own_price": float, "weight": float, "grid": float}
    names = ("offer", "site", "own_chip", "own_kind", "own_price_field", *kinds)
    return pd.DataFrame({name: np.zeros(0, dtype=kinds.get(name, object)) for name in names})


def offers_unbought(facts: Facts, grid: pd.DataFrame) -> pd.DataFrame:
    """Return what prices.csv must say of orders of chips and rentals: columns of
    :func:`nothing_unbought`, grid being the row of the order."""
    if not len(grid):
        return pd.DataFrame()
    row, period = whole(grid, "row"), whole(grid, "period")
    lots = as_lots(facts, grid)
    burst = np.isin(text(grid, "kind"), BURST)
    by_hour = burst | ~(lots.price > 0)
    hours = (lots.held * facts.hours * facts.mid).sum(axis=1)
    weight = np.where(by_hour, hours, up_front_weight(facts, lots))
    # a contract that can be cancelled enters by its best length, a rental in its cheapest slice
    weight = np.where((by_hour & lots.may_retire) | burst, np.nan, weight)
    hourly = or_zero(facts.price(row, period, "usd_per_chip_hour"))
    return pd.DataFrame(
        {
            "offer": grid["offer"],
            "site": grid["site"],
            "order_period": period,
            "own_chip": grid["chip"],
            "own_kind": grid["kind"],
            "own_price_field": np.where(by_hour, "usd_per_chip_hour", "usd_per_chip"),
            "own_price": np.where(by_hour, hourly, lots.price),
            "weight": weight,
            "grid": np.arange(len(grid)),
        }
    )


def projects_unbuilt(facts: Facts) -> pd.DataFrame:
    """Return what prices.csv must say of power projects: columns as of offers, without grid."""
    table, T = facts.case["power_projects"], facts.T
    if not len(table):
        return pd.DataFrame()
    row, period = (axis.ravel() for axis in np.indices((len(table), T)))
    arrives = period + whole(table, "lead_periods")[row]
    inside = (period >= whole(table, "first_order")[row]) & (arrives < T)
    inside &= period <= whole(table, "last_order")[row]
    row, period, arrives = row[inside], period[inside], arrives[inside]
    price, deposit = column(table, "usd_per_mw")[row], column(table, "deposit_share")[row]
    paid = deposit * facts.start[period] + (1.0 - deposit) * facts.start[arrives]
    used, life = (T - arrives) / facts.ppy, column(table, "life_years")[row]
    return pd.DataFrame(
        {
            "offer": text(table, "project")[row],
            "site": text(table, "site")[row],
            "order_period": period,
            "own_chip": "",
            "own_kind": "power",
            "own_price_field": "usd_per_mw",
            "own_price": price,
            "weight": paid - np.where(life > used, _left(facts, paid, used, life), 0.0),
        }
    )


def _left(facts: Facts, paid: Floats, used: Floats, life: Floats) -> Floats:
    """Return the residual value of one USD of a project's price, discounted."""
    setting = facts.case.settings.residual
    if setting == "annuity":
        part = level_share(facts.rate, np.minimum(used, life), life)
        return np.asarray(paid * (1.0 - part), dtype=np.float64)
    if setting == "none":
        return np.zeros(len(paid))
    return np.asarray((1.0 - used / life) * facts.start[facts.T], dtype=np.float64)
