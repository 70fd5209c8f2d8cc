"""Offers: what can be bought, leased, reserved or rented, at what price and how many."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.kinds import OFFER_KINDS
from planner.case.tables.source import NOTE, ORIGIN, SOURCE

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "offers",
        "Every way to get capacity: purchase, lease, reservation, capacity block, on-demand, "
        "spot, relocation of existing chips. Where nothing is to be bought or rented it has a "
        "header and no rows: a file that is not there is missing, not empty.",
        (
            C("offer", "name", "Name of the offer.", required=True),
            C("chip", "name", "Chip type it brings.", required=True, refers="chips"),
            C(
                "site",
                "names",
                "Where it can be placed: one site, several separated by `;`, or `*` for all sites "
                "where this kind can be.",
                required=True,
                refers="sites",
            ),
            C(
                "kind",
                "choice",
                "Purchase and lease stand at owned or colo sites; the other contracts in cloud "
                "regions; relocate moves chips of fleet.csv.",
                required=True,
                allowed=OFFER_KINDS,
            ),
            C("from_site", "name", "For relocate: the site that chips leave.", refers="sites"),
            C(
                "first_order",
                "period",
                "First period in which it can be ordered (rented); blank = start of the plan.",
            ),
            C(
                "last_order",
                "period",
                "Last period in which it can be ordered (rented); blank = end of the plan.",
            ),
            C(
                "lead_periods",
                "integer",
                "Periods from order to in service; 0 for on-demand and spot.",
                "periods",
                low=0,
                required=True,
            ),
            C(
                "term_periods",
                "integer",
                "Periods in service; blank = the chip's life for purchase (technical) and lease, 1 "
                "or 3 years for reserved_1y and reserved_3y; other contracts need it.",
                "periods",
                low=1,
                beside="warning",
            ),
            C(
                "usd_per_chip",
                "number",
                "Up-front price per chip, server and network included; blank = none, or by order "
                "period in `offer_prices.csv`.",
                "USD/chip",
                low=0,
                group="prices",
                beside="fine",
            ),
            C(
                "usd_per_chip_hour",
                "number",
                "Contract or rental price per chip-hour; blank = none, or by period in "
                "`offer_prices.csv`.",
                "USD/chip-hour",
                low=0,
                group="prices",
                beside="fine",
            ),
            C(
                "deposit_share",
                "number",
                "Share of the up-front price paid when ordered; the rest is paid when in service.",
                "share",
                low=0,
                high=1,
                default=0.0,
                group="prices",
                beside="warning",
            ),
            C(
                "lot_size",
                "integer",
                "Chips of a rack or instance of this offer, of which whole ones are ordered; blank "
                "= the chip's.",
                "chips",
                low=1,
                beside="fine",
            ),
            C(
                "min_per_period",
                "number",
                "Fewest chips per order period, over all its sites (take or pay).",
                "chips",
                low=0,
                default=0.0,
                beside="fine",
            ),
            C(
                "max_per_period",
                "number",
                "Most chips per order period (rented at any moment for on-demand and spot), over "
                "all its sites; blank = no limit of its own.",
                "chips",
                low=0,
                beside="warning",
            ),
            C(
                "min_order",
                "number",
                "Least order: in each order period nothing, or at least so many chips, over all "
                "its sites; blank = any number.",
                "chips",
                low=0,
                beside="fine",
            ),
            C(
                "max_orders",
                "integer",
                "Most orders in the plan or in each fiscal year; one order is all of the offer in "
                "one order period, over its sites. Blank = any number.",
                "orders",
                low=0,
                beside="fine",
            ),
            C(
                "max_orders_per",
                "choice",
                "Whether `max_orders` counts over the plan or in each fiscal year.",
                allowed=("plan", "fiscal_year"),
                default="plan",
                beside="fine",
            ),
            C(
                "usd_per_order",
                "number",
                "Paid once for each order, however large, when it is ordered; blank = nothing.",
                "USD",
                low=0,
                group="prices",
                beside="fine",
            ),
            C(
                "orders_before",
                "integer",
                "Orders placed before the plan that `max_orders` counts: in the fiscal year that "
                "has begun, or of the same plan in earlier quarters.",
                "orders",
                low=0,
                default=0,
                beside="fine",
            ),
            C(
                "chips_before",
                "number",
                "Chips ordered before the plan that its price steps count: in the fiscal year that "
                "has begun, or of the same plan in earlier quarters.",
                "chips",
                low=0,
                default=0.0,
                beside="fine",
            ),
            C(
                "supply_group",
                "name",
                "Supply limit it shares with other offers; blank = none.",
                refers="supply",
                beside="warning",
            ),
            C(
                "annual_attrition",
                "number",
                "Share lost per year of age; blank = the chip's for purchase and lease, 0 for "
                "contracts.",
                "share/year",
                low=0,
                high=0.99,
                beside="warning",
            ),
            C(
                "retire_early",
                "yes_no",
                "Whether bought chips may be retired (and resold by `resale.csv`) before the end "
                "of their life.",
                default=False,
            ),
            C(
                "cancellable",
                "yes_no",
                "Whether a contract can be ended before its term without a fee; what is given up "
                "does not come back.",
                default=False,
            ),
            *SOURCE,
            NOTE,
        ),
        key=("offer",),
        neighbours=("kind",),
        required=True,
        group="supply and lead times",
    ),
    Table(
        "offer_prices",
        "Prices of offers by order period (by period of use for on-demand and spot). They may "
        "fall and rise.",
        (
            C("offer", "name", "Offer.", required=True, refers="offers"),
            C("period", "period", "Order period.", required=True),
            C(
                "usd_per_chip",
                "number",
                "Up-front price; blank = that of the offer.",
                "USD/chip",
                low=0,
                beside="warning",
                across="mean",
            ),
            C(
                "usd_per_chip_hour",
                "number",
                "Price per chip-hour locked in by ordering in this period; blank = that of the "
                "offer.",
                "USD/chip-hour",
                low=0,
                beside="warning",
                across="mean",
            ),
            ORIGIN,
            NOTE,
        ),
        key=("offer", "period"),
        absent="offers.csv prices hold in every period",
        group="prices",
        quick=True,
    ),
    Table(
        "supply",
        "What the market gives: chips per supply group and period. A group needs every period in "
        "which one of its offers can be ordered (counted by arrival: can arrive).",
        (
            C("supply_group", "name", "Supply group.", required=True),
            C("period", "period", "Period.", required=True),
            C(
                "min_chips",
                "number",
                "Fewest chips to be taken (take or pay).",
                "chips",
                low=0,
                default=0.0,
                beside="warning",
                across="sum",
            ),
            C(
                "max_chips",
                "number",
                "Most chips that can be had; blank = no limit in this period.",
                "chips",
                low=0,
                beside="warning",
                across="sum",
            ),
            C(
                "basis",
                "choice",
                "Whether the limit counts chips by the period they are ordered or arrive in; one "
                "basis per group.",
                allowed=("order", "arrival"),
                default="order",
                beside="fine",
            ),
            ORIGIN,
            NOTE,
        ),
        key=("supply_group", "period"),
        absent="no supply limits but those of the offers",
        group="supply and lead times",
        quick=True,
    ),
)
