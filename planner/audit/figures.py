"""Figures: what is reported about a plan beside the plan itself: worths, unit costs, causes,
prices, dates and what needs a person; the contents page of these checks."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.audit.alarms import check_alarms
from planner.audit.books import check_books
from planner.audit.causes import check_causes
from planner.audit.choices import check_choices
from planner.audit.duals import Duals, read_duals
from planner.audit.economics import check_economics
from planner.audit.handover import check_handover, check_vintage_names
from planner.audit.limit_worths import (
    check_budget_worths,
    check_policy_worths,
    check_power_worths,
    check_supply_worths,
)
from planner.audit.lines import check_line_columns
from planner.audit.own import check_own_worths
from planner.audit.pnl import check_pnl
from planner.audit.prices import check_prices
from planner.audit.recomputed import Recomputed
from planner.audit.repeated import check_repeated
from planner.audit.showback import check_showback
from planner.audit.totals import check_told
from planner.audit.unit_costs import check_unit_costs
from planner.audit.verdict import Check, failure
from planner.audit.worth_rules import allowance
from planner.audit.worths import check_chip_worths, check_run_worths, check_work_worths

__all__ = ["REPORTED", "Recomputed", "check_figures", "reports"]

BOOKS: Final = ("books", "pnl", "showback", "economics")
REPORTED: Final = ("causes", "unit_costs", *BOOKS, "prices", "exceptions")
"""Tables that tell about the plan; the others are the plan."""
SINCE: Final = 2
"""Format of plan.json from which solution.npz names its rows, so that worths can be followed."""


def reports(plan: Mapping[str, Any] | None) -> bool:
    """Return whether a run was written so that its reported figures can be recomputed."""
    version = (plan or {}).get("format_version")
    return isinstance(version, int) and version >= SINCE


def check_figures(folder: Path, found: Recomputed) -> list[Check]:
    """Return every check of the figures that are reported about a plan.

    Args:
        folder: the run folder.
        found: the plan, recomputed.
    """
    duals, check = read_duals(folder, found.facts)
    parts: list[tuple[str, Callable[[], list[Check]]]] = [
        ("unit_costs", lambda: check_unit_costs(found, duals)),
        ("books", lambda: check_books(found)),
        ("pnl", lambda: check_pnl(found)),
        ("showback", lambda: check_showback(found)),
        ("economics", lambda: check_economics(found)),
        ("prices", lambda: check_prices(found, duals)),
        ("buy_plan", lambda: check_line_columns(found)),
        ("orders", lambda: check_handover(found)),
        ("vintages", lambda: check_vintage_names(found)),
        ("choices", lambda: check_choices(found, duals)),
        ("plan.told", lambda: check_told(found)),
        ("repeated", lambda: check_repeated(found)),
        ("exceptions", lambda: check_alarms(found)),
    ]
    if duals is not None:
        parts.append(("worths", lambda: _worths(found, duals)))
        parts.append(("causes", lambda: check_causes(found, duals)))
    checks = [check]
    for name, work in parts:
        checks += _part(name, work)
    return checks


def _part(name: str, work: Callable[[], list[Check]]) -> list[Check]:
    """Return the checks of a part; one that cannot be done is a failed check, the rest goes on."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return work()
    except Exception as error:  # whatever a damaged file leads to
        reason = f"could not be recomputed from these files: {type(error).__name__}: {error}"
        return [failure(name, reason, "files from which it can be recomputed")]


def _worths(found: Recomputed, duals: Duals) -> list[Check]:
    """What one more unit of everything is worth."""
    facts, tables, usd = found.facts, found.tables, allowance(found.plan)
    return [
        *check_power_worths(facts, duals, usd, tables["power"]),
        *check_supply_worths(facts, duals, usd, tables["supply"]),
        *check_budget_worths(facts, duals, usd, tables["budget"]),
        *check_policy_worths(facts, duals, usd, tables["limits"]),
        *check_chip_worths(facts, duals, usd, tables["fleet"]),
        *check_work_worths(facts, found.demand, duals, tables["demand_coverage"]),
        *check_run_worths(facts, duals, tables["milestones"]),
        *check_own_worths(facts, duals, usd, tables),
    ]
