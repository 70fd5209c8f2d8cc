"""Lines: dates and names of every line of buy_plan.csv, from the inputs."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.actions import ORDERING
from planner.audit.facts import Facts, Ints, flags, text, whole
from planner.audit.files import NO_PERIOD
from planner.audit.futures import ordered_in
from planner.audit.line_amounts import check_line_power, check_money
from planner.audit.line_frame import line_frame, picked
from planner.audit.lots import COMMITTED, FLEET, NEW
from planner.audit.recomputed import Recomputed
from planner.audit.verdict import Check, Describe, line_column, require


def days(facts: Facts, periods: Ints) -> NDArray[np.object_]:
    """Return the first day of each period as written, (n,)."""
    calendar = facts.case.calendar
    return np.array([calendar.first_day(int(t)).isoformat() for t in periods], dtype=object)


def check_line_columns(found: Recomputed) -> list[Check]:
    """Return the checks of the columns of buy_plan.csv that follow from a line's offer, lot or
    project: dates, vendor, kind, prices, power, payments and what must be blank."""
    facts, frame = found.facts, line_frame(found)
    if not len(frame):
        return []
    return [
        *_dates(facts, frame),
        *_names(found, frame),
        *check_money(facts, frame),
        *check_line_power(facts, frame),
    ]


def _same(name: str, frame: pd.DataFrame, own: Any, limit: str) -> Check:
    """Return the check that a text column is what it must be."""
    written, truth = text(frame, name), np.asarray(own, dtype=object)
    return require(
        f"buy_plan.{name}",
        written == truth,
        lambda i: f"{line_column(frame, name)(i)}: written {written[i]!r}, recomputed {truth[i]!r}",
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
            f"{line_column(frame, name)(i)}: written {facts.label(frame[name][i])}, "
            f"recomputed {facts.label(own[i])}"
        )

    none = ((status == "existing") | (status == "committed")) & (action != "cancel")
    ordered = np.where(none, period == NO_PERIOD, (period >= 0) & (period < T))
    return [
        require(
            "buy_plan.order_period",
            ordered,
            lambda i: f"{line_column(frame, 'order_period')(i)}: {facts.label(period[i])}",
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
    chip = np.where(has, picked(lots.chip, safe), frame["chip_code"]).astype(np.int64)
    site = np.where(has & (action != "relocate"), picked(lots.site, safe), frame["site_code"])
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
    owned = picked(lots.owned, safe)
    kind = np.where(action == "retire", np.where(owned, "retirement", "contract end"), kind)
    born = np.array([facts.label(t) for t in picked(lots.born, safe)], dtype=object)
    fleet = has & (picked(lots.origin, safe) == FLEET) & (action != "relocate")
    due = has & (picked(lots.origin, safe) == COMMITTED)
    offer = np.where(fleet, "fleet:" + chips[chip] + ":" + born, text(frame, "offer"))
    if fleet.any():
        called = text(facts.case["fleet"], "lot")[np.where(fleet, picked(lots.row, safe), 0)]
        offer = np.where(fleet & (called != ""), offer + ":" + called, offer)
    if due.any():
        orders = text(facts.case["orders"], "order")
        offer = np.where(due, orders[np.where(due, picked(lots.row, safe), 0)], offer)
    new = has & (picked(lots.origin, safe) == NEW)
    if new.any():
        named = text(offers, "offer")[np.where(new, picked(lots.row, safe), 0)]
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
        _same(
            "in_scenarios",
            frame,
            ordered_in(facts.case.folder.parent, frame),
            "the scenarios whose plans have the line; blank without scenarios",
        ),
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
