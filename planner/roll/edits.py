"""The edits of a roll: every table that says what is so when the next plan starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from planner.case.case import Case
from planner.case.text import SettingsText
from planner.case.yaml_file import parse_yaml
from planner.edit import Edited, edit_case
from planner.roll.commitments import commitments_edit
from planner.roll.contracts import contracts_edit
from planner.roll.draft import Draft
from planner.roll.held import fleet_edit, orders_edit, projects_edit
from planner.roll.opened import opened_edit, places_edit
from planner.roll.ordered import offers_edit
from planner.roll.periods import BY_PERIOD, Move, periods_edit, rules_edit
from planner.roll.ramps import ramps_edit
from planner.roll.state import State
from planner.roll.used import budgets_edit, done_edit, limits_edit
from planner.roll.windows import open_batches, windows_edit
from planner.roll.written import Texts, written

KEYED: Final = (
    "milestones",
    "workloads",
    "budgets",
    "limits",
    "sites",
    "power_projects",
    "offers",
    "growth",
    "site_contracts",
)
"""Tables of the user's own whose rows get the state as a cell."""


def drafts_of(case: Case, planned: Texts, now: Texts, state: State, move: Move) -> dict[str, Draft]:
    """Return what changes in every table when a plan is rolled.

    Args:
        case: the case of the plan that is rolled.
        planned: its tables as they were written.
        now: as they are written now; what is held and ordered has not changed since.
        state: what the plan leaves.
        move: how far the plan moves.

    Returns:
        Drafts by table, those that change nothing left out.
    """
    drafts = [
        fleet_edit(case, now.get("fleet"), state.lots, state.by),
        orders_edit(case, now.get("orders"), state.lots, state.by),
        projects_edit(case, now.get("power_orders"), state.projects),
    ]
    keyed = {
        name: written(case[name], planned[name], now[name])
        for name in KEYED
        if name in planned and name in now
    }
    if "milestones" in keyed:
        drafts.append(done_edit(case, keyed["milestones"], state.milestones))
        places_edit(keyed["milestones"], state.places, drafts[-1])
    if "workloads" in keyed:
        drafts.append(done_edit(case, keyed["workloads"], state.research))
        windows_edit(case, keyed["workloads"], state, drafts[-1])
    if "budgets" in keyed:
        drafts.append(budgets_edit(case, keyed["budgets"], state.budgets, move))
    if "limits" in keyed:
        drafts.append(limits_edit(case, keyed["limits"], state.limits, move))
    for name, is_open in (("sites", state.sites), ("power_projects", state.opened)):
        if name in keyed:
            drafts.append(opened_edit(keyed[name], is_open, state.openings[name]))
    if "offers" in keyed:
        drafts.append(offers_edit(case, keyed["offers"], state.before))
    if "site_contracts" in keyed:
        drafts.append(contracts_edit(case, keyed["site_contracts"], state.extended, state.by))
    if "growth" in keyed:
        drafts.append(ramps_edit(case, keyed["growth"], state.ramps))
    if "commitments" in now:
        drafts.append(commitments_edit(case, now["commitments"], state.commitments, move.by))
    if "rules" in now:
        drafts.append(rules_edit(now["rules"], move))
    for name in BY_PERIOD:
        if name in now:
            kept = open_batches(case, state) if name == "demand" else {}
            drafts.append(periods_edit(now[name], move, kept))
    return {draft.table: draft for draft in drafts if draft}


def edited_by(
    base: Path, drafts: Mapping[str, Draft], settings: SettingsText, move: Move
) -> Edited:
    """Return the files of a case with drafts made and its plan moved; nothing is written.

    Args:
        base: the case.
        drafts: what changes in its tables.
        settings: its settings as written.
        move: how far the plan moves.
    """
    edits = {name: draft.edit() for name, draft in drafts.items()}
    return edit_case(base, edits, span(settings, move))


def span(settings: SettingsText, move: Move) -> dict[str, str]:
    """Return the settings that say where the plan starts and ends, by the one of the two that
    states the end."""
    after = move.calendar_after
    if "end" in (parse_yaml(settings.text)[0] or {}):
        return {"start": after.labels[0], "end": after.labels[-1]}
    return {"start": after.labels[0], "periods": str(after.count)}
