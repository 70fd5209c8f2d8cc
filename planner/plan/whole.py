"""Whole: every count and choice of a plan of whole things."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.lp.program import Block
from planner.model.lots import describe
from planner.plan.answer import Answer
from planner.plan.tables.whole import WHOLE

NAMED: Final = (
    "offer",
    "supply_group",
    "project",
    "milestone",
    "workload",
    "chip",
    "site",
    "slice",
)
"""Axes whose names stand in columns of their own."""

PARTS: Final = ("project_opening", "site_opening", "extension")
"""Columns that cost something of their own, and are there with everything divisible too."""
LEAST_PART: Final = 1e-9
"""A smaller part of something is what the solver leaves."""


def whole_table(answer: Answer, counted: np.ndarray) -> pd.DataFrame | None:
    """Return ``whole``: a row for every count that is not 0; None where nothing is counted.

    Args:
        answer: the answer.
        counted: the integer columns of the program before its counts were fixed, (n,).
    """
    f = answer.formulation
    program, is_whole = f.program, f.case.whole
    opened = [
        np.arange(block.first, block.first + block.count)
        for block in program.column_blocks
        if block.name in PARTS and not is_whole
    ]
    counted = np.concatenate([counted, *opened]).astype(np.int64)
    if not len(counted) and not _stated(f.case):
        return None
    lines = describe(f.case, f.lots)["line"]
    parts = []
    for block in program.column_blocks:
        ids = np.arange(block.first, block.first + block.count)
        here = np.flatnonzero(np.isin(ids, counted))
        number = answer.x[ids[here]] / program.column_scale[ids[here]]
        number = np.rint(number) if is_whole else np.where(number > LEAST_PART, number, 0.0)
        here, number = here[number != 0], number[number != 0]
        if len(here):
            parts.append(_rows(answer, block, here, number, lines))
    columns = [column.name for column in WHOLE.columns]
    if not parts:
        return pd.DataFrame({name: np.empty(0, dtype=object) for name in columns})
    return pd.concat(parts, ignore_index=True)[columns]


def _stated(case: Case) -> bool:
    """Return whether a case states something that is to be whole, also where none of it can be
    decided: then the table has no rows."""
    offers = case["offers"]
    said = [
        bool(offers[name].notna().any()) for name in ("min_order", "max_orders", "usd_per_order")
    ]
    racks = ("chips", "offers", "fleet", "orders")
    said += [bool((case[name]["lot_size"] != 1).any()) for name in racks]
    return case.whole and (any(said) or len(case["offer_steps"]) > 0)


def _rows(
    answer: Answer, block: Block, here: np.ndarray, number: np.ndarray, lines: np.ndarray
) -> pd.DataFrame:
    """The rows of one block, of its members ``here``."""
    axes = answer.formulation.index.axes
    labels = {axis: np.asarray(codes)[here] for axis, codes in block.labels.items()}

    def named(axis: str) -> np.ndarray:
        if axis not in labels:
            return np.full(len(here), "", dtype=object)
        return np.asarray(np.append(axes[axis], "")[labels[axis]], dtype=object)

    lot = labels.get("lot")
    nothing = np.full(len(here), "", dtype=object)
    step = labels.get("step")
    return pd.DataFrame(
        {
            "kind": block.name,
            "line_id": nothing if lot is None else lines[lot],
            **{axis: named(axis) for axis in NAMED},
            "period": named("period"),
            "step": np.full(len(here), np.nan) if step is None else step,
            "count": number,
        }
    )
