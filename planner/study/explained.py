"""A page that answers: the review page of a run with the explanations of its decisions, limits,
milestones and workloads, re-solved."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from planner.case.case import Case
from planner.limits import LIMITS, WORTHS
from planner.limits.limit import Worth
from planner.machines.executor import executor, nothing
from planner.machines.job import Job
from planner.machines.where import HERE, Where
from planner.plan.actions import FORBIDDABLE
from planner.report.page import write_page
from planner.report.page.run import Details
from planner.report.tight import tight_cells
from planner.runs.approval import approval_words
from planner.runs.inputs import read_inputs
from planner.runs.parcel import RunFolder
from planner.runs.read import RunError, read_plan, read_run_table
from planner.study.explain import Question, answer
from planner.study.explain.outcome import Explanation
from planner.study.explain.which_limit import find_limit
from planner.study.live import Live, reopen
from planner.words import printable

MOST: Final = 8
"""Questions of each kind that are answered on the page; others by ``planner explain``."""
ASKED: Final = {
    limit.worth.word: limit.question.split()[1]
    for limit in LIMITS
    if isinstance(limit.worth, Worth) and limit.question.endswith(" PERIOD")
}
"""What a question calls the kinds of limits that are asked about one by one."""


def write_explained(
    folder: Path, note: Callable[[str], None] = lambda text: None, where: Where = HERE
) -> Path:
    """Write the page of a run with its explanations, beside the run folder; returns where.

    Args:
        folder: the run folder.
        note: told what is being answered.
        where: where it is; left out: in this process.

    Raises:
        RunError: where the folder is not a run with a plan; OSError where the page cannot be
            written.
    """
    path = folder.parent / f"{folder.name}-explained.html"
    beside = folder.parent / f".{path.name}.{os.getpid()}"
    try:
        write_page(
            folder, beside, approval=approval_words(folder), explained=answers(folder, note, where)
        )
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def answers(
    folder: Path, note: Callable[[str], None], where: Where = HERE
) -> dict[str, tuple[Details, ...]]:
    """Return the explanations by section of the page: ``decide``, ``supply``, ``limits``."""
    asked = [
        *(("decide", question) for question in _lines(folder)),
        *(("limits", question) for question in _limits(read_inputs(folder), folder)),
        *(("supply", question) for question in (*_milestones(folder), *_workloads(folder))),
    ]
    job = Job(opened_run, asked_why, RunFolder(folder))
    found: dict[int, Details] = {}
    with executor(where.threads or 1, where.cluster) as machines:
        for at, details in machines.each(job, (question for _, question in asked), nothing):
            found[at] = details
            note(f"{len(found)} of {len(asked)}: {asked[at][1]}")
    return {
        section: tuple(found[at] for at, (mine, _) in enumerate(asked) if mine == section)
        for section in ("decide", "supply", "limits")
    }


def opened_run(run: RunFolder, own: bool) -> tuple[Live, Path]:
    """Open a run where it lies or where it came to."""
    live = reopen(run.path)
    live.model.watched = own
    return live, run.path


def asked_why(opened: tuple[Live, Path], question: Question) -> Details:
    """Return the answer to a question as the page shows it."""
    return _details(answer(*opened, question))


def _details(answer: Explanation) -> Details:
    rows = tuple(
        (
            f"if {row[0]}" if section.title in ("If", "If there were", "Steps") else row[0],
            "  ".join(row[1:]),
        )
        for section in answer.sections
        for row in section.rows
        if section.title != "By period"
    )
    return Details(printable(answer.headline), (*answer.facts, *rows))


def _lines(folder: Path) -> list[Question]:
    buy, now = read_run_table(folder, "buy_plan"), str(read_plan(folder)["horizon"]["first"])
    mine = (
        buy[
            (buy["order_period"] == now)
            & buy["action"].isin(FORBIDDABLE)
            & (buy["status"] == "new")
        ]
        .sort_values(["total_usd", "line_id"], ascending=[False, True])
        .head(MOST)
    )
    return [Question("line", (str(line),)) for line in mine["line_id"]]


def _limits(case: Case, folder: Path) -> list[Question]:
    """The limits whose next per cent is worth most, one per site, supply group or fabric."""
    plan = read_plan(folder)
    tables = {
        worth.table: read_run_table(folder, worth.table)
        for worth in WORTHS
        if (folder / f"{worth.table}.csv").is_file()
    }
    cells = tight_cells(plan, tables)
    asked = cells[cells["kind"].isin(ASKED)].drop_duplicates(["kind", "item"])
    found = []
    for kind, item, period in zip(asked["kind"], asked["item"], asked["period"], strict=True):
        words = (ASKED[kind], item, period)
        try:
            find_limit(case, folder, list(words))
        except RunError:
            continue  # a limit that only power projects make has no row of its own to change
        found.append(Question("limit", words))
    return found[:MOST]


def _milestones(folder: Path) -> list[Question]:
    names = (
        read_run_table(folder, "milestones")
        .sort_values(["chip_hours", "milestone"], ascending=[False, True])["milestone"]
        .head(MOST)
    )
    return [Question("milestone", (str(name),)) for name in names]


def _workloads(folder: Path) -> list[Question]:
    costs = read_run_table(folder, "unit_costs")
    names = (
        costs[costs["kind"] == "workload"]
        .sort_values(["cost_usd", "name"], ascending=[False, True])["name"]
        .head(MOST)
    )
    return [Question("workload", (str(name),)) for name in names]
