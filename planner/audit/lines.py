"""Lines: dates, prices, power and names of every line of buy_plan.csv, from the inputs."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.actions import ORDERING
from planner.audit.facts import Facts, Floats, Ints, column, flags, or_zero, text, whole
from planner.audit.files import NO_PERIOD
from planner.audit.lots import COMMITTED, FLEET, NEW, Lots
from planner.audit.recomputed import Recomputed
from planner.audit.tolerance import CENT, WRITTEN
from planner.audit.verdict import Check, Describe, agree, require, within

ORDERED: Final = (*ORDERING, "rent", "build_power")
"""Actions of lines that are ordered in lots."""


def days(facts: Facts, periods: Ints) -> NDArray[np.object_]:
    """Return the first day of each period as written, (n,)."""
    calendar = facts.case.calendar
    return np.array([calendar.first_day(int(t)).isoformat() for t in periods], dtype=object)


def _frame(found: Recomputed) -> pd.DataFrame:
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
    arrives = np.where(own & ~move, _pick(lots.born, lot), period + lead)
    life = np.floor(_at(projects, "life_years", project, 0.0) * facts.ppy + 0.5)
    outlives = np.maximum(period + lead + life, T)
    ends = np.where(own, _pick(lots.leaves, lot), np.where(built, outlives, period))
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
    up = np.where(cancelled, _at(orders, "usd_per_chip", order, np.nan), up)
    hour = np.where(given, _stated(facts, lots, lot, "usd_per_chip_hour"), hour)
    up = np.where(built, _at(projects, "usd_per_mw", project, np.nan), up)
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


def _pick(values: NDArray[Any], at: Ints) -> NDArray[Any]:
    """Return values at some places; zeros where there are none at all."""
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
        mine = _pick(lots.origin, lot) == origin
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


def check_line_columns(found: Recomputed) -> list[Check]:
    """Return the checks of the columns of buy_plan.csv that follow from a line's offer, lot or
    project: dates, vendor, kind, prices, power, payments and what must be blank."""
    facts, frame = found.facts, _frame(found)
    if not len(frame):
        return []
    return [
        *_dates(facts, frame),
        *_names(found, frame),
        *_money(facts, frame),
        *_power(facts, frame),
    ]


def _told(frame: pd.DataFrame, name: str) -> Describe:
    """Return the words for a column of a line."""
    return lambda i: f"buy_plan.csv, line {frame['line_id'][i]}, {name}"


def _same(name: str, frame: pd.DataFrame, own: Any, limit: str) -> Check:
    """Return the check that a text column is what it must be."""
    written, truth = text(frame, name), np.asarray(own, dtype=object)
    return require(
        f"buy_plan.{name}",
        written == truth,
        lambda i: f"{_told(frame, name)(i)}: written {written[i]!r}, recomputed {truth[i]!r}",
        limit,
    )


def _dates(facts: Facts, frame: pd.DataFrame) -> list[Check]:
    """When it is decided, in service, gone, and until when it can be cancelled."""
    action, status = text(frame, "action"), text(frame, "status")
    period, T = whole(frame, "order_period"), facts.T
    decided = ((status == "new") & (period >= 0)) | (action == "cancel")
    arrives, ends = whole(frame, "arrives"), whole(frame, "true_leaves")
    by = np.where(decided, days(facts, np.maximum(period, 0)), "")
    leaves, starts = whole(frame, "leaves_period"), whole(frame, "in_service_period")
    offers = facts.case["offers"]
    row = np.where(np.isin(action, ORDERING) & (status == "new"), frame["row"], -1)
    until = np.full(len(frame), "", dtype=object)
    if len(offers):
        can = (row >= 0) & flags(offers, "cancellable")[np.maximum(row, 0)]
        until = np.where(can, days(facts, np.maximum(ends - 1, 0)), "")

    def when(name: str, own: Ints) -> Describe:
        return lambda i: (
            f"{_told(frame, name)(i)}: written {facts.label(frame[name][i])}, "
            f"recomputed {facts.label(own[i])}"
        )

    none = ((status == "existing") | (status == "committed")) & (action != "cancel")
    ordered = np.where(none, period == NO_PERIOD, (period >= 0) & (period < T))
    return [
        require(
            "buy_plan.order_period",
            ordered,
            lambda i: f"{_told(frame, 'order_period')(i)}: {facts.label(period[i])}",
            "a period of the plan; blank for what exists or is on order",
        ),
        _same("decide_by", frame, by, "the first day of the order period; blank where none"),
        require(
            "buy_plan.in_service_period",
            starts == arrives,
            when("in_service_period", arrives),
            "the first period in service",
        ),
        require(
            "buy_plan.leaves_period",
            leaves == ends,
            when("leaves_period", ends),
            "the first period out of service, also after the plan",
        ),
        _same("cancellable_until", frame, until, "the first day of the last period of its term"),
    ]


_KINDS: Final = {"existing": "fleet", "committed": "order"}


def _names(found: Recomputed, frame: pd.DataFrame) -> list[Check]:
    """Offer, site, chip, vendor and kind."""
    facts, lots = found.facts, found.lots
    action, status = text(frame, "action"), text(frame, "status")
    lot, row = whole(frame, "lot"), whole(frame, "row")
    has, safe = lot >= 0, np.maximum(lot, 0)
    chip = np.where(has, _pick(lots.chip, safe), frame["chip_code"]).astype(np.int64)
    site = np.where(has & (action != "relocate"), _pick(lots.site, safe), frame["site_code"])
    chips = np.append(facts.chip.to_numpy(dtype=object), "")
    vendors = np.append(text(facts.case["chips"], "vendor"), "")
    chip = np.where(action == "build_power", -1, chip)
    offers = facts.case["offers"]
    kind = np.array([_KINDS.get(s, "") for s in status], dtype=object)
    if len(offers):
        kind = np.where(
            (status == "new") & (row >= 0), text(offers, "kind")[np.maximum(row, 0)], kind
        )
    kind = np.where(action == "build_power", "power", kind)
    owned = _pick(lots.owned, safe)
    kind = np.where(action == "retire", np.where(owned, "retirement", "contract end"), kind)
    born = np.array([facts.label(t) for t in _pick(lots.born, safe)], dtype=object)
    fleet = has & (_pick(lots.origin, safe) == FLEET) & (action != "relocate")
    due = has & (_pick(lots.origin, safe) == COMMITTED)
    offer = np.where(fleet, "fleet:" + chips[chip] + ":" + born, text(frame, "offer"))
    if due.any():
        orders = text(facts.case["orders"], "order")
        offer = np.where(due, orders[np.where(due, _pick(lots.row, safe), 0)], offer)
    new = has & (_pick(lots.origin, safe) == NEW)
    if new.any():
        named = text(offers, "offer")[np.where(new, _pick(lots.row, safe), 0)]
        offer = np.where(new, named, offer)
    source = np.full(len(frame), "", dtype=object)
    if len(offers):
        moved = (action == "relocate") & (row >= 0)
        source = np.where(moved, text(offers, "from_site")[np.maximum(row, 0)], "")
    sites = facts.site.to_numpy(dtype=object)
    return [
        _same("offer", frame, offer, "the offer, order, fleet lot or project of the line"),
        _same("site", frame, sites[site.astype(np.int64)], "the site of its lot or project"),
        _same("from_site", frame, source, "where the offer relocates from; blank for others"),
        _same("chip", frame, chips[chip], "the chip of its lot or offer"),
        _same("vendor", frame, vendors[chip], "the vendor of the chip in chips.csv"),
        _same("kind", frame, kind, "the kind of the offer; fleet, order, power, ..."),
        _same("in_scenarios", frame, np.full(len(frame), ""), "blank: no scenarios were run"),
        _line_ids(facts, frame),
    ]


def _line_ids(facts: Facts, frame: pd.DataFrame) -> Check:
    """Return the check that a line's id says what it is: offer@site@order period."""
    period = whole(frame, "order_period")
    label = np.array([facts.label(t) if t >= 0 else "" for t in period], dtype=object)
    action, status = text(frame, "action"), text(frame, "status")
    plain = text(frame, "offer") + "@" + text(frame, "site")
    own = np.where(status == "new", plain + "@" + label, plain)
    own = np.where(action == "cancel", "cancel/" + plain, own)
    ids = text(frame, "line_id")
    ends = np.array([str(i).endswith("@" + t) for i, t in zip(ids, label, strict=True)], dtype=bool)
    starts = np.array([str(i).startswith(o) for i, o in zip(ids, own, strict=True)], dtype=bool)
    leave, move = action == "retire", action == "relocate"
    good = np.where(leave, (frame["lot"] >= 0) & ends, np.where(move, starts, ids == own))
    return require(
        "buy_plan.line_id",
        good,
        lambda i: f"buy_plan.csv, line {ids[i]}: its columns say {own[i]}",
        "the offer, site and order period of the line",
    )


def _blank_too(written: Floats, own: Floats) -> tuple[Floats, Floats]:
    """Return figures to compare: where both are blank they agree."""
    both = np.isnan(written) & np.isnan(own)
    return np.where(both, 0.0, written), np.where(both, 0.0, own)


def _money(facts: Facts, frame: pd.DataFrame) -> list[Check]:
    """Unit prices of all lines, and payments of those that move, retire or cancel."""
    action, chips = text(frame, "action"), column(frame, "chips")
    up, hour = column(frame, "own_up"), column(frame, "own_hour")
    # a price of nothing is blank where there is another; one of the two always stands
    up = np.where((or_zero(up) > 0) | (or_zero(hour) == 0), up, np.nan)
    hour = np.where(or_zero(hour) > 0, hour, np.nan)
    told_up, told_hour = column(frame, "usd_per_chip"), column(frame, "usd_per_chip_hour")
    # fleet without a stated price may show none, or 0
    told_up = np.where(np.isnan(up) & (told_up == 0), np.nan, told_up)
    told_hour = np.where(np.isnan(hour) & (told_hour == 0), np.nan, told_hour)
    up = np.where(np.isnan(told_up) & (up == 0), np.nan, up)
    fee = np.where(action == "relocate", or_zero(column(frame, "own_up")), 0.0)
    orders = facts.case["orders"]
    if len(orders):
        share = pd.Series(column(orders, "cancel_fee_share"), index=text(orders, "order"))
        owed = or_zero(share.reindex(text(frame, "offer")).to_numpy(dtype=float)) * or_zero(up)
        fee = np.where(action == "cancel", owed, fee)
    mine = np.flatnonzero(np.isin(action, ["relocate", "cancel", "retire"]))
    when = np.clip(whole(frame, "order_period"), 0, facts.T - 1)
    usd = fee * or_zero(chips)
    npv = usd * facts.start[when]
    floor = (CENT + fee * WRITTEN)[mine]
    return [
        agree(
            "buy_plan.usd_per_chip",
            *_blank_too(told_up, up),
            _told(frame, "usd_per_chip"),
            unit="USD",
            floor=1e-9,
        ),
        agree(
            "buy_plan.usd_per_chip_hour",
            *_blank_too(told_hour, hour),
            _told(frame, "usd_per_chip_hour"),
            unit="USD",
            floor=1e-9,
        ),
        *(
            agree(
                f"buy_plan.{name}_moved",
                column(frame, name)[mine],
                own[mine],
                within(_told(frame, name), mine),
                unit="USD",
                floor=floor,
            )
            for name, own in (("total_usd", usd), ("npv_usd", npv))
        ),
    ]


def _power(facts: Facts, frame: pd.DataFrame) -> list[Check]:
    """Power of every line of chips, whole lots, and cells that must be blank."""
    action, status = text(frame, "action"), text(frame, "status")
    built, chip = action == "build_power", np.maximum(whole(frame, "chip_code"), 0)
    site, chips = np.maximum(whole(frame, "site_code"), 0), column(frame, "chips")
    it = np.where(built, np.nan, chips * facts.kw_peak[chip] / 1000.0)
    utility = np.where(facts.cloud[site], np.nan, it * facts.pue[site])
    one = facts.kw_peak[chip] * WRITTEN / 1000.0  # what six decimals of a chip make in MW
    ordered = np.isin(action, ORDERED) & (status == "new")
    size = column(facts.case["chips"], "lot_size")[chip]
    projects = facts.case["power_projects"]
    lot_mw = pd.Series(column(projects, "lot_mw"), index=text(projects, "project"))
    size = np.where(built, lot_mw.reindex(text(frame, "offer")).to_numpy(dtype=float), size)
    amount = np.where(built, column(frame, "mw"), chips)
    lots, rounded = column(frame, "lots"), column(frame, "chips_rounded")
    fits = (np.abs(lots - np.rint(lots)) < 1e-9) & (
        np.abs(lots * size - amount) < size * (1 + 1e-6)
    )
    whole_lots = np.where(built, np.isnan(rounded), np.abs(rounded - lots * size) < 1e-6)
    blank = np.isnan(lots) & np.isnan(rounded)
    return [
        agree(
            "buy_plan.mw_it_all",
            *_blank_too(column(frame, "mw_it"), it),
            _told(frame, "mw_it"),
            unit="MW",
            floor=one,
        ),
        agree(
            "buy_plan.mw_utility_all",
            *_blank_too(column(frame, "mw_utility"), utility),
            _told(frame, "mw_utility"),
            unit="MW",
            floor=one * facts.pue[site],
        ),
        require(
            "buy_plan.lots",
            np.where(ordered, fits & whole_lots, blank),
            lambda i: f"{_told(frame, 'lots')(i)}: {lots[i]:.10g} of {size[i]:.10g}",
            "whole lots less than one away for what is ordered; blank for others",
        ),
        require(
            "buy_plan.mw",
            np.isnan(column(frame, "mw")) != built,
            _told(frame, "mw"),
            "MW of power projects; blank for others",
        ),
        require(
            "buy_plan.chips",
            np.isnan(chips) == built,
            _told(frame, "chips"),
            "chips; blank for power projects",
        ),
    ]
