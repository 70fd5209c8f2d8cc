"""The fleet: chips that are held at the start, and those on order."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.kinds import HELD_KINDS
from planner.case.tables.source import NOTE, ORIGIN

RACK: Final = C(
    "lot_size",
    "number",
    "Chips of a rack of this lot, counted like `chips`: whole ones stay or go where `whole` is "
    "yes. `planner roll` leaves out what has failed in them; blank = the chip's.",
    "chips",
    low=1e-6,
    beside="fine",
)
"""Of a lot that is held, and of one on order."""
_FEE: Final = C(
    "fee_usd_per_chip",
    "number",
    "Of a purchase: what ordering it cost (usd_per_order of its offer) by chip of the order. "
    "Written down with the chips from in_service; no part of the objective.",
    "USD/chip",
    low=0,
    default=0.0,
    beside="fine",
)

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "fleet",
        "Chips in service when the plan starts.",
        (
            C("chip", "name", "Chip type.", required=True, refers="chips"),
            C("site", "name", "Site.", required=True, refers="sites"),
            C(
                "in_service",
                "period",
                "Period in which this lot went into service, before the start of the plan.",
                required=True,
            ),
            C(
                "chips",
                "number",
                "Chips alive at the start of the plan.",
                "chips",
                required=True,
                low=0,
            ),
            C(
                "lot",
                "name",
                "Name of this lot, where several of one chip, site and in_service stand side by "
                "side: a contract of one year and one of three.",
                default="",
            ),
            C(
                "kind",
                "choice",
                "How its chips are held, as the kinds of `offers.csv`; blank = purchase at owned "
                "and colo sites, reserved at cloud sites. Only purchased chips pay maintenance "
                "and decommissioning and bring resale.",
                allowed=HELD_KINDS,
            ),
            C("owner", "text", "Who owns it, for the report; blank = we do."),
            C(
                "leaves_service",
                "period",
                "First period in which the lot is gone; blank = in service for the chip's "
                "life: of a purchase its technical one.",
            ),
            C(
                "annual_attrition",
                "number",
                "Share lost per year from now on; blank = the chip's at owned and colo sites "
                "(purchase and lease), 0 at cloud sites (contracts).",
                "share/year",
                low=0,
                high=0.99,
                beside="warning",
            ),
            C(
                "usd_per_chip",
                "number",
                "What a chip cost when new: the base of resale and residual value; blank = no "
                "value is credited for this lot.",
                "USD/chip",
                low=0,
                beside="fine",
            ),
            C(
                "usd_per_chip_hour",
                "number",
                "Contract payments still running for this lot.",
                "USD/chip-hour",
                low=0,
                default=0.0,
                beside="warning",
            ),
            C(
                "retire_early",
                "yes_no",
                "Whether the plan may retire it before it leaves service; of a lease or contract: "
                "end it, whose payments stop.",
                default=False,
            ),
            RACK,
            C(
                "ordered",
                "period",
                "Period in which it was ordered and paid_share of its price was paid: the annuity "
                "residual counts each part from when it was paid; blank = in_service.",
            ),
            C(
                "paid_share",
                "number",
                "Share of usd_per_chip paid when ordered; the rest was paid when it went into "
                "service.",
                "share",
                low=0,
                high=1,
                default=0.0,
                beside="fine",
            ),
            C(
                "book_value_usd",
                "number",
                "Book value of the lot when the plan starts, written down over what is left of "
                "its book life (a contract: of its term); blank = usd_per_chip less straight line "
                "since in_service, and nothing where there is no usd_per_chip. No part of the "
                "objective.",
                "USD",
                low=0,
                beside="fine",
            ),
            _FEE,
            ORIGIN,
            NOTE,
        ),
        key=("chip", "site", "in_service", "lot"),
        absent="there is no existing fleet",
        group="timing",
    ),
    Table(
        "orders",
        "Orders placed before the plan starts and not yet in service: purchases, leases and "
        "contracts signed, chips on their way from another site.",
        (
            C("order", "name", "Order number.", required=True),
            C("chip", "name", "Chip type.", required=True, refers="chips"),
            C("site", "name", "Site.", required=True, refers="sites"),
            C(
                "kind",
                "choice",
                "How its chips will be held, as the kinds of `offers.csv`; blank = purchase. "
                "Purchase and lease stand at owned or colo sites, the other contracts in cloud "
                "regions; only the rest of a purchase is capex.",
                default="purchase",
                allowed=HELD_KINDS,
            ),
            C("arrives", "period", "Period in which it goes into service.", required=True),
            C(
                "in_service",
                "period",
                "Of chips on their way from another site: period before the plan in which they "
                "first went into service, from which their age counts. Chips are then those "
                "alive at the start of the plan, nothing is left to pay up front and hourly "
                "payments run on the way, as of a relocation; blank = new chips.",
            ),
            C("chips", "number", "Chips on order.", "chips", required=True, low=0),
            C(
                "usd_per_chip",
                "number",
                "Full up-front price per chip; blank = unknown, only for chips with in_service: "
                "no value is credited for them.",
                "USD/chip",
                low=0,
                beside="fine",
            ),
            C(
                "paid_share",
                "number",
                "Share of the price already paid; the rest is paid when in service. Of chips "
                "with in_service: the share paid when ordered, blank = 0.",
                "share",
                low=0,
                high=1,
                beside="fine",
            ),
            C(
                "usd_per_chip_hour",
                "number",
                "Contract price per chip-hour, from when it is in service.",
                "USD/chip-hour",
                low=0,
                default=0.0,
                beside="fine",
            ),
            C(
                "ordered",
                "period",
                "Period before the plan in which paid_share was paid: the annuity residual counts "
                "it from then; blank = in the period in which it arrives (in_service, where that "
                "is given).",
            ),
            C(
                "supply_group",
                "name",
                "Supply group of the offer it was ordered by: a group counted by arrival counts "
                "its chips in the period in which they arrive, one counted by order does not; "
                "blank = none.",
                refers="supply",
                beside="fine",
            ),
            C(
                "leaves_service",
                "period",
                "First period in which the lot is gone; blank = in service for the chip's "
                "life: of a purchase its technical one.",
            ),
            C(
                "annual_attrition",
                "number",
                "Share lost per year of age; blank = the chip's for purchase and lease, 0 for "
                "contracts.",
                "share/year",
                low=0,
                high=0.99,
                beside="fine",
            ),
            C(
                "retire_early",
                "yes_no",
                "Whether the plan may retire it, once in service, before it leaves service; of a "
                "contract: end it, whose payments stop.",
                default=False,
            ),
            RACK,
            C(
                "cancel_fee_share",
                "number",
                "Share of the price due, at the start of the plan, for every chip cancelled; "
                "blank = cannot be cancelled.",
                "share",
                low=0,
                high=1,
                beside="fine",
            ),
            C(
                "book_value_usd",
                "number",
                "Of chips on their way from another site: book value of the lot when the plan "
                "starts, as in `fleet.csv`; blank = it follows from usd_per_chip.",
                "USD",
                low=0,
                beside="fine",
            ),
            _FEE,
            ORIGIN,
            NOTE,
        ),
        key=("order",),
        absent="no orders are in flight",
        group="supply and lead times",
    ),
)
