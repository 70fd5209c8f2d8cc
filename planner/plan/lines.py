"""Lines of the buy plan: what is kept, bought, leased, reserved, rented, built, moved, retired or
cancelled.

Also the trace behind them (``vintages``), the fleet it makes and the hand-over to procurement
(``orders``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.model.index import numbers, texts
from planner.model.ledger import SPEND_TERMS
from planner.model.lots import COMMITTED, FLEET, NEW, describe, prices
from planner.plan.answer import CHIP_TOLERANCE, Answer, Floats, Ints

ACTIONS = {
    "purchase": "buy",
    "lease": "lease",
    "reserved": "reserve",
    "reserved_1y": "reserve",
    "reserved_3y": "reserve",
    "capacity_block": "reserve",
}


def summed(group: NDArray[np.integer[Any]], values: Floats, n: int) -> Floats:
    """Return the sum of values by group, (n,), as floats even where there is nothing to sum."""
    return np.bincount(group, weights=values, minlength=n).astype(np.float64)


def held_chips(answer: Answer) -> Floats:
    """Chips held by every holding entry."""
    holding = answer.formulation.holding
    return np.asarray(holding.coefficient * answer.x[holding.column], dtype=np.float64)


def _spend_by_column(answer: Answer) -> tuple[Floats, Floats]:
    """Payments for capacity of every column: nominal and discounted USD."""
    ledger = answer.formulation.ledger
    mine = ledger.of(SPEND_TERMS)
    column, nominal = ledger.column[mine], ledger.nominal[mine] * answer.x[ledger.column[mine]]
    n = len(answer.x)
    return summed(column, nominal, n), summed(column, nominal * ledger.factor[mine], n)


def _blank(n: int) -> np.ndarray:
    return np.full(n, "", dtype=object)


def lot_lines(answer: Answer) -> pd.DataFrame:
    """Return the lines of lots with chips in them, with codes: existing fleet, orders in flight,
    new orders."""
    f = answer.formulation
    lots = f.lots
    names = describe(f.case, lots)
    chips = answer.x[f.holding.order]
    shown = np.flatnonzero(chips > CHIP_TOLERANCE)
    kinds = np.full(len(lots), "fleet", dtype=object)
    kinds[lots.origin == COMMITTED] = "order"
    new = lots.origin == NEW
    kinds[new] = texts(f.case["offers"], "kind")[lots.row[new]]
    action = np.where(
        lots.origin == FLEET,
        "keep",
        np.array([ACTIONS.get(kind, "buy") for kind in kinds], dtype=object),
    )
    nominal, discounted = _spend_by_column(answer)
    # a lot pays through its order and through what is held of it
    first = np.unique(np.stack([f.holding.lot, f.holding.column]), axis=1)
    own = first[:, first[1] != f.holding.order[first[0]]]
    paid = nominal[f.holding.order] + np.bincount(
        own[0], weights=nominal[own[1]], minlength=len(lots)
    )
    worth = discounted[f.holding.order] + np.bincount(
        own[0], weights=discounted[own[1]], minlength=len(lots)
    )
    cancellable = np.zeros(len(lots), dtype=bool)
    cancellable[new] = f.case["offers"]["cancellable"].to_numpy(dtype=bool)[lots.row[new]]
    return pd.DataFrame(
        {
            "line_id": names["line"][shown],
            "offer": names["offer"][shown],
            "order_period": np.where(lots.order_period < 0, -(10**6), lots.order_period)[shown],
            "site": lots.site[shown],
            "from_site": -1,
            "status": np.array(["existing", "committed", "new"], dtype=object)[lots.origin[shown]],
            "action": action[shown],
            "chip": lots.chip[shown],
            "kind": kinds[shown],
            "arrives": lots.arrives[shown],
            "leaves": np.minimum(lots.leaves, f.case.calendar.last)[shown],
            "chips": chips[shown],
            "mw": np.nan,
            "usd_per_chip": np.where((lots.price > 0) | (lots.hourly == 0), lots.price, np.nan)[
                shown
            ],
            "usd_per_chip_hour": np.where(lots.hourly > 0, lots.hourly, np.nan)[shown],
            "total_usd": paid[shown],
            "npv_usd": worth[shown],
            "lot": shown,
            "column": f.holding.order[shown],
            "cancellable": cancellable[shown],
        }
    )


def _retirements(answer: Answer) -> pd.DataFrame:
    """Lines of chips retired early: what could have stayed, less what stayed and what was moved."""
    f = answer.formulation
    lots, chains, moves = f.lots, f.holding.chains, f.holding.moves
    names = describe(f.case, lots)
    lot, period = chains["lot"].to_numpy(dtype=np.int64), chains["period"].to_numpy(dtype=np.int64)
    moved = pd.Series(
        answer.x[moves["column"].to_numpy(dtype=np.int64)],
        index=pd.MultiIndex.from_frame(moves[["lot", "period"]]),
        dtype=np.float64,
    )
    away = (
        moved.groupby(level=[0, 1])
        .sum()
        .reindex(pd.MultiIndex.from_arrays([lot, period]))
        .fillna(0.0)
        .to_numpy()
    )
    gone = (
        chains["step"].to_numpy() * answer.x[chains["before"].to_numpy(dtype=np.int64)]
        - answer.x[chains["column"].to_numpy(dtype=np.int64)]
        - away
    )
    # what rounding leaves of a chain is not a decision; of a small lot it leaves less
    before = chains["step"].to_numpy() * answer.x[chains["before"].to_numpy(dtype=np.int64)]
    least = np.clip(1e-6 * before, CHIP_TOLERANCE, 1e-4)
    at = np.flatnonzero((gone > least) & lots.retire[lot])
    label = np.array([f.case.calendar.label(int(t)) for t in range(f.index.T)], dtype=object)
    v, t = lot[at], period[at]
    return pd.DataFrame(
        {
            "line_id": "retire/" + names["line"][v] + "@" + label[t],
            "offer": names["offer"][v],
            "order_period": t,
            "site": lots.site[v],
            "from_site": -1,
            "status": "new",
            "action": "retire",
            "chip": lots.chip[v],
            "kind": np.where(lots.owned[v], "retirement", "contract end"),
            "arrives": t,
            "leaves": t,
            "chips": gone[at],
            "mw": np.nan,
            "usd_per_chip": np.nan,
            "usd_per_chip_hour": np.nan,
            "total_usd": 0.0,
            "npv_usd": 0.0,
            "lot": v,
            "column": -1,
            "cancellable": False,
        }
    )


def _relocations(answer: Answer) -> pd.DataFrame:
    f = answer.formulation
    lots, moves = f.lots, f.holding.moves
    names = describe(f.case, lots)
    chips = answer.x[moves["column"].to_numpy(dtype=np.int64)]
    at = np.flatnonzero(chips > CHIP_TOLERANCE)
    row, lot, site, period = (
        moves[name].to_numpy(dtype=np.int64)[at] for name in ("row", "lot", "site", "period")
    )
    fee = prices(f.case, f.index, row, period, "usd_per_chip")
    axes = f.index.axes
    return pd.DataFrame(
        {
            "line_id": axes["offer"][row]
            + "@"
            + axes["site"][site]
            + "@"
            + axes["period"][period]
            + "/"
            + names["line"][lot],
            "offer": axes["offer"][row],
            "order_period": period,
            "site": site,
            "from_site": lots.site[lot],
            "status": "new",
            "action": "relocate",
            "chip": lots.chip[lot],
            "kind": "relocate",
            "arrives": period + f.case["offers"]["lead_periods"].to_numpy(dtype=np.int64)[row],
            "leaves": np.minimum(lots.leaves[lot], f.case.calendar.last),
            "chips": chips[at],
            "mw": np.nan,
            "usd_per_chip": fee,
            "usd_per_chip_hour": np.nan,
            "total_usd": fee * chips[at],
            "npv_usd": fee * chips[at] * f.index.start[period],
            "lot": lot,
            "column": moves["column"].to_numpy(dtype=np.int64)[at],
            "cancellable": False,
        }
    )


def _cancellations(answer: Answer) -> pd.DataFrame:
    f = answer.formulation
    lots, names = f.lots, describe(f.case, f.lots)
    labels = answer.column_labels("cancel")
    chips = answer.value("cancel")
    at = np.flatnonzero(chips > CHIP_TOLERANCE)
    v = labels["lot"].to_numpy()[at] if len(at) else np.empty(0, np.int64)
    fee = numbers(f.case["orders"], "cancel_fee_share")[lots.row[v]] * lots.price[v]
    return pd.DataFrame(
        {
            "line_id": "cancel/" + names["line"][v],
            "offer": names["offer"][v],
            "order_period": 0,
            "site": lots.site[v],
            "from_site": -1,
            "status": "committed",
            "action": "cancel",
            "chip": lots.chip[v],
            "kind": "order",
            "arrives": lots.arrives[v],
            "leaves": lots.arrives[v],
            "chips": chips[at],
            "mw": np.nan,
            "usd_per_chip": lots.price[v],
            "usd_per_chip_hour": np.nan,
            "total_usd": fee * chips[at],
            "npv_usd": fee * chips[at],
            "lot": v,
            "column": -1,
            "cancellable": False,
        }
    )


def rental_rows(answer: Answer) -> pd.DataFrame:
    """Return rented chips by slice with codes: row (offer), site, chip, period, slice, chips,
    chip_hours, usd_per_chip_hour, usd."""
    f = answer.formulation
    index, capacity = f.index, f.capacity
    chips = answer.x[capacity.rented]
    at = np.flatnonzero(chips > CHIP_TOLERANCE)
    row, place, k = capacity.rented_row[at], capacity.rented_place[at], capacity.rented_slice[at]
    period = capacity.period[place]
    price = prices(f.case, index, row, period, "usd_per_chip_hour")
    hours = index.hours[period] * index.share[k]
    return pd.DataFrame(
        {
            "row": row,
            "site": capacity.site[place],
            "chip": capacity.chip[place],
            "period": period,
            "slice": k,
            "place": place,
            "chips": chips[at],
            "chip_hours": chips[at] * hours,
            "usd_per_chip_hour": price,
            "usd": chips[at] * hours * price,
        }
    )


def _rentals(answer: Answer) -> pd.DataFrame:
    f = answer.formulation
    axes = f.index.axes
    rows = rental_rows(answer)
    keys = ["row", "site", "chip", "period"]
    lines = rows.groupby(keys, as_index=False).agg(
        chips=("chips", "max"),
        usd=("usd", "sum"),
        price=("usd_per_chip_hour", "first"),
        place=("place", "first"),
    )
    row, site, period = (lines[name].to_numpy(dtype=np.int64) for name in ("row", "site", "period"))
    return pd.DataFrame(
        {
            "line_id": axes["offer"][row] + "@" + axes["site"][site] + "@" + axes["period"][period],
            "offer": axes["offer"][row],
            "order_period": period,
            "site": site,
            "from_site": -1,
            "status": "new",
            "action": "rent",
            "chip": lines["chip"].to_numpy(dtype=np.int64),
            "kind": texts(f.case["offers"], "kind")[row],
            "arrives": period,
            "leaves": period + 1,
            "chips": lines["chips"],
            "mw": np.nan,
            "usd_per_chip": np.nan,
            "usd_per_chip_hour": lines["price"],
            "total_usd": lines["usd"],
            "npv_usd": lines["usd"] * f.index.mid[period],
            "lot": -1,
            "column": -1,
            "cancellable": False,
        }
    )


def _project_ends(answer: Answer) -> Ints:
    """Return the end of every column ``build``: its life after it arrives, but not inside the plan,
    in which what is built stays."""
    f = answer.formulation
    row, arrives = (f.build[name].to_numpy(dtype=np.int64) for name in ("row", "arrives"))
    life = np.floor(numbers(f.case["power_projects"], "life_years")[row] * f.index.ppy + 0.5)
    ends = np.minimum(arrives + life, f.case.calendar.last)
    return np.asarray(np.maximum(ends, f.index.T), dtype=np.int64)


def _builds(answer: Answer) -> pd.DataFrame:
    f = answer.formulation
    ledger, axes, build = f.ledger, f.index.axes, f.build
    column = build["column"].to_numpy(dtype=np.int64)
    mine = ledger.of(("power_projects",))
    nominal = ledger.nominal[mine] * answer.x[ledger.column[mine]]
    paid = np.bincount(ledger.column[mine], weights=nominal, minlength=len(answer.x))[column]
    worth = np.bincount(
        ledger.column[mine], weights=nominal * ledger.factor[mine], minlength=len(answer.x)
    )[column]
    mw = answer.x[column]
    at = np.flatnonzero(mw > CHIP_TOLERANCE)
    row, period, site = (
        build[name].to_numpy(dtype=np.int64)[at] for name in ("row", "period", "site")
    )
    return pd.DataFrame(
        {
            "line_id": axes["project"][row]
            + "@"
            + axes["site"][site]
            + "@"
            + axes["period"][period],
            "offer": axes["project"][row],
            "order_period": period,
            "site": site,
            "from_site": -1,
            "status": "new",
            "action": "build_power",
            "chip": -1,
            "kind": "power",
            "arrives": build["arrives"].to_numpy(dtype=np.int64)[at],
            "leaves": _project_ends(answer)[at],
            "chips": np.nan,
            "mw": mw[at],
            "usd_per_chip": numbers(f.case["power_projects"], "usd_per_mw")[row],
            "usd_per_chip_hour": np.nan,
            "total_usd": paid[at],
            "npv_usd": worth[at],
            "lot": -1,
            "column": column[at],
            "cancellable": False,
        }
    )


def all_lines(answer: Answer) -> pd.DataFrame:
    """Return every line of the plan with integer codes, in the order in which it is written: by
    order period, then by line.

    Columns: those of ``buy_plan`` that come straight from the answer (site, chip, order_period,
    arrives, leaves as codes), and ``lot`` and ``column`` (-1: none).
    """
    parts = [
        part
        for part in (
            lot_lines(answer),
            _retirements(answer),
            _relocations(answer),
            _cancellations(answer),
            _rentals(answer),
            _builds(answer),
        )
        if len(part)
    ]
    if not parts:
        return lot_lines(answer)
    lines = pd.concat(parts, ignore_index=True)
    status = lines["status"].map({"existing": 0, "committed": 1, "new": 2})
    return (
        lines.assign(_s=status)
        .sort_values(["_s", "order_period", "line_id"], ignore_index=True, kind="stable")
        .drop(columns="_s")
    )


def vintage_table(answer: Answer, lines: pd.DataFrame) -> pd.DataFrame:
    """Return ``vintages``: chips of every lot held, by period."""
    f = answer.formulation
    holding, lots, axes, calendar = f.holding, f.lots, f.index.axes, f.case.calendar
    names = describe(f.case, lots)
    held = held_chips(answer)
    at = np.flatnonzero(held > CHIP_TOLERANCE)
    lot, move = holding.lot[at], holding.move[at]
    moved = move >= 0
    moves = holding.moves
    line, offer = names["line"][lot].copy(), names["offer"][lot].copy()
    if moved.any():
        row, to, when = (
            moves[name].to_numpy(dtype=np.int64)[move[moved]] for name in ("row", "site", "period")
        )
        line[moved] = (
            axes["offer"][row]
            + "@"
            + axes["site"][to]
            + "@"
            + axes["period"][when]
            + "/"
            + names["line"][lot[moved]]
        )
        offer[moved] = axes["offer"][row]
    distinct, back = np.unique(lots.arrives[lot], return_inverse=True)
    label = np.array([calendar.label(int(t)) for t in distinct], dtype=object)
    frame = pd.DataFrame(
        {
            "line_id": line,
            "offer": offer,
            "chip": axes["chip"][holding.chip[at]],
            "site": axes["site"][holding.site[at]],
            "in_service": label[back] if len(at) else _blank(0),
            "period": holding.period[at],
            "held": held[at],
        }
    )
    frame = frame.sort_values(["line_id", "period"], ignore_index=True)
    frame["period"] = axes["period"][frame["period"]]
    return frame


def fleet_table(answer: Answer, work: pd.DataFrame) -> pd.DataFrame:
    """Return ``fleet``: chips by type, site and period, held by origin, powered, stranded, rented,
    busy and idle."""
    f = answer.formulation
    index, capacity, holding, axes = f.index, f.capacity, f.holding, f.index.axes
    P, S, T = len(capacity.chip), len(index.pue), index.T
    key = (capacity.chip * S + capacity.site) * T + capacity.period
    at = np.searchsorted(key, (holding.chip * S + holding.site) * T + holding.period)
    held = held_chips(answer)
    by_origin = [
        np.bincount(
            at, weights=np.where(f.lots.origin[holding.lot] == origin, held, 0.0), minlength=P
        )
        for origin in (FLEET, COMMITTED, NEW)
    ]
    powered, worth = np.zeros(P), np.zeros(P)
    powered[capacity.powered_place] = answer.x[capacity.powered]
    worth[capacity.powered_place] = (
        np.maximum(answer.worth("powering"), 0.0)
        / index.mid[capacity.period[capacity.powered_place]]
    )
    share = index.share[capacity.rented_slice]
    rented = np.bincount(
        capacity.rented_place, weights=answer.x[capacity.rented] * share, minlength=P
    )
    busy_at = np.searchsorted(
        key, (work["chip"].to_numpy() * S + work["site"].to_numpy()) * T + work["period"].to_numpy()
    )
    busy = np.bincount(busy_at, weights=work["chip_hours"], minlength=P)
    hours = index.hours[capacity.period]
    usable = (powered * index.availability[capacity.chip] + rented) * hours
    total = by_origin[0] + by_origin[1] + by_origin[2]
    powered = np.minimum(powered, total)
    shown = np.flatnonzero((total > CHIP_TOLERANCE) | (rented > CHIP_TOLERANCE))
    return pd.DataFrame(
        {
            "chip": axes["chip"][capacity.chip[shown]],
            "site": axes["site"][capacity.site[shown]],
            "period": axes["period"][capacity.period[shown]],
            "existing": by_origin[0][shown],
            "committed": by_origin[1][shown],
            "new": by_origin[2][shown],
            "held": total[shown],
            "powered": powered[shown],
            "stranded": (total - powered)[shown],
            "rented": rented[shown],
            "busy_chip_hours": busy[shown],
            "idle_chip_hours": np.maximum(usable - busy, 0.0)[shown],
            "worth_usd_per_chip_period": worth[shown],
        }
    )


def first_use(answer: Answer, work: pd.DataFrame) -> np.ndarray:
    """Return, per chip, site and period, what the chips there work on most from that period on,
    first: names (C, S, T)."""
    f = answer.formulation
    index = f.index
    names = np.concatenate([index.axes["workload"], index.axes["milestone"], [""]])
    shape = (len(index.kw_peak), len(index.pue), index.T + 1)
    top = np.full(shape, len(names) - 1, dtype=np.int64)
    sums = (
        work.groupby(["chip", "site", "period", "work"], as_index=False)[["chip_hours"]]
        .sum()
        .sort_values(["chip_hours", "work"], ascending=[True, False])
    )
    top[sums["chip"], sums["site"], sums["period"]] = sums["work"]  # the largest is written last
    # carry backwards: a lot that arrives before there is work is for the first work after
    for t in range(index.T - 1, -1, -1):
        empty = top[:, :, t] == len(names) - 1
        top[:, :, t] = np.where(empty, top[:, :, t + 1], top[:, :, t])
    return np.asarray(names[top[:, :, :-1]])


def places_of(answer: Answer, chip: Ints, site: Ints, period: Ints) -> Ints:
    """Return the place of each (chip, site, period), -1 where there is none."""
    capacity, index = answer.formulation.capacity, answer.formulation.index
    S, T = len(index.pue), index.T
    key = (capacity.chip * S + capacity.site) * T + capacity.period
    wanted = (chip * S + site) * T + period
    at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    return np.where(key[at] == wanted, at, -1)
