"""Bought: every executed line beside its plan, component by component of what is paid for it.

A line is paid up front (a share when ordered, the rest in service), by the hour of a contract or a
rental, and a power project by the period that it stands.  Each is an amount (chips, MW) at a price,
with a weight by period: the share that falls due in it, or the hours (periods) that are paid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.actuals.actuals import Actuals
from planner.actuals.lines import POWER
from planner.actuals.planned import Planned
from planner.actuals.split import LEDGER, empty_ledger, split
from planner.case.case import Case
from planner.case.columns import Floats, Texts, codes, numbers, texts, whole
from planner.case.kinds import BURST_KINDS, TERM_KINDS
from planner.model.index import power_order_names

CONTRACTS = ("lease", "reserve")
MOVED = "relocate"


@dataclass(frozen=True, slots=True)
class Executed:
    """Executed lines beside the plan, (n,) each; planned and actual where there are two."""

    line: Texts
    offer: Texts
    site: Texts
    action: Texts
    planned: pd.Index
    """Row of the buy plan; -1 where it has none."""
    amount: tuple[Floats, Floats]
    """Chips, or MW of a power project."""
    price: tuple[Floats, Floats]
    """Up-front price."""
    hourly: tuple[Floats, Floats]
    """Price per hour."""
    share: tuple[Floats, Floats]
    """Share of the up-front price that is due when it is ordered."""
    ordered: tuple[Floats, Floats]
    """Period of the order; NaN for an order in flight."""
    arrives: tuple[Floats, Floats]
    """Period in which it goes into service."""


def executed(planned: Planned, actuals: Actuals) -> Executed:
    """Return the executed lines beside the plan; what is not told is as planned, and what the plan
    does not have is at the prices of its offer.

    Args:
        planned: the plan.
        actuals: what happened.
    """
    case, orders, plan = planned.case, actuals.orders, planned.buy_plan
    at = codes(texts(plan, "line_id"), texts(orders, "line"))
    there = at >= 0

    def of(column: str) -> Floats:
        values = np.append(numbers(plan, column), np.nan)
        return np.asarray(values[at])

    offer, site = texts(orders, "offer"), texts(orders, "site")
    action = np.append(texts(plan, "action"), "")[at]
    power = np.isin(offer, texts(case["power_projects"], "project")) & ~there | (action == POWER)
    action = np.where(power, POWER, np.where(there, action, _action_of(case, offer)))
    told = numbers(orders, "period")
    amount = np.where(there, np.where(power, of("mw"), of("chips")), 0.0)
    done = np.where(power, numbers(orders, "mw"), numbers(orders, "chips"))
    ordered = np.where(there, of("order"), told)
    listed = _listed(case, offer, told)
    price, hourly = (
        np.where(there, of(name), listed[name]) for name in ("usd_per_chip", "usd_per_chip_hour")
    )
    # chips that only move are paid for, and the fee of a cancellation is a term of its own
    price = np.where(np.isin(action, ["keep", "cancel"]), 0.0, price)
    arrives = np.where(there, of("arrives"), told + listed["lead"])
    slip = np.where(np.isnan(ordered), 0.0, told - ordered)
    share = np.where(np.isnan(ordered), _paid_before(case, offer), _deposit(case, offer))
    return Executed(
        texts(orders, "line"),
        offer,
        site,
        action,
        pd.Index(at),
        (amount, _or(done, amount)),
        (_zero(price), _zero(_or(numbers(orders, "usd_per_chip"), price))),
        (_zero(hourly), _zero(_or(numbers(orders, "usd_per_chip_hour"), hourly))),
        (share, _or(numbers(orders, "paid_share"), share)),
        (ordered, told),
        (arrives, _or(numbers(orders, "arrives"), arrives + slip)),
    )


def line_variances(planned: Planned, actuals: Actuals) -> pd.DataFrame:
    """Return a ledger of the executed lines, one row per component and period that has passed.

    A line that the plan does not have is all quantity.

    Args:
        planned: the plan.
        actuals: what happened.
    """
    if actuals.orders.empty:
        return empty_ledger()
    done = executed(planned, actuals)
    beside = np.asarray(done.planned) < 0
    frames = []
    for t in range(planned.by):
        for term, prices, weights in _components(planned, done, t):
            w0 = np.where(beside, weights[1], weights[0])
            p0 = np.where(beside, prices[1], prices[0])
            parts = split(done.amount, (p0, prices[1]), (w0, weights[1]))
            frames.append(
                pd.DataFrame(
                    {
                        "kind": "line",
                        "name": done.line,
                        "term": term,
                        "period": t,
                        "site": done.site,
                        "planned_usd": done.amount[0] * p0 * w0,
                        "actual_usd": done.amount[1] * prices[1] * weights[1],
                        "quantity_usd": parts[0],
                        "price_usd": parts[1],
                        "timing_usd": parts[2],
                    },
                    columns=list(LEDGER),
                )
            )
    found = pd.concat(frames, ignore_index=True)
    paid: pd.DataFrame = found[(found["planned_usd"] != 0) | (found["actual_usd"] != 0)]
    return paid.reset_index(drop=True)


Pair = tuple[Floats, Floats]


def _components(planned: Planned, done: Executed, t: int) -> list[tuple[Texts, Pair, Pair]]:
    """Return what is paid for the lines in a period: term of cost, planned and actual price, and
    planned and actual weight; (n,) each."""
    action = done.action
    held = np.isin(action, CONTRACTS)
    upfront = np.where(
        action == POWER,
        "power_projects",
        np.where(action == MOVED, "relocation", np.where(held, "prepaid", "chips")),
    )
    due = (
        _due(done.share[0], done.ordered[0], done.arrives[0], t, action),
        _due(done.share[1], done.ordered[1], done.arrives[1], t, action),
    )
    hours = _hours(planned, done, t)
    hourly = np.where(action == "rent", "rental", "contracts")
    running = _running(planned.case, done.offer)
    stands = tuple((arrives <= t).astype(np.float64) for arrives in done.arrives)
    return [
        (upfront.astype(object), done.price, due),
        (hourly.astype(object), done.hourly, hours),
        (
            np.full(len(action), "power_projects", dtype=object),
            (running, running),
            (stands[0], stands[1]),
        ),
    ]


def _due(share: Floats, ordered: Floats, arrives: Floats, t: int, action: Texts) -> Floats:
    """Return the share of an up-front price that is due in a period, (n,); of a move all of it when
    it is ordered."""
    share = np.where(action == MOVED, 1.0, share)
    return np.asarray(share * (ordered == t) + (1.0 - share) * (arrives == t))


def _hours(planned: Planned, done: Executed, t: int) -> Pair:
    """Return the hours of a period that are paid for each chip of a line, planned and really.

    Of a rental those that its planned cost says (it is rented by slice), of a contract the hours of
    the period times the share of its chips that are still held.
    """
    n, hours = len(done.line), float(planned.case.calendar.hours[t])
    row = np.asarray(done.planned)
    cost = np.append(numbers(planned.buy_plan, "total_usd"), np.nan)[row]
    chips = done.amount[0]
    rented = done.action == "rent"
    whole_cost = chips * done.hourly[0]
    slices = np.divide(cost, whole_cost, out=np.full(n, hours), where=whole_cost > 0)
    held = planned.vintages[planned.vintages["period"] == t]
    there = held.groupby("line_id")["held"].sum().reindex(done.line).to_numpy(dtype=np.float64)
    share = np.divide(_zero(there), chips, out=np.zeros(n), where=chips > 0)
    planned_hours = np.where(rented, slices * (done.ordered[0] == t), hours * share)
    kept = np.where((done.arrives[0] <= t) & (chips > 0), share, 1.0)
    actual_hours = np.where(
        rented, slices * (done.ordered[1] == t), hours * kept * (done.arrives[1] <= t)
    )
    return planned_hours, actual_hours


def _running(case: Case, offer: Texts) -> Floats:
    """Return what a MW of a power project costs in a period, (n,); 0 for all else."""
    projects, orders = case["power_projects"], case["power_orders"]
    names = [*texts(projects, "project"), *power_order_names(case)]
    fees = [*numbers(projects, "usd_per_mw_period"), *numbers(orders, "usd_per_mw_period"), 0.0]
    return _zero(np.array(fees, dtype=np.float64)[codes(names, offer)])


def _deposit(case: Case, offer: Texts) -> Floats:
    """Return the share of a price that is due with the order, (n,)."""
    offers, projects = case["offers"], case["power_projects"]
    names = [*texts(offers, "offer"), *texts(projects, "project")]
    values = [*numbers(offers, "deposit_share"), *numbers(projects, "deposit_share"), 0.0]
    return _zero(np.array(values, dtype=np.float64)[codes(names, offer)])


def _paid_before(case: Case, order: Texts) -> Floats:
    """Return the share of a price that was paid before the plan, of orders in flight, (n,)."""
    orders, power = case["orders"], case["power_orders"]
    names = [*texts(orders, "order"), *power_order_names(case)]
    shares = [*numbers(orders, "paid_share"), *numbers(power, "paid_share"), 0.0]
    return np.array(shares, dtype=np.float64)[codes(names, order)]


def _listed(case: Case, offer: Texts, period: Floats) -> dict[str, Floats]:
    """Return prices and lead time of offers and projects in a period, (n,) each; NaN for none."""
    offers, projects, prices = case["offers"], case["power_projects"], case["offer_prices"]
    at, project = codes(texts(offers, "offer"), offer), codes(texts(projects, "project"), offer)
    by_period = {
        (name, int(t)): i
        for i, (name, t) in enumerate(
            zip(texts(prices, "offer"), whole(prices, "period"), strict=True)
        )
    }
    row = np.array(
        [
            by_period.get((n, int(t)) if t == t else ("", 0), -1)
            for n, t in zip(offer, period, strict=True)
        ],
        dtype=np.int64,
    )
    found = {}
    for name in ("usd_per_chip", "usd_per_chip_hour"):
        usual = np.append(numbers(offers, name), np.nan)[at]
        then = np.append(numbers(prices, name), np.nan)[row]
        found[name] = _or(then, usual)
    found["usd_per_chip"] = _or(
        np.append(numbers(projects, "usd_per_mw"), np.nan)[project], found["usd_per_chip"]
    )
    lead = np.append(numbers(offers, "lead_periods"), np.nan)[at]
    found["lead"] = _or(np.append(numbers(projects, "lead_periods"), np.nan)[project], lead)
    return found


def _action_of(case: Case, offer: Texts) -> Texts:
    """Return what is done with offers by their kind, (n,)."""
    offers = case["offers"]
    kinds = np.append(texts(offers, "kind"), "")[codes(texts(offers, "offer"), offer)]
    action = np.where(np.isin(kinds, TERM_KINDS), "lease", "buy")
    action = np.where(kinds == "relocate", MOVED, action)
    return np.where(np.isin(kinds, BURST_KINDS), "rent", action).astype(object)


def _or(value: Floats, other: Floats) -> Floats:
    """Return a value where it is told, else the other, (n,)."""
    return np.asarray(np.where(np.isnan(value), other, value))


def _zero(value: Floats) -> Floats:
    """Return a value, 0 where there is none, (n,)."""
    return np.asarray(np.nan_to_num(value))
