"""The past: what earlier plans of a case planned for the periods before it, and what then happened.

``planner roll`` writes these tables into ``history/`` and adds to them quarter by quarter; the page
and the workbook show them, and no equation uses them.
"""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table

_PLAN: Final = C(
    "plan", "period", "First period of the plan that it was compared with.", required=True
)
_ABSENT: Final = "nothing is told of earlier plans"


def _usd(name: str, help_: str) -> C:
    return C(name, "number", help_, "USD", required=True)


TABLES: Final[tuple[Table, ...]] = (
    Table(
        "past_variances",
        "Plan against actual in money, of all cash of the periods that have passed: what each "
        "line, workload and milestone cost otherwise than planned, and the rest by term of cost. "
        "actual = planned + quantity + price + timing, in every row.",
        (
            _PLAN,
            C(
                "kind",
                "choice",
                "What it is about.",
                required=True,
                allowed=("line", "workload", "milestone", "term"),
            ),
            C("name", "text", "Line of the buy plan, workload, milestone or term.", required=True),
            C("term", "text", "Term of cost.", required=True),
            C("period", "period", "Period in which it was, or was to be, paid.", required=True),
            C("site", "text", "Site; blank = none, or all."),
            _usd("planned_usd", "What was planned."),
            _usd("actual_usd", "What was paid."),
            _usd("quantity_usd", "Because more or less of it was bought or done."),
            _usd("price_usd", "Because of another price, or more chip-hours for the same work."),
            _usd("timing_usd", "Because it was paid in another period."),
        ),
        key=("plan", "kind", "name", "term", "period", "site"),
        file="history/variances.csv",
        absent=_ABSENT,
        group="timing",
        past=True,
    ),
    Table(
        "past_amounts",
        "Plan against actual in its own units: chips, MW, prices, work, chip-hours.",
        (
            _PLAN,
            C("kind", "text", "line, workload, milestone, fleet or site.", required=True),
            C("name", "text", "Which one.", required=True),
            C("period", "period", "Period; blank = ordered before the plan."),
            C("measure", "text", "What is counted.", required=True),
            C("unit", "text", "In which unit.", required=True),
            C("planned", "number", "As planned; blank = not planned.", "unit", beside="fine"),
            C("actual", "number", "As it happened.", "unit", beside="fine"),
        ),
        file="history/amounts.csv",
        absent=_ABSENT,
        group="timing",
        past=True,
    ),
    Table(
        "past_throughput",
        "Measured throughput against throughput.csv, and the calibration that follows.",
        (
            _PLAN,
            C("model", "text", "Model.", required=True),
            C("tier", "text", "Latency tier.", required=True),
            C("chip", "text", "Chip type.", required=True),
            C("served_mtok", "number", "Work tokens served.", "million tokens", required=True),
            C("chip_hours", "number", "Chip-hours it took.", "chip-hours", required=True),
            C(
                "planned_chip_hours",
                "number",
                "Chip-hours that it would have taken as planned.",
                "chip-hours",
                required=True,
            ),
            C("calibration", "number", "Calibration of the plan.", "ratio", required=True),
            C(
                "measured_calibration",
                "number",
                "calibration x planned_chip_hours / chip_hours.",
                "ratio",
                required=True,
            ),
            C("cell", "text", "Where the calibration of the plan stands, file and row."),
        ),
        key=("plan", "model", "tier", "chip"),
        file="history/throughput.csv",
        absent=_ABSENT,
        group="timing",
        past=True,
    ),
    Table(
        "past_forecasts",
        "Demand as each plan forecast it, beside what was asked for once that was known.",
        (
            _PLAN,
            C("workload", "text", "Workload.", required=True),
            C("period", "period", "Period.", required=True),
            C("forecast", "number", "Work tokens or FLOP.", "unit", required=True),
            C(
                "asked",
                "number",
                "What was asked for; blank = not told yet.",
                "unit",
                beside="fine",
            ),
        ),
        key=("plan", "workload", "period"),
        file="history/forecasts.csv",
        absent=_ABSENT,
        group="timing",
        past=True,
    ),
)
