"""Commitments: so many USD an hour that are paid whatever is rented, at a discount on what is."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.source import NOTE, SOURCE

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "commitments",
        "Commitments to spend so many USD an hour on on-demand offers (savings plans, flexible "
        "use discounts): chips that they cover cost their discounted price, and what is not used "
        "of them is paid all the same.",
        (
            C("commitment", "name", "Name of the commitment.", required=True),
            C("provider", "name", "Who it is made to.", required=True),
            C(
                "offers",
                "names",
                "On-demand offers that it covers; blank = all.",
                default="*",
                refers="offers",
            ),
            C(
                "discount",
                "number",
                "Share off the on-demand price of what it covers.",
                "share",
                required=True,
                low=0,
                high=1,
            ),
            C(
                "term_periods",
                "integer",
                "Periods from its order on in which it is in force.",
                "periods",
                required=True,
                low=1,
            ),
            C(
                "upfront_share",
                "number",
                "Share of all that it comes to over its term that is paid when ordered; the rest "
                "is paid hour by hour. Hours beyond the plan count 8,760 a year, and what is "
                "paid ahead for them is credited at the end of the plan, unless `residual` is "
                "none.",
                "share",
                low=0,
                high=1,
                default=0.0,
                group="prices",
                beside="fine",
            ),
            C(
                "max_usd_per_hour",
                "number",
                "Most USD an hour in force at once of what this row orders; blank = no limit.",
                "USD/hour",
                low=0,
                beside="fine",
            ),
            C(
                "first_order",
                "period",
                "First period in which it can be ordered; blank = start of the plan.",
            ),
            C(
                "last_order",
                "period",
                "Last period in which it can be ordered; blank = end of the plan.",
            ),
            C(
                "signed",
                "period",
                "Period from which on it is in force, where it is signed already: then it is what "
                "usd_per_hour says, and what was due ahead is paid. Blank = not yet.",
            ),
            C(
                "usd_per_hour",
                "number",
                "USD an hour of one that is signed.",
                "USD/hour",
                low=0,
                beside="fine",
            ),
            C(
                "counts_in",
                "name",
                "Commitment by whose row a signed one was ordered, and in whose max_usd_per_hour "
                "it counts; blank = none.",
                default="",
                refers="commitments",
            ),
            *SOURCE,
            NOTE,
        ),
        key=("commitment",),
        absent="nobody has committed to spend anything",
        group="prices",
    ),
)
