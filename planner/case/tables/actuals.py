"""Actuals: what really happened in the periods that have passed, beside what was planned.

They are no tables of a case: ``planner roll RUN --actuals DIR`` reads them from a folder of their
own.  All of them are optional, and so is every figure: what is not told went as planned.
"""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.source import NOTE

_PERIOD: Final = C("period", "period", "Period that has passed.", required=True)
_AS_PLANNED: Final = "everything went as planned"

ACTUALS: Final[tuple[Table, ...]] = (
    Table(
        "actual_orders",
        "Orders as executed: lines of the approved plan, and what was bought beside it.",
        (
            C(
                "line",
                "name",
                "Line of the approved buy_plan.csv (`line_id`): an order of a period that has "
                "passed, one in flight, a retirement or a move. What was bought beside the plan is "
                "named like a line of it: `offer@site@period`.",
                required=True,
            ),
            C(
                "period",
                "period",
                "Period in which it was really ordered; blank = as planned.",
            ),
            C(
                "chips",
                "number",
                "Chips really ordered (kept, retired, moved), 0 = not done; blank = as planned.",
                "chips",
                low=0,
                beside="fine",
            ),
            C(
                "mw",
                "number",
                "The same of a power project; blank = as planned.",
                "MW",
                low=0,
                beside="fine",
            ),
            C(
                "usd_per_chip",
                "number",
                "Up-front price really agreed (per MW for power projects, per chip moved for "
                "relocations); blank = as planned.",
                "USD/chip",
                low=0,
                beside="fine",
            ),
            C(
                "usd_per_chip_hour",
                "number",
                "Contract or rental price really agreed; blank = as planned.",
                "USD/chip-hour",
                low=0,
                beside="fine",
            ),
            C(
                "paid_share",
                "number",
                "Share of the up-front price really paid when it was ordered; blank = as planned.",
                "share",
                low=0,
                high=1,
                beside="fine",
            ),
            C(
                "arrives",
                "period",
                "Period in which it went, or will go, into service; blank = as planned, as long "
                "after the order as was planned.",
            ),
            NOTE,
        ),
        key=("line",),
        file="actuals/orders.csv",
        absent=_AS_PLANNED,
    ),
    Table(
        "actual_fleet",
        "Chips as counted at the end of the last period that has passed, before anything of the "
        "next is retired or ordered.",
        (
            C("chip", "name", "Chip type.", required=True, refers="chips"),
            C("site", "name", "Site.", required=True, refers="sites"),
            C(
                "in_service",
                "text",
                "Period in which the lot went into service; blank = all lots of this chip and "
                "site, of which each has its share.",
                default="",
            ),
            C(
                "chips",
                "number",
                "Chips alive; blank = as planned.",
                "chips",
                low=0,
                beside="fine",
            ),
            NOTE,
        ),
        key=("chip", "site", "in_service"),
        file="actuals/fleet.csv",
        absent=_AS_PLANNED,
    ),
    Table(
        "actual_work",
        "What workloads asked for, what was served and with how many chip-hours.",
        (
            C("workload", "name", "Workload.", required=True, refers="workloads"),
            _PERIOD,
            C(
                "chip",
                "name",
                "Chip type that served it; blank = all of them. With chips, served and chip_hours "
                "tell what each did, and the throughput of each can be measured; asked then stands "
                "in one of the rows.",
                default="",
                refers="chips",
            ),
            C(
                "asked",
                "number",
                "What was asked for, in the unit of demand_coverage.csv (million work tokens, "
                "FLOP); blank = as planned.",
                "unit",
                low=0,
                beside="fine",
            ),
            C(
                "served",
                "number",
                "What was served, in the same unit; blank = as planned.",
                "unit",
                low=0,
                beside="fine",
            ),
            C(
                "chip_hours",
                "number",
                "Chip-hours it took, as allocation.csv counts them; blank = as planned.",
                "chip-hours",
                low=0,
                beside="fine",
            ),
            NOTE,
        ),
        key=("workload", "period", "chip"),
        file="actuals/work.csv",
        absent=_AS_PLANNED,
    ),
    Table(
        "actual_milestones",
        "Training done, by milestone and period.",
        (
            C("milestone", "name", "Milestone.", required=True, refers="milestones"),
            _PERIOD,
            C(
                "flop",
                "number",
                "FLOP done in the period; blank = as planned.",
                "FLOP",
                low=0,
                beside="fine",
            ),
            C(
                "chip_hours",
                "number",
                "Chip-hours it took; blank = as planned.",
                "chip-hours",
                low=0,
                beside="fine",
            ),
            NOTE,
        ),
        key=("milestone", "period"),
        file="actuals/milestones.csv",
        absent=_AS_PLANNED,
    ),
    Table(
        "actual_power",
        "Power as delivered, by site and project.",
        (
            C("site", "name", "Site.", required=True, refers="sites"),
            C(
                "project",
                "name",
                "Power project, of power_projects.csv or power_orders.csv; blank = what the site "
                "has without any (power.csv).",
                default="",
            ),
            _PERIOD,
            C(
                "mw",
                "number",
                "MW that could be used in the period, on the site's power basis; blank = as "
                "planned.",
                "MW",
                low=0,
                beside="fine",
            ),
            NOTE,
        ),
        key=("site", "project", "period"),
        file="actuals/power.csv",
        absent=_AS_PLANNED,
    ),
    Table(
        "actual_cash",
        "Cash paid, by term of costs.csv.",
        (
            C(
                "term",
                "choice",
                "Term of cost; power_projects counts both what is built and what runs.",
                required=True,
                allowed=(
                    "chips",
                    "prepaid",
                    "contracts",
                    "rental",
                    "commitments_ahead",
                    "commitments",
                    "tokens",
                    "energy",
                    "ordering",
                    "demand_charge",
                    "maintenance",
                    "space",
                    "power_projects",
                    "relocation",
                    "decommissioning",
                    "cancellation",
                    "carbon",
                ),
            ),
            _PERIOD,
            C("site", "name", "Site; blank = all sites.", default="", refers="sites"),
            C("usd", "number", "Cash paid; blank = as planned.", "USD", beside="fine"),
            NOTE,
        ),
        key=("term", "period", "site"),
        file="actuals/cash.csv",
        absent=_AS_PLANNED,
    ),
)
"""In the order of the reference."""
