"""Every table of the written plan, declared once: file, columns, units and one sentence each.

``outputs/README.md`` is generated from here, in this order; the extractor fills exactly these
columns and the audit reads them.  Chips are written to 6 decimals, money to the cent.
"""

from __future__ import annotations

from typing import Final

from planner.case.declare import Table
from planner.plan.tables.books import BOOKS, PNL
from planner.plan.tables.buying import BUY_PLAN, CAUSES, ORDERS, PRICES
from planner.plan.tables.commitments import COMMITMENT_ORDERS, COVERED
from planner.plan.tables.economics import ECONOMICS, SHOWBACK
from planner.plan.tables.exceptions import EXCEPTIONS
from planner.plan.tables.fleet import FLEET, RENTALS, VINTAGES
from planner.plan.tables.limits import BUDGET, LIMITS, OWN_TABLES, POWER, SUPPLY
from planner.plan.tables.money import COSTS, UNIT_COSTS
from planner.plan.tables.steps import ORDER_STEPS
from planner.plan.tables.tokens import TOKENS
from planner.plan.tables.whole import WHOLE
from planner.plan.tables.work import ALLOCATION, DEMAND_COVERAGE, MILESTONES, SITE_LOSS

PLAN_TABLES: Final[tuple[Table, ...]] = (
    BUY_PLAN,
    CAUSES,
    VINTAGES,
    ALLOCATION,
    RENTALS,
    SITE_LOSS,
    WHOLE,
    ORDERS,
    FLEET,
    POWER,
    SUPPLY,
    BUDGET,
    LIMITS,
    MILESTONES,
    DEMAND_COVERAGE,
    COSTS,
    UNIT_COSTS,
    BOOKS,
    PNL,
    SHOWBACK,
    ECONOMICS,
    PRICES,
    EXCEPTIONS,
    ORDER_STEPS,
    TOKENS,
    COMMITMENT_ORDERS,
    COVERED,
    *OWN_TABLES,
)

PLAN_TABLE: Final = {table.name: table for table in PLAN_TABLES}
"""Declarations by name."""
