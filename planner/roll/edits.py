"""The edits of a roll: every table that says what is so when the next plan starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from planner.case.case import Case
from planner.case.tables import TABLE
from planner.case.text import TextTable
from planner.roll.draft import Draft
from planner.roll.held import fleet_edit, orders_edit, projects_edit
from planner.roll.periods import BY_PERIOD, Move, periods_edit, rules_edit
from planner.roll.state import State
from planner.roll.used import budgets_edit, done_edit, limits_edit
from planner.roll.windows import open_batches, windows_edit

KEYED: Final = ("milestones", "workloads", "budgets", "limits")
"""Tables of the user's own whose rows get the state as a cell."""

Texts = Mapping[str, TextTable]


def drafts_of(case: Case, texts: Texts, state: State, move: Move) -> dict[str, Draft]:
    """Return what changes in every table when a plan is rolled.

    Args:
        case: the case of the plan that is rolled.
        texts: its tables as written.
        state: what the plan leaves.
        move: how far the plan moves.

    Returns:
        Drafts by table, those that change nothing left out.
    """
    drafts = [
        fleet_edit(case, texts.get("fleet"), state.lots, state.by),
        orders_edit(case, texts.get("orders"), state.lots, state.by),
        projects_edit(case, texts.get("power_orders"), state.projects),
    ]
    if "milestones" in texts:
        drafts.append(done_edit(case, texts["milestones"], state.milestones))
    if "workloads" in texts:
        drafts.append(done_edit(case, texts["workloads"], state.research))
        windows_edit(case, state, drafts[-1])
    if "budgets" in texts:
        drafts.append(budgets_edit(case, texts["budgets"], state.budgets, move))
    if "limits" in texts:
        drafts.append(limits_edit(case, texts["limits"], state.limits, move))
    if "rules" in texts:
        drafts.append(rules_edit(texts["rules"], move))
    for name in BY_PERIOD:
        if name in texts:
            kept = open_batches(case, state) if name == "demand" else {}
            drafts.append(periods_edit(texts[name], move, kept))
    return {draft.table: draft for draft in drafts if draft}


def rebased(draft: Draft, texts: Texts) -> Draft:
    """Return a draft for the same table as it is written now: rows are found again by the cells of
    their key, and what is not there any more is left out.

    Args:
        draft: of the table as it was planned.
        texts: the tables as they are written now.
    """
    now = texts.get(draft.table)
    if now is None or draft.text is None:
        return Draft(draft.table, now)
    key = [name for name in TABLE[draft.table].key if name in now.columns]
    there = dict(zip(zip(*(now.columns[name] for name in key), strict=True), now.row, strict=True))
    old = draft.text
    row_of = {
        int(row): there.get(tuple(old.columns[name][at] for name in key if name in old.columns))
        for at, row in enumerate(old.row)
    }
    moved = Draft(draft.table, now)
    for (row, column), cell in draft.cells.items():
        if row_of[row] is not None:
            moved.set(int(row_of[row]), column, cell)  # type: ignore[arg-type]
    moved.dropped = {
        int(row_of[row]): why  # type: ignore[arg-type]
        for row, why in draft.dropped.items()
        if row_of[row] is not None
    }
    return moved
