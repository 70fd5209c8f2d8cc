"""Held: what is there or on its way becomes rows of fleet.csv, orders.csv and power_orders.csv."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.kinds import TERM_KINDS
from planner.case.text import TextTable
from planner.roll.cell import number, records, yes_no
from planner.roll.draft import Draft

GONE = "its life ended, or all of it has left"


def fleet_edit(case: Case, text: TextTable | None, lots: pd.DataFrame, by: int) -> Draft:
    """Return the changes of fleet.csv.

    Args:
        case: the case of the plan that is rolled.
        text: its fleet.csv as written; None where there is none.
        lots: what ``holdings`` returned.
        by: periods that have passed.
    """
    edit = Draft("fleet", text)
    here = lots[lots["arrives"] < by]
    _keep(case, edit, here)
    for lot in records(here[here["table"] != "fleet"]):
        row = _row(case, lot) | {
            "in_service": case.calendar.label(int(lot["in_service"])),
            "lot": lot["name"],
        }
        if lot["ordered"] >= lot["in_service"]:  # all counts as paid when it went into service
            row |= {"ordered": "", "paid_share": ""}
        edit.added.append((row, f"{lot['line']} is in service"))
    return edit


def orders_edit(case: Case, text: TextTable | None, lots: pd.DataFrame, by: int) -> Draft:
    """Return the changes of orders.csv; arguments as of ``fleet_edit``."""
    edit = Draft("orders", text)
    coming = lots[lots["arrives"] >= by]
    _keep(case, edit, coming)
    label = case.calendar.label
    for lot in records(coming[coming["table"] != "orders"]):
        row = _row(case, lot) | {
            "order": lot["name"],
            "arrives": label(int(lot["arrives"])),
            "supply_group": lot["supply_group"],
        }
        if lot["in_service"] < lot["arrives"]:  # used chips on their way to another site
            row["in_service"] = label(int(lot["in_service"]))
        edit.added.append((row, f"{lot['line']} is on order"))
    return edit


def _keep(case: Case, edit: Draft, lots: pd.DataFrame) -> None:
    """Change the chips of the rows that stay in their table, and drop those of its lots that do
    not.  Rows that were no lot of the plan (they arrive after its end) stay."""
    frame = case[edit.table]
    mine = lots[lots["table"] == edit.table]
    chips = dict(zip(mine["row"], mine["chips"], strict=True))
    came = frame["arrives"] < case.calendar.count if edit.table == "orders" else None
    for at in range(len(frame)):
        row = int(frame["_row"].iloc[at])
        if at in chips:
            if not np.isclose(chips[at], frame["chips"].iloc[at], rtol=1e-12, atol=0.0):
                edit.set(row, "chips", number(chips[at]))
            _racks(case, edit, frame.iloc[at], mine[mine["row"] == at].iloc[0])
            if not np.isnan(mine.loc[mine["row"] == at, "book_usd_per_chip"].iloc[0]):
                edit.set(row, "book_value_usd", _book_value(mine[mine["row"] == at].iloc[0]))
            if edit.table == "orders":
                _told(case, edit, frame.iloc[at], mine[mine["row"] == at].iloc[0])
        elif came is None or came.iloc[at]:
            edit.dropped[row] = (
                GONE if edit.table == "fleet" else "it is in service, or was cancelled"
            )


def _racks(case: Case, edit: Draft, row: Any, lot: Any) -> None:
    """Change the chips of a rack of a lot that may leave by the rack, where some have failed."""
    size, before = _rack(case, lot), float(row["lot_size"])
    if size and not np.isclose(float(lot["lot_size"]), before, rtol=1e-12, atol=0.0):
        edit.set(int(row["_row"]), "lot_size", size)


def _rack(case: Case, lot: Mapping[str, Any]) -> str:
    """Return the cell of the chips of a lot's rack: blank where it is its chip's, or the lot stays
    as it is."""
    chips, offers = case["chips"], case["offers"]
    own = float(chips.loc[chips["chip"] == lot["chip"], "lot_size"].iloc[0])
    moves = (offers["chip"] == lot["chip"]) & (offers["from_site"] == lot["site"])
    leaves = bool(lot["retire_early"]) or bool(moves.any())
    same = np.isclose(lot["lot_size"], own, rtol=1e-12, atol=0.0)
    return "" if same or not leaves else number(lot["lot_size"])


def _told(case: Case, edit: Draft, order: Any, lot: Any) -> None:
    """Change what is told otherwise of an order in flight: when it arrives, and so leaves, and what
    it costs."""
    row = int(order["_row"])
    for column in ("arrives", "leaves_service"):
        filled = column == "arrives" or edit.before(row, column)
        if filled and int(lot[column]) != int(order[column]):
            edit.set(row, column, case.calendar.label(int(lot[column])))
    for column in ("usd_per_chip", "usd_per_chip_hour", "paid_share"):
        value, before = float(lot[column]), float(order[column])
        if not np.isnan(value) and not np.isclose(value, before, rtol=1e-12, atol=0.0):
            edit.set(row, column, number(value))


def _row(case: Case, lot: Mapping[str, Any]) -> dict[str, str]:
    """Return the cells that fleet.csv and orders.csv say of a lot alike."""
    row = {
        "chip": lot["chip"],
        "site": lot["site"],
        "kind": lot["kind"],
        "chips": number(lot["chips"]),
        "leaves_service": case.calendar.label(int(lot["leaves_service"])),
        "annual_attrition": _attrition(case, lot),
        "retire_early": yes_no(lot["retire_early"]),
        "lot_size": _rack(case, lot),
    }
    if not np.isnan(lot["book_usd_per_chip"]):
        row["book_value_usd"] = _book_value(lot)
    if lot["fee_usd_per_chip"] > 0:
        row["fee_usd_per_chip"] = number(lot["fee_usd_per_chip"])
    if lot["usd_per_chip_hour"] > 0:
        row["usd_per_chip_hour"] = number(lot["usd_per_chip_hour"])
    if not np.isnan(lot["usd_per_chip"]):
        row |= {
            "usd_per_chip": number(lot["usd_per_chip"]),
            "ordered": case.calendar.label(int(lot["ordered"])),
            "paid_share": number(lot["paid_share"]),
        }
    return row


def _book_value(lot: Any) -> str:
    """Return the cell of a lot's book value, to the cent."""
    return f"{lot['book_usd_per_chip'] * lot['chips']:.2f}"


def _attrition(case: Case, lot: Mapping[str, Any]) -> str:
    """Return the cell of a lot's attrition: blank where it is its chip's, which may change."""
    value = lot["annual_attrition"]
    if np.isnan(value):
        return ""
    chips = case["chips"]
    own = float(chips.loc[chips["chip"] == lot["chip"], "annual_attrition"].iloc[0])
    usual = 0.0 if lot["kind"] in TERM_KINDS and lot["kind"] != "lease" else own
    return "" if value == usual else number(value)


def projects_edit(case: Case, text: TextTable | None, orders: pd.DataFrame) -> Draft:
    """Return the changes of power_orders.csv: what the plan ordered, as ``power_orders`` says it,
    is added."""
    edit, label = Draft("power_orders", text), case.calendar.label
    for order in records(orders):
        row: dict[str, str] = {
            name: value if isinstance(value, str) else number(value)
            for name, value in order.items()
            if name != "line"
        }
        row |= {name: label(int(order[name])) for name in ("ordered", "arrives")}
        edit.added.append((row, f"{row['project']} was ordered in {row['ordered']}"))
    return edit
