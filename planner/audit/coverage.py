"""Coverage: which limits that a case states no check of the audit holds.

A limit is declared in :mod:`planner.limits` with the names of the checks that hold it.  Where one
of them was not made although the case states the limit, the audit does not know whether the plan
keeps it, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from planner.audit.verdict import Check, require
from planner.case.case import Case
from planner.limits import LIMITS
from planner.limits.limit import Limit


def states(case: Case, limit: Limit) -> bool:
    """Return whether a case states a limit: a filled cell in one of its columns."""
    return any(_filled(case[table][column]) for table, column in limit.stated)


def _filled(column: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return bool(column.notna().any())
    return bool(column.map(lambda cell: len(cell) > 0).any())  # names, or a list of them


def check_coverage(case: Case, made: Iterable[str]) -> Check:
    """Return the check that every limit of the case is held by its own checks.

    Args:
        case: the case.
        made: names of the checks that were made.
    """
    names = set(made)
    stated = [limit for limit in LIMITS if states(case, limit)]
    missing = [sorted(set(limit.audit) - names) for limit in stated]
    return require(
        "audit.families",
        [not lacking for lacking in missing],
        lambda i: f"{stated[i].rows} ({stated[i].says}): no check {', '.join(missing[i])} was made",
        f"every one of the {len(LIMITS)} families of limits that the case states is checked",
    )
