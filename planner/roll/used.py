"""Used: what was done of milestones and spent of budgets and limits becomes cells of their tables;
budgets of passed periods go, and those of the last one are repeated at the new end."""

from __future__ import annotations

import pandas as pd

from planner.case.case import Case
from planner.case.columns import Floats
from planner.roll.cell import number
from planner.roll.draft import Draft
from planner.roll.periods import COPIED, Move, noted, window_after, windows_beyond
from planner.roll.written import Written


def done_edit(case: Case, written: Written, done: Floats) -> Draft:
    """Return the changes of a column ``done_flop``.

    Args:
        case: the case of the plan that is rolled.
        written: milestones.csv or workloads.csv.
        done: FLOP done by the start of the next plan, row by row; 0 where nothing is.
    """
    name, edit = written.text.name, Draft(written.text.name, written.text)
    for row, before, flop in zip(written.rows, case[name]["done_flop"], done, strict=True):
        if row is not None and flop != before:
            edit.set(row, "done_flop", number(flop))
    return edit


def budgets_edit(case: Case, written: Written, used: Floats, move: Move) -> Draft:
    """Return the changes of budgets.csv.

    Args:
        case: the case of the plan that is rolled.
        written: its budgets.csv.
        used: cash used of every row, USD.
        move: how far the plan moves.
    """
    edit = Draft("budgets", written.text)
    for at, (row, window) in enumerate(zip(written.rows, case["budgets"]["period"], strict=True)):
        if row is None:
            continue
        state = window_after(window, move)
        if state["over"]:
            edit.dropped[row] = "its period has passed"
        elif state["begun"] and used[at] > 0:
            edit.set(row, "used_usd", number(used[at]))
        for new in windows_beyond(window, move):
            old = edit.cells_of(row)
            note = COPIED.format(new=new, old=window)
            copied = old | {"period": new, "used_usd": "", "note": noted(old.get("note", ""), note)}
            edit.added.append((copied, note))
    return edit


def limits_edit(case: Case, written: Written, used: pd.DataFrame, move: Move) -> Draft:
    """Return the changes of limits.csv; ``used`` as ``limits_used`` returns it, the rest as of
    ``budgets_edit``."""
    edit, frame = Draft("limits", written.text), case["limits"]
    for at, (row, window) in enumerate(zip(written.rows, frame["period"], strict=True)):
        if row is None:
            continue
        state = window_after(window, move)
        if state["over"]:
            edit.dropped[row] = "its period has passed"
        elif state["begun"] and frame["measure"].iloc[at] in ("spend", "carbon"):
            for column in ("used", "used_total"):
                if used[column].iloc[at] > 0:
                    edit.set(row, column, number(used[column].iloc[at]))
    return edit
