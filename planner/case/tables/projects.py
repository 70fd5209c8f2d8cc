"""Projects: power that can be built."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.source import NOTE, SOURCE

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "power_projects",
        "New power that can be ordered: MW offers.",
        (
            C("project", "name", "Name of the project.", required=True),
            C("site", "name", "Site, which needs a power limit.", required=True, refers="sites"),
            C(
                "mw_max",
                "number",
                "Most MW in total, on the site's power basis.",
                "MW",
                required=True,
                low=0,
            ),
            C(
                "lot_mw",
                "number",
                "Step in which it is built; used for the rounded column.",
                "MW",
                low=0,
                above=True,
                default=0.001,
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
                "lead_periods",
                "integer",
                "Periods from order to power.",
                "periods",
                required=True,
                low=0,
            ),
            C("usd_per_mw", "number", "Up-front cost.", "USD/MW", required=True, low=0),
            C(
                "usd_per_mw_period",
                "number",
                "Cost per period of every MW in service.",
                "USD/MW/period",
                low=0,
                default=0.0,
                beside="warning",
            ),
            C(
                "deposit_share",
                "number",
                "Share of the up-front cost paid when ordered; the rest is paid when in service.",
                "share",
                low=0,
                high=1,
                default=0.0,
                beside="warning",
            ),
            C(
                "life_years",
                "number",
                "Economic life, for the residual value.",
                "years",
                required=True,
                low=0,
                above=True,
            ),
            C(
                "liquid_share",
                "number",
                "Share of the new MW that can carry liquid-cooled chips.",
                "share",
                low=0,
                high=1,
                default=1.0,
                beside="warning",
            ),
            *SOURCE,
            NOTE,
        ),
        key=("project",),
        absent="no new power can be ordered",
        group="power",
    ),
)
