"""A roll by hand, for tests: the next period's case, made of a solved one in which everything went
as planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from planner.model.aging import alive
from planner.model.lots import FLEET, NEW
from planner.plan.answer import Answer

Tables = dict[str, list[dict[str, str]]]

SERVED = ("power", "demand", "offer_prices", "energy", "supply")
"""Tables whose rows of passed periods go."""


def passed_cost(answer: Answer, by: int) -> float:
    """Return the discounted cost that falls in the first ``by`` periods of a solved case, USD."""
    ledger = answer.formulation.ledger
    gone = ledger.period < by
    usd = ledger.nominal * ledger.factor * answer.x[ledger.column]
    return float(usd[gone].sum())


def rolled(
    answer: Answer, tables: Mapping[str, Any], settings: Mapping[str, Any], by: int = 1
) -> tuple[Tables, dict[str, Any]]:
    """Return tables and settings of the same case ``by`` periods later, with the end kept.

    Chips in service become fleet, orders not yet arrived rows of orders.csv, each with when it was
    ordered and which share was paid then; rows of passed periods go.

    Args:
        answer: the solved case.
        tables: its tables, as ``write_case`` takes them.
        settings: its settings.
        by: whole periods that have passed.

    Returns:
        What ``write_case`` takes.
    """
    f = answer.formulation
    lots, calendar, axes = f.lots, f.case.calendar, f.index.axes
    label = calendar.label
    chips = _at_start(answer, by)
    fleet: list[dict[str, str]] = []
    orders: list[dict[str, str]] = []
    for v in np.flatnonzero(chips > 1e-9):
        if lots.leaves[v] < by or (lots.origin[v] == NEW and lots.order_period[v] >= by):
            continue
        row = {
            "chip": str(axes["chip"][lots.chip[v]]),
            "site": str(axes["site"][lots.site[v]]),
            "chips": repr(float(chips[v])),
        }
        ordered, share = _paid(answer, int(v))
        if not np.isnan(lots.price[v]):
            row |= {
                "usd_per_chip": repr(float(lots.price[v])),
                "ordered": ordered,
                "paid_share": share,
            }
        later = {
            "leaves_service": label(int(lots.leaves[v])),
            "retire_early": "yes" if lots.retire[v] else "no",
            "annual_attrition": ""
            if np.isnan(lots.attrition[v])
            else repr(float(lots.attrition[v])),
        }
        if lots.arrives[v] >= by:
            orders.append(row | later | {"order": f"o{v}", "arrives": label(int(lots.arrives[v]))})
        else:
            hourly = repr(float(lots.hourly[v]))
            came = label(int(lots.arrives[v]))
            fleet.append(row | later | {"in_service": came, "usd_per_chip_hour": hourly})
    assert len({(r["chip"], r["site"], r["in_service"]) for r in fleet}) == len(fleet), fleet
    kept = {
        name: [row for row in rows if name not in SERVED or calendar.parse(row["period"]) >= by]
        for name, rows in tables.items()
        if name not in ("fleet", "orders")
    }
    kept |= {name: rows for name, rows in (("fleet", fleet), ("orders", orders)) if rows}
    return kept, dict(settings) | {"start": label(by), "periods": calendar.count - by}


def _paid(answer: Answer, v: int) -> tuple[str, str]:
    """Return when a lot was ordered, and which share of its price was paid then, as cells."""
    f = answer.formulation
    lots, case = f.lots, f.case
    if lots.origin[v] == NEW:
        return case.calendar.label(int(lots.order_period[v])), repr(float(lots.deposit[v]))
    table = case["fleet" if lots.origin[v] == FLEET else "orders"]
    ordered, share = table["ordered"].iloc[lots.row[v]], table["paid_share"].iloc[lots.row[v]]
    return ("" if np.isnan(ordered) else case.calendar.label(int(ordered))), (
        "" if np.isnan(share) else repr(float(share))
    )


def _at_start(answer: Answer, by: int) -> np.ndarray:
    """Return the chips of every lot that are alive when period ``by`` starts, before anything is
    retired in it, (V,)."""
    f = answer.formulation
    lots, holding = f.lots, f.holding
    every = np.arange(len(lots))
    chips = answer.x[holding.order].copy()
    here = (lots.arrives < by) & (lots.leaves >= by)
    last = np.full(len(lots), by - 1)
    now, then = (alive(f.case, f.index, lots, every, t) for t in (np.full(len(lots), by), last))
    chips = np.where(here, chips * now, chips)
    chains = holding.chains
    for _, chain in chains[chains["period"] == by - 1].iterrows():  # a few lots
        v = int(chain["lot"])
        if here[v]:  # what stayed in the period before, less what is lost until now
            chips[v] = answer.x[int(chain["column"])] * now[v] / then[v]
    return np.asarray(chips)
