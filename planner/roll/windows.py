"""Windows: batch work of which a window is open keeps its calendar, and what was served of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from planner.case.case import Case
from planner.case.columns import texts
from planner.roll.cell import number
from planner.roll.draft import Draft
from planner.roll.state import State
from planner.roll.work import windows_began
from planner.roll.written import Written


def open_batches(case: Case, state: State) -> Mapping[str, int]:
    """Return the batch workloads of which a window is open when the next plan starts, and the
    period in which it began, relative to the plan that is rolled."""
    is_open = ~np.isnan(state.served)
    names = texts(case["workloads"], "workload")[is_open]
    began = windows_began(case, state.by)[is_open]
    return {str(name): int(first) for name, first in zip(names, began, strict=True)}


def windows_edit(case: Case, written: Written, state: State, draft: Draft) -> None:
    """Add to the changes of workloads.csv when the open windows began, and what was served of
    them."""
    workloads, began = case["workloads"], windows_began(case, state.by)
    for row, kind, first, served in zip(
        written.rows, workloads["kind"], began, state.served, strict=True
    ):
        if row is None or kind != "batch":
            continue
        is_open = not np.isnan(served)
        draft.set(row, "window_start", case.calendar.label(int(first)) if is_open else "")
        draft.set(row, "served_mtok", number(served) if is_open and served > 0 else "")
