"""Scenarios: the futures of a case as its files tell them, each with the case that it would be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from planner.case.case import Case
from planner.case.columns import numbers, texts, whole
from planner.case.files import TextTable, read_csv
from planner.case.folder import SCENARIOS, has_scenarios
from planner.case.periods import Calendar
from planner.case.problems import CaseError, Place, Problem, error, suggest
from planner.case.read import read_table
from planner.case.tables import FUTURES, TABLES
from planner.case.variants import Base, read_base
from planner.futures.change import Changed, case_of
from planner.futures.reveal import Reveal, read_reveal

DIVISIBLE: Final = "case.whole=no"
"""Scenarios are planned with everything divisible."""
SUM: Final = 1e-6
"""By so much probabilities may miss 1: what is left of thirds written with a few digits."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One future of a case."""

    name: str
    probability: float
    like: str
    """The scenario that it cannot be told from until ``known``; blank = none."""
    known: int
    """The period from which it can."""
    note: str
    changed: Changed
    case: Case


@dataclass(frozen=True, slots=True)
class Futures:
    """A case and its scenarios in the order of their file, and when they can be told apart."""

    base: Base
    scenarios: tuple[Scenario, ...]
    reveal: Reveal
    overrides: tuple[str, ...] = ()
    """Changes that hold in all of them."""


def read_futures(folder: Path, overrides: Sequence[str] = ()) -> Futures:
    """Return the scenarios of a case, with the case that each would be.

    Args:
        folder: the case folder.
        overrides: changes that hold in all of them, as ``--set`` takes them.

    Raises:
        CaseError: with every problem of the case and its scenarios.
    """
    base = read_base(folder, [*overrides, DIVISIBLE])
    calendar = base.case.calendar
    tables, problems = _tables(folder, calendar)
    reveal, found = read_reveal(base.tree, base.lines, calendar)
    problems += found
    if problems or reveal is None:
        raise CaseError(problems)
    rows, changes = tables["scenarios"], tables["scenario_changes"]
    names = [str(name) for name in rows["scenario"]]
    sparse, found = _sparse(folder, names)
    problems = [*_told(rows, reveal, calendar), *_strangers(changes, names), *found]
    if base.case.settings.change_usd_per_chip > 0:
        need = "cannot be charged where there are scenarios"
        place = Place("case.yaml", base.lines.get("change_usd_per_chip"), "change_usd_per_chip")
        problems.append(error("change-charged", place, "", need, "remove it"))
    if problems:
        raise CaseError(problems)
    scenarios = []
    for at, name in enumerate(names):  # a loop over scenarios
        mine = changes[texts(changes, "scenario") == name].sort_values("_row")
        changed = Changed(
            name,
            tuple(texts(mine, "change").tolist()),
            tuple(int(row) for row in mine["_row"]),
            sparse.get(name, {}),
            int(whole(rows, "_row")[at]),
        )
        case, found = case_of(base, changed)
        problems += found
        if case is None:
            continue
        known = numbers(rows, "known")[at]
        scenarios.append(
            Scenario(
                name,
                float(numbers(rows, "probability")[at]),
                str(rows["like"].iat[at]),
                reveal.periods[0] if math.isnan(known) else int(known),
                str(rows["note"].iat[at]),
                changed,
                case,
            )
        )
    if problems:
        raise CaseError(problems)
    return Futures(base, tuple(scenarios), reveal, tuple(overrides))


def _tables(folder: Path, calendar: Calendar) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Return the tables of scenarios, rows in the order of their files, and their problems."""
    tables, problems = {}, list[Problem]()
    for table in FUTURES.values():
        path = folder / table.path
        if not path.is_file():
            if table.name == "scenarios":
                need, fix = "is needed where a case has scenarios", "write it: " + table.help
                problems.append(error("missing-table", Place(table.path), "", need, fix))
            frame = pd.DataFrame({c.name: pd.Series(dtype=object) for c in table.columns})
            tables[table.name] = frame.assign(_row=pd.Series(dtype="int64"))
            continue
        text, found = read_csv(path, table.name, table.path)
        problems += found
        if text is None:
            continue
        read, found = read_table(text, calendar)
        problems += found
        if read is not None:
            tables[table.name] = read.sort_values("_row", ignore_index=True)
    if "scenarios" in tables and not problems and tables["scenarios"].empty:
        place = Place(FUTURES["scenarios"].path)
        problems.append(error("empty", place, "", "names no scenario", "write one a row"))
    return tables, problems


def _told(rows: pd.DataFrame, reveal: Reveal, calendar: Calendar) -> list[Problem]:
    """Return what is wrong with the scenarios themselves: probabilities, and whom they are like."""
    file, problems = FUTURES["scenarios"].path, list[Problem]()
    total = math.fsum(numbers(rows, "probability"))
    if abs(total - 1.0) > SUM:
        place, need = Place(file, None, "probability"), "must sum to 1 over all scenarios"
        problems.append(error("bad-sum", place, f"{total:.12g}", need, "correct them"))
    names = [str(name) for name in rows["scenario"]]
    reveals = [calendar.label(period) for period in reveal.periods]
    like, known = texts(rows, "like"), numbers(rows, "known")
    for at, (name, other, when) in enumerate(zip(names, like, known, strict=True)):
        row = int(whole(rows, "_row")[at])
        if other and (other not in names[:at]):
            fix = suggest(str(other), names) or "name a scenario that stands above it"
            need = "must be a scenario that stands above it"
            problems.append(error("unknown-name", Place(file, row, "like"), str(other), need, fix))
        if bool(other) == math.isnan(when):
            need = f"of {name} must be given with {'like' if not other else 'known'}, or neither"
            place = Place(file, row, "known" if other else "like")
            problems.append(error("missing-value", place, "", need, "fill both cells, or none"))
        elif other and int(when) not in reveal.periods[1:]:
            need = f"must be a reveal after the first: {', '.join(reveals[1:]) or 'there is none'}"
            place, value = Place(file, row, "known"), calendar.label(int(when))
            fix = "correct it, or give the period to `reveal` in case.yaml"
            problems.append(error("not-allowed", place, value, need, fix))
    return problems


def _strangers(changes: pd.DataFrame, names: list[str]) -> list[Problem]:
    """Return the rows of changes that name a scenario that there is not."""
    file = FUTURES["scenario_changes"].path
    named = zip(texts(changes, "scenario"), changes["_row"], strict=True)
    return [
        error(
            "unknown-name",
            Place(file, int(row), "scenario"),
            str(name),
            "is not a scenario of scenarios.csv",
            suggest(str(name), names) or f"the scenarios are {', '.join(names)}",
        )
        for name, row in named
        if name not in names
    ]


def _sparse(
    folder: Path, names: list[str]
) -> tuple[dict[str, dict[str, TextTable]], list[Problem]]:
    """Return the sparse tables of every scenario that has a folder, by its name, and problems."""
    found: dict[str, dict[str, TextTable]] = {}
    problems: list[Problem] = []
    place = folder / SCENARIOS
    entries = sorted(place.iterdir()) if place.is_dir() else []
    for entry in entries:
        if not entry.is_dir() or entry.name.lower().startswith((".", "~$", "notes", "readme")):
            continue
        path = f"{SCENARIOS}/{entry.name}"
        if entry.name not in names:
            fix = suggest(entry.name, names) or "add it to scenarios.csv, or remove the folder"
            need = "is not a scenario of scenarios.csv"
            problems.append(error("unknown-name", Place(path), entry.name, need, fix))
            continue
        tables: dict[str, TextTable] = {}
        for table in TABLES:
            if (entry / table.path).is_file():
                text, wrong = read_csv(entry / table.path, table.name, f"{path}/{table.path}")
                problems += wrong
                if text is not None:
                    tables[table.name] = text
        if tables:
            found[entry.name] = tables
    return found, problems


def as_data(futures: Futures) -> list[dict[str, Any]]:
    """Return the scenarios as JSON holds them."""
    label = futures.base.case.calendar.label
    return [
        {
            "scenario": one.name,
            "probability": one.probability,
            "like": one.like or None,
            "known": label(one.known),
            "changes": [*one.changed.overrides],
            "tables": sorted(one.changed.tables),
            "note": one.note,
        }
        for one in futures.scenarios
    ]


__all__ = ["Futures", "Scenario", "as_data", "has_scenarios", "read_futures"]
