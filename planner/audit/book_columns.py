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

_ECONOMICS: Final = (
    "mtok",
    "chip_hours",
    "marginal_usd_per_mtok",
    "full_usd_per_mtok",
    "books_usd_per_mtok",
    "cash_usd_per_mtok",
    "tok_per_s_per_mw",
    "mtok_per_usd_capital",
    "usd_per_mtok",
    "margin_usd_per_mtok",
    "margin_usd_per_chip_hour",
    "margin_usd_per_mw_year",
    "serving_usd",
    "training_usd",
    "research_usd",
    "serving_to_training",
    "whole_usd_per_mtok",
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
    "showback": {
        **{name: tables("showback.rows") for name in ("kind", "work", "period")},
        "owner": inputs("showback.owner"),
        "chip_hours": tables("showback.chip_hours"),
        "peak_mwh": tables("showback.peak_mwh"),
        "mtok": tables("showback.mtok", "showback.units"),
        "flop": tables("showback.flop", "showback.units"),
        "capital_usd": tables("showback.capital_usd"),
        "cost_usd": tables("showback.cost_usd", "showback.cost_usd_in_all"),
        "cash_usd": tables("showback.cash_usd", "showback.cash_usd_in_all"),
    },
    "economics": {
        **{name: tables("economics.rows") for name in ("kind", "name")},
        "model": inputs("economics.model"),
        **{name: tables(f"economics.{name}") for name in _ECONOMICS},
    },
}
"""Table -> column -> what checks it."""
