"""Rolling: the next period's case as a folder of its own, written whole or not at all."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

import numpy as np

from planner.actuals import no_actuals, read_actuals
from planner.actuals.history import history_files, past_of
from planner.case.files import read_files
from planner.case.tables import TABLE
from planner.case.text import SettingsText, TextTable
from planner.case.yaml_file import parse_yaml
from planner.report.markdown import markdown
from planner.roll.approved import approved_scope, decided, refuse_changed
from planner.roll.edits import drafts_of, edited_by
from planner.roll.history import keep
from planner.roll.lines import decided_places, last_plan_text
from planner.roll.money import passed_usd
from planner.roll.periods import Move
from planner.roll.really import state_after
from planner.roll.rolled import Rolled, Ways
from planner.roll.solved import solved
from planner.roll.state import state_of
from planner.roll.story import story
from planner.roll.written import Texts
from planner.runs.approval import approval_words
from planner.runs.folder import partial_folder, publish
from planner.runs.futures import has_futures
from planner.runs.inputs import INPUTS
from planner.runs.read import RunError, read_manifest, read_plan, read_run_table

STATE: Final = ("fleet", "orders", "power_orders")
"""Tables that the roll writes from the plan: what else happened is told in the actuals."""
SPAN: Final = ("start", "end", "periods", "frequency", "fiscal_year_start")
"""Settings that say which periods there are."""
STORY: Final = "roll.md"


def roll(run: Path, ways: Ways) -> Rolled:
    """Write the case that comes after a plan.

    Args:
        run: the run folder of the plan.
        ways: how far, whether the end stays, and where to.

    Returns:
        What was rolled.

    Raises:
        RunError: where the run cannot be rolled, or is not what was approved.
        CaseError: where the actuals are not right, with every problem found.
        FileExistsError: where the new folder is there already.
        OSError: where it cannot be written; nothing is left then.
    """
    refuse_changed(run)
    manifest, plan = read_manifest(run), read_plan(run)
    answer = solved(run)
    case = answer.formulation.case
    move = Move(case.calendar, ways.by, 0 if ways.keep_end else ways.by)
    if move.calendar_after.count < 1 or ways.by >= case.calendar.count:
        raise RunError(
            f"{run} plans {case.calendar.count} periods: there is nothing left to plan after "
            f"{ways.by}. Roll by fewer, or let the end move (without --keep-end)"
        )
    own = Path(manifest["case_folder"])
    planned, settings, _ = read_files(run / INPUTS)
    gone = not own.exists()  # then what the run copied is carried on
    base = run / INPUTS if gone else own
    now, news = (planned, ()) if gone else _now(run, own, planned, settings)
    target = ways.to or _target(own, move)
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    if own.resolve() in target.resolve().parents:
        raise RunError(f"{target} lies in the case that is rolled. Next: give a folder beside it")
    scope = approved_scope(run, case.calendar, ways.by)
    actuals = no_actuals(ways.by)
    if ways.actuals:
        actuals = read_actuals(ways.actuals, run, ways.by, case)
    actuals = decided(actuals, scope, read_run_table(run, "buy_plan"), case.calendar)
    state = state_of(answer, ways.by)
    lots = state.lots
    lots = lots[lots["arrives"] < ways.by][["chip", "site", "in_service", "chips"]]
    past = past_of(run, actuals, lots, case)
    if actuals:
        state = state_after(answer, state, actuals)
    kept = decided_places(now.get("last_plan"), case.calendar) if has_futures(run) else None
    drafts = drafts_of(case, planned, now, state, move)
    edited = edited_by(base, drafts, settings, move)
    passed = passed_usd(answer, ways.by)
    years = ways.by / case.calendar.ppy
    rest = (plan["objective_usd"] - passed) * (1 + case.settings.discount_rate) ** years
    rolled = Rolled(target, run, base, move, past, passed, rest, drafts, edited.changes, news)
    with partial_folder(target.parent) as partial:
        _copy(base, partial)
        keep(run, case.calendar.label(0), partial, ways.actuals)
        written = {
            **edited.files,
            **history_files(past, base),
            TABLE["last_plan"].path: last_plan_text(answer, ways.by, scope, kept).encode(),
        }
        for name, content in written.items():
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
            (partial / name).write_bytes(content)
        told = markdown(story(rolled, approval_words(run), partial), heading="")
        (partial / STORY).write_text(told, encoding="utf-8", newline="\n")
        publish(partial, target.name)
    return rolled


def _now(
    run: Path, own: Path, planned: Texts, before: SettingsText
) -> tuple[Texts, tuple[str, ...]]:
    """Return the tables of the case's own folder as they are written now, and which of them (and
    ``case``, the settings) are news."""
    now, settings, problems = read_files(own)
    if any(problem.severity == "error" for problem in problems):
        raise RunError(f"{own} cannot be read: {problems[0]}. Next: planner check {own}")
    news = [
        name
        for name in TABLE
        if name != "last_plan" and not _same(now.get(name), planned.get(name))
    ]
    held = [name for name in STATE if name in news]
    if held:
        raise RunError(
            f"{', '.join(held)} of {own} {'has' if len(held) == 1 else 'have'} changed since this "
            "plan was made, and the roll writes what is held and ordered from the plan. Tell what "
            f"happened otherwise with --actuals, and put back what stands in {run / INPUTS}"
        )
    if settings.text != before.text:
        news.append("case")
    old, new = (parse_yaml(text.text)[0] or {} for text in (before, settings))
    moved = [name for name in SPAN if old.get(name) != new.get(name)]
    if moved:
        raise RunError(
            f"{', '.join(moved)} in the settings of {own} {'has' if len(moved) == 1 else 'have'} "
            "changed since this plan was made, and the roll moves the plan from where it was. Put "
            "back what was planned, and change it in the new case"
        )
    return now, tuple(news)


def _same(one: TextTable | None, other: TextTable | None) -> bool:
    """Return whether two tables were written alike."""
    if one is None or other is None:
        return one is other
    return (
        list(one.columns) == list(other.columns)
        and np.array_equal(one.row, other.row)
        and all(np.array_equal(one.columns[name], other.columns[name]) for name in one.columns)
    )


def _target(own: Path, move: Move) -> Path:
    """Return where the next case goes: beside its own, named by the new start."""
    name = own.stem if own.suffix.lower() == ".xlsx" else own.name
    old = move.calendar.label(0)
    return own.parent / f"{re.sub(f'-{re.escape(old)}$', '', name)}-{move.calendar.label(move.by)}"


def _copy(base: Path, target: Path) -> None:
    """Copy a case with all that stands beside it: notes, sources, earlier periods."""
    if base.is_file():
        shutil.copy2(base, target / "case.xlsx")
        return
    shutil.copytree(
        base,
        target,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns(".*", "~$*", "outputs", STORY, "overrides.txt"),
    )
