"""Ages: what chips are worth, how many are alive and what they need, by age."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.source import SOURCE

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "resale",
        "What a used chip brings: share of its price by age, linear in between; 0 years must be "
        "given; after the last age that of the last.",
        (
            C("chip", "name", "Chip type.", required=True, refers="chips"),
            C("age_years", "number", "Age in service.", "years", required=True, low=0),
            C(
                "share_of_price",
                "number",
                "Share of the price paid.",
                "share",
                required=True,
                low=0,
                high=1,
            ),
            *SOURCE,
        ),
        key=("chip", "age_years"),
        absent="chips retired early bring nothing; needed for `residual: table`",
        group="prices",
        quick=True,
    ),
    Table(
        "survival",
        "Share of bought and leased chips still alive by age, linear in between, instead of "
        "annual_attrition; 0 years must be given as 1; after the last age that of the last.",
        (
            C("chip", "name", "Chip type.", required=True, refers="chips"),
            C("age_years", "number", "Age in service.", "years", required=True, low=0),
            C(
                "share_alive",
                "number",
                "Share alive; must not rise with age.",
                "share",
                required=True,
                low=0,
                high=1,
            ),
            *SOURCE,
        ),
        key=("chip", "age_years"),
        absent="annual_attrition holds",
        group="timing",
    ),
    Table(
        "maintenance",
        "Maintenance by age of owned chips, instead of maintenance_usd_per_chip_year: from an age "
        "on, until the next row; 0 years must be given.",
        (
            C("chip", "name", "Chip type.", required=True, refers="chips"),
            C("age_years", "number", "From this age on.", "years", required=True, low=0),
            C(
                "usd_per_chip_year",
                "number",
                "Repair and support per chip held.",
                "USD/chip/year",
                required=True,
                low=0,
            ),
            *SOURCE,
        ),
        key=("chip", "age_years"),
        absent="maintenance_usd_per_chip_year of chips.csv holds at every age",
        group="prices",
        quick=True,
    ),
)
