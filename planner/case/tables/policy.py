"""Policy: rules, budgets and limits."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.source import NOTE, ORIGIN

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "rules",
        "What may not be. A row forbids what all its filled cells describe, in its periods. "
        "Without workload and milestone it forbids new orders, rentals and moves to where it "
        "holds (never away from it); with one it forbids that work.",
        (
            C("chip", "name", "Chip type.", refers="chips"),
            C("vendor", "name", "Vendor."),
            C("site", "name", "Site.", refers="sites"),
            C("region", "name", "Region."),
            C("country", "name", "Country."),
            C("workload", "name", "Workload.", refers="workloads"),
            C("milestone", "name", "Milestone.", refers="milestones"),
            C("from", "period", "First period; blank = start of the plan."),
            C("to", "period", "Last period; blank = end of the plan."),
            C("reason", "text", "Why, shown wherever the rule matters.", required=True),
        ),
        absent="everything declared is allowed",
        group="rules and budgets",
    ),
    Table(
        "budgets",
        "Cash that may be paid.",
        (
            C(
                "period",
                "text",
                "A period (2027Q1) or a fiscal year (2027, by `fiscal_year_start`), of all periods "
                "that begin in it.",
                required=True,
            ),
            C(
                "category",
                "choice",
                "capex: up-front payments for purchases, orders in flight and power projects; "
                "opex: every other payment; all: both.",
                required=True,
                allowed=("capex", "opex", "all"),
            ),
            C("usd_max", "number", "Most cash, nominal.", "USD", required=True, low=0),
            C(
                "used_usd",
                "number",
                "Cash paid of it before the plan, where its fiscal year has begun; blank = none. "
                "`usd_max` stays that of the whole year.",
                "USD",
                low=0,
                default=0.0,
                beside="fine",
            ),
            C(
                "over_usd_per_usd",
                "number",
                "Penalty per USD above the budget; blank = the budget is hard.",
                "USD/USD",
                low=0,
                beside="fine",
            ),
            ORIGIN,
            NOTE,
        ),
        key=("period", "category"),
        absent="money is not limited",
        group="rules and budgets",
    ),
    Table(
        "limits",
        "Policies: the most or least of something, absolute or as a share.",
        (
            C("limit", "name", "Name of the policy.", required=True),
            C(
                "scope",
                "choice",
                "What is counted.",
                required=True,
                allowed=("vendor", "chip", "site", "region", "country", "all"),
            ),
            C(
                "member",
                "name",
                "Which one: the vendor, chip, site, region or country; blank with scope all.",
                default="",
            ),
            C(
                "measure",
                "choice",
                "spend: cash paid for capacity (up-front, contracts, rental; not power projects, "
                "moves, fees, energy or maintenance); chips: chips held and rented (mean over the "
                "period); power: IT MW of powered chips, reserved cloud chips included, rented "
                "ones not; carbon: tonnes CO2.",
                required=True,
                allowed=("spend", "chips", "power", "carbon"),
            ),
            C(
                "min_share",
                "number",
                "At least this share of the total over all scopes.",
                "share",
                low=0,
                high=1,
                beside="fine",
            ),
            # the amount stands between the shares, so that no share slips from one to the other
            C(
                "max",
                "number",
                "At most this much: USD, chips, MW or tonnes.",
                "by measure",
                low=0,
                beside="fine",
            ),
            C(
                "max_share",
                "number",
                "At most this share of the total over all scopes.",
                "share",
                low=0,
                high=1,
                beside="fine",
            ),
            C(
                "period",
                "text",
                "A period or a fiscal year; blank = the whole plan. Spend and carbon are summed "
                "over it; chips and power hold in each of its periods.",
                default="",
            ),
            # behind the period, so that no amount slips from most to least
            C(
                "min",
                "number",
                "At least this much: USD, chips or MW, not tonnes: what was agreed to be spent, "
                "chips or power kept in a country. With over_usd_per_unit a unit short of it "
                "costs that.",
                "by measure",
                low=0,
                beside="fine",
            ),
            C(
                "used",
                "number",
                "Spend and carbon: what the member had before the plan, where the window has "
                "begun (of the whole plan: since it first began); blank = none. All bounds count "
                "of the whole window.",
                "by measure",
                low=0,
                default=0.0,
                beside="fine",
            ),
            C(
                "used_total",
                "number",
                "The same of all scopes, needed where a share is bounded and used is given.",
                "by measure",
                low=0,
                default=0.0,
                beside="fine",
            ),
            C(
                "over_usd_per_unit",
                "number",
                "Penalty per unit beyond the limit (USD per USD, chip, MW or tonne), for each side "
                "of it: chips and power in every period of the window, spend and carbon once, in "
                "its last period; blank = the limit is hard.",
                "USD/unit",
                low=0,
                beside="fine",
            ),
            ORIGIN,
            NOTE,
        ),
        key=("limit",),
        absent="no policies",
        group="rules and budgets",
    ),
    Table(
        "growth",
        "Ramps: how fast something can grow. In every period at most (1 + max_growth) times the "
        "chips of the period before, plus the seed: crews, vendors and new chips start small.",
        (
            C("ramp", "name", "Name of the ramp.", required=True),
            C(
                "scope",
                "choice",
                "What is counted.",
                required=True,
                allowed=("supply_group", "vendor", "chip", "site"),
            ),
            C(
                "member",
                "name",
                "Which one: the supply group, vendor, chip or site.",
                required=True,
            ),
            C(
                "counts",
                "choice",
                "Which of its chips: ordered: of new lines, in the period of their order (what a "
                "vendor takes on); arriving: of new lines and orders in flight, in the period in "
                "which they go into service (what a crew installs); held: all that are held, "
                "moved chips too (what a team runs; not with a supply group). Chips rented by the "
                "hour never count, and moved ones only as held.",
                required=True,
                allowed=("ordered", "arriving", "held"),
            ),
            C(
                "max_growth",
                "number",
                "Growth from a period to the next, as a share of the former: 0.5 is half as many "
                "again, 0 no more than before but for the seed.",
                "ratio",
                required=True,
                low=0,
            ),
            C(
                "seed",
                "number",
                "Chips on top in every period: what can be begun with.",
                "chips",
                required=True,
                low=0,
            ),
            C(
                "before",
                "number",
                "Chips that were counted in the period before the plan; 0 where it begins now.",
                "chips",
                required=True,
                low=0,
            ),
            ORIGIN,
            NOTE,
        ),
        key=("ramp",),
        absent="nothing limits how fast anything grows",
        group="supply and lead times",
    ),
)
