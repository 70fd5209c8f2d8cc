"""What the inputs and the lots say of every line of buy_plan.csv: its lot, dates and prices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.actions import ORDERING
from planner.audit.facts import Facts, Floats, Ints, column, text, whole
from planner.audit.lots import COMMITTED, FLEET, NEW, Lots
from planner.audit.projects import order_names
from planner.audit.recomputed import Recomputed
from planner.audit.steps import priced


def line_frame(found: Recomputed) -> pd.DataFrame:
    """Return the lines with what the inputs and the lots say of each: columns beside the file's
    lot, row, own_price, own_hourly, arrives, leaves, true_leaves, own_offer."""
    facts, lots, buy = found.facts, found.lots, found.tables["buy_plan"]
    action, status = text(buy, "action"), text(buy, "status")
    of_lot = _lot_of(lots, buy)
    has, lot = of_lot >= 0, np.maximum(of_lot, 0)
    offers, projects, T = facts.case["offers"], facts.case["power_projects"], facts.T
    period = whole(buy, "order_period")
    row = facts.codes("offer", buy["offer"])
    project = pd.Index(text(projects, "project")).get_indexer(pd.Index(text(buy, "offer")))
    built, rent, move = action == "build_power", action == "rent", action == "relocate"
    leave = action == "retire"
    lead = np.where(built, _at(projects, "lead_periods", project), 0)
    lead = np.where(move, _at(offers, "lead_periods", row), lead)
    own = has & ~leave & (action != "cancel")
    came = np.where(lots.origin == COMMITTED, lots.first, lots.born)
    arrives = np.where(own & ~move, picked(came, lot), period + lead)
    life = np.floor(_at(projects, "life_years", project, 0.0) * facts.ppy + 0.5)
    # projects ordered before the plan stand in power_orders.csv
    signed = facts.case["power_orders"]
    told = pd.Index(order_names(facts)).get_indexer(pd.Index(text(buy, "offer")))
    told = np.where(built & (status != "new"), told, -1)
    given = told >= 0
    arrives = np.where(given, _at(signed, "arrives", told), arrives).astype(np.int64)
    older = np.floor(_at(signed, "life_years", told, 0.0) * facts.ppy + 0.5)
    life = np.where(given, older, life)
    outlives = np.maximum(np.where(given, arrives, period + lead) + life, T)
    ends = np.where(own, picked(lots.leaves, lot), np.where(built, outlives, period))
    ends = np.minimum(ends, facts.case.calendar.last).astype(np.int64)
    ends = np.where(rent, period + 1, ends)
    cancelled = action == "cancel"
    # an order that is cancelled whole has no lot: what is said of it stands in orders.csv
    orders = facts.case["orders"]
    order = pd.Index(text(orders, "order")).get_indexer(pd.Index(text(buy, "offer")))
    born = _at(orders, "arrives", np.where(cancelled, order, -1), 0).astype(np.int64)
    arrives = np.where(cancelled, born, arrives)
    ends = np.where(cancelled, born, ends)
    at = np.clip(period, 0, T - 1)
    ordered = np.isin(action, [*ORDERING, "rent", "relocate"]) & (status == "new")
    safe = np.maximum(row, 0)
    up = _prices(facts, safe, at, "usd_per_chip", ordered & (row >= 0))
    hour = _prices(facts, safe, at, "usd_per_chip_hour", ordered & (row >= 0))
    given = own & ~move & (status != "new")
    up = np.where(given, _stated(facts, lots, lot, "usd_per_chip"), up)
    stepped = own & ~move & (status == "new") & picked(_stepped(facts, lots), lot)
    up = np.where(stepped, picked(lots.price, lot), up)
    up = np.where(cancelled, _at(orders, "usd_per_chip", order, np.nan), up)
    hour = np.where(given, _stated(facts, lots, lot, "usd_per_chip_hour"), hour)
    up = np.where(built, _at(projects, "usd_per_mw", project, np.nan), up)
    up = np.where(told >= 0, _at(signed, "usd_per_mw", told, np.nan), up)
    return buy.assign(
        lot=of_lot,
        row=row,
        arrives=arrives,
        true_leaves=ends,
        own_up=np.where(rent | leave, np.nan, up),
        own_hour=np.where(leave | move | built | cancelled, np.nan, hour),
        chip_code=facts.codes("chip", buy["chip"]),
        site_code=facts.codes("site", buy["site"]),
    )


def _stepped(facts: Facts, lots: Lots) -> NDArray[np.bool_]:
    """Return which lots are bought at price steps, (L,)."""
    new = lots.origin == NEW
    return np.asarray(new & picked(priced(facts), np.where(new, lots.row, 0)), dtype=bool)


def picked(values: NDArray[Any], at: Ints) -> NDArray[Any]:
    """Return values at some places, in their shape; zeros where there are none at all."""
    return values[at] if len(values) else np.zeros(len(at), values.dtype)


def _at(frame: pd.DataFrame, name: str, row: Ints, other: float = 0) -> NDArray[Any]:
    """Return a column at some rows, and something else where the row is -1."""
    values = frame[name].to_numpy()
    if not len(values):
        return np.full(len(row), other)
    return np.where(row >= 0, values[np.maximum(row, 0)], other)


def _prices(facts: Facts, row: Ints, at: Ints, name: str, wanted: NDArray[np.bool_]) -> Floats:
    """Return a price of offers where it is wanted, NaN elsewhere."""
    if not len(facts.case["offers"]):
        return np.full(len(row), np.nan)
    return np.where(wanted, facts.price(row, at, name), np.nan)


def _stated(facts: Facts, lots: Lots, lot: Ints, name: str) -> Floats:
    """Return a price that fleet.csv or orders.csv states of lots; NaN where it states none."""
    prices = np.full(len(lot), np.nan)
    for origin, table in ((FLEET, "fleet"), (COMMITTED, "orders")):
        frame = facts.case[table]
        mine = picked(lots.origin, lot) == origin
        if name in frame and len(frame) and len(lots):
            prices = np.where(mine, column(frame, name)[np.where(mine, lots.row[lot], 0)], prices)
    return prices


def _lot_of(lots: Lots, buy: pd.DataFrame) -> Ints:
    """Return the lot behind each line, -1 for none: its own, or which it retires or cancels."""
    first = ~pd.Index(lots.line).duplicated()
    rows = np.flatnonzero(first)
    index = pd.Index(lots.line[rows])
    names = buy["line_id"].str.replace("^retire/(.*)@[^@]*$", r"\1", regex=True)
    names = names.str.removeprefix("cancel/")
    at = index.get_indexer(pd.Index(names.to_numpy(dtype=object)))
    return np.where(at >= 0, rows[np.maximum(at, 0)] if len(rows) else -1, -1).astype(np.int64)
