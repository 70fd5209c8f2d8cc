"""What the chips do: allocation, the contingency after the loss of a site, milestones, demand."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column, Table

C = Column

ALLOCATION: Final = Table(
    "allocation",
    "Who works on what: period, slice, site, chip, workload or milestone.",
    (
        C("period", "period", "Period."),
        C("slice", "name", "Slice."),
        C("site", "name", "Site."),
        C("chip", "name", "Chip type."),
        C(
            "kind",
            "choice",
            "Kind of work.",
            allowed=("online", "batch", "research", "milestone"),
        ),
        C("work", "name", "Workload or milestone."),
        C("chips", "number", "Chips working on it.", "chips"),
        C("chip_hours", "number", "chips x hours of the slice in the period.", "chip-hours"),
        C(
            "mtok",
            "number",
            "Work tokens served (before utilisation headroom is given away: what demand counts).",
            "million tokens",
        ),
        C("flop", "number", "FLOP delivered.", "FLOP"),
        C("mwh", "number", "Active energy above idle, utility side.", "MWh"),
        C("cost_usd", "number", "Its energy and carbon above idle, nominal.", "USD"),
    ),
    key=("period", "slice", "site", "chip", "work"),
)

SITE_LOSS: Final = Table(
    "site_loss",
    "Contingency allocation for the loss of each site; written only where a workload asks for "
    "survive_site_loss.",
    (
        C("lost_site", "name", "Site lost."),
        C("period", "period", "Period."),
        C("slice", "name", "Slice."),
        C("site", "name", "Site that serves."),
        C("chip", "name", "Chip type."),
        C("workload", "name", "Workload."),
        C("chips", "number", "Chips that would work on it.", "chips"),
    ),
    key=("lost_site", "period", "slice", "site", "chip", "workload"),
)

MILESTONES: Final = Table(
    "milestones",
    "Training runs: planned finish, slack, chips.",
    (
        C("milestone", "name", "Milestone."),
        C("class", "name", "Training class."),
        C("flop", "number", "FLOP.", "FLOP"),
        C(
            "done_flop",
            "number",
            "Done before the plan, a part of delivered_flop; of a deadline that has passed, all of "
            "it. The column stands only where some run has that.",
            "FLOP",
        ),
        C("start", "text", "Earliest start."),
        C("deadline", "text", "Deadline."),
        C("planned_start", "period", "First period with work."),
        C(
            "planned_finish",
            "period",
            "Period in which the last FLOP is delivered; blank = not inside the plan.",
        ),
        C(
            "slack_periods",
            "number",
            "Whole periods between finish and the deadline's period; negative = late.",
            "periods",
        ),
        C("delivered_flop", "number", "Delivered by the deadline.", "FLOP"),
        C("late_flop", "number", "Missing at the deadline.", "FLOP"),
        C("late_usd", "number", "Nominal lateness charge.", "USD"),
        C("peak_chips", "number", "Most chips at once.", "chips"),
        C("chip_hours", "number", "Chip-hours.", "chip-hours"),
        C("where", "text", "chip@site, by chip-hours."),
        C(
            "marginal_usd_per_1e21_flop",
            "number",
            "NPV cost of 1e21 more FLOP.",
            "USD/1e21 FLOP",
        ),
    ),
    key=("milestone",),
)

DEMAND_COVERAGE: Final = Table(
    "demand_coverage",
    "Workloads by period: demand, served, short.",
    (
        C("workload", "name", "Workload."),
        C("period", "period", "Period (batch windows: the last period of the window)."),
        C("kind", "text", "Kind."),
        C("unit", "text", "Mtok, FLOP or chips (share of fleet)."),
        C("demand", "number", "Demand.", "unit"),
        C("served", "number", "Served, at most the demand in each slice.", "unit"),
        C("short", "number", "Not served.", "unit"),
        C("short_usd", "number", "Nominal penalty.", "USD"),
        C("why", "text", "Why short: the price at which it is cheaper not to serve."),
        C(
            "marginal_usd_per_unit",
            "number",
            "Cost of one more unit in this period, in the period's money (load-weighted over "
            "slices).",
            "USD/unit",
        ),
    ),
    key=("workload", "period"),
)
