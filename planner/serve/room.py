"""The room: the runs under an output folder, the cases they were made from, and the desks at which
some of them lie open."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from planner.case.files import read_files
from planner.case.kinds import BURST_KINDS
from planner.case.override_rows import numbered_rows
from planner.case.text import TextTable
from planner.runs.approval import approval_words
from planner.runs.documents import NO_PLAN
from planner.runs.find import RunLine, find_runs, resolve_run
from planner.runs.inputs import INPUTS, case_changes, given_hashes
from planner.runs.read import RunError, is_run, read_manifest, read_plan
from planner.runs.what_if import what_if_of
from planner.serve.desk import Desk
from planner.serve.picture import picture, read_frames
from planner.serve.spelled import FREIGHT

OPEN: Final = 3
"""Desks at once; each holds a program in memory."""
NAMES: Final = {
    "workload": ("workloads", "workload"),
    "site": ("power", "site"),
    "group": ("supply", "supply_group"),
    "chip": ("offers", "chip"),
    "offer": ("offers", "offer"),
    "project": ("power_projects", "project"),
    "milestone": ("milestones", "milestone"),
}
"""Where the names stand that a move may be of."""


class Refused(Exception):
    """What a page asked for cannot be had; the message says why."""


@dataclass(slots=True)
class Room:
    """Where runs are, and which are open."""

    out: Path
    given: tuple[Path, ...] = ()
    """Cases that may be edited though no run was made from them yet."""
    desks: OrderedDict[Path, Desk] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    known: dict[str, Path] = field(default_factory=dict)
    """Cases that were found before, so that not every cell reads the list of runs."""

    def folder(self, case: str, run: str) -> Path:
        """Return the folder of a run, or of the newest of a case that is no what-if (``run``
        blank); raises ``Refused`` where there is none."""
        for name in (case, run):
            if "/" in name or "\\" in name or "\0" in name or name.startswith("."):
                raise Refused("that is no name of a run")
        try:
            folder = self.out / case / run if run else resolve_run(str(self.out / case), self.out)
        except RunError as reason:
            raise Refused(str(reason)) from None
        if not case or not is_run(folder):
            raise Refused(f"there is no run {case}/{run} under {self.out}")
        return folder

    def desk(self, folder: Path) -> Desk:
        """Return the desk of a run; opens one where there is none."""
        with self.lock:
            desk = self.desks.pop(folder, None) or Desk(folder)
            self.desks[folder] = desk
            while len(self.desks) > OPEN:
                self.desks.popitem(last=False)
            return desk

    def cases(self) -> list[Path]:
        """Return the cases that may be edited: those given, and those that runs were made from."""
        found = dict.fromkeys(self.given)
        found |= dict.fromkeys(Path(run.source) for run in find_runs(self.out) if run.source)
        return [path for path in found if path.exists()]

    def case(self, name: str) -> Path:
        """Return one of the cases that may be edited; raises ``Refused`` for any other path."""
        if name not in self.known:
            self.known |= {str(path): path for path in self.cases()}
        if name in self.known and self.known[name].exists():
            return self.known[name]
        raise Refused(f"{name} is no case that runs were made from; start with planner serve CASE")


def listed(room: Room) -> dict[str, Any]:
    """Return the runs and cases, newest first."""
    return {
        "out": str(room.out),
        "runs": [_line(run) for run in find_runs(room.out)],
        "cases": [str(path) for path in room.cases()],
    }


def _line(run: RunLine) -> dict[str, Any]:
    return {
        "case": run.case,
        "at": [run.folder.parent.name, run.folder.name],
        "folder": str(run.folder),
        "started": run.started,
        "status": run.status,
        "objective_usd": run.objective_usd,
        "what_if": None if run.what_if is None else run.what_if.words,
        "approval": run.approval,
        "source": run.source,
        "wrong": run.wrong,
    }


def opened(room: Room, folder: Path) -> dict[str, Any]:
    """Return what is told of a run at once, from its files: its plan and what may be moved."""
    plan, manifest = read_plan(folder), read_manifest(folder)
    if plan["status"] == NO_PLAN:
        raise Refused(
            f"{folder} has no plan to move. Next: planner explain {folder} infeasible"
        )  # fmt: skip
    mark = what_if_of(plan)
    source = Path(manifest["case_folder"])
    periods = _periods(plan)
    return {
        "at": [folder.parent.name, folder.name],
        "folder": str(folder),
        "case": plan["case"],
        "description": plan.get("description", ""),
        "status": plan["status"],
        "gap": plan["gap"],
        "objective_usd": plan["objective_usd"],
        "whole": isinstance(plan.get("whole"), dict),
        "what_if": None if mark is None else mark.words,
        "stated": [] if mark is None else [*mark.stated],
        "relaxed": [] if mark is None else [*mark.relaxed],
        "approval": approval_words(folder),
        "source": str(source),
        "changed": case_changes(source, given_hashes(folder, manifest))[:5],
        "frequency": plan["horizon"]["frequency"],
        "periods": [*periods],
        "names": _names(folder),
        "picture": picture(plan["objective_usd"], read_frames(folder), periods),
    }


def _periods(plan: Mapping[str, Any]) -> tuple[str, ...]:
    from planner.case.periods import Calendar, absolute_period

    span = plan["horizon"]
    start = absolute_period(span["first"], span["frequency"])
    return Calendar(span["frequency"], start, span["periods"]).labels


def _names(folder: Path) -> dict[str, list[str]]:
    """Return the names that moves may be of, as the inputs write them: by axis, and by thing and
    axis where not all of an axis can be moved."""
    texts = read_files(folder / INPUTS)[0]
    tables = {name: numbered_rows(text) for name, text in texts.items()}
    found = {}
    for axis, (table, column) in NAMES.items():
        long = tables.get(table)
        cells = long.columns.get(column, ()) if isinstance(long, TextTable) else ()
        found[axis] = [*dict.fromkeys(str(cell) for cell in cells if cell)]
    offers = tables.get("offers")
    if isinstance(offers, TextTable):
        blank = [""] * len(offers.row)
        offer, chip, kind, group, most = (
            list(map(str, offers.columns.get(name, blank)))
            for name in ("offer", "chip", "kind", "supply_group", "max_per_period")
        )
        rows = range(len(offer))
        limited = [at for at in rows if most[at] or group[at] in found["group"]]
        ordered = [at for at in rows if kind[at] not in BURST_KINDS]
        found["supply.offer"] = [offer[at] for at in rows if most[at]]
        found["supply.chip"] = [*dict.fromkeys(chip[at] for at in limited if kind[at] != FREIGHT)]
        found["lead.offer"] = [offer[at] for at in ordered]
        sold = [at for at in ordered if kind[at] != FREIGHT]
        found["lead.chip"] = found["date.chip"] = [*dict.fromkeys(chip[at] for at in sold)]
    return found
