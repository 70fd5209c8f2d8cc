"""Declared: the output tables of limits that have one of their own, made from their rows alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import texts
from planner.limits import OWN
from planner.limits.limit import Limit, Worth
from planner.plan.answer import Answer
from planner.plan.rows import Ranges, read_rows, row_activity


def own_tables(answer: Answer, ranges: Ranges) -> dict[str, pd.DataFrame]:
    """Return the output table of every limit of :data:`planner.limits.OWN` that the case states.

    Args:
        answer: the answer.
        ranges: lowest and highest right-hand side of every row for which its dual holds, user
            units, (rows,) each.

    Returns:
        By name of the table: a row per row of the program with its key, the limit, what is used,
        the room left, its worth (USD per unit, discounted to the start of the plan) and the range
        of the limit in which that holds.
    """
    stated = [limit for limit in OWN if not answer.row_labels(limit.rows).empty]
    if not stated:
        return {}
    activity = row_activity(answer)
    return dict(_table(answer, ranges, limit, activity) for limit in stated)


def _table(
    answer: Answer, ranges: Ranges, limit: Limit, activity: np.ndarray
) -> tuple[str, pd.DataFrame]:
    worth = limit.worth
    if not isinstance(worth, Worth):
        raise ValueError(f"limit {limit.rows} has an output table of its own, but no worth")
    formulation, program = answer.formulation, answer.formulation.program
    labels, rows = answer.row_labels(limit.rows), answer.rows[limit.rows]
    size = program.row_upper[rows] * program.row_scale[rows]
    reading = read_rows(answer, ranges, limit.rows)
    source = formulation.case[worth.table]
    named = {
        axis: formulation.index.axes[axis][labels[axis].to_numpy(dtype=np.int64)]
        for axis in limit.key
    }
    extra = [name for name in ("site",) if name in source.columns and name not in limit.key]
    item = labels[worth.item].to_numpy(dtype=np.int64)
    return worth.table, pd.DataFrame(
        {
            **named,
            **{name: texts(source, name)[item] for name in extra},
            worth.limit: size,
            worth.used: activity[rows],
            worth.free: size - activity[rows],
            worth.column: reading.worth,
            worth.low: reading.low,
            worth.high: reading.high,
        }
    )
