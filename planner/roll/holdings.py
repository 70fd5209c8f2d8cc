"""Holdings: the fleet and the orders in flight that a plan leaves at a later period."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import Floats, Ints, Texts, texts, whole
from planner.model.aging import alive
from planner.model.lots import COMMITTED, FLEET, NEW, Lots, describe
from planner.model.racks import rack_sizes
from planner.plan.answer import Answer
from planner.plan.books.fees import fees_of_lots
from planner.plan.books.lots import stated_values, value_of_a_chip
from planner.plan.leaving import relocations
from planner.plan.steps import paid_prices

LEAST_CHIPS: Final = 1e-9
"""Fewer chips than this are rounding of the solver, and no lot."""

COLUMNS: Final = (
    "line",
    "chip",
    "site",
    "name",
    "kind",
    "chips",
    "usd_per_chip",
    "usd_per_chip_hour",
    "book_usd_per_chip",
    "fee_usd_per_chip",
    "ordered",
    "paid_share",
    "in_service",
    "leaves_service",
    "arrives",
    "annual_attrition",
    "retire_early",
    "lot_size",
    "supply_group",
    "table",
    "row",
)


def holdings(answer: Answer, by: int) -> pd.DataFrame:
    """Return every lot that is there or on its way when period ``by`` starts, before anything is
    retired, moved or ordered in it.

    Args:
        answer: the solved case.
        by: periods that have passed.

    Returns:
        One row per lot: its line in the plan, what the columns of fleet.csv and orders.csv say of
        it (periods relative to the solved case), and the table and row it stood in (``fleet``,
        ``orders`` with the row's number; ``""`` and -1 for what the plan ordered or moved).
        Lots with ``arrives < by`` are in service.  ``in_service`` is before ``arrives`` where used
        chips were moved.
    """
    f = answer.formulation
    lots = f.lots
    frame = pd.DataFrame(
        {
            "lot": np.arange(len(lots)),
            "site": lots.site,
            "arrives": lots.arrives,
            "chips": _at_start(answer, by),
            "move": -1,
        }
    )
    placed = (lots.origin != NEW) | (lots.order_period < by)
    frame = frame[placed & (lots.leaves >= by)]
    moved = _moved(answer, by)
    # a lot without a value of its own is still to be taken out where its life ends: not dropped
    frame = pd.concat([frame, moved], ignore_index=True)
    frame = frame[frame["chips"] > LEAST_CHIPS].reset_index(drop=True)
    return _described(answer, frame, by)


def _at_start(answer: Answer, by: int) -> Floats:
    """Return the chips of every lot that are alive when period ``by`` starts, (V,); of new ones
    that arrive later, all."""
    f = answer.formulation
    lots, holding = f.lots, f.holding
    every = np.arange(len(lots))
    chips = answer.x[holding.order].copy()
    here = lots.arrives < by
    now, then = (alive(f.case, f.index, lots, every, np.full(len(lots), t)) for t in (by, by - 1))
    chips = np.where(here | lots.given, chips * now, chips)
    # what stayed in the period before, less what is lost until now
    last = holding.chains[holding.chains["period"] == by - 1]
    lot = last["lot"].to_numpy(dtype=np.int64)
    step = np.divide(now, then, out=np.zeros_like(now), where=then > 0)
    chips[lot] = np.where(
        here[lot], answer.x[last["column"].to_numpy(dtype=np.int64)] * step[lot], chips[lot]
    )
    return np.asarray(chips, dtype=np.float64)


def _moved(answer: Answer, by: int) -> pd.DataFrame:
    """Return the chips that were moved before period ``by``, at the site they were moved to."""
    f = answer.formulation
    moves, lots = f.holding.moves, f.lots
    moves = moves[(moves["period"] < by).to_numpy()]
    lot, went = moves["lot"].to_numpy(dtype=np.int64), moves["period"].to_numpy(dtype=np.int64)
    lead = whole(f.case["offers"], "lead_periods")[moves["row"].to_numpy(dtype=np.int64)]
    arrives = went + lead
    now, then = (alive(f.case, f.index, lots, lot, t) for t in (np.full(len(lot), by), went))
    column = moves["column"].to_numpy(dtype=np.int64)
    frame = pd.DataFrame(
        {
            "lot": lot,
            "site": moves["site"].to_numpy(dtype=np.int64),
            "arrives": arrives,
            "chips": answer.x[column]
            * np.divide(now, then, out=np.zeros_like(now), where=then > 0),
            "move": column,
        }
    )
    stays: pd.DataFrame = frame[lots.leaves[lot] >= by]
    return stays


def _described(answer: Answer, frame: pd.DataFrame, by: int) -> pd.DataFrame:
    """Return what the columns of fleet.csv and orders.csv say of lots with columns lot, site,
    arrives, chips, move."""
    f = answer.formulation
    case, lots, axes = f.case, f.lots, f.index.axes
    lot, move = (frame[name].to_numpy(dtype=np.int64) for name in ("lot", "move"))
    origin, row = lots.origin[lot], lots.row[lot]
    # racks are counted as they were ordered; what has failed in them is counted no more
    now = alive(case, f.index, lots, lot, np.full(len(lot), by))
    size = rack_sizes(case, f.index, lots)[lot]
    ages = ((lots.arrives[lot] < by) | lots.given[lot]) & (size != 1)
    stood = np.array(["fleet", "orders", ""], dtype=object)[origin]
    stays = move < 0
    return pd.DataFrame(
        {
            "line": _lines(answer, frame),
            "chip": axes["chip"][lots.chip[lot]],
            "site": axes["site"][frame["site"].to_numpy(dtype=np.int64)],
            "name": _names(answer, frame),
            "kind": _kinds(case, lots)[lot],
            "chips": frame["chips"],
            "usd_per_chip": paid_prices(answer)[lot],
            "usd_per_chip_hour": lots.hourly[lot],
            "book_usd_per_chip": _book_values(answer, lot, by),
            "fee_usd_per_chip": fees_of_lots(answer)[lot],
            "ordered": lots.paid[lot],
            "paid_share": lots.deposit[lot],
            "in_service": lots.born[lot],
            "leaves_service": lots.leaves[lot],
            "arrives": frame["arrives"],
            "annual_attrition": lots.attrition[lot],
            "retire_early": lots.retire[lot] & stays,
            "lot_size": size * np.where(ages, now, 1.0),
            "supply_group": _groups(case, lots)[lot],
            "table": np.where(stays, stood, ""),
            "row": np.where(stays & (origin != NEW), row, -1),
        },
        columns=list(COLUMNS),
    )


def _book_values(answer: Answer, lot: Ints, by: int) -> Floats:
    """Return the book value of a chip of lots, (n,), when period ``by`` starts; NaN where it
    follows from the price: of lots of which none is stated."""
    f = answer.formulation
    value = np.full(len(lot), np.nan)
    mine = np.flatnonzero(~np.isnan(stated_values(f.case, f.lots)[lot]))
    value[mine] = value_of_a_chip(answer, lot[mine])[:, by]
    return value


def _lines(answer: Answer, frame: pd.DataFrame) -> Texts:
    """Return the line of the plan that every lot is, (n,); of moved chips that of their move."""
    f = answer.formulation
    lot, move = (frame[name].to_numpy(dtype=np.int64) for name in ("lot", "move"))
    lines = np.array(describe(f.case, f.lots)["line"][lot], dtype=object)
    moved = relocations(answer).set_index("column")["line_id"]
    gone = np.flatnonzero(np.isin(move, moved.index))
    lines[gone] = moved.loc[move[gone]].to_numpy()
    return lines


def _kinds(case: Case, lots: Lots) -> Texts:
    """Return the kind of every lot, as offers name it, (V,)."""
    kinds = np.empty(len(lots), dtype=object)
    for origin, table in ((FLEET, "fleet"), (COMMITTED, "orders"), (NEW, "offers")):
        mine = lots.origin == origin
        kinds[mine] = texts(case[table], "kind")[lots.row[mine]]
    return kinds


def _groups(case: Case, lots: Lots) -> Texts:
    """Return the supply group in which every lot counts when it arrives, (V,); "" for none."""
    groups = np.full(len(lots), "", dtype=object)
    for origin, table in ((COMMITTED, "orders"), (NEW, "offers")):
        mine = lots.origin == origin
        groups[mine] = texts(case[table], "supply_group")[lots.row[mine]]
    return groups


def _names(answer: Answer, frame: pd.DataFrame) -> Texts:
    """Return a name for every lot that tells it from all others of its chip and site, (n,): the
    order it came with; that of the fleet its own."""
    f = answer.formulation
    case, lots, label = f.case, f.lots, f.case.calendar.label
    lot, move = (frame[name].to_numpy(dtype=np.int64) for name in ("lot", "move"))
    origin, row = lots.origin[lot], lots.row[lot]
    sites = f.index.axes["site"]
    names = np.empty(len(frame), dtype=object)
    committed, new, fleet = (origin == o for o in (COMMITTED, NEW, FLEET))
    names[committed] = texts(case["orders"], "order")[row[committed]]
    names[fleet] = texts(case["fleet"], "lot")[row[fleet]]
    offers = texts(case["offers"], "offer")
    placed = [label(int(t)) for t in lots.order_period[lot[new]]]  # a few lots
    names[new] = offers[row[new]] + "-" + sites[lots.site[lot[new]]] + "-" + placed
    moves = f.holding.moves.set_index("column") if len(f.holding.moves) else f.holding.moves
    gone = np.flatnonzero(move >= 0)
    if len(gone):
        told = moves.loc[move[gone]]
        went = [label(int(t)) for t in told["period"]]
        came = [label(int(t)) for t in lots.arrives[lot[gone]]]
        offer = offers[told["row"].to_numpy(dtype=np.int64)]
        own = np.array([f"-{name}" if name else "" for name in names[gone]], dtype=object)
        to = sites[told["site"].to_numpy(dtype=np.int64)]
        names[gone] = offer + "-" + to + "-" + went + "-of-" + came + own
    return names
