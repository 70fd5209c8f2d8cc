"""A roll by hand, for tests: the next period's case, made of a solved one in which everything went
as planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from planner.model.aging import alive
from planner.model.lots import COMMITTED, FLEET, NEW
from planner.plan.answer import Answer

Tables = dict[str, list[dict[str, str]]]

SERVED = ("power", "demand", "offer_prices", "energy", "supply", "budgets", "limits")
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

    Chips in service become fleet, orders not yet arrived rows of orders.csv, each with its kind,
    with when it was ordered and which share was paid then; chips that were moved keep their age.
    Rows of passed periods and offers whose last order has passed go.

    Args:
        answer: the solved case.
        tables: its tables, as ``write_case`` takes them.
        settings: its settings.
        by: whole periods that have passed.

    Returns:
        What ``write_case`` takes.
    """
    f = answer.formulation
    lots, calendar = f.lots, f.case.calendar
    chips = _at_start(answer, by)
    fleet: list[dict[str, str]] = []
    orders: list[dict[str, str]] = []
    for v in np.flatnonzero(chips > 1e-9):
        if lots.leaves[v] < by or (lots.origin[v] == NEW and lots.order_period[v] >= by):
            continue
        early = {"retire_early": "yes" if lots.retire[v] else "no"}
        row = _lot(answer, int(v), float(chips[v])) | early
        if lots.arrives[v] >= by:
            order = _on_order(answer, int(v)) | {"arrives": calendar.label(int(lots.arrives[v]))}
            orders.append(row | order | {"order": f"o{v}"})
        else:
            fleet.append(row | {"in_service": calendar.label(int(lots.born[v]))})
    _add_moved(answer, by, fleet, orders)
    for number, row in enumerate(fleet):
        twins = [r for r in fleet if all(r[k] == row[k] for k in ("chip", "site", "in_service"))]
        row["lot"] = str(number) if len(twins) > 1 else ""
    kept = {
        name: [row for row in rows if name not in SERVED or calendar.parse(row["period"]) >= by]
        for name, rows in tables.items()
        if name not in ("fleet", "orders")
    }
    last = {row["offer"]: row.get("last_order", "") for row in kept["offers"]}
    kept["offers"] = [
        row
        for row in kept["offers"]
        if not last[row["offer"]] or calendar.parse(last[row["offer"]]) >= by
    ]
    there = {row["offer"] for row in kept["offers"]}
    if "offer_prices" in kept:
        kept["offer_prices"] = [row for row in kept["offer_prices"] if row["offer"] in there]
    more = (("fleet", fleet), ("orders", orders), ("power_orders", _power(answer, tables, by)))
    kept |= {name: rows for name, rows in more if rows}
    return kept, dict(settings) | {"start": calendar.label(by), "periods": calendar.count - by}


def _lot(answer: Answer, v: int, chips: float) -> dict[str, str]:
    """Return what a lot states wherever it stands: its chips, kind, end and prices, as cells."""
    f = answer.formulation
    lots, axes = f.lots, f.index.axes
    row = {
        "chip": str(axes["chip"][lots.chip[v]]),
        "site": str(axes["site"][lots.site[v]]),
        "kind": _stated(answer, v, "kind"),
        "chips": repr(chips),
        "usd_per_chip_hour": repr(float(lots.hourly[v])),
        "leaves_service": f.case.calendar.label(int(lots.leaves[v])),
        "annual_attrition": "" if np.isnan(lots.attrition[v]) else repr(float(lots.attrition[v])),
    }
    if not np.isnan(lots.price[v]):
        ordered, share = _paid(answer, v)
        row |= {
            "usd_per_chip": repr(float(lots.price[v])),
            "ordered": ordered,
            "paid_share": share,
        }
    return row


def _on_order(answer: Answer, v: int) -> dict[str, str]:
    """Return what only an order in flight states, as cells: its supply group, the fee of cancelling
    it, when chips that only move went into service."""
    f = answer.formulation
    group = f.lots.group[v]
    row = {
        "supply_group": str(f.index.axes["supply_group"][group]) if group >= 0 else "",
        "in_service": "",
        "cancel_fee_share": "",
    }
    if f.lots.born[v] < f.lots.arrives[v]:
        row["in_service"] = f.case.calendar.label(int(f.lots.born[v]))
    if f.lots.origin[v] != NEW:
        fee = f.case["orders"]["cancel_fee_share"].iloc[f.lots.row[v]]
        row["cancel_fee_share"] = "" if np.isnan(fee) else repr(float(fee))
    return row


def _add_moved(
    answer: Answer, by: int, fleet: list[dict[str, str]], orders: list[dict[str, str]]
) -> None:
    """Add the chips that left for another site before period ``by``: they stay there to their end,
    and nothing is left to pay for them up front."""
    f = answer.formulation
    lots, moves, label = f.lots, f.holding.moves, f.case.calendar.label
    lead = f.case["offers"]["lead_periods"].to_numpy()
    for number, move in moves.iterrows():  # a few
        v, went = int(move["lot"]), int(move["period"])
        gone = float(answer.x[int(move["column"])])
        if went >= by or gone <= 1e-9 or lots.leaves[v] < by:
            continue
        one = np.array([v])
        now, then = (alive(f.case, f.index, lots, one, np.array([t]))[0] for t in (by, went))
        row = _lot(answer, v, float(gone * now / then)) | {
            "site": str(f.index.axes["site"][int(move["site"])]),
            "retire_early": "no",
            "in_service": label(int(lots.born[v])),
        }
        arrives = went + int(lead[int(move["row"])])
        if arrives >= by:
            orders.append(row | {"order": f"m{number}", "arrives": label(arrives)})
        else:
            fleet.append(row)


def _power(answer: Answer, tables: Mapping[str, Any], by: int) -> list[dict[str, str]]:
    """Return the rows of power_orders.csv: those of before, and what was ordered since."""
    f = answer.formulation
    label, table = f.case.calendar.label, f.case["power_projects"]
    rows = [dict(row) for row in tables.get("power_orders", [])]
    for _, build in f.build.iterrows():  # a few
        mw, row = float(answer.x[int(build["column"])]), table.iloc[int(build["row"])]
        if int(build["period"]) < by and mw > 1e-9:
            rows.append(
                {
                    "project": str(row["project"]),
                    "site": str(row["site"]),
                    "ordered": label(int(build["period"])),
                    "arrives": label(int(build["arrives"])),
                    "mw": repr(mw),
                    "paid_share": repr(float(row["deposit_share"])),
                }
                | {
                    name: repr(float(row[name]))
                    for name in ("usd_per_mw", "usd_per_mw_period", "life_years", "liquid_share")
                }
            )
    return rows


def _stated(answer: Answer, v: int, column: str) -> str:
    """Return what the table of a lot states of it."""
    f = answer.formulation
    table = f.case[{FLEET: "fleet", COMMITTED: "orders", NEW: "offers"}[int(f.lots.origin[v])]]
    return str(table[column].iloc[f.lots.row[v]])


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
    away = lots.given & (lots.arrives >= by)  # on their way from another site since before
    chips = np.where(here | away, chips * now, chips)
    chains = holding.chains
    for _, chain in chains[chains["period"] == by - 1].iterrows():  # a few lots
        v = int(chain["lot"])
        if here[v]:  # what stayed in the period before, less what is lost until now
            chips[v] = answer.x[int(chain["column"])] * now[v] / then[v]
    return np.asarray(chips)
