"""Prices: what everything that was not bought would have to cost to come into the plan, and how
dear a line may get.

A column at zero with reduced cost ``d`` enters once its price falls by ``d / g``, where ``g`` is
what one USD of price costs over the life of the line in discounted USD (deposit, rest, residual
value; or discounted contract hours).  A contract that can be cancelled enters by its best length,
so the cut is the smallest over all lengths.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts
from planner.limits import ON_ORDERS
from planner.model.aging import alive, residual
from planner.model.lots import NEW, prices
from planner.model.power import project_credit
from planner.plan.answer import CHIP_TOLERANCE, Answer, Floats, Ints, summed
from planner.plan.touching import row_families, row_name


def _up_front_weight(answer: Answer) -> Floats:
    """Discounted USD per USD of up-front price of every lot, residual value counted, (V,)."""
    f = answer.formulation
    lots, index = f.lots, f.index
    order = np.maximum(lots.order_period, 0)
    arrives = np.clip(lots.arrives, 0, index.T)
    weight = lots.deposit * index.start[order] + (1.0 - lots.deposit) * index.start[arrives]
    everyone = np.arange(len(lots))
    price = np.where(np.isnan(lots.price) | (lots.price <= 0), 1.0, lots.price)
    ends = np.minimum(lots.leaves, index.T)
    # the credit is for chips still there at the end
    credit = (
        residual(f.case, index, lots, everyone) * alive(f.case, index, lots, everyone, ends) / price
    )
    return np.asarray(weight - np.where(lots.leaves > index.T, credit, 0.0), dtype=np.float64)


def _hourly_weight(answer: Answer) -> Floats:
    """Discounted USD per USD of hourly price of every lot held to the end of its term, (V,)."""
    f = answer.formulation
    index, holding, lots = f.index, f.holding, f.lots
    own = holding.move < 0
    share = alive(f.case, index, lots, holding.lot[own], holding.period[own])
    hours = index.hours[holding.period[own]] * index.mid[holding.period[own]]
    return summed(holding.lot[own], share * hours, len(lots))


def price_weights(answer: Answer, lot: Ints, by_hour: np.ndarray) -> Floats:
    """Return the discounted USD that one USD of price costs over the life of lots, (n,): of the
    hourly price where ``by_hour``, else of the up-front price."""
    return np.where(by_hour, _hourly_weight(answer)[lot], _up_front_weight(answer)[lot])


def _cheapest_length(answer: Answer, lots_wanted: Ints) -> tuple[Floats, Floats]:
    """For contracts that can be cancelled: reduced cost and hourly weight of the length with the
    smallest cut per USD, (n,) each."""
    f = answer.formulation
    index, holding, lots = f.index, f.holding, f.lots
    chains = holding.chains[holding.chains["lot"].isin(lots_wanted)].copy()
    first = np.maximum(lots.arrives, 0)[lots_wanted]
    base = pd.DataFrame(
        {
            "lot": lots_wanted,
            "period": first,
            "rc": answer.reduced_cost[holding.order[lots_wanted]],
            "hours": index.hours[first] * index.mid[first],
            "share": 1.0,
            "leave": 0.0,
        }
    )
    duals = (
        answer.row_labels("retire").assign(leave=np.maximum(answer.worth("retire"), 0.0))
        if len(chains)
        else pd.DataFrame(columns=["lot", "period", "leave"])
    )
    chains = chains.merge(duals, on=["lot", "period"], how="left")
    step = chains.groupby("lot")["step"].cumprod()
    t = chains["period"].to_numpy(dtype=np.int64)
    path = pd.DataFrame(
        {
            "lot": chains["lot"],
            "period": t,
            "rc": answer.reduced_cost[chains["column"].to_numpy(dtype=np.int64)] * step,
            "hours": step * index.hours[t] * index.mid[t],
            "share": step,
            "leave": chains["leave"].fillna(0.0),
        }
    )
    path = pd.concat([base, path], ignore_index=True).sort_values(
        ["lot", "period"], ignore_index=True
    )
    sums = path.groupby("lot")[["rc", "hours"]].cumsum()
    # ending after a period gives up the worth of the step that would have followed
    following = path.groupby("lot")["leave"].shift(-1).fillna(0.0) * path.groupby("lot")[
        "share"
    ].shift(-1).fillna(0.0)
    total = sums["rc"] + following
    cut = total / sums["hours"].where(sums["hours"] > 0, np.nan)
    best = cut.groupby(path["lot"]).idxmin()
    return total.loc[best].to_numpy(), sums["hours"].loc[best].to_numpy()


def price_table(answer: Answer) -> pd.DataFrame:
    """Return ``prices`` with codes: every order, rental and project that is at zero, with its
    break-even.

    Args:
        answer: the answer.

    Returns:
        Frame with the columns of the table; order_period, site and chip as codes (chip -1 for
        projects), and ``arrives``, ``lot``.
    """
    parts = [_lot_prices(answer), _rental_prices(answer), _project_prices(answer)]
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return frame.sort_values(["offer", "site", "order_period"], ignore_index=True)


def _cut(price: Floats, reduced: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return the break-even price and the cut in % of the price, (n,) each.

    Both are NaN where no price changes the cost (``weight`` 0); the cut is NaN, too, of what is
    free and stays out all the same: there is nothing to cut.
    """
    fall = np.divide(
        np.maximum(reduced, 0.0), weight, out=np.full(len(price), np.nan), where=weight > 0
    )
    free = np.where(fall > 0, np.nan, 0.0)
    cut = np.divide(100.0 * fall, price, out=free, where=price > 0)
    return price - fall, cut


def _lot_prices(answer: Answer) -> pd.DataFrame:
    f = answer.formulation
    lots, axes = f.lots, f.index.axes
    v = np.flatnonzero((lots.origin == NEW) & (answer.x[f.holding.order] <= CHIP_TOLERANCE))
    reduced = answer.reduced_cost[f.holding.order[v]].copy()
    by_hour = ~(lots.price[v] > 0)
    weight = price_weights(answer, v, by_hour)
    open_end = np.flatnonzero(by_hour & lots.retire[v])
    if len(open_end):
        reduced[open_end], weight[open_end] = _cheapest_length(answer, v[open_end])
    price = np.where(by_hour, lots.hourly[v], lots.price[v])
    break_even, cut = _cut(price, reduced, weight)
    return pd.DataFrame(
        {
            "offer": axes["offer"][lots.row[v]],
            "site": lots.site[v],
            "order_period": lots.order_period[v],
            "chip": lots.chip[v],
            "kind": texts(f.case["offers"], "kind")[lots.row[v]],
            "price_field": np.where(by_hour, "usd_per_chip_hour", "usd_per_chip"),
            "price": price,
            "break_even": break_even,
            "cut_pct": cut,
            "reduced_cost_usd": np.maximum(reduced, 0.0),
            "blocked_by": _blocked(answer, f.holding.order[v], reduced),
            "arrives": lots.arrives[v],
            "lot": v,
        }
    )


def _rental_prices(answer: Answer) -> pd.DataFrame:
    f = answer.formulation
    index, capacity, axes = f.index, f.capacity, f.index.axes
    row, place, k = capacity.rented_row, capacity.rented_place, capacity.rented_slice
    period = capacity.period[place]
    weight = index.hours[period] * index.share[k] * index.mid[period]
    reduced = answer.reduced_cost[capacity.rented]
    frame = pd.DataFrame(
        {
            "row": row,
            "site": capacity.site[place],
            "period": period,
            "chip": capacity.chip[place],
            "chips": answer.x[capacity.rented],
            "reduced": reduced,
            "fall": np.maximum(reduced, 0.0) / weight,
            "column": capacity.rented,
        }
    )
    best = (
        frame.sort_values(["row", "site", "period", "fall"])
        .groupby(["row", "site", "period"], as_index=False)
        .agg(
            chip=("chip", "first"),
            chips=("chips", "max"),
            reduced=("reduced", "first"),
            forced=("reduced", "sum"),
            fall=("fall", "first"),
            column=("column", "first"),
        )
    )
    best = best[best["chips"] <= CHIP_TOLERANCE]
    r, t = best["row"].to_numpy(dtype=np.int64), best["period"].to_numpy(dtype=np.int64)
    price = prices(f.case, index, r, t, "usd_per_chip_hour")
    return pd.DataFrame(
        {
            "offer": axes["offer"][r],
            "site": best["site"].to_numpy(dtype=np.int64),
            "order_period": t,
            "chip": best["chip"].to_numpy(dtype=np.int64),
            "kind": texts(f.case["offers"], "kind")[r],
            "price_field": "usd_per_chip_hour",
            "price": price,
            "break_even": price - best["fall"].to_numpy(),
            "cut_pct": _cut(price, best["fall"].to_numpy(), np.ones(len(price)))[1],
            # one chip for all hours of the period; its break-even is that of its cheapest slice
            "reduced_cost_usd": np.maximum(best["forced"].to_numpy(), 0.0),
            "blocked_by": _blocked(
                answer, best["column"].to_numpy(dtype=np.int64), best["reduced"].to_numpy()
            ),
            "arrives": t,
            "lot": -1,
        }
    )


def _project_prices(answer: Answer) -> pd.DataFrame:
    f = answer.formulation
    index, build, projects = f.index, f.build, f.case["power_projects"]
    at = np.flatnonzero(answer.x[build["column"].to_numpy(dtype=np.int64)] <= CHIP_TOLERANCE)
    row, period, arrives, column, site = (
        build[name].to_numpy(dtype=np.int64)[at]
        for name in ("row", "period", "arrives", "column", "site")
    )
    deposit, price = numbers(projects, "deposit_share")[row], numbers(projects, "usd_per_mw")[row]
    weight = (
        deposit * index.start[period]
        + (1.0 - deposit) * index.start[arrives]
        - project_credit(f.case, index, row, period, arrives)
    )
    reduced = answer.reduced_cost[column]
    break_even, cut = _cut(price, reduced, weight)
    return pd.DataFrame(
        {
            "offer": index.axes["project"][row],
            "site": site,
            "order_period": period,
            "chip": -1,
            "kind": "power",
            "price_field": "usd_per_mw",
            "price": price,
            "break_even": break_even,
            "cut_pct": cut,
            "reduced_cost_usd": np.maximum(reduced, 0.0),
            "blocked_by": _blocked(answer, column, reduced),
            "arrives": arrives,
            "lot": -1,
        }
    )


def _blocked(answer: Answer, columns: Ints, reduced: Floats) -> np.ndarray:
    """Name the limits that keep a column out: without what they charge, it would pay."""
    touching = row_families(answer, columns)
    touching = touching[touching["family"].isin((*ON_ORDERS, "change")) & (touching["usd"] < -1e-6)]
    charge = touching.groupby("column")["usd"].sum().reindex(columns).fillna(0.0).to_numpy()
    held = (charge < 0) & (reduced + charge < 0)
    program = answer.formulation.program
    shut = program.column_upper[columns] <= 0.0
    result = np.full(len(columns), "", dtype=object)
    chosen = np.isin(columns, program.chosen)
    result[shut & ~chosen] = "frozen to the last plan, or a maximum of 0"
    result[chosen & (reduced < 0)] = "whole racks and choices as they are"
    named = touching[touching["column"].isin(columns[held])]
    if len(named):
        rows = {int(r): row_name(answer, int(r)) for r in named["row"].unique()}
        words = (
            named.assign(name=named["row"].map(rows))
            .groupby("column")["name"]
            .agg(lambda names: "; ".join(sorted(set(names))))
        )
        result[held] = words.reindex(columns[held]).to_numpy()
    return result
