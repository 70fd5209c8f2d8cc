"""Groups of inputs: what a change of cost is attributed to, and cases mixed from the groups of
two."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.case.case import Case
from planner.case.files import TextTable, read_files
from planner.case.load import build_case, read_case
from planner.case.overrides import apply_overrides
from planner.case.periods import Calendar
from planner.case.tables import TABLE, TABLES
from planner.case.wide import widen
from planner.case.yaml_file import parse_yaml
from planner.runs.inputs import planned_overrides, read_inputs
from planner.runs.read import RunError

GROUPS: Final = (
    "timing",
    "demand",
    "milestones",
    "prices",
    "supply and lead times",
    "power",
    "throughput and software",
    "rules and budgets",
    "finance",
)
"""In the order in which they are told."""

GROUP_OF_COLUMN: Final = {
    (table.name, column.name): column.group
    for table in TABLES
    for column in table.columns
    if column.group
}
"""Columns that belong to another group than their table."""
GROUP_OF_SETTING: Final = {
    "start": "timing",
    "periods": "timing",
    "end": "timing",
    "frequency": "timing",
    "slices": "timing",
    "fiscal_year_start": "timing",
    "discount_rate": "finance",
    "residual": "finance",
    "carbon_usd_per_tonne": "finance",
    "power_basis": "power",
    "headroom": "power",
    "frozen_periods": "rules and budgets",
    "change_usd_per_chip": "rules and budgets",
}
WORDS: Final = frozenset(
    {"note", "source", "as_of", "book_value_usd", "fee_usd_per_chip", "owner", "usd_per_mtok"}
)
"""Columns that no cost depends on."""


@dataclass(frozen=True, slots=True)
class Source:
    """A case as it was written: settings and tables of text."""

    folder: Path
    tree: Mapping[str, Any]
    texts: Mapping[str, TextTable]
    calendar: Calendar


def read_source(folder: Path) -> Source:
    """Return the inputs of a run as text, its ``--set`` applied; raises ``RunError`` where they
    cannot be read."""
    inputs = folder / "inputs"
    return _source(inputs, planned_overrides(folder), read_inputs(folder).calendar, folder)


def source_of(case: Path) -> Source:
    """Return a case folder as text; raises ``CaseError`` where it is no good case."""
    return _source(case, (), read_case(case).calendar, case)


def _source(inputs: Path, overrides: tuple[str, ...], calendar: Calendar, folder: Path) -> Source:
    texts, written, problems = read_files(inputs)
    tree, _, found = parse_yaml(written.text) if written.text else (None, {}, [])
    problems = problems + found
    tree, texts, found = apply_overrides(tree, texts, overrides)
    if tree is None or [problem for problem in problems + found if problem.severity == "error"]:
        raise RunError(f"{inputs} is not a good case any more. Next: planner verify {folder}")
    return Source(inputs, tree, texts, calendar)


def _lines(text: TextTable | None, keep: Set[str], group: str, name: str) -> list[tuple[str, ...]]:
    """The cells of a group in a table, without order of rows or columns."""
    if text is None:
        return []
    own = TABLE[name].group == group
    columns = sorted(
        c
        for c in text.columns
        if c not in keep
        and c not in WORDS
        and (
            (own and (name, c) not in GROUP_OF_COLUMN)
            or GROUP_OF_COLUMN.get((name, c)) == group
            or c in TABLE[name].key
        )
    )
    cells = [text.columns[c] for c in columns] + ([text.at] if text.at is not None else [])
    return (
        sorted(zip(*([c] * len(text.row) for c in columns), *cells, strict=False)) if cells else []
    )


def changed_groups(first: Source, second: Source) -> tuple[str, ...]:
    """Return the groups in which two cases differ, in their order."""
    found = set()
    for table in (table for table in TABLES if not table.past):
        for group in {
            table.group,
            *(g for (t, _), g in GROUP_OF_COLUMN.items() if t == table.name),
        }:
            if _lines(first.texts.get(table.name), frozenset(), group, table.name) != _lines(
                second.texts.get(table.name), frozenset(), group, table.name
            ):
                found.add(group)
    for key, group in GROUP_OF_SETTING.items():
        if first.tree.get(key) != second.tree.get(key):
            found.add(group)
    return tuple(group for group in GROUPS if group in found)


def mixed(first: Source, second: Source, taken: Set[str]) -> Case:
    """Return the case with some groups of the second and all others of the first.

    Args:
        first: the inputs of the one run.
        second: those of the other.
        taken: groups to take from the second.

    Returns:
        The mixture, read and checked like any case.

    Raises:
        CaseError: where the two do not fit together.
    """

    def of(group: str) -> Source:
        return second if group in taken else first

    texts = {}
    for table in TABLES:
        name, owner = table.name, of(table.group)
        if name not in owner.texts:
            continue
        text = owner.texts[name]
        for (other, column), group in GROUP_OF_COLUMN.items():
            if other == name and of(group) is not owner and name in of(group).texts:
                text = _with_column(text, of(group).texts[name], table.key[0], column)
        timing, origin = of("timing"), of(table.group)
        texts[name] = text if origin is timing else fitted(text, origin, timing)
    tree = {key: value for key, value in first.tree.items() if key not in GROUP_OF_SETTING}
    for key, group in GROUP_OF_SETTING.items():
        if key in of(group).tree:
            tree[key] = of(group).tree[key]
    return build_case(first.folder, tree, {}, texts, [])


def fitted(text: TextTable, origin: Source, timing: Source) -> TextTable:
    """Return a table of one case under the horizon of another.

    Periods that both plan for keep its rows; those that only the horizon's own case plans for have
    that case's rows, as nobody had forecast them before.  Milestones and orders that lie outside
    the horizon are left out: they are done or still to come.
    """
    table, mine, theirs = TABLE[text.name], origin.calendar, timing.calendar
    since = mine.start == theirs.start  # what was before the one plan was before the other
    if text.name == "milestones":
        return _rows(
            text,
            np.array(
                [
                    (since or at > 0.0) and at <= theirs.count + 1e-9
                    for at in (theirs.parse_instant(c, end=True) for c in text.columns["deadline"])
                ],
                dtype=bool,
            ),
        )
    if text.name == "orders":
        return _rows(text, _inside(theirs, text.columns["arrives"], before=since))
    if text.name in ("budgets", "limits") and since and "period" in text.columns:
        return _rows(text, _begun(theirs, text.columns["period"]))
    if (
        not table.wide
        or text.name == "gains"
        or (mine.start, mine.count, mine.frequency)
        == (theirs.start, theirs.count, theirs.frequency)
    ):
        return text
    long = widen(text)[0]
    if long is None or table.column("period").type != "period":
        return text
    kept = _rows(long, _inside(theirs, long.columns["period"], before=since))
    other = widen(timing.texts[text.name])[0] if text.name in timing.texts else None
    if other is None:
        return kept
    names = set(kept.columns[table.key[0]]) if len(kept.row) else set()
    new = _rows(
        other,
        _inside(theirs, other.columns["period"])
        & ~_inside(mine, other.columns["period"])
        & np.isin(other.columns[table.key[0]], sorted(names)),
    )
    blank_kept, blank_new = (np.full(len(part.row), "", dtype=object) for part in (kept, new))
    columns = {
        name: np.concatenate([kept.columns.get(name, blank_kept), new.columns.get(name, blank_new)])
        for name in dict.fromkeys((*kept.columns, *new.columns))
    }
    return TextTable(
        text.name, text.file, columns, np.concatenate([kept.row, new.row]), at=columns["period"]
    )


def _begun(calendar: Calendar, windows: Any) -> NDArray[np.bool_]:
    """Whether each window of budgets.csv or limits.csv, a period or a fiscal year, begins before
    the horizon ends."""
    last = calendar.fiscal_year(calendar.count - 1)
    years = np.array(
        [int(w[2:]) if w[:2] == "FY" and w[2:].isdigit() else -1 for w in windows], dtype=np.int64
    )
    plain = _inside(calendar, windows, before=True)
    return np.asarray(np.where(years >= 0, years <= last, plain), dtype=bool)


def _inside(calendar: Calendar, labels: Any, *, before: bool = False) -> NDArray[np.bool_]:
    """Whether each label is a period of the horizon (or lies ``before`` it, too); one that is no
    period at all is kept, for the reader to tell."""
    distinct, back = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    found = np.ones(len(distinct), dtype=bool)
    for i, label in enumerate(distinct.tolist()):
        with contextlib.suppress(ValueError):
            at = calendar.parse(label)
            found[i] = (before or at >= 0) and at < calendar.count
    return found[back] if len(distinct) else np.zeros(0, dtype=bool)


def _rows(text: TextTable, keep: NDArray[np.bool_]) -> TextTable:
    return dataclasses.replace(
        text,
        columns={name: cells[keep] for name, cells in text.columns.items()},
        row=text.row[keep],
        at=None if text.at is None else text.at[keep],
        entry=None,
    )


def _with_column(text: TextTable, other: TextTable, key: str, column: str) -> TextTable:
    """A table with one column taken from another by key; rows that the other does not have keep
    theirs."""
    mine = text.columns.get(column, np.full(len(text.row), "", dtype=object)).copy()
    theirs = dict(
        zip(
            other.columns[key],
            other.columns.get(column, np.full(len(other.row), "", dtype=object)),
            strict=True,
        )
    )
    cells = np.array(
        [theirs.get(name, cell) for name, cell in zip(text.columns[key], mine, strict=True)],
        dtype=object,
    )
    return dataclasses.replace(text, columns={**text.columns, column: cells})
