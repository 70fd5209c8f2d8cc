"""Every table of the written plan, declared once: file, columns, units and one sentence each.

``outputs/README.md`` is generated from here; the extractor fills exactly these columns and the
audit reads them. Chips are written to 6 decimals, money to the cent.
"""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column, Table
from planner.case.tables import TABLE
from planner.limits import OWN, Limit, Worth

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


def _own(limit: Limit) -> Table:
    """Return the declaration of the output table that a limit has of its own."""
    worth, source = limit.worth, TABLE[limit.stated[0][0]]
    if not isinstance(worth, Worth):
        raise ValueError(f"limit {limit.rows} has an output table of its own, but no worth")
    unit = f"{worth.unit}s"
    places = [name for name in ("site",) if name in {c.name for c in source.columns}]
    names = list(dict.fromkeys((*limit.key, *places)))
    return Table(
        source.name,
        limit.own,
        (
            *(
                C(name, "period" if name == "period" else "name", f"{name.capitalize()}.")
                for name in names
            ),
            C(worth.limit, "number", "The limit.", unit),
            C(worth.used, "number", "What is used of it.", unit),
            C(worth.free, "number", "The room left.", unit),
            C(
                worth.column,
                "number",
                f"What one more {worth.unit} would save, discounted to the start of the plan.",
                f"USD/{worth.unit}",
            ),
            C(worth.low, "number", "Smallest limit for which that worth holds.", unit),
            C(worth.high, "number", "Largest limit for which it holds; blank = any.", unit),
        ),
        key=limit.key,
        absent=f"the case has no {source.path}",
    )


PLAN_TABLES: Final[tuple[Table, ...]] = (
    Table(
        "buy_plan",
        "The procurement plan: one line per offer, site and order period (key), and per "
        "retirement, relocation and power project.",
        (
            C("line_id", "text", "offer@site@order period; retire/<line>@period for retirements."),
            C(
                "offer",
                "name",
                "Offer, order number, fleet lot (fleet:<chip>:<in_service>), or power project.",
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
                allowed=(
                    "keep",
                    "buy",
                    "lease",
                    "reserve",
                    "rent",
                    "build_power",
                    "retire",
                    "relocate",
                    "cancel",
                ),
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
    ),
    Table(
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
    ),
    Table(
        "vintages",
        "Chips of every lot held, by period: the trace behind the fleet.",
        (
            C("line_id", "text", "Line of buy_plan.csv (relocated chips: the relocation's line)."),
            C("offer", "name", "Offer, order number or fleet:<chip>:<in_service>."),
            C("chip", "name", "Chip type."),
            C("site", "name", "Site."),
            C("in_service", "period", "In service from."),
            C("period", "period", "Period."),
            C("held", "number", "Chips held.", "chips"),
        ),
        key=("line_id", "period"),
    ),
    Table(
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
                "Work tokens served (before utilisation headroom is given away: what demand "
                "counts).",
                "million tokens",
            ),
            C("flop", "number", "FLOP delivered.", "FLOP"),
            C("mwh", "number", "Active energy above idle, utility side.", "MWh"),
            C("cost_usd", "number", "Its energy and carbon above idle, nominal.", "USD"),
        ),
        key=("period", "slice", "site", "chip", "work"),
    ),
    Table(
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
    ),
    Table(
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
    ),
    Table(
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
    ),
    Table(
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
    ),
    Table(
        "power",
        "Power by site and period, on the site's basis: limit, built, used, worth of one more MW.",
        (
            C("site", "name", "Site."),
            C("period", "period", "Period."),
            C("basis", "text", "it or utility."),
            C("limit_mw", "number", "From power.csv.", "MW"),
            C("built_mw", "number", "In service from power projects.", "MW"),
            C("used_mw", "number", "Taken by powered chips at kw_peak.", "MW"),
            C("kept_free_mw", "number", "Kept free: headroom x (limit + built).", "MW"),
            C("free_mw", "number", "limit + built - kept free - used.", "MW"),
            C(
                "liquid_limit_mw",
                "number",
                "Liquid-cooled limit with what was built; blank = none.",
                "MW",
            ),
            C("liquid_used_mw", "number", "Taken by liquid-cooled chips.", "MW"),
            C("it_mw", "number", "IT power of powered chips at peak.", "MW"),
            C("energy_mwh", "number", "Utility energy.", "MWh"),
            C("tonnes_co2", "number", "Carbon.", "t"),
            C(
                "worth_usd_per_mw",
                "number",
                "Worth of one more MW in this period, in the period's money.",
                "USD/MW",
            ),
            C("worth_from_mw", "number", "The worth holds from this limit ...", "MW"),
            C("worth_to_mw", "number", "... to this limit; blank = without end.", "MW"),
            C("liquid_worth_usd_per_mw", "number", "Worth of one more liquid-cooled MW.", "USD/MW"),
        ),
        key=("site", "period"),
    ),
    Table(
        "supply",
        "Supply groups by period.",
        (
            C("supply_group", "name", "Supply group."),
            C("period", "period", "Period."),
            C("basis", "text", "order or arrival."),
            C("min_chips", "number", "Take or pay.", "chips"),
            C("max_chips", "number", "Limit; blank = none.", "chips"),
            C("used", "number", "Taken (most in any slice where rentals share it).", "chips"),
            C("free", "number", "max - used.", "chips"),
            C(
                "worth_usd_per_chip",
                "number",
                "NPV worth of one more chip of allocation.",
                "USD/chip",
            ),
            C(
                "minimum_costs_usd_per_chip",
                "number",
                "What one chip less of take or pay would save, NPV.",
                "USD/chip",
            ),
            C("worth_from_chips", "number", "Holds from ...", "chips"),
            C("worth_to_chips", "number", "... to; blank = without end.", "chips"),
        ),
        key=("supply_group", "period"),
    ),
    Table(
        "budget",
        "Cash by period and category, and against budgets.",
        (
            C("period", "text", "Period or fiscal year."),
            C("category", "choice", "capex, opex or all.", allowed=("capex", "opex", "all")),
            C("limit_usd", "number", "Budget; blank = none.", "USD"),
            C("paid_usd", "number", "Nominal cash.", "USD"),
            C("over_usd", "number", "Above a soft budget.", "USD"),
            C("free_usd", "number", "limit - paid.", "USD"),
            C(
                "worth_usd_per_usd",
                "number",
                "USD (NPV) saved by one more USD of budget.",
                "USD/USD",
            ),
            C("worth_from_usd", "number", "Holds from ...", "USD"),
            C("worth_to_usd", "number", "... to; blank = without end.", "USD"),
        ),
        key=("period", "category"),
    ),
    Table(
        "limits",
        "Policies: what each measured, its bound and what it costs.",
        (
            C("limit", "name", "Policy."),
            C("period", "text", "Period, or the window it is summed over."),
            C("measure", "text", "Measure."),
            C("side", "choice", "Which bound.", allowed=("min_share", "max_share", "max")),
            C("value", "number", "Measure of the scope.", "by measure"),
            C("total", "number", "Measure over all.", "by measure"),
            C("bound", "number", "Bound on value (share x total, or max).", "by measure"),
            C("over", "number", "Beyond a soft bound.", "by measure"),
            C("worth_usd_per_unit", "number", "NPV saved by one more unit of room.", "USD/unit"),
        ),
        key=("limit", "period", "side"),
    ),
    Table(
        "milestones",
        "Training runs: planned finish, slack, chips.",
        (
            C("milestone", "name", "Milestone."),
            C("class", "name", "Training class."),
            C("flop", "number", "FLOP.", "FLOP"),
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
    ),
    Table(
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
    ),
    Table(
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
    ),
    Table(
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
    ),
    Table(
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
                "usd_per_chip, usd_per_chip_hour or usd_per_mw: the price the break-even is "
                "stated in.",
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
    ),
    Table(
        "exceptions",
        "What needs a person.",
        (
            C("severity", "choice", "high, medium or low.", allowed=("high", "medium", "low")),
            C(
                "kind",
                "text",
                "short, late, stranded_chips, stranded_mw, soft_limit, residual, stale, "
                "assumption, accepted, scaling, decide_now.",
            ),
            C("item", "text", "What it is about."),
            C("period", "text", "Period, where there is one."),
            C("amount", "number", "How much.", "unit"),
            C("unit", "text", "Unit."),
            C("usd", "number", "Money at stake, where known.", "USD"),
            C("message", "text", "In one sentence."),
            C("action", "text", "What to do."),
        ),
    ),
    *(_own(limit) for limit in OWN),
)

PLAN_TABLE: Final = {table.name: table for table in PLAN_TABLES}
"""Declarations by name."""
