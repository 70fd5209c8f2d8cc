"""What the plan costs: by term of the objective, and by unit of work."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column, Table

C = Column

COSTS: Final = Table(
    "costs",
    "Cost by term, period, site and chip; the discounted column sums to the objective.",
    (
        C("term", "name", "Term of the objective."),
        C(
            "category",
            "text",
            "capex, opex or none (not cash).",
        ),
        C(
            "period",
            "period",
            "Period in which it falls (one after the last: at the end of the plan).",
        ),
        C("site", "name", "Site; blank = none."),
        C("chip", "name", "Chip; blank = none."),
        C("nominal_usd", "number", "Nominal.", "USD"),
        C("discounted_usd", "number", "Discounted to the start of the plan.", "USD"),
    ),
    key=("term", "category", "period", "site", "chip"),
)

UNIT_COSTS: Final = Table(
    "unit_costs",
    "What a unit of work costs, marginal and fully loaded, and the split between training, "
    "research and inference.",
    (
        C("kind", "text", "workload, milestone or split."),
        C(
            "name",
            "name",
            "Workload, milestone, or training, research, inference, idle, penalties, existing "
            "fleet (its opening value, sunk, taken out again).",
        ),
        C("unit", "text", "Mtok or 1e21 FLOP."),
        C("volume", "number", "Units in the plan.", "unit"),
        C(
            "marginal_usd",
            "number",
            "Cost of one more unit: discounted dual value over discounted volume.",
            "USD/unit",
        ),
        C(
            "loaded_usd",
            "number",
            "Fully loaded: discounted cost over discounted volume (levelised); not a term of "
            "the objective.",
            "USD/unit",
        ),
        C(
            "cost_usd",
            "number",
            "Discounted cost attributed, penalties apart; the rows of kind split sum to the "
            "objective.",
            "USD",
        ),
        C("cost_share_pct", "number", "Share of the attributed cost.", "%"),
        C("chip_hours", "number", "Chip-hours.", "chip-hours"),
        C("chip_hours_share_pct", "number", "Share of chip-hours at work.", "%"),
    ),
    key=("kind", "name"),
)
