"""The rows that columns touch: with what they charge, and by what name a reader knows them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.limits import OWN
from planner.limits.limit import Worth
from planner.plan.answer import Answer, Ints

_OWN: Final = tuple(
    limit.worth.item for limit in OWN if limit.counts == "orders" and isinstance(limit.worth, Worth)
)
"""Axes of limits of orders with an output table of their own."""


def row_families(answer: Answer, columns: Ints) -> pd.DataFrame:
    """Return the rows that touch some columns, (n,).

    Columns of the frame: column, row, family, usd (dual x coefficient, NPV per unit of the column)
    and coefficient (user units).
    """
    program = answer.formulation.program
    first, last = (
        program.indptr[columns].astype(np.int64),
        program.indptr[columns + 1].astype(np.int64),
    )
    sizes = last - first
    which = np.repeat(np.arange(len(columns)), sizes)
    entry = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[which]
    row = program.indices[entry].astype(np.int64)
    column = columns[which]
    coefficient = program.data[entry] * program.row_scale[row] / program.column_scale[column]
    starts = np.array([block.first for block in program.row_blocks], dtype=np.int64)
    names = np.array([block.name for block in program.row_blocks], dtype=object)
    order = np.argsort(starts, kind="stable")
    family = names[order][np.searchsorted(starts[order], row, side="right") - 1]
    return pd.DataFrame(
        {
            "column": column,
            "row": row,
            "family": family,
            "usd": coefficient * answer.dual[row],
            "coefficient": coefficient,
        }
    )


def row_name(answer: Answer, row: int) -> str:
    """Return the name of a limit in the case's words: supply:group@period, ..."""
    program, axes = answer.formulation.program, answer.formulation.index.axes
    for block in program.row_blocks:
        if block.first <= row < block.first + block.count:
            labels = {axis: int(codes[row - block.first]) for axis, codes in block.labels.items()}
            case = answer.formulation.case
            if block.name == "policy":
                return f"limit:{case['limits']['limit'].iloc[labels['limit']]}"
            if block.name == "budget":
                return (
                    f"budget:{case['budgets']['category'].iloc[labels['budget']]}:"
                    f"{case['budgets']['period'].iloc[labels['budget']]}"
                )
            if block.name == "change":
                return "change_charge"
            period = f"@{axes['period'][labels['period']]}" if "period" in labels else ""
            for axis in ("supply_group", "offer", "site", "project", *_OWN):
                if axis in labels:
                    return f"{block.name}:{axes[axis][labels[axis]]}{period}"
            return f"{block.name}{period}"
    raise KeyError(f"row {row} belongs to no block")
