"""Ramps: what grows is there, and can begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.columns import numbers, texts, whole
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case

_TABLES = {"supply_group": "supply", "vendor": "chips", "chip": "chips", "site": "sites"}


def ramp_member(case: Case) -> list[Problem]:
    """A ramp names a member of its scope."""
    table = case["growth"]
    scope, member = texts(table, "scope"), texts(table, "member")
    problems = []
    for name, source in _TABLES.items():
        known = sorted(set(texts(case[source], name)))
        problems += rows(
            Cells(case, "growth", "member", (scope == name) & ~np.isin(member, known)),
            "ramp-member",
            f"must be a {name.replace('_', ' ')} of {source}.csv ({{known}})",
            "correct member or scope",
            known=", ".join(known[:8]) + (", ..." if len(known) > 8 else ""),
        )
    return problems


def ramp_counts(case: Case) -> list[Problem]:
    """Chips are ordered from a supply group; what is held belongs to none."""
    table = case["growth"]
    held = (texts(table, "scope") == "supply_group") & (texts(table, "counts") == "held")
    return rows(
        Cells(case, "growth", "counts", held),
        "ramp-held",
        "must be ordered or arriving for a supply group: chips that are held belong to none",
        "count what is ordered or arrives, or name a vendor, chip or site",
    )


def ramp_begins(case: Case) -> list[Problem]:
    """What grows from nothing needs a seed."""
    table = case["growth"]
    shut = (numbers(table, "seed") == 0) & (numbers(table, "before") == 0)
    return rows(
        Cells(case, "growth", "seed", shut),
        "ramp-shut",
        "is 0, and so is before: nothing of {member} can ever begin",
        "state a seed, or what there was before",
        severity="warning",
    )


def ramp_of_orders(case: Case) -> list[Problem]:
    """Orders in flight that arrive in the first period, and cannot be cancelled, fit its ramps."""
    table, orders, chips = case["growth"], case["orders"], case["chips"]
    vendor = dict(zip(texts(chips, "chip"), texts(chips, "vendor"), strict=True))
    owners = {name: texts(orders, name) for name in ("supply_group", "chip", "site")}
    owners["vendor"] = np.array([vendor.get(c, "") for c in owners["chip"]], dtype=object)
    fixed = np.isnan(numbers(orders, "cancel_fee_share")) & (whole(orders, "arrives") == 0)
    fixed &= whole(orders, "in_service") == whole(orders, "arrives")
    counts, scope, member = (texts(table, name) for name in ("counts", "scope", "member"))
    must = np.array(  # ramps are few
        [
            numbers(orders, "chips")[fixed & (owners[s] == m)].sum() if c == "arriving" else 0.0
            for c, s, m in zip(counts, scope, member, strict=True)
        ],
        dtype=np.float64,
    )
    grown = 1.0 + numbers(table, "max_growth")
    most = grown * numbers(table, "before") + numbers(table, "seed")
    return rows(
        Cells(case, "growth", "seed", must > most * (1 + 1e-9)),
        "ramp-below-orders",
        "allows {most} chips of {member} in the first period, in which orders in flight bring "
        "{must}",
        "correct seed, max_growth or before",
        most=most,
        must=must,
    )
