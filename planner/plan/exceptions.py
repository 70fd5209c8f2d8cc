"""Exceptions: what needs a person, with the figure and what to do."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from planner.plan.answer import Answer
from planner.plan.doubts import doubts
from planner.plan.flagged import COLUMNS
from planner.plan.misses import misses


def exception_table(
    answer: Answer, tables: Mapping[str, pd.DataFrame], scaling: list[str]
) -> pd.DataFrame:
    """Return ``exceptions`` from the plan's own tables.

    Args:
        answer: the answer.
        tables: the other tables of the plan.
        scaling: warnings about coefficient ranges.

    Returns:
        One row per exception, the most severe first.
    """
    parts = [*misses(answer, tables), *doubts(answer.formulation.case, scaling)]
    table = pd.concat(
        [part for part in parts if len(part)] or [pd.DataFrame(columns=COLUMNS)], ignore_index=True
    )
    rank = table["severity"].map({"high": 0, "medium": 1, "low": 2})
    return (
        table.assign(_r=rank)
        .sort_values(["_r"], ignore_index=True, kind="stable")
        .drop(columns="_r")
    )
