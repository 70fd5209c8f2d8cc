"""The chips that are there: vintages of lots, the fleet they make, and what is rented."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column, Table

C = Column

VINTAGES: Final = Table(
    "vintages",
    "Chips of every lot held, by period: the trace behind the fleet.",
    (
        C("line_id", "text", "Line of buy_plan.csv (relocated chips: the relocation's line)."),
        C("offer", "name", "Offer, order number or fleet:<chip>:<in_service>[:<lot>]."),
        C("chip", "name", "Chip type."),
        C("site", "name", "Site."),
        C("in_service", "period", "In service from."),
        C("period", "period", "Period."),
        C("held", "number", "Chips held.", "chips"),
    ),
    key=("line_id", "period"),
)

RENTALS: Final = Table(
    "rentals",
    "On-demand and spot chips by slice.",
    (
        C("offer", "name", "Offer."),
        C("site", "name", "Site."),
        C("chip", "name", "Chip type."),
        C("period", "period", "Period."),
        C("slice", "name", "Slice."),
        C("chips", "number", "Chips rented.", "chips"),
        C("chip_hours", "number", "Chip-hours.", "chip-hours"),
        C("usd_per_chip_hour", "number", "Price.", "USD/chip-hour"),
        C("usd", "number", "Nominal cost.", "USD"),
    ),
    key=("offer", "site", "period", "slice"),
)

FLEET: Final = Table(
    "fleet",
    "Chips by type, site and period: held, powered, stranded, rented, and how busy they are.",
    (
        C("chip", "name", "Chip type."),
        C("site", "name", "Site."),
        C("period", "period", "Period."),
        C("existing", "number", "Held from the fleet.", "chips"),
        C("committed", "number", "Held from orders in flight.", "chips"),
        C("new", "number", "Held from new orders and contracts.", "chips"),
        C("held", "number", "All held.", "chips"),
        C("powered", "number", "Racked and powered.", "chips"),
        C("stranded", "number", "Held but not powered.", "chips"),
        C("rented", "number", "Mean over the period of on-demand and spot.", "chips"),
        C("busy_chip_hours", "number", "Chip-hours of work.", "chip-hours"),
        C("idle_chip_hours", "number", "Usable chip-hours without work.", "chip-hours"),
        C(
            "worth_usd_per_chip_period",
            "number",
            "Worth of one more chip held in this period, in the period's money.",
            "USD/chip",
        ),
    ),
    key=("chip", "site", "period"),
)
