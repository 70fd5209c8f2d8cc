"""Lots: everything that can hold chips, in one table.

An offer at one site ordered in one period, an order in flight and a lot of the existing fleet
differ in bounds and prices only.  A cloud reservation, a purchase and a rack that arrived three
years ago share every equation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.case.case import Case
from planner.case.columns import numbers, texts, whole
from planner.case.kinds import BURST_KINDS
from planner.model.index import Bools, Floats, Index, Ints

FLEET, COMMITTED, NEW = 0, 1, 2
"""Where a lot comes from."""


@dataclass(frozen=True, slots=True)
class Lots:
    """One entry per lot; period fields are relative to the plan, arrays have equal length V."""

    origin: NDArray[np.int8]
    row: Ints
    """Row of the lot in its own table: fleet, orders or offers."""
    chip: Ints
    site: Ints
    order_period: Ints
    """Order period; for fleet and orders in flight -1."""
    arrives: Ints
    """First period in service ``a`` at its site, negative for the fleet."""
    born: Ints
    """Period in which its chips first went into service, from which their age counts: ``arrives``,
    or before it where they are on their way from another site."""
    leaves: Ints
    """First period out of service ``e``."""
    lower: Floats
    upper: Floats
    """Bounds of the chips, infinite where only other limits bind."""
    attrition: Floats
    """Share lost per year, NaN where the chip's survival curve holds."""
    owned: Bools
    price: Floats
    """Up-front price per chip, USD; 0 where there is none, NaN for a fleet lot whose price is not
    stated."""
    deposit: Floats
    """Share of the price that is (was) paid in the period ``paid``, the rest on arrival."""
    paid: Ints
    """Period in which the deposit is (was) paid; before the plan for fleet and orders in flight."""
    hourly: Floats
    """Contract price per chip-hour, USD."""
    retire: Bools
    """May leave early: retire_early or cancellable."""
    capex: Bools
    """Up-front payment counts as capex: purchases, on order and new."""
    group: Ints
    """Supply group as a code, -1 for none."""

    def __len__(self) -> int:
        return len(self.chip)

    @property
    def given(self) -> Bools:
        """Lots whose chips are counted when the plan starts, (V,): the fleet, and chips on their
        way to another site."""
        return np.asarray((self.origin == FLEET) | (self.born < self.arrives))


def _expand(offers: pd.DataFrame, index: Index) -> pd.DataFrame:
    """Return one row per offer and site: columns row, site."""
    sizes = offers["site"].map(len).to_numpy(dtype=np.int64)
    rows = np.repeat(np.arange(len(offers)), sizes)
    sites = np.array([site for group in offers["site"] for site in group], dtype=object)
    return pd.DataFrame({"row": rows, "site": index.code("site", sites)})


def windows(case: Case, index: Index, kinds: tuple[str, ...]) -> pd.DataFrame:
    """Return every allowed (offer, site, period) of the offers of some kinds.

    Args:
        case: the case.
        index: its index.
        kinds: kinds of offers to list.

    Returns:
        Frame with int64 columns row (of offers.csv), chip, site, period; sorted; combinations that
        a rule forbids are left out.
    """
    offers = case["offers"]
    pairs = _expand(offers, index)
    pairs = pairs[np.isin(texts(offers, "kind"), kinds)[pairs["row"].to_numpy()]]
    row, site = pairs["row"].to_numpy(dtype=np.int64), pairs["site"].to_numpy(dtype=np.int64)
    first, last = whole(offers, "first_order")[row], whole(offers, "last_order")[row]
    sizes = np.maximum(last - first + 1, 0)
    which = np.repeat(np.arange(len(row)), sizes)
    period = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[which]
    frame = pd.DataFrame({"row": row[which], "site": site[which], "period": period})
    frame["chip"] = index.code("chip", texts(offers, "chip"))[frame["row"].to_numpy()]
    inside = (frame["period"] >= 0) & (frame["period"] < index.T)
    frame = frame[inside]
    allowed = ~index.order_forbidden[frame["chip"], frame["site"], frame["period"]]
    return frame[allowed].sort_values(["row", "site", "period"], ignore_index=True)


def prices(case: Case, index: Index, row: Ints, period: Ints, column: str) -> Floats:
    """Return a price of offers at order periods: offer_prices.csv where it has the period,
    otherwise offers.csv.

    Args:
        case: the case.
        index: its index.
        row: rows of offers.csv, (n,).
        period: order periods, (n,).
        column: ``usd_per_chip`` or ``usd_per_chip_hour``.

    Returns:
        Prices, (n,); NaN where the offer has no price of this kind.
    """
    table = np.broadcast_to(
        numbers(case["offers"], column)[:, None], (len(case["offers"]), index.T)
    ).copy()
    override = case["offer_prices"]
    override = override[override[column].notna() & override["period"].between(0, index.T - 1)]
    table[index.code("offer", texts(override, "offer")), whole(override, "period")] = numbers(
        override, column
    )
    return np.asarray(table[row, period], dtype=np.float64)


def _or_zero(values: Floats) -> Floats:
    """Zero where an offer has no price of a kind: it has the other, which the checks make sure
    of."""
    return np.where(np.isnan(values), 0.0, values)


def list_lots(case: Case, index: Index) -> Lots:
    """Return the lots of a case: fleet, orders in flight, then every order that could still arrive
    inside the plan.

    Args:
        case: the case.
        index: its index.

    Returns:
        The lots, in a fixed order: fleet and orders by their keys, offers by offer, site and order
        period.
    """
    fleet, orders, offers = case["fleet"], case["orders"], case["offers"]
    # a lot whose life ends as the plan starts serves no more, but is still to be taken out
    fleet_rows = np.flatnonzero(whole(fleet, "leaves_service") >= 0)
    fleet_site = index.code("site", texts(fleet, "site"))
    orders_chip = index.code("chip", texts(orders, "chip"))
    order_rows = np.flatnonzero(whole(orders, "arrives") < index.T)
    new = windows(
        case,
        index,
        tuple(
            kind for kind in set(texts(offers, "kind")) if kind not in (*BURST_KINDS, "relocate")
        ),
    )
    row = new["row"].to_numpy(dtype=np.int64)
    period = new["period"].to_numpy(dtype=np.int64)
    arrives = period + whole(offers, "lead_periods")[row]
    keep = arrives < index.T
    new, row, period, arrives = new[keep], row[keep], period[keep], arrives[keep]
    kind = texts(offers, "kind")[row]
    f, o, n = len(fleet_rows), len(order_rows), len(row)
    fleet_chips, order_chips = (
        numbers(fleet, "chips")[fleet_rows],
        numbers(orders, "chips")[order_rows],
    )
    cancel = ~np.isnan(numbers(orders, "cancel_fee_share")[order_rows])
    order_arrives = whole(orders, "arrives")[order_rows]
    held = (texts(fleet, "kind")[fleet_rows], texts(orders, "kind")[order_rows], kind)
    cat = np.concatenate
    return Lots(
        origin=np.repeat(np.array([FLEET, COMMITTED, NEW], np.int8), [f, o, n]),
        row=cat([fleet_rows, order_rows, row]),
        chip=cat(
            [
                index.code("chip", texts(fleet, "chip"))[fleet_rows],
                orders_chip[order_rows],
                new["chip"].to_numpy(dtype=np.int64),
            ]
        ),
        site=cat(
            [
                fleet_site[fleet_rows],
                index.code("site", texts(orders, "site"))[order_rows],
                new["site"].to_numpy(dtype=np.int64),
            ]
        ),
        order_period=cat([np.full(f + o, -1), period]),
        arrives=cat([whole(fleet, "in_service")[fleet_rows], order_arrives, arrives]),
        born=cat(
            [
                whole(fleet, "in_service")[fleet_rows],
                whole(orders, "in_service")[order_rows],
                arrives,
            ]
        ),
        leaves=cat(
            [
                whole(fleet, "leaves_service")[fleet_rows],
                whole(orders, "leaves_service")[order_rows],
                arrives + whole(offers, "term_periods")[row],
            ]
        ),
        lower=cat([fleet_chips, np.where(cancel, 0.0, order_chips), np.zeros(n)]),
        upper=cat([fleet_chips, order_chips, np.full(n, np.inf)]),
        attrition=cat(
            [
                numbers(fleet, "annual_attrition")[fleet_rows],
                numbers(orders, "annual_attrition")[order_rows],
                numbers(offers, "annual_attrition")[row],
            ]
        ),
        owned=np.concatenate(held) == "purchase",
        price=cat(
            [
                numbers(fleet, "usd_per_chip")[fleet_rows],
                numbers(orders, "usd_per_chip")[order_rows],
                _or_zero(prices(case, index, row, period, "usd_per_chip")),
            ]
        ),
        paid=cat(
            [whole(fleet, "ordered")[fleet_rows], whole(orders, "ordered")[order_rows], period]
        ),
        deposit=cat(
            [
                numbers(fleet, "paid_share")[fleet_rows],
                numbers(orders, "paid_share")[order_rows],
                numbers(offers, "deposit_share")[row],
            ]
        ),
        hourly=cat(
            [
                numbers(fleet, "usd_per_chip_hour")[fleet_rows],
                numbers(orders, "usd_per_chip_hour")[order_rows],
                _or_zero(prices(case, index, row, period, "usd_per_chip_hour")),
            ]
        ),
        retire=cat(
            [
                fleet["retire_early"].to_numpy(dtype=bool)[fleet_rows],
                orders["retire_early"].to_numpy(dtype=bool)[order_rows],
                np.where(
                    kind == "purchase",
                    offers["retire_early"].to_numpy(dtype=bool)[row],
                    offers["cancellable"].to_numpy(dtype=bool)[row],
                ),
            ]
        ),
        capex=(np.concatenate(held) == "purchase") & (np.arange(f + o + n) >= f),
        group=cat(
            [
                np.full(f, -1),
                groups(index, texts(orders, "supply_group"))[order_rows],
                groups(index, texts(offers, "supply_group"))[row],
            ]
        ),
    )


def groups(index: Index, named: NDArray[np.object_]) -> Ints:
    """Return supply groups by name as codes, (n,); -1 for none."""
    group = np.full(len(named), -1, dtype=np.int64)
    group[named != ""] = index.code("supply_group", named[named != ""])
    return group


def describe(case: Case, lots: Lots) -> Mapping[str, NDArray[np.object_]]:
    """Return the offer name and line id of every lot, for labels and tables: ``offer`` and
    ``line``, (V,) each."""
    label = np.frompyfunc(case.calendar.label, 1, 1)
    sites = texts(case["sites"], "site")[lots.site]
    order = np.asarray(lots.order_period)
    period = np.asarray(label(np.where(order >= 0, order, lots.arrives)), dtype=object)
    offer = np.empty(len(lots), dtype=object)
    new, committed, fleet = (lots.origin == origin for origin in (NEW, COMMITTED, FLEET))
    offer[new] = texts(case["offers"], "offer")[lots.row[new]]
    offer[committed] = texts(case["orders"], "order")[lots.row[committed]]
    chips = texts(case["chips"], "chip")[lots.chip]
    offer[fleet] = "fleet:" + chips[fleet] + ":" + period[fleet]
    named = np.flatnonzero(fleet)[texts(case["fleet"], "lot")[lots.row[fleet]] != ""]
    offer[named] = offer[named] + ":" + texts(case["fleet"], "lot")[lots.row[named]]
    line = offer + "@" + sites
    line[new] = line[new] + "@" + period[new]
    return {"offer": offer, "line": line}
