"""Prices: what was not bought, its price, and the price at which it would be; against prices.csv.

A column at zero with reduced cost ``d`` enters once its price falls by ``d / g``, ``g`` being what
one USD of its price costs over its life.  Price, ``g`` and, where an order is held to its end,
``d`` too are put together again from the inputs and the dual values.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from planner.audit.actions import BURST
from planner.audit.duals import Duals
from planner.audit.facts import Facts, Floats, column, flags, or_zero, text, whole
from planner.audit.lots import NEW, Lots
from planner.audit.orderable import orderable
from planner.audit.recomputed import Recomputed
from planner.audit.reduced import order_charges, order_cost, order_worth, rental_cost
from planner.audit.residual import residual_credit
from planner.audit.site_loss import marked
from planner.audit.tolerance import CENT, Slack
from planner.audit.verdict import Check, Describe, agree, require, showing


def _as_lots(facts: Facts, grid: pd.DataFrame) -> Lots:
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
    """Return discounted USD per USD of up-front price of lots, less the residual value left."""
    paid = lots.deposit * facts.start[np.clip(lots.ordered, 0, facts.T)]
    paid = paid + (1.0 - lots.deposit) * facts.start[np.clip(lots.born, 0, facts.T)]
    one = replace(lots, price=np.ones(len(lots)))
    credit = residual_credit(facts, one) * lots.at_end
    return np.asarray(paid - np.where(lots.leaves > facts.T, credit, 0.0), dtype=np.float64)


def _open_orders(found: Recomputed) -> pd.DataFrame:
    """Return the orders and rentals that could be placed: row, site, period, arrives, kind."""
    facts = found.facts
    if not len(facts.case["offers"]):
        return pd.DataFrame(columns=["row", "offer", "chip", "site", "kind", "period", "arrives"])
    grid = orderable(facts)
    kept: pd.DataFrame = grid[grid["kind"] != "relocate"].reset_index(drop=True)
    return kept


def check_prices(found: Recomputed, duals: Duals | None) -> list[Check]:
    """Return the checks of prices.csv, row by row.

    Args:
        found: the plan, recomputed.
        duals: dual values by name; None where the run has none.
    """
    facts, written, buy = found.facts, found.tables["prices"], found.tables["buy_plan"]
    grid = _open_orders(found)
    parts = [part for part in (_of_offers(facts, grid), _of_projects(facts)) if len(part)]
    frame = pd.concat(parts, ignore_index=True) if parts else _nothing()
    frame = frame.reindex(columns=list(dict.fromkeys((*frame.columns, "grid"))))  # projects alone
    # a retirement names the offer of the chips that leave: it takes nothing of it
    placed = (buy["status"] == "new") & (buy["action"] != "retire")
    taken = buy[placed][["offer", "site", "order_period"]].assign(taken=True)
    taken = taken.drop_duplicates(["offer", "site", "order_period"])
    both = written.merge(frame, on=["offer", "site", "order_period"], how="outer", indicator=True)
    both = both.merge(taken, on=["offer", "site", "order_period"], how="left")
    stands, own = both["_merge"] != "right_only", both["_merge"] != "left_only"
    bought = both["taken"].eq(True)
    right = (stands & own & ~bought) | (~stands & bought)
    kept = both[stands & own].reset_index(drop=True)

    def described(name: str) -> Describe:
        return lambda i: (
            f"prices.csv, {kept['offer'][i]} at {kept['site'][i]}, "
            f"{facts.label(kept['order_period'][i])}, {name}"
        )

    checks = [
        require(
            "prices.rows",
            right.to_numpy(),
            lambda i: (
                f"prices.csv: {both['offer'][i]} at {both['site'][i]} in "
                f"{facts.label(both['order_period'][i])} "
                f"{'stands there' if stands[i] else 'is missing'}"
            ),
            "one row for every order, rental and project that could be placed and is not",
        )
    ]
    for name in ("chip", "kind", "price_field"):
        same = text(kept, name) == text(kept, f"own_{name}")
        checks.append(
            require(
                f"prices.{name}",
                same,
                showing(described(name), kept[name]),
                "that of the offer",
            )
        )
    price, even, cut = (column(kept, name) for name in ("price", "break_even", "cut_pct"))
    checks += [
        agree("prices.price", price, column(kept, "own_price"), described("price"), unit="USD"),
        *_follow(kept, price, even, cut, described),
        *_blocked(facts, duals, kept, described),
    ]
    return checks + (_reduced(found, duals, grid, kept, described) if duals is not None else [])


def _follow(
    kept: pd.DataFrame, price: Floats, even: Floats, cut: Floats, described: Any
) -> list[Check]:
    """Return the checks that break-even, cut and reduced cost say the same."""
    fall, weight = price - even, column(kept, "weight")
    has = ~np.isnan(weight) & (weight > 0)
    reduced = column(kept, "reduced_cost_usd")
    # the figures have 12 digits and the reduced cost a cent
    floor = 0.011 + 1e-9 * np.abs(price) * np.nan_to_num(np.abs(weight))
    share = np.where(price > 0, 100.0 * fall / np.where(price > 0, price, 1.0), np.nan)
    told = np.isnan(share)
    return [
        require(
            "prices.side",
            ~(fall < -1e-9 * np.abs(price)) & ~(reduced < 0),
            lambda i: f"{described('break_even')(i)}: {even[i]:.10g} at a price of {price[i]:.10g}",
            "a break-even not above the price, and a reduced cost not below 0",
        ),
        agree(
            "prices.cut_pct",
            np.where(told, 0.0, cut),
            np.where(told, 0.0, share),
            described("cut_pct"),
            unit="%",
            floor=1e-7,
        ),
        agree(
            "prices.break_even",
            np.where(has, fall * weight, 0.0),
            np.where(has, reduced, 0.0),
            lambda i: f"{described('break_even')(i)}: its distance from the price, as reduced cost",
            unit="USD",
            floor=floor,
        ),
    ]


def _nothing() -> pd.DataFrame:
    """Return what prices.csv must say where nothing can be ordered: no row."""
    kinds = {"order_period": np.int64, "own_price": float, "weight": float, "grid": float}
    names = ("offer", "site", "own_chip", "own_kind", "own_price_field", *kinds)
    return pd.DataFrame({name: np.zeros(0, dtype=kinds.get(name, object)) for name in names})


def _of_offers(facts: Facts, grid: pd.DataFrame) -> pd.DataFrame:
    """Return what prices.csv must say of orders of chips and rentals."""
    if not len(grid):
        return pd.DataFrame()
    row, period = whole(grid, "row"), whole(grid, "period")
    lots = _as_lots(facts, grid)
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


def _of_projects(facts: Facts) -> pd.DataFrame:
    """Return what prices.csv must say of power projects."""
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
        year = np.log1p(facts.rate)
        n = np.minimum(used, life)
        part = np.expm1(-n * year) / np.expm1(-life * year) if facts.rate else n / life
        return np.asarray(paid * (1.0 - part), dtype=np.float64)
    if setting == "none":
        return np.zeros(len(paid))
    return np.asarray((1.0 - used / life) * facts.start[facts.T], dtype=np.float64)


def _reduced(
    found: Recomputed, duals: Duals, grid: pd.DataFrame, kept: pd.DataFrame, described: Any
) -> list[Check]:
    """Return the check of reduced costs of orders that are held to their end, from the inputs and
    the dual values: what one chip costs, less what it is worth, with what its limits charge."""
    facts = found.facts
    at = column(kept, "grid")
    mine = ~np.isnan(at) & ~np.isnan(column(kept, "weight"))
    # policies and the last plan touch an order in ways that only the program adds up
    plain = not len(duals["policy"]) and not len(duals["change"])
    chosen = np.flatnonzero(mine) if plain else np.empty(0, np.int64)
    rents = _reduced_rentals(facts, duals, grid, kept, described) if plain else []
    part = grid.iloc[at[chosen].astype(np.int64)].reset_index(drop=True)
    if not len(part):
        return rents
    lots = _as_lots(facts, part)
    held = ~lots.may_retire
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
    facts: Facts, duals: Duals, grid: pd.DataFrame, kept: pd.DataFrame, described: Any
) -> list[Check]:
    """Return the check of reduced costs of rentals: one chip in all slices of its period."""
    at = column(kept, "grid")
    mine = np.flatnonzero(~np.isnan(at) & np.isin(text(kept, "own_kind"), BURST))
    rents = grid.iloc[at[mine].astype(np.int64)].reset_index(drop=True)
    if not len(rents):
        return []
    own, size = rental_cost(facts, rents, duals)
    written, truth = column(kept, "reduced_cost_usd")[mine], np.maximum(own, 0.0)
    if marked(facts.case):
        # a reserve for a lost site may be named after another place than the rental's, and then
        # what it is worth there is not in these rows: it can only make the rental cheaper
        truth = np.where(written >= 0.0, np.minimum(truth, written), truth)
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


def _blocked(facts: Facts, duals: Duals | None, kept: pd.DataFrame, described: Any) -> list[Check]:
    """Return the check that what is named as keeping an order out is a limit with a worth."""
    if duals is None:
        return []
    names = tight_limits(facts, duals)
    told = text(kept, "blocked_by")
    fixed = "frozen to the last plan, or a maximum of 0"
    good = np.array(
        [
            cell in ("", fixed) or all(part in names for part in str(cell).split("; "))
            for cell in told
        ],
        dtype=bool,
    )
    return [
        require(
            "prices.blocked_by",
            good,
            lambda i: f"{described('blocked_by')(i)}: {told[i]!r}",
            "limits that are worth something in this plan; blank = price",
        )
    ]


def tight_limits(facts: Facts, duals: Duals, least: float = 1e-12) -> frozenset[str]:
    """Return the names of limits that touch orders and are worth something, as the plan names them:
    supply:group@period, offer_limit:offer@period, budget:category:window, limit:policy, ..."""
    budgets, policies = facts.case["budgets"], facts.case["limits"]
    found: set[str] = set()
    for block in ("supply", "offer_limit", "rental_limit", "project_limit", "budget", "policy"):
        rows = duals[block]
        rows = rows[np.abs(rows["usd"]) > least]
        if not len(rows):
            continue
        if block == "budget":
            at = whole(rows, "budget")
            found |= set(
                "budget:" + budgets["category"].iloc[at] + ":" + budgets["period"].iloc[at]
            )
            continue
        if block == "policy":
            found |= set("limit:" + policies["limit"].iloc[whole(rows, "limit")])
            continue
        axis = {"supply": "supply_group_name", "project_limit": "project_name"}.get(block)
        names = text(rows, axis) if axis else facts.offer[whole(rows, "offer")].to_numpy()
        period = [f"@{facts.label(t)}" for t in rows["period"]] if "period" in rows else ""
        found |= set(f"{block}:" + names + np.array(period, dtype=object))
    if len(duals["change"]):
        found.add("change_charge")
    return frozenset(found)
