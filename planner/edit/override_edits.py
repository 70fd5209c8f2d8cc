"""From overrides to edits: the cells and rows of a case's own tables that a what-if changes, in the
form the tables are written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.case.columns import Bools, Ints, Texts
from planner.case.files import read_files
from planner.case.melt import values_of
from planner.case.overrides import apply_overrides
from planner.case.periods import likely_period
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
        name: _edit(texts[name], text) if name in texts else _new(text)
        for name, text in edited.items()
        if text is not texts.get(name)
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

    written: TextTable
    cells: dict[tuple[int, str], str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    rows: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)

    def edit(self) -> Edit:
        """Return it."""
        cells = {at: text for at, text in self.cells.items() if at[0] not in self.dropped}
        return Edit(
            cells,
            tuple(NewRow(cells) for cells in self.rows.values()),
            frozenset(self.dropped),
            tuple(NewColumn(name) for name in dict.fromkeys(self.columns)),
        )


def _new(after: TextTable) -> Edit:
    """Return the edit that makes a table which the case does not have yet."""
    columns = [name for name, cells in after.columns.items() if (cells != "").any()]
    rows = tuple(
        NewRow({name: str(after.columns[name][i]) for name in columns})
        for i in range(len(after.row))
    )
    return Edit(added_rows=rows, added_columns=tuple(map(NewColumn, columns)))


def _edit(written: TextTable, after: TextTable) -> Edit:
    """Return the edit that makes a table, as written, say what its long form says after."""
    before = widen(written)[0]
    assert before is not None and after.entry is not None  # it was widened to be changed
    values = values_of(TABLE[written.name])
    draft = _Draft(written)
    kept = after.entry >= 0
    place = after.entry[kept]
    gone = np.ones(len(before.row), dtype=bool)
    gone[place] = False
    for column, now in after.columns.items():
        old = before.columns.get(column, np.full(len(gone), "", dtype=object))
        new = old.copy()
        new[place] = now[kept]
        hit = np.flatnonzero(old != new)
        if not len(hit):
            continue
        if before.at is None:
            _cells(draft, written, column, new, hit)
        elif column in values:
            _figures(draft, before, column, new, hit)
        else:
            _beside(draft, written, before, column, new)
    if before.at is None:
        draft.dropped |= set(written.row[gone].tolist())
        _add_rows(draft, after, np.flatnonzero(~kept))
    else:
        _blank_out(draft, before, gone)
        _add_figures(draft, before, after, np.flatnonzero(~kept))
        _say_measure(draft, before)
    return draft.edit()


def _add_rows(draft: _Draft, after: TextTable, at: Ints) -> None:
    """Add rows to a table with a row for every entry."""
    for i in at.tolist():
        cells = {name: tidy(str(texts[i])) for name, texts in after.columns.items() if texts[i]}
        draft.columns += [name for name in cells if name not in draft.written.columns]
        draft.rows[(str(i),)] = cells


def _blank_out(draft: _Draft, before: TextTable, gone: Bools) -> None:
    """Take out entries of a table with periods as headers: their cells, and rows left without
    any."""
    assert before.at is not None
    left: set[int] = set()
    touched: set[int] = set()
    for column, rows in before.cell_rows.items():
        filled = (before.columns[column] != "") & (rows > 0)
        left |= set(rows[filled & ~gone].tolist())
        for i in np.flatnonzero(filled & gone).tolist():
            touched.add(int(rows[i]))
            draft.cells[int(rows[i]), str(before.at[i])] = ""
    draft.dropped |= touched - left


def _add_figures(draft: _Draft, before: TextTable, after: TextTable, at: Ints) -> None:
    """Add rows to a table with periods as headers: one for every measure of an entry."""
    written, table = draft.written, TABLE[draft.written.name]
    headers = {likely_period(name) or name: name for name in written.columns}
    values = [name for name in values_of(table) if name in after.columns]
    others = [name for name in after.columns if name not in (*values, "period")]
    there = _rows_of(before, [name for name in table.key if name != "period"]) if len(at) else {}
    for i in at.tolist():
        period = str(after.columns["period"][i])
        header = headers.get(likely_period(period) or period, period)
        beside = {name: str(after.columns[name][i]) for name in others}
        beside = {name: text for name, text in beside.items() if text or name in table.key}
        draft.columns += [name for name in (header, *beside) if name not in written.columns]
        for column in (name for name in values if after.columns[name][i]):
            keys = tuple(beside.get(name, "") for name in table.key if name != "period")
            text = tidy(str(after.columns[column][i]))
            if (column, *keys) in there:
                draft.cells[there[column, *keys], header] = text
            else:
                row = draft.rows.setdefault((column, *keys), beside | {MEASURE: column})
                row[header] = text


def _rows_of(before: TextTable, keys: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Return the row of every figure and key of a table with periods as headers."""
    blank = [""] * len(before.row)
    named = list(zip(*(before.columns.get(name, blank) for name in keys), strict=True))
    return {
        (column, *key): int(row)
        for column, rows in before.cell_rows.items()
        for key, row in zip(named, rows.tolist(), strict=True)
        if row
    }


def _say_measure(draft: _Draft, before: TextTable) -> None:
    """Say in a column which figure each row holds, where the rows that are new hold another."""
    written = draft.written
    if MEASURE in written.columns or not draft.rows:
        return
    said = next(iter(before.cell_rows), values_of(TABLE[written.name])[0])
    if all(row[MEASURE] == said for row in draft.rows.values()):
        for row in draft.rows.values():
            del row[MEASURE]
        return
    draft.columns.append(MEASURE)
    draft.cells |= {(int(row), MEASURE): said for row in written.row}


def _cells(draft: _Draft, written: TextTable, column: str, new: Texts, hit: Ints) -> None:
    """Change cells of a table with a row for every entry."""
    if column not in written.columns:
        draft.columns.append(column)
    for i in hit.tolist():
        draft.cells[int(written.row[i]), column] = tidy(str(new[i]))


def _figures(draft: _Draft, before: TextTable, column: str, new: Texts, hit: Ints) -> None:
    """Change cells below periods; a figure that has no row yet gets one."""
    assert before.at is not None
    written, rows = draft.written, before.cell_rows.get(column)
    for i in hit.tolist():
        text, header = tidy(str(new[i])), str(before.at[i])
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
