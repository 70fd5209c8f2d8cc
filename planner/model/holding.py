"""Holding: chips ordered, kept, retired, moved, and what holding them costs.

``held[v,t] = alive(v,t) x order[v]``, or a column of its own where a lot may leave early::

    held[v,t] + sum_offers move[v,t] <= step(v,t) x held[v,t-1]          row ``retire``
    (``=`` where it may only be moved)

The dual of ``retire`` is what one more chip that stays would save (USD per chip).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.lp.program import ProgramBuilder
from planner.model.index import Floats, Index, Ints, numbers, texts, whole
from planner.model.ledger import LedgerBuilder
from planner.model.lots import COMMITTED, FLEET, NEW, Lots, alive, by_age, prices, residual, windows

CHIPS = 1000.0
"""Chip columns and rows are counted in thousands inside the solver, so that coefficients stay near
1."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Which columns hold how many chips where and when: ``held = coefficient x column``, summed
    over entries.

    ``lot`` is the lot behind each entry and ``move`` its relocation (-1: none); all arrays have
    equal length.
    """

    lot: Ints
    move: Ints
    column: Ints
    coefficient: Floats
    chip: Ints
    site: Ints
    period: Ints
    order: Ints
    """Column of ``order`` of each lot, (V,)."""
    moves: pd.DataFrame
    """Relocations: row (of offers.csv), lot, site (to), period, column."""
    chains: pd.DataFrame
    """Lots that may leave early, by period: lot, period, column, before (column), step: what came
    before, times step, is what could stay."""


def _list_moves(case: Case, index: Index, lots: Lots) -> pd.DataFrame:
    """Return every relocation of a fleet lot that would still serve at its new site."""
    offers = case["offers"]
    window = windows(case, index, ("relocate",))
    if window.empty:
        return pd.DataFrame(
            {
                name: np.empty(0, dtype=np.int64)
                for name in ("row", "site", "period", "chip", "from", "lead", "lot", "leaves")
            }
        )
    window["from"] = -1
    if len(window):
        window["from"] = index.code("site", texts(offers, "from_site")[window["row"]])
    window["lead"] = whole(offers, "lead_periods")[window["row"]]
    fleet = np.flatnonzero(lots.origin == FLEET)
    frame = pd.DataFrame(
        {
            "lot": fleet,
            "chip": lots.chip[fleet],
            "from": lots.site[fleet],
            "leaves": lots.leaves[fleet],
        }
    )
    moves = window.merge(frame, on=["chip", "from"])
    moves = moves[
        (moves["period"] + moves["lead"] < np.minimum(moves["leaves"], index.T))
        & (moves["site"] != moves["from"])
    ]
    return moves.sort_values(["row", "site", "lot", "period"], ignore_index=True)


def _spans(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return (which, period) for every period of every span ``first <= t < last``."""
    sizes = np.maximum(last - first, 0)
    which = np.repeat(np.arange(len(first)), sizes)
    return which, np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[which]


def hold(
    builder: ProgramBuilder,
    ledger: LedgerBuilder,
    case: Case,
    index: Index,
    lots: Lots,
) -> Holding:
    """Add the columns ``order``, ``held``, ``move`` and ``cancel`` with their rows and costs.

    Args:
        builder: the program being built.
        ledger: the ledger being filled.
        case: the case.
        index: its index.
        lots: its lots.

    Returns:
        What is held where and when, as coefficients of columns.
    """
    moves = _list_moves(case, index, lots)
    movable = np.isin(np.arange(len(lots)), moves["lot"].to_numpy())
    chained = lots.retire | movable
    order = builder.columns(
        "order",
        {"lot": np.arange(len(lots)), "chip": lots.chip, "site": lots.site},
        lots.lower,
        lots.upper,
        scale=CHIPS,
    )
    # chains: the fleet may leave at the very start, other lots from the period after they arrive
    first = np.where(lots.origin == FLEET, 0, np.maximum(lots.arrives, 0) + 1)
    chain_lots = np.flatnonzero(chained)
    which, period = _spans(first[chain_lots], np.minimum(lots.leaves, index.T)[chain_lots])
    lot = chain_lots[which]
    held = builder.columns(
        "held",
        {"lot": lot, "chip": lots.chip[lot], "site": lots.site[lot], "period": period},
        0.0,
        np.inf,
        scale=CHIPS,
    )
    fresh = period == first[lot]
    before = np.where(fresh, order[lot], np.roll(held, 1))
    at_start = fresh & (lots.origin[lot] == FLEET)
    now, then = (
        alive(case, index, lots, lot, period),
        alive(case, index, lots, lot, np.maximum(period - 1, 0)),
    )
    step = np.where(at_start, 1.0, np.divide(now, then, out=np.zeros_like(now), where=then > 0))
    leave = builder.rows(
        "retire",
        {"lot": lot, "period": period},
        np.where(lots.retire[lot], -np.inf, 0.0),
        0.0,
        scale=CHIPS,
    )
    builder.entries(leave, held, 1.0)
    builder.entries(leave, before, -step)
    move = builder.columns(
        "move",
        {
            "offer": moves["row"].to_numpy(),
            "lot": moves["lot"].to_numpy(),
            "to": moves["site"].to_numpy(),
            "period": moves["period"].to_numpy(),
        },
        0.0,
        np.inf,
        scale=CHIPS,
    )
    moves = moves.assign(column=move)
    chain_of = pd.Series(np.arange(len(lot)), index=pd.MultiIndex.from_arrays([lot, period]))
    moved_in = chain_of.reindex(
        pd.MultiIndex.from_arrays([moves["lot"], moves["period"]])
    ).to_numpy(dtype=np.int64)
    builder.entries(leave[moved_in], move, 1.0)
    chains = pd.DataFrame(
        {"lot": lot, "period": period, "column": held, "before": before, "step": step}
    )
    _offer_limits(builder, case, index, lots, order, moves)
    holding = _holding(case, index, lots, order, chained, first, chains, moves)
    _order_costs(ledger, case, index, lots, order, chained)
    _held_costs(ledger, case, index, lots, holding)
    _leaving_costs(ledger, case, index, lots, chains, moves, holding)
    _cancellations(builder, ledger, case, index, lots, order)
    return holding


def _offer_limits(
    builder: ProgramBuilder, case: Case, index: Index, lots: Lots, order: Ints, moves: pd.DataFrame
) -> None:
    """Row ``offer_limit``: ``min_per_period <= sum over sites (lots) of order (move) <=
    max_per_period``.

    Its dual is what one more chip of this offer in this period would save (USD per chip).
    """
    offers = case["offers"]
    new = np.flatnonzero(lots.origin == NEW)
    row = np.concatenate([lots.row[new], moves["row"].to_numpy(dtype=np.int64)])
    period = np.concatenate([lots.order_period[new], moves["period"].to_numpy(dtype=np.int64)])
    column = np.concatenate([order[new], moves["column"].to_numpy(dtype=np.int64)])
    low, high = numbers(offers, "min_per_period")[row], numbers(offers, "max_per_period")[row]
    limited = (low > 0) | ~np.isnan(high)
    keys, inverse = np.unique(
        np.stack([row[limited], period[limited]]), axis=1, return_inverse=True
    )
    high = numbers(offers, "max_per_period")[keys[0]]
    limit = builder.rows(
        "offer_limit",
        {"offer": keys[0], "period": keys[1]},
        np.where(
            numbers(offers, "min_per_period")[keys[0]] > 0,
            numbers(offers, "min_per_period")[keys[0]],
            -np.inf,
        ),
        np.where(np.isnan(high), np.inf, high),
        scale=CHIPS,
    )
    builder.entries(limit[inverse.ravel()], column[limited], 1.0)


def _holding(
    case: Case,
    index: Index,
    lots: Lots,
    order: Ints,
    chained: np.ndarray,
    first: Ints,
    chains: pd.DataFrame,
    moves: pd.DataFrame,
) -> Holding:
    """Collect the three ways to hold: a share of the order, a column of its own, a relocated
    chip."""
    every = np.arange(len(lots))
    until = np.minimum(lots.leaves, index.T)
    # a chained lot is held through its order up to where its chain begins
    lot, period = _spans(
        np.maximum(lots.arrives, 0), np.where(chained, np.minimum(first, until), until)
    )
    lot = every[lot]
    lead = whole(case["offers"], "lead_periods")[moves["row"].to_numpy(dtype=np.int64)]
    source = moves["lot"].to_numpy(dtype=np.int64)
    went = moves["period"].to_numpy(dtype=np.int64)
    which, arrived = _spans(went + lead, until[source])
    moved = source[which]
    now, then = (
        alive(case, index, lots, moved, arrived),
        alive(case, index, lots, moved, went[which]),
    )
    cat = np.concatenate
    chain_lot = chains["lot"].to_numpy(dtype=np.int64)
    return Holding(
        lot=cat([lot, chain_lot, moved]),
        move=cat([np.full(len(lot) + len(chains), -1), which]),
        column=cat(
            [
                order[lot],
                chains["column"].to_numpy(dtype=np.int64),
                moves["column"].to_numpy(dtype=np.int64)[which],
            ]
        ),
        coefficient=cat(
            [
                alive(case, index, lots, lot, period),
                np.ones(len(chains)),
                np.divide(now, then, out=np.zeros_like(now), where=then > 0),
            ]
        ),
        chip=cat([lots.chip[lot], lots.chip[chain_lot], lots.chip[moved]]),
        site=cat(
            [lots.site[lot], lots.site[chain_lot], moves["site"].to_numpy(dtype=np.int64)[which]]
        ),
        period=cat([period, chains["period"].to_numpy(dtype=np.int64), arrived]),
        order=order,
        moves=moves,
        chains=chains,
    )


def _order_costs(
    ledger: LedgerBuilder, case: Case, index: Index, lots: Lots, order: Ints, chained: np.ndarray
) -> None:
    """Up-front payments: the deposit when ordered, the rest when in service; orders in flight owe
    what is unpaid."""
    for capex, term, category in ((True, "chips", "capex"), (False, "prepaid", "opex")):
        new = np.flatnonzero((lots.origin == NEW) & (lots.capex == capex))
        place = {"site": lots.site[new], "chip": lots.chip[new]}
        ledger.add(
            term,
            category,
            order[new],
            lots.order_period[new],
            lots.price[new] * lots.deposit[new],
            when="start",
            **place,
        )
        ledger.add(
            term,
            category,
            order[new],
            lots.arrives[new],
            lots.price[new] * (1.0 - lots.deposit[new]),
            when="start",
            **place,
        )
    due = np.flatnonzero(lots.origin == COMMITTED)
    ledger.add(
        "chips",
        "capex",
        order[due],
        lots.arrives[due],
        lots.price[due] * (1.0 - lots.deposit[due]),
        when="start",
        site=lots.site[due],
        chip=lots.chip[due],
    )


def _held_costs(
    ledger: LedgerBuilder, case: Case, index: Index, lots: Lots, holding: Holding
) -> None:
    """What accrues while chips are held: contract payments per hour, maintenance by age of owned
    chips."""
    lot, period = holding.lot, holding.period
    place = {"site": holding.site, "chip": holding.chip}
    ledger.add(
        "contracts",
        "opex",
        holding.column,
        period,
        holding.coefficient * lots.hourly[lot] * index.hours[period],
        when="mid",
        **place,
    )
    _pay_on_the_way(ledger, case, index, lots, holding.moves)
    flat = numbers(case["chips"], "maintenance_usd_per_chip_year")[lots.chip[lot]]
    aged = by_age(
        case,
        index,
        "maintenance",
        "usd_per_chip_year",
        lots.chip[lot],
        (period - lots.arrives[lot]) / index.ppy,
        step=True,
    )
    yearly = np.where(lots.owned[lot], np.where(np.isnan(aged), flat, aged), 0.0)
    ledger.add(
        "maintenance",
        "opex",
        holding.column,
        period,
        holding.coefficient * yearly / index.ppy,
        when="mid",
        **place,
    )


def _pay_on_the_way(
    ledger: LedgerBuilder, case: Case, index: Index, lots: Lots, moves: pd.DataFrame
) -> None:
    """A contract runs on while its chips are on their way to another site."""
    went, lot = (moves[name].to_numpy(dtype=np.int64) for name in ("period", "lot"))
    lead = whole(case["offers"], "lead_periods")[moves["row"].to_numpy(dtype=np.int64)]
    which, period = _spans(went, went + lead)
    moved = lot[which]
    now, then = (
        alive(case, index, lots, moved, period),
        alive(case, index, lots, moved, went[which]),
    )
    left = np.divide(now, then, out=np.zeros_like(now), where=then > 0)
    ledger.add(
        "contracts",
        "opex",
        moves["column"].to_numpy(dtype=np.int64)[which],
        period,
        left * lots.hourly[moved] * index.hours[period],
        when="mid",
        site=moves["site"].to_numpy(dtype=np.int64)[which],
        chip=lots.chip[moved],
    )


def _leaving_costs(
    ledger: LedgerBuilder,
    case: Case,
    index: Index,
    lots: Lots,
    chains: pd.DataFrame,
    moves: pd.DataFrame,
    holding: Holding,
) -> None:
    """Relocation, decommissioning, resale of chips retired early, residual value of those still
    held at the end."""
    takeout = numbers(case["chips"], "decommission_usd_per_chip")
    went = moves["period"].to_numpy(dtype=np.int64)
    fee = prices(case, index, moves["row"].to_numpy(dtype=np.int64), went, "usd_per_chip")
    moved_lot = moves["lot"].to_numpy(dtype=np.int64)
    ledger.add(
        "relocation",
        "opex",
        moves["column"].to_numpy(dtype=np.int64),
        went,
        fee,
        when="start",
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
                "resale",
                "share_of_price",
                lots.chip[v],
                (t - lots.arrives[v]) / index.ppy,
            )
        )
        return np.asarray(share * price[v], dtype=np.float64)

    for term, category, stayed, gone in (
        ("decommissioning", "opex", takeout[lots.chip[lot]], takeout[lots.chip[moved_lot]]),
        ("resale", "none", -used_price(lot, period), -used_price(moved_lot, went)),
    ):
        usd = np.where(may[lot], stayed, 0.0)
        place = {"site": lots.site[lot], "chip": lots.chip[lot]}
        ledger.add(
            term,
            category,
            chains["before"],
            period,
            usd * chains["step"].to_numpy(),
            when="start",
            **place,
        )
        ledger.add(term, category, chains["column"], period, -usd, when="start", **place)
        usd = np.where(may[moved_lot], gone, 0.0)
        ledger.add(
            term,
            category,
            moves["column"],
            went,
            -usd,
            when="start",
            site=lots.site[moved_lot],
            chip=lots.chip[moved_lot],
        )

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
        "opex",
        holding.column[end],
        last[v] + 1,
        np.where(out, takeout[lots.chip[v]] * left, 0.0),
        when="start",
        **place,
    )
    gone = np.flatnonzero((lots.origin == FLEET) & (lots.leaves == 0) & lots.owned)
    ledger.add(
        "decommissioning",
        "opex",
        holding.order[gone],
        0,
        takeout[lots.chip[gone]],
        when="start",
        site=lots.site[gone],
        chip=lots.chip[gone],
    )
    credit = residual(case, index, lots, v) / index.start[index.T]  # nominal at the end of the plan
    ledger.add(
        "residual", "none", holding.column[end], last[v] + 1, -credit * left, when="start", **place
    )


def _cancellations(
    builder: ProgramBuilder,
    ledger: LedgerBuilder,
    case: Case,
    index: Index,
    lots: Lots,
    order: Ints,
) -> None:
    """Columns ``cancel``: ``order + cancel = chips`` of an order in flight with a fee, which is due
    at the start."""
    orders = case["orders"]
    fee = numbers(orders, "cancel_fee_share")
    open_ = np.flatnonzero((lots.origin == COMMITTED) & (lots.lower < lots.upper))
    row = lots.row[open_]
    chips = numbers(orders, "chips")[row]
    cancel = builder.columns("cancel", {"lot": open_}, 0.0, np.inf, scale=CHIPS)
    rows = builder.rows("cancellation", {"lot": open_}, chips, chips, scale=CHIPS)
    builder.entries(rows, order[open_], 1.0)
    builder.entries(rows, cancel, 1.0)
    ledger.add(
        "cancellation",
        "capex",
        cancel,
        0,
        fee[row] * lots.price[open_],
        when="start",
        site=lots.site[open_],
        chip=lots.chip[open_],
    )
