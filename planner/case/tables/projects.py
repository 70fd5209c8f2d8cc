"""Projects: power that can be built, and that was ordered before."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.sites import OPENED
from planner.case.tables.source import NOTE, ORIGIN, SOURCE

_RUNNING: Final = C(
    "usd_per_mw_period",
    "number",
    "Cost per period of every MW in service.",
    "USD/MW/period",
    low=0,
    default=0.0,
    beside="warning",
)
_LIFE: Final = C(
    "life_years",
    "number",
    "Economic life, for the residual value.",
    "years",
    required=True,
    low=0,
    above=True,
)

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
                "Block in which it is ordered. Above its default, orders are whole blocks (with "
                "`whole` of case.yaml); otherwise it is used for the rounded column.",
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
            _RUNNING,
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
            _LIFE,
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
            C(
                "usd_to_open",
                "number",
                "Paid once, at the start of the period of its first order, however many MW (capex, "
                "no residual value); nothing where power_orders.csv has an order of it.",
                "USD",
                low=0,
                default=0.0,
                beside="fine",
            ),
            OPENED,
            C(
                "after",
                "name",
                "Project that comes first: this one can be ordered from the period on in which all "
                "of the other's mw_max is ordered, power_orders.csv included (with `whole` of "
                "case.yaml); blank = no other.",
                default="",
                refers="power_projects",
            ),
            *SOURCE,
            NOTE,
        ),
        key=("project",),
        absent="no new power can be ordered",
        group="power",
    ),
    Table(
        "power_orders",
        "Power projects ordered before the plan starts, in service or not yet.",
        (
            C(
                "project",
                "name",
                "Name of the project; where power_projects.csv has it, its MW count in mw_max.",
                required=True,
            ),
            C("site", "name", "Site, which needs a power limit.", required=True, refers="sites"),
            C(
                "ordered",
                "period",
                "Period before the plan in which it was ordered and paid_share was paid.",
                required=True,
            ),
            C(
                "arrives",
                "period",
                "Period from which its MW are in service, on top of `power.csv`; before the plan: "
                "they are there from its start.",
                required=True,
            ),
            C("mw", "number", "MW ordered, on the site's power basis.", "MW", required=True, low=0),
            C(
                "usd_per_mw",
                "number",
                "Full up-front cost.",
                "USD/MW",
                required=True,
                low=0,
            ),
            C(
                "paid_share",
                "number",
                "Share of the up-front cost paid when ordered; the rest is paid when in service.",
                "share",
                required=True,
                low=0,
                high=1,
            ),
            _RUNNING,
            _LIFE,
            C(
                "liquid_share",
                "number",
                "Share of the MW that can carry liquid-cooled chips.",
                "share",
                low=0,
                high=1,
                default=1.0,
                beside="warning",
            ),
            ORIGIN,
            NOTE,
        ),
        key=("project", "ordered", "arrives"),
        absent="no power project was ordered before the plan",
        group="power",
    ),
)
