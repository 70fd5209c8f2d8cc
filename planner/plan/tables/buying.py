"""What is bought and what is not: the buy plan, its causes, the hand-over, prices."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column, Table
from planner.plan.actions import ALL

C = Column

_CAUSES: Final = tuple(
    column
    for n in (1, 2, 3)
    for column in (
        C(
            f"cause_{n}",
            "text",
            f"The workload, milestone, contingency or obligation that is number {n} in paying for "
            "this line at the optimum.",
        ),
        C(
            f"cause_{n}_share_pct",
            "number",
            "Its share of the line's worth; all causes of a line sum to 100 (all of them are in "
            "causes.csv).",
            "%",
        ),
    )
)

BUY_PLAN: Final = Table(
    "buy_plan",
    "The procurement plan: one line per offer, site and order period (key), and per "
    "retirement, relocation and power project.",
    (
        C("line_id", "text", "offer@site@order period; retire/<line>@period for retirements."),
        C(
            "offer",
            "name",
            "Offer, order number, fleet lot (fleet:<chip>:<in_service>, :<lot> behind it where the "
            "lot has a name), or power project.",
        ),
        C(
            "order_period",
            "period",
            "Period of the order, rental, retirement or move; blank for what exists or is "
            "committed.",
        ),
        C("site", "name", "Site (for relocations: where to)."),
        C("from_site", "name", "For relocations: where from."),
        C(
            "status",
            "choice",
            "existing fleet, committed order, new, or option (not bought; only in prices.csv).",
            allowed=("existing", "committed", "new"),
        ),
        C(
            "action",
            "choice",
            "What to do.",
            allowed=ALL,
        ),
        C("vendor", "name", "Vendor of the chip."),
        C("chip", "name", "Chip type."),
        C("kind", "text", "Kind of offer; fleet, order or power for the others."),
        C(
            "decide_by",
            "date",
            "Last day on which this must be decided: the first day of the order period.",
        ),
        C("in_service_period", "period", "First period in service."),
        C(
            "leaves_period",
            "period",
            "First period out of service, also where that is after the end of the plan.",
        ),
        C(
            "chips",
            "number",
            "Chips ordered (kept, retired, moved, cancelled; for rentals the most rented in "
            "any slice).",
            "chips",
        ),
        C(
            "chips_rounded",
            "number",
            "Rounded up to whole lots within supply, power and budget limits where these "
            "allow it, down otherwise; rentals too.",
            "chips",
        ),
        C("lots", "number", "chips_rounded in lots.", "lots"),
        C("mw", "number", "For power projects: MW ordered.", "MW"),
        C(
            "usd_per_chip",
            "number",
            "Up-front unit price (per MW for power projects).",
            "USD/chip",
        ),
        C("usd_per_chip_hour", "number", "Contract or rental price.", "USD/chip-hour"),
        C(
            "total_usd",
            "number",
            "Nominal payments inside the plan for this line: up-front and contract or rental.",
            "USD",
        ),
        C("npv_usd", "number", "The same, discounted.", "USD"),
        C("mw_it", "number", "IT power of the line at kw_peak.", "MW"),
        C("mw_utility", "number", "The same times PUE; blank at cloud sites.", "MW"),
        C(
            "first_use",
            "text",
            "What its chip type works on first at that site once in service, by chip-hours.",
        ),
        *_CAUSES,
        C(
            "worth_usd_per_chip",
            "number",
            "What one more chip of this line would save before its own cost (from the duals "
            "of the periods it serves; NPV).",
            "USD/chip",
        ),
        C(
            "break_even_usd_per_chip",
            "number",
            "Up-front (or hourly) price above which the optimum would take less of it; from "
            "the duals, a local statement.",
            "USD/chip or USD/chip-hour",
        ),
        C(
            "runner_up",
            "text",
            "Cheapest alternative not taken that could serve the same causes: "
            "offer@site@order period.",
        ),
        C("runner_up_gap_pct", "number", "By how much its price would have to fall.", "%"),
        C("binding_limits", "text", "Limits at their bound that this line touches."),
        C(
            "change_vs_last",
            "text",
            "new, same, +n, -n, gone against the last plan; blank without one.",
        ),
        C("change_reason", "text", "Why, in words, where known."),
        C("in_scenarios", "text", "Scenarios that contain the line; blank without scenarios."),
        C(
            "cancellable_until",
            "date",
            "Last day of free cancellation; blank = not cancellable.",
        ),
    ),
    key=("line_id",),
)

CAUSES: Final = Table(
    "causes",
    "All causes of every buy line, not only the first three.",
    (
        C("line_id", "text", "Line of buy_plan.csv."),
        C(
            "cause",
            "text",
            "workload:<w>, milestone:<m>, site_loss:<w>, supply:<group>, limit:<l>, frozen, "
            "offer_minimum, ...",
        ),
        C("share_pct", "number", "Share of the line's worth.", "%"),
        C("worth_usd", "number", "NPV worth of the line to this cause.", "USD"),
    ),
    key=("line_id", "cause"),
)

ORDERS: Final = Table(
    "orders",
    "The hand-over to procurement: what, how many, where, order by, needed by, price, total.",
    (
        C("line_id", "text", "Line of buy_plan.csv."),
        C("what", "text", "In words."),
        C("vendor", "name", "Vendor."),
        C("chip", "name", "Chip type or power."),
        C("quantity", "number", "Rounded to lots.", "chips or MW"),
        C("site", "name", "Site."),
        C("order_by", "date", "Order by."),
        C("needed_by", "date", "In service by."),
        C(
            "unit_price_usd",
            "number",
            "Unit price (up-front, or per chip-hour where there is none).",
            "USD",
        ),
        C(
            "total_usd",
            "number",
            "quantity x up-front price, or contract payments inside the plan.",
            "USD",
        ),
    ),
    key=("line_id",),
)

PRICES: Final = Table(
    "prices",
    "Everything that was not bought (or not more of it), with the price at which it would be.",
    (
        C("offer", "name", "Offer (or power project)."),
        C("site", "name", "Site."),
        C("order_period", "period", "Period."),
        C("chip", "name", "Chip type."),
        C("kind", "text", "Kind."),
        C(
            "price_field",
            "text",
            "usd_per_chip, usd_per_chip_hour or usd_per_mw: the price the break-even is stated in.",
        ),
        C("price", "number", "Its price.", "USD"),
        C(
            "break_even",
            "number",
            "Price above which it certainly stays out. It comes in right below it, or, where "
            "the plan is degenerate, at a lower price: `planner explain RUN offer` finds that "
            "by re-solving.",
            "USD",
        ),
        C(
            "cut_pct",
            "number",
            "Price cut that needs, 0 = at the break-even already; above 100 = not even for "
            "free; blank = it is free, or no price changes anything.",
            "%",
        ),
        C(
            "reduced_cost_usd",
            "number",
            "NPV cost of forcing in one chip (MW); of rentals: for all hours of the period.",
            "USD",
        ),
        C(
            "blocked_by",
            "text",
            "A limit that keeps it out although it is cheap enough (supply, power, budget "
            "...); blank = price.",
        ),
    ),
    key=("offer", "site", "order_period"),
)
