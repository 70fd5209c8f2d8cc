"""Whole things: which cases have any, and that every count is a whole number of a kind that some
check knows."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.audit.contracts import KINDS as CONTRACTS
from planner.audit.facts import column, text
from planner.audit.one_fabric import KINDS as FABRIC
from planner.audit.openings import KINDS as OPENINGS
from planner.audit.order_terms import KINDS as ORDERS
from planner.audit.racks import KINDS as RACKS
from planner.audit.replicas import KINDS as REPLICAS
from planner.audit.steps import KINDS as STEPS
from planner.audit.verdict import Check, require
from planner.case.case import Case

KINDS: Final = (*RACKS, *ORDERS, *STEPS, *OPENINGS, *CONTRACTS, *FABRIC, *REPLICAS)
"""Kinds of whole.csv, each checked in the file that names it."""


def counts(case: Case) -> bool:
    """Return whether a plan of the case has whole.csv: it is to be whole, and something comes in
    pieces of more than one, is ordered or not, or has price steps."""
    if not case.whole:
        return False
    sizes = [case[name]["lot_size"] for name in ("chips", "offers", "fleet", "orders")]
    said = case["offers"][["min_order", "max_orders", "usd_per_order"]].notna()
    return (
        any(bool((size != 1).any()) for size in sizes)
        or bool(said.to_numpy().any())
        or len(case["offer_steps"]) > 0
    )


def check_whole(table: pd.DataFrame, divisible: bool) -> list[Check]:
    """Return the checks of whole.csv as a whole: counts are whole numbers above 0, of known kinds.

    Args:
        table: whole.csv.
        divisible: whether everything is, and the table has the parts of what is opened.
    """
    number, kind = column(table, "count"), text(table, "kind")
    return [
        require(
            "whole.count",
            (number > 0) & (divisible | (np.abs(number - np.rint(number)) < 1e-9)),
            lambda i: f"whole.csv, row {i + 2}: {number[i]:.10g}",
            "whole numbers above 0",
        ),
        require(
            "whole.kind",
            np.isin(kind, KINDS),
            lambda i: f"whole.csv, row {i + 2}: {kind[i]!r}",
            f"one of {', '.join(KINDS)}",
        ),
    ]
