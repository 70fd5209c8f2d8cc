"""Payments for chips: what ordering, holding and leaving them costs, and what is left at the end.

::

    deposit when ordered, the rest on arrival; per hour and per year while held
    relocation; decommissioning less resale where chips leave; residual value at the end

Chips that leave early are ``step x before - held - moved``, so each of the three columns carries
its share of what that costs.
"""

from __future__ import annotations

import numpy as np

from planner.case.columns import numbers, whole
from planner.model.aging import MAINTENANCE, RESALE, alive, by_age, residual
from planner.model.draft import Draft
from planner.model.holding import Holding
from planner.model.index import Floats, Ints
from planner.model.lots import COMMITTED, FLEET, NEW, Lots, prices
from planner.model.moves import spans


def add_payments(draft: Draft, lots: Lots, holding: Holding) -> None:
    """Add every payment for chips to the ledger.

    Args:
        draft: the program being written.
        lots: its lots.
        holding: who holds what, when.
    """
    _pay_orders(draft, lots, holding.order)
    _pay_held(draft, lots, holding)
    _pay_leaving(draft, lots, holding)
    _pay_end(draft, lots, holding)
    _pay_cancelled(draft, lots, holding)


def _pay_orders(draft: Draft, lots: Lots, order: Ints) -> None:
    """Up-front payments: the deposit when ordered, the rest when in service; orders in flight owe
    what is unpaid, unless their chips only move."""
    ledger = draft.ledger
    for capex, term in ((True, "chips"), (False, "prepaid")):
        new = np.flatnonzero((lots.origin == NEW) & (lots.capex == capex))
        place = {"site": lots.site[new], "chip": lots.chip[new]}
        ledger.add(
            term, order[new], lots.order_period[new], lots.price[new] * lots.deposit[new], **place
        )
        ledger.add(
            term,
            order[new],
            lots.arrives[new],
            lots.price[new] * (1.0 - lots.deposit[new]),
            **place,
        )
    for capex, term in ((True, "chips"), (False, "prepaid")):
        due = np.flatnonzero((lots.origin == COMMITTED) & ~lots.given & (lots.capex == capex))
        ledger.add(
            term,
            order[due],
            lots.arrives[due],
            lots.price[due] * (1.0 - lots.deposit[due]),
            site=lots.site[due],
            chip=lots.chip[due],
        )


def _pay_held(draft: Draft, lots: Lots, holding: Holding) -> None:
    """What accrues while chips are held: contract payments per hour, maintenance by age of owned
    chips."""
    ledger, case, index = draft.ledger, draft.case, draft.index
    lot, period = holding.lot, holding.period
    place = {"site": holding.site, "chip": holding.chip}
    ledger.add(
        "contracts",
        holding.column,
        period,
        holding.coefficient * lots.hourly[lot] * index.hours[period],
        **place,
    )
    _pay_on_the_way(draft, lots, holding)
    flat = numbers(case["chips"], "maintenance_usd_per_chip_year")[lots.chip[lot]]
    aged = by_age(case, index, MAINTENANCE, lots.chip[lot], (period - lots.born[lot]) / index.ppy)
    yearly = np.where(lots.owned[lot], np.where(np.isnan(aged), flat, aged), 0.0)
    ledger.add(
        "maintenance", holding.column, period, holding.coefficient * yearly / index.ppy, **place
    )


def _pay_on_the_way(draft: Draft, lots: Lots, holding: Holding) -> None:
    """A contract runs on while its chips are on their way to another site, also of those that
    left before the plan."""
    ledger, case, index = draft.ledger, draft.case, draft.index
    leaving = np.flatnonzero((lots.origin == COMMITTED) & lots.given)
    which, period = spans(np.zeros(len(leaving), np.int64), lots.arrives[leaving])
    moved = leaving[which]
    ledger.add(
        "contracts",
        holding.order[moved],
        period,
        alive(case, index, lots, moved, period) * lots.hourly[moved] * index.hours[period],
        site=lots.site[moved],
        chip=lots.chip[moved],
    )
    moves = holding.moves
    went, lot = (moves[name].to_numpy(dtype=np.int64) for name in ("period", "lot"))
    lead = whole(case["offers"], "lead_periods")[moves["row"].to_numpy(dtype=np.int64)]
    which, period = spans(went, went + lead)
    moved = lot[which]
    now, then = (
        alive(case, index, lots, moved, period),
        alive(case, index, lots, moved, went[which]),
    )
    left = np.divide(now, then, out=np.zeros_like(now), where=then > 0)
    ledger.add(
        "contracts",
        moves["column"].to_numpy(dtype=np.int64)[which],
        period,
        left * lots.hourly[moved] * index.hours[period],
        site=moves["site"].to_numpy(dtype=np.int64)[which],
        chip=lots.chip[moved],
    )


def _pay_leaving(draft: Draft, lots: Lots, holding: Holding) -> None:
    """Relocation, decommissioning and resale of chips that leave early."""
    ledger, case, index = draft.ledger, draft.case, draft.index
    chains, moves = holding.chains, holding.moves
    takeout = numbers(case["chips"], "decommission_usd_per_chip")
    went = moves["period"].to_numpy(dtype=np.int64)
    fee = prices(case, index, moves["row"].to_numpy(dtype=np.int64), went, "usd_per_chip")
    moved_lot = moves["lot"].to_numpy(dtype=np.int64)
    ledger.add(
        "relocation",
        moves["column"].to_numpy(dtype=np.int64),
        went,
        fee,
        site=moves["site"].to_numpy(dtype=np.int64),
        chip=lots.chip[moved_lot],
    )

    # retired[v,t] = step x before - held - moved, so each of the three columns carries its share of
    # the cost
    lot, period = chains["lot"].to_numpy(dtype=np.int64), chains["period"].to_numpy(dtype=np.int64)
    may = lots.owned & lots.retire
    price = np.where(np.isnan(lots.price), 0.0, lots.price)

    def used_price(v: Ints, t: Ints) -> Floats:
        """What a chip of a lot brings when it is sold at the start of a period."""
        share = np.nan_to_num(
            by_age(
                case,
                index,
                RESALE,
                lots.chip[v],
                (t - lots.born[v]) / index.ppy,
            )
        )
        return np.asarray(share * price[v], dtype=np.float64)

    for term, stayed, gone in (
        ("decommissioning", takeout[lots.chip[lot]], takeout[lots.chip[moved_lot]]),
        ("resale", -used_price(lot, period), -used_price(moved_lot, went)),
    ):
        usd = np.where(may[lot], stayed, 0.0)
        place = {"site": lots.site[lot], "chip": lots.chip[lot]}
        ledger.add(term, chains["before"], period, usd * chains["step"].to_numpy(), **place)
        ledger.add(term, chains["column"], period, -usd, **place)
        usd = np.where(may[moved_lot], gone, 0.0)
        ledger.add(
            term, moves["column"], went, -usd, site=lots.site[moved_lot], chip=lots.chip[moved_lot]
        )


def _pay_end(draft: Draft, lots: Lots, holding: Holding) -> None:
    """Decommissioning at the end of a life, residual value of what is still held at the end of the
    plan."""
    ledger, case, index = draft.ledger, draft.case, draft.index
    takeout = numbers(case["chips"], "decommission_usd_per_chip")
    # what is held in a lot's last period ends its life, or the plan, one step later
    last = np.minimum(lots.leaves, index.T) - 1
    end = np.flatnonzero(holding.period == last[holding.lot])
    v = holding.lot[end]
    now, then = alive(case, index, lots, v, last[v] + 1), alive(case, index, lots, v, last[v])
    left = holding.coefficient[end] * np.divide(now, then, out=np.zeros_like(now), where=then > 0)
    place = {"site": holding.site[end], "chip": holding.chip[end]}
    out = lots.owned[v] & (lots.leaves[v] < index.T)
    ledger.add(
        "decommissioning",
        holding.column[end],
        last[v] + 1,
        np.where(out, takeout[lots.chip[v]] * left, 0.0),
        **place,
    )
    gone = np.flatnonzero((lots.origin == FLEET) & (lots.leaves == 0) & lots.owned)
    ledger.add(
        "decommissioning",
        holding.order[gone],
        0,
        takeout[lots.chip[gone]],
        site=lots.site[gone],
        chip=lots.chip[gone],
    )
    credit = residual(case, index, lots, v) / index.start[index.T]  # nominal at the end of the plan
    ledger.add("residual", holding.column[end], last[v] + 1, -credit * left, **place)


def _pay_cancelled(draft: Draft, lots: Lots, holding: Holding) -> None:
    """The fee of an order in flight that is cancelled, due at the start."""
    lot = holding.cancels["lot"].to_numpy(dtype=np.int64)
    fee = numbers(draft.case["orders"], "cancel_fee_share")[lots.row[lot]]
    column = holding.cancels["column"].to_numpy(dtype=np.int64)
    for capex, payment in ((True, "cancellation"), (False, "contract_cancellation")):
        some = lots.capex[lot] == capex
        v = lot[some]
        draft.ledger.add(
            payment,
            column[some],
            0,
            (fee * lots.price[lot])[some],
            site=lots.site[v],
            chip=lots.chip[v],
        )
