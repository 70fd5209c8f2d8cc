"""Limits with what is used of them and what one more unit is worth: power, supply, budgets and
policies, and those that are declared with an output table of their own."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column, Table
from planner.case.tables import TABLE
from planner.limits import OWN
from planner.limits.limit import Limit, Worth

C = Column


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


POWER: Final = Table(
    "power",
    "Power by site and period, on the site's basis: limit, built, used, worth of one more MW.",
    (
        C("site", "name", "Site."),
        C("period", "period", "Period."),
        C("basis", "text", "it or utility."),
        C("limit_mw", "number", "From power.csv.", "MW"),
        C(
            "built_mw",
            "number",
            "In service from power projects, those ordered before the plan too.",
            "MW",
        ),
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
)

SUPPLY: Final = Table(
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
)

BUDGET: Final = Table(
    "budget",
    "Cash by period and category, and against budgets.",
    (
        C("period", "text", "Period or fiscal year."),
        C("category", "choice", "capex, opex or all.", allowed=("capex", "opex", "all")),
        C("limit_usd", "number", "Budget; blank = none.", "USD"),
        C("paid_usd", "number", "Nominal cash.", "USD"),
        C(
            "used_usd",
            "number",
            "Paid before the plan, a part of paid_usd; the column stands only where some budget "
            "has that.",
            "USD",
        ),
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
)

LIMITS: Final = Table(
    "limits",
    "Policies: what each measured, its bound and what it costs.",
    (
        C("limit", "name", "Policy."),
        C("period", "text", "Period, or the window it is summed over."),
        C("measure", "text", "Measure."),
        C("side", "choice", "Which bound.", allowed=("min_share", "max_share", "max", "min")),
        C("value", "number", "Measure of the scope.", "by measure"),
        C("total", "number", "Measure over all.", "by measure"),
        C(
            "used",
            "number",
            "Of the scope before the plan, a part of value; the column stands only where some "
            "limit has that.",
            "by measure",
        ),
        C("used_total", "number", "The same of all, a part of total.", "by measure"),
        C("bound", "number", "Bound on value (share x total, max or min).", "by measure"),
        C("over", "number", "Beyond a soft bound.", "by measure"),
        C("worth_usd_per_unit", "number", "NPV saved by one more unit of room.", "USD/unit"),
    ),
    key=("limit", "period", "side"),
)

OWN_TABLES: Final = tuple(_own(limit) for limit in OWN)
"""Of every limit that has an output table of its own, in the order of their declarations."""
