"""From overrides to edits: the cells of a case's own tables that a what-if changes, in the form the
tables are written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.case.columns import Ints, Texts
from planner.case.files import read_files
from planner.case.melt import values_of
from planner.case.overrides import apply_overrides
from planner.case.tables import TABLE
from planner.case.text import TextTable
from planner.case.wide import widen
from planner.case.yaml_file import parse_yaml
from planner.edit.change import Edit, EditError, NewColumn, NewRow

MEASURE: Final = "measure"
"""The column of a table with periods as headers that says which figure a row holds."""


def edits_of(case: Path, overrides: Sequence[str]) -> tuple[dict[str, Edit], dict[str, str | None]]:
    """Return what ``--set`` changes, as edits of the case's tables and settings.

    Args:
        case: the case folder or workbook; one that can be read.
        overrides: the changes.

    Returns:
        Edits by table, and settings by name (``run.seed``), None for one that goes.

    Raises:
        EditError: where an override matches nothing, or its cells stand in no place of their own.
    """
    texts, written, _ = read_files(case)
    tree = parse_yaml(written.text)[0]
    changed, edited, problems = apply_overrides(tree, texts, overrides)
    if problems:
        raise EditError(str(problems[0]))
    edits = {
        name: _edit(text, edited[name]) for name, text in texts.items() if edited[name] is not text
    }
    return edits, _settings(tree, changed)


def _settings(before: Any, after: Any) -> dict[str, str | None]:
    """Return the settings that differ, by name."""
    found: dict[str, str | None] = {}
    runs = before.get("run") or {}, after.get("run") or {}
    for group, old, new in (("", before, after), ("run.", *runs)):
        for name in {**old, **new}:
            was, now = old.get(name), new.get(name)
            if was != now and not isinstance(was, dict | list) and not isinstance(now, dict):
                found[group + name] = None if now is None else tidy(str(now))
    return found


def tidy(text: str) -> str:
    """Return a figure as a person writes it, where that is the same number: 1200 for 1200.0."""
    return text[:-2] if text.endswith(".0") and text[:-2].lstrip("-").isdigit() else text


@dataclass(slots=True)
class _Draft:
    """An edit in the making."""

    cells: dict[tuple[int, str], str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    rows: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)

    def edit(self) -> Edit:
        """Return it."""
        return Edit(
            self.cells,
            tuple(NewRow(cells) for cells in self.rows.values()),
            added_columns=tuple(NewColumn(name) for name in dict.fromkeys(self.columns)),
        )


def _edit(written: TextTable, after: TextTable) -> Edit:
    """Return the edit that makes a table, as written, say what its long form says after."""
    before = widen(written)[0]
    assert before is not None  # it was widened to be changed
    values = values_of(TABLE[written.name])
    draft = _Draft()
    for column, new in after.columns.items():
        old = before.columns.get(column, np.full(len(new), "", dtype=object))
        hit = np.flatnonzero(old != new)
        if not len(hit):
            continue
        if before.at is None:
            _cells(draft, written, column, new, hit)
        elif column in values:
            _figures(draft, written, (before, after), column, hit)
        else:
            _beside(draft, written, before, column, new)
    return draft.edit()


def _cells(draft: _Draft, written: TextTable, column: str, new: Texts, hit: Ints) -> None:
    """Change cells of a table with a row for every entry."""
    if column not in written.columns:
        draft.columns.append(column)
    for i in hit.tolist():
        draft.cells[int(written.row[i]), column] = tidy(str(new[i]))


def _figures(
    draft: _Draft, written: TextTable, sides: tuple[TextTable, TextTable], column: str, hit: Ints
) -> None:
    """Change cells below periods; a figure that has no row yet gets one."""
    before, after = sides
    assert before.at is not None
    rows = before.cell_rows.get(column)
    for i in hit.tolist():
        text, header = tidy(str(after.columns[column][i])), str(before.at[i])
        if rows is not None and rows[i]:
            draft.cells[int(rows[i]), header] = text
            continue
        keys = {
            name: str(before.columns[name][i])
            for name in TABLE[written.name].key
            if name in written.columns
        }
        row = draft.rows.setdefault((column, *keys.values()), {**keys, MEASURE: column})
        row[header] = text
    if draft.rows and MEASURE not in written.columns:
        draft.columns.append(MEASURE)
        said = next(name for name, found in before.cell_rows.items() if (found > 0).any())
        draft.cells |= {(int(row), MEASURE): said for row in written.row}


def _beside(draft: _Draft, written: TextTable, before: TextTable, column: str, new: Texts) -> None:
    """Change cells that stand once for all periods of a row.

    Raises:
        EditError: where they are to differ from period to period.
    """
    said: dict[int, set[str]] = {}
    for rows in before.cell_rows.values():
        for row, text in zip(rows.tolist(), new.tolist(), strict=True):
            if row:
                said.setdefault(row, set()).add(str(text))
    old = dict(zip(written.row.tolist(), _column(written, column), strict=True))
    for row, texts in said.items():
        if len(texts) > 1:
            raise EditError(
                f"{written.file}:{row} {column} stands once for all periods of its row and cannot "
                "differ between them; name all periods with *, or write one row per period"
            )
        [text] = texts
        if tidy(text) != old[row]:
            draft.cells[row, column] = tidy(text)
    if column not in written.columns:
        draft.columns.append(column)


def _column(written: TextTable, column: str) -> Sequence[str]:
    """Return a column as written, blank where it is not there."""
    found: Mapping[str, Texts] = written.columns
    return found[column].tolist() if column in found else [""] * len(written.row)
