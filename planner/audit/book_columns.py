"""Columns of the books, of what work costs by them and of its economics, with what checks each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from planner.audit.checked_by import By, inputs, tables

_ROWS: Final = ("books.closing", "books.opening", "books.paid", "books.adds_up")
_PNL: Final = (
    "running_usd",
    "depreciation_usd",
    "amortisation_usd",
    "write_off_usd",
    "fees_usd",
    "sale_usd",
    "cost_usd",
    "paid_usd",
    "cash_usd",
    "net_cash_usd",
    "discounting_usd",
    "penalties_usd",
    "residual_usd",
    "objective_usd",
    "assets_usd",
)

BOOK_COLUMNS: Final[Mapping[str, Mapping[str, By]]] = {
    "books": {
        **{name: inputs(*_ROWS) for name in ("asset", "chip", "site", "period")},
        "opening_usd": inputs("books.opening"),
        "paid_usd": inputs("books.paid"),
        "depreciation_usd": inputs("books.depreciation"),
        "write_off_usd": inputs("books.write_off"),
        "closing_usd": inputs("books.closing"),
        "in_flight_usd": inputs("books.in_flight"),
        "sale_usd": inputs("books.sale"),
    },
    "pnl": {
        "period": inputs("pnl.rows"),
        **{name: tables(f"pnl.{name}") for name in _PNL},
        "cash_usd": tables("pnl.cash_usd", "pnl.budget"),
    },
}
"""Table -> column -> what checks it."""
