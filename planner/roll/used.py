"""Used: what was done of milestones and spent of budgets and limits becomes cells of their tables;
budgets of passed periods go, and those of the last one are repeated at the new end."""

from __future__ import annotations

import pandas as pd

from planner.case.case import Case
from planner.case.columns import Floats
from planner.case.text import TextTable
from planner.roll.cell import number
from planner.roll.draft import Draft
from planner.roll.periods import COPIED, Move, noted, window_after, windows_beyond


def done_edit(case: Case, text: TextTable, done: Floats) -> Draft:
    """Return the changes of a column ``done_flop``.

    Args:
        case: the case of the plan that is rolled.
        text: milestones.csv or workloads.csv as written.
        done: FLOP done by the start of the next plan, row by row; 0 where nothing is.
    """
    name = text.name
    edit = Draft(name, text)
    for row, before, flop in zip(case[name]["_row"], case[name]["done_flop"], done, strict=True):
        if flop != before:
            edit.set(int(row), "done_flop", number(flop))
    return edit


def budgets_edit(case: Case, text: TextTable, used: Floats, move: Move) -> Draft:
    """Return the changes of budgets.csv.

    Args:
        case: the case of the plan that is rolled.
        text: its budgets.csv as written.
        used: cash used of every row, USD.
        move: how far the plan moves.
    """
    edit, frame = Draft("budgets", text), case["budgets"]
    for at, (row, window) in enumerate(zip(frame["_row"], frame["period"], strict=True)):
        state = window_after(window, move)
        if state["over"]:
            edit.dropped[int(row)] = "its period has passed"
        elif state["begun"] and used[at] > 0:
            edit.set(int(row), "used_usd", number(used[at]))
        for new in windows_beyond(window, move):
            old = edit.cells_of(int(row))
            note = COPIED.format(new=new, old=window)
            copied = old | {"period": new, "used_usd": "", "note": noted(old.get("note", ""), note)}
            edit.added.append((copied, note))
    return edit


def limits_edit(case: Case, text: TextTable, used: pd.DataFrame, move: Move) -> Draft:
    """Return the changes of limits.csv; ``used`` as ``limits_used`` returns it, the rest as of
    ``budgets_edit``."""
    edit, frame = Draft("limits", text), case["limits"]
    for at, (row, window) in enumerate(zip(frame["_row"], frame["period"], strict=True)):
        state = window_after(window, move)
        if state["over"]:
            edit.dropped[int(row)] = "its period has passed"
        elif state["begun"] and frame["measure"].iloc[at] in ("spend", "carbon"):
            for column in ("used", "used_total"):
                if used[column].iloc[at] > 0:
                    edit.set(int(row), column, number(used[column].iloc[at]))
    return edit
