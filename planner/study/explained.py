"""A page that answers: the review page of a run with the explanations of its decisions, limits,
milestones and workloads, re-solved."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from planner.report.page import write_page
from planner.report.page.run import Details
from planner.runs.approval import approval_words
from planner.runs.read import read_plan, read_run_table
from planner.study.explain.limit import explain_limit
from planner.study.explain.line import explain_line
from planner.study.explain.milestone import explain_milestone
from planner.study.explain.outcome import Explanation
from planner.study.explain.workload import explain_workload
from planner.study.live import Live, reopen
from planner.words import printable

MOST: Final = 8
"""Questions of each kind that are answered on the page; others by ``planner explain``."""
FORBIDDEN: Final = ("buy", "lease", "reserve", "rent", "build_power", "relocate", "retire")


def write_explained(folder: Path, note: Callable[[str], None] = lambda text: None) -> Path:
    """Write the page of a run with its explanations, beside the run folder; returns where.

    Args:
        folder: the run folder.
        note: told what is being answered.

    Raises:
        RunError: where the folder is not a run with a plan; OSError where the page cannot be
            written.
    """
    path = folder.parent / f"{folder.name}-explained.html"
    beside = folder.parent / f".{path.name}.{os.getpid()}"
    try:
        write_page(folder, beside, approval=approval_words(folder), explained=answers(folder, note))
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def answers(folder: Path, note: Callable[[str], None]) -> dict[str, tuple[Details, ...]]:
    """Return the explanations by section of the page: ``decide``, ``supply``, ``limits``."""
    live = reopen(folder)
    found: dict[str, list[Details]] = {"decide": [], "supply": [], "limits": []}
    for section, questions in (
        ("decide", _lines(live, folder)),
        ("limits", _limits(live, folder)),
        ("supply", [*_milestones(live, folder), *_workloads(live, folder)]),
    ):
        for name, ask in questions:
            note(name)
            found[section].append(_details(ask()))
    return {section: tuple(parts) for section, parts in found.items()}


Question = tuple[str, Callable[[], Explanation]]


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


def _lines(live: Live, folder: Path) -> list[Question]:
    buy, now = read_run_table(folder, "buy_plan"), str(read_plan(folder)["horizon"]["first"])
    mine = (
        buy[(buy["order_period"] == now) & buy["action"].isin(FORBIDDEN) & (buy["status"] == "new")]
        .sort_values(["total_usd", "line_id"], ascending=[False, True])
        .head(MOST)
    )
    return [
        (f"line {line}", partial(explain_line, live, folder, str(line))) for line in mine["line_id"]
    ]


def _limits(live: Live, folder: Path) -> list[Question]:
    """The limits whose next per cent is worth most, one per site or supply group."""
    power, supply = read_run_table(folder, "power"), read_run_table(folder, "supply")
    cells = pd.concat(
        [
            pd.DataFrame(
                {
                    "kind": "power",
                    "name": power["site"],
                    "period": power["period"],
                    "value": power["worth_usd_per_mw"] * power["limit_mw"],
                }
            ),
            pd.DataFrame(
                {
                    "kind": "liquid",
                    "name": power["site"],
                    "period": power["period"],
                    "value": power["liquid_worth_usd_per_mw"] * power["liquid_limit_mw"],
                }
            ),
            pd.DataFrame(
                {
                    "kind": "supply",
                    "name": supply["supply_group"],
                    "period": supply["period"],
                    "value": supply["worth_usd_per_chip"] * supply["max_chips"],
                }
            ),
        ],
        ignore_index=True,
    )
    stated = {("power", s, p) for s, p, mw in _stated(live, "mw") if np.isfinite(mw)} | {
        ("liquid", s, p) for s, p, mw in _stated(live, "liquid_mw") if np.isfinite(mw)
    }
    cells = cells[
        (cells["value"] > 0.01).to_numpy()
        & np.array(
            [
                kind == "supply" or (kind, name, period) in stated
                for kind, name, period in zip(
                    cells["kind"], cells["name"], cells["period"], strict=True
                )
            ],
            dtype=bool,
        )
    ]
    top = (
        cells.sort_values(["value", "kind", "name", "period"], ascending=[False, True, True, True])
        .drop_duplicates(["kind", "name"])
        .head(MOST)
    )
    return [
        (
            f"limit {kind} {name} {period}",
            partial(explain_limit, live, folder, [kind, name, period]),
        )
        for kind, name, period in zip(top["kind"], top["name"], top["period"], strict=True)
    ]


def _stated(live: Live, column: str) -> list[tuple[str, str, float]]:
    table = live.case["power"]
    return [
        (site, live.case.calendar.label(int(period)), float(mw))
        for site, period, mw in zip(table["site"], table["period"], table[column], strict=True)
    ]


def _milestones(live: Live, folder: Path) -> list[Question]:
    names = (
        read_run_table(folder, "milestones")
        .sort_values(["chip_hours", "milestone"], ascending=[False, True])["milestone"]
        .head(MOST)
    )
    return [
        (f"milestone {name}", partial(explain_milestone, live, folder, str(name))) for name in names
    ]


def _workloads(live: Live, folder: Path) -> list[Question]:
    costs = read_run_table(folder, "unit_costs")
    names = (
        costs[costs["kind"] == "workload"]
        .sort_values(["cost_usd", "name"], ascending=[False, True])["name"]
        .head(MOST)
    )
    return [
        (f"workload {name}", partial(explain_workload, live, folder, str(name))) for name in names
    ]
