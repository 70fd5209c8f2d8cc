"""Ramps: the chips that each counted in the last period, from which the next plan grows."""

from __future__ import annotations

import numpy as np

from planner.case.case import Case
from planner.case.columns import Floats, numbers
from planner.model.ramps import counted_chips
from planner.plan.answer import Answer
from planner.roll.cell import number
from planner.roll.draft import Draft
from planner.roll.written import Written


def counted_last(answer: Answer, by: int) -> Floats:
    """Return the chips that every row of growth.csv counts in the last of the first ``by`` periods,
    (ramps,)."""
    f = answer.formulation
    found = counted_chips(f.case, f.index, f.lots, f.holding)
    last = found.period == by - 1
    chips = np.zeros(len(f.case["growth"]))
    np.add.at(chips, found.ramp[last], (found.coefficient * answer.x[found.column])[last])
    return chips


def ramps_edit(case: Case, written: Written, last: Floats) -> Draft:
    """Return the changes of growth.csv.

    Args:
        case: the case of the plan that is rolled.
        written: its growth.csv.
        last: chips counted in the last period, row by row.
    """
    edit = Draft("growth", written.text)
    before = numbers(case["growth"], "before")
    for row, old, chips in zip(written.rows, before, last, strict=True):
        if row is not None and chips != old:
            edit.set(row, "before", number(max(float(chips), 0.0)))
    return edit
