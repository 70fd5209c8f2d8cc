"""The books: what is owned and prepaid and loses its value, what a period costs by them, and the
bridge from there to cash and to the objective."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column, Table

C = Column

ASSETS: Final = ("chips", "contracts", "power", "openings", "ordering")
"""What the books carry: chips bought; up-front payments of leases, reservations and blocks; power
projects; what it costs to open sites and projects; fees of orders of purchases."""


def _usd(name: str, help: str) -> Column:
    return C(name, "number", help, "USD")


BOOKS: Final = Table(
    "books",
    "Book values: what is owned and prepaid, at the start and the end of every period, what is "
    "paid for it and what it loses. closing = opening + paid - depreciation - write-off.",
    (
        C(
            "asset",
            "choice",
            "chips: bought; contracts: paid up front for leases, reservations and blocks; power: "
            "projects; openings: of sites and projects; ordering: fees of orders of chips bought.",
            allowed=ASSETS,
        ),
        C("chip", "name", "Chip type; blank for power and openings."),
        C("site", "name", "Site of power and openings; blank for chips, which move."),
        C("period", "period", "Period."),
        _usd("opening_usd", "Book value when the period begins."),
        _usd("paid_usd", "Paid for it in the period, as in costs.csv."),
        _usd(
            "depreciation_usd",
            "Straight line over the book life, from the first period in service; of contracts "
            "over their term.",
        ),
        _usd(
            "write_off_usd",
            "Book value of what is gone: failed, retired or sold, at the end of its service, and "
            "what was paid on orders that are cancelled.",
        ),
        _usd("closing_usd", "Book value when the period ends."),
        _usd("in_flight_usd", "Part of it paid for what is not in service yet."),
        _usd("sale_usd", "What chips sold in the period bring; their book value is written off."),
    ),
    key=("asset", "chip", "site", "period"),
)

PNL: Final = Table(
    "pnl",
    "What every period costs by the books, in cash and in the objective, and what lies between. A "
    "last row, one period after the plan, has what falls at its end.",
    (
        C("period", "period", "Period (one after the last: at the end of the plan)."),
        _usd("running_usd", "Opex as it is paid, without what is paid up front for contracts."),
        _usd("depreciation_usd", "Depreciation of chips, power, openings and fees of orders."),
        _usd("amortisation_usd", "The share of up-front payments of contracts that has passed."),
        _usd("write_off_usd", "Book value of what failed, left or was cancelled."),
        _usd("fees_usd", "Fees of purchases that are cancelled."),
        _usd("sale_usd", "Proceeds of chips sold."),
        _usd(
            "cost_usd",
            "Cost by the books: running + depreciation + amortisation + write-off + fees - sale.",
        ),
        _usd("paid_usd", "Paid for what the books carry (books.csv)."),
        _usd(
            "cash_usd",
            "Cash paid, as in budget.csv: cost - depreciation - amortisation - write-off + sale + "
            "paid.",
        ),
        _usd("net_cash_usd", "Cash less proceeds of chips sold."),
        _usd("discounting_usd", "What discounting to the start of the plan takes off net cash."),
        _usd("penalties_usd", "Penalties and charges for changes, discounted; no cash."),
        _usd("residual_usd", "Residual value credited at the end of the plan, discounted."),
        _usd(
            "objective_usd",
            "net cash + discounting + penalties + residual: the period's part of the objective.",
        ),
        _usd("assets_usd", "Book value of everything when the period ends."),
    ),
    key=("period",),
)
