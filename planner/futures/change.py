"""What a scenario changes: rows of sparse tables and words of ``--set``, applied to the text of the
case and checked to change something that is still to come."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.case.case import Case
from planner.case.columns import Bools, Texts
from planner.case.files import TextTable
from planner.case.load import build_case
from planner.case.override_rows import numbered_rows, with_rows
from planner.case.overrides import apply_overrides
from planner.case.periods import Calendar, absolute_period
from planner.case.problems import CaseError, Place, Problem, error, printable, shown
from planner.case.spelling import split_override
from planner.case.tables import FUTURES, TABLE
from planner.case.variants import Base, read_variant

CHANGES: Final = FUTURES["scenario_changes"].path
SAID: Final = frozenset({"last_plan"})
"""Tables of the past, which no future changes."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a scenario changes."""

    name: str
    overrides: tuple[str, ...]
    rows: tuple[int, ...]
    """The row of scenario_changes.csv of each."""
    tables: Mapping[str, TextTable]
    """Tables that hold only what is different, as written."""
    row: int
    """The scenario's own row in scenarios.csv."""

    @property
    def nothing(self) -> bool:
        """Whether it is the case as it stands."""
        return not self.overrides and not self.tables


def case_of(base: Base, changed: Changed) -> tuple[Case | None, list[Problem]]:
    """Return the case that a scenario would be, None where it is none, and what is wrong with its
    changes, located where they stand."""
    texts = dict(base.texts)
    problems: list[Problem] = []
    for name, sparse in changed.tables.items():
        merged, found = _merged(texts.get(name), sparse, base.case.calendar)
        problems += found
        if merged is not None:
            texts[name] = merged
    if problems:
        return None, problems
    merged_texts = texts
    for override, row in zip(changed.overrides, changed.rows, strict=True):  # each has a place
        before = texts
        texts, found = _applied(base, texts, override, row)
        problems += found or _idle(before, texts, override, row, base.case.calendar)
    if problems:
        return None, problems
    try:
        if not changed.tables:
            return read_variant(base, changed.overrides), []
        _, texts, _ = apply_overrides(base.tree, merged_texts, changed.overrides)
        seen = list(base.seen_reading)
        return build_case(base.case.folder, base.tree, base.lines, texts, seen), []
    except CaseError as reason:
        return None, _located(reason.problems, changed)


def _applied(
    base: Base, texts: dict[str, TextTable], override: str, row: int
) -> tuple[dict[str, TextTable], list[Problem]]:
    """Return the tables with one change applied, and what is wrong with it."""
    place = Place(CHANGES, row, "change")
    split = split_override(override.strip())
    name = split[0][0].text if split is not None else ""
    if name == "case":
        need = "changes a setting, which all scenarios have in common"
        return texts, [error("override", place, override, need, "change tables only")]
    if name in SAID:
        need = "changes what was planned before, which no future does"
        return texts, [error("past-change", place, override, need, "take it out")]
    _, after, found = apply_overrides(base.tree, texts, [override])
    return after, [
        dataclasses.replace(one, file=CHANGES, row=row, column="change") for one in found
    ]


def _idle(
    before: Mapping[str, TextTable],
    after: Mapping[str, TextTable],
    override: str,
    row: int,
    calendar: Calendar,
) -> list[Problem]:
    """Return that a change changes nothing, or only what is past, where it does."""
    place = Place(CHANGES, row, "change")
    fix = "correct it, or take it out"
    touched = [name for name in after if after[name] is not before.get(name)]
    ahead = past = False
    for name in touched:
        differs, periods = _difference(before.get(name), after[name])
        if periods is None:
            ahead |= bool(differs)
            continue
        gone = _before(periods, calendar)
        past |= bool(gone.any())
        ahead |= bool((~gone).any())
    if ahead:
        return []
    if past:
        need = f"changes periods before {calendar.label(0)} alone"
        return [error("past-change", place, override, need, fix)]
    return [error("changes-nothing", place, override, "changes nothing", fix)]


def _difference(old: TextTable | None, new: TextTable) -> tuple[bool, Texts | None]:
    """Return whether two states of a table differ, and, where the rows stay and have periods, the
    periods of those that differ, (n,)."""
    long = None if old is None else numbered_rows(old)
    fresh = numbered_rows(new)
    if long is None or isinstance(long, list) or isinstance(fresh, list) or fresh is None:
        return True, None
    if len(long.row) != len(fresh.row):
        return True, None
    blank = np.full(len(fresh.row), "", dtype=object)
    moved = np.zeros(len(fresh.row), dtype=bool)
    for name in {*long.columns, *fresh.columns}:
        moved |= _other(long.columns.get(name, blank), fresh.columns.get(name, blank))
    periods = fresh.columns.get("period") if TABLE[new.name].wide else None
    return bool(moved.any()), None if periods is None else periods[moved]


def _other(old: Texts, new: Texts) -> Bools:
    """Return which cells say something else, (n,): the same number written otherwise does not."""
    other = np.asarray(old != new, dtype=bool)
    for at in np.flatnonzero(other):  # the cells that were changed
        try:
            other[at] = float(old[at]) != float(new[at])
        except ValueError:
            continue
    return other


def _before(periods: Texts, calendar: Calendar) -> Bools:
    """Return which texts are periods before the plan, (n,)."""
    names, back = np.unique(periods.astype(str), return_inverse=True)

    def gone(name: str) -> bool:
        try:
            return absolute_period(name, calendar.frequency, calendar.fiscal_year_start) < (
                calendar.start
            )
        except ValueError:
            return False

    return np.array([gone(str(name)) for name in names], dtype=bool)[back]


def _merged(
    base: TextTable | None, sparse: TextTable, calendar: Calendar
) -> tuple[TextTable | None, list[Problem]]:
    """Return a table with the rows of a sparse one: their filled cells replace those of the row
    with the same key, rows without one are added."""
    table = TABLE[sparse.name]
    if not table.key:
        need = "has no key by which its rows could replace others"
        place = Place(sparse.file)
        return None, [error("no-key", place, "", need, f"use {CHANGES}")]
    given = numbered_rows(sparse)
    if isinstance(given, list) or given is None:
        return None, given or []
    if base is None:
        return given, []
    long = numbered_rows(base)
    if isinstance(long, list) or long is None:
        return None, long or []
    at = _positions(_keys(long, table.key, calendar), _keys(given, table.key, calendar))
    rows, here = np.flatnonzero(at >= 0), at[at >= 0]
    columns, moved = dict(long.columns), np.zeros(len(at), dtype=bool)
    moved[at < 0] = True
    for name, cells in given.columns.items():
        if name in table.key:
            continue
        old = columns.get(name, np.full(len(long.row), "", dtype=object)).copy()
        new = np.where(cells[rows] == "", old[here], cells[rows])
        moved[rows] |= _other(old[here], new)
        old[here] = new
        columns[name] = old
    idle = np.flatnonzero(~moved)
    problems = [
        error(
            "changes-nothing",
            Place(sparse.file, int(row)),
            "",
            "changes nothing: the case has the same",
            "correct it, or take it out",
        )
        for row in np.unique(given.row[idle])
        if not moved[given.row == row].any()
    ]
    merged = dataclasses.replace(long, columns=columns)
    new = np.flatnonzero(at < 0)
    if len(new):
        added = {name: values[new] for name, values in given.columns.items()}
        merged = with_rows(merged, np.full(len(new), -1, dtype=np.int64), added)
    return merged, problems


def _keys(long: TextTable, key: Sequence[str], calendar: Calendar) -> Texts:
    """Return the key of every row as one text, periods in one spelling, (n,)."""
    table, parts = TABLE[long.name], []
    for name in key:
        cells = long.columns.get(name, np.full(len(long.row), "", dtype=object)).astype(str)
        if table.column(name).type == "period":
            names, back = np.unique(cells, return_inverse=True)
            cells = np.array([_spelled(str(text), calendar) for text in names], dtype=object)[back]
        parts.append(cells.astype(object) + "\x1f")
    return np.asarray(np.sum(np.stack(parts), axis=0), dtype=object)


def _spelled(text: str, calendar: Calendar) -> str:
    try:
        return str(absolute_period(text, calendar.frequency, calendar.fiscal_year_start))
    except ValueError:
        return text


def _positions(keys: Texts, wanted: Texts) -> np.ndarray:
    """Return where each wanted key stands, (n,); -1 where it does not."""
    order = np.argsort(keys.astype(str), kind="stable")
    ranked = keys[order].astype(str)
    if not len(ranked):
        return np.full(len(wanted), -1, dtype=np.int64)
    found = np.minimum(np.searchsorted(ranked, wanted.astype(str)), len(ranked) - 1)
    return np.where(ranked[found] == wanted.astype(str), order[found], -1).astype(np.int64)


def _located(problems: Sequence[Problem], changed: Changed) -> list[Problem]:
    """Return the first problem of each kind of a case that is none because of a scenario, placed
    where the scenario's changes stand."""
    first = {(one.code, one.file): one for one in reversed(problems) if one.severity == "error"}
    place = (
        Place(CHANGES, changed.rows[0], "change")
        if changed.rows
        else Place(FUTURES["scenarios"].path, changed.row, "scenario")
    )
    told = []
    for one in reversed(first.values()):
        row = f" row {one.row}" if one.row is not None else ""
        where = f"{one.file}{row} {one.column}".rstrip()
        value = f" becomes {shown(one.value)}, which" if one.value else ""
        need = printable(f"{where}:{value} {one.need}")
        told.append(error(one.code, place, changed.name, need, one.fix))
    return told
