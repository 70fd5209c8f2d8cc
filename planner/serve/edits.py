"""Edits asked for by a page: as the tables take them, and in the words of ``--set``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from planner.case.override_rows import numbered_rows
from planner.case.overrides import COLUMN
from planner.case.spelling import quote_name
from planner.case.tables import TABLE
from planner.case.text import TextTable
from planner.edit import Edit, NewColumn, NewRow
from planner.serve.room import Refused

Question = Mapping[str, Any]
LONGEST: Final = 10_000
"""Characters of a cell."""


def edits_of(given: object, texts: Mapping[str, TextTable]) -> dict[str, Edit]:
    """Return the edits of a question by table.

    Args:
        given: by table ``cells`` as (row, header, text), ``added`` rows as header -> text, and
            ``dropped`` rows.
        texts: the tables as they are written.

    Raises:
        Refused: where it has not that form.
    """
    if not isinstance(given, dict):
        raise Refused("edits are told by table")
    found = {}
    for name, one in given.items():
        if name not in TABLE or not isinstance(one, dict):
            raise Refused(f"{name} is not a table")
        cells = {_place(cell): _text(cell[2]) for cell in _list(one, "cells", 3)}
        rows = [_row(row) for row in _list(one, "added")]
        dropped = [row for row in _list(one, "dropped") if isinstance(row, int)]
        header = [*texts[name].columns] if name in texts else []
        named = [head for _, head in cells] + [head for row in rows for head in row]
        new = [head for head in dict.fromkeys(named) if head not in header]
        found[name] = Edit(
            cells,
            tuple(NewRow(row) for row in rows),
            frozenset(dropped),
            tuple(NewColumn(head) for head in new),
        )
    return found


def settings_of(question: Question) -> dict[str, str | None]:
    """Return the settings of a question, None for one that is to be blank."""
    given = question.get("settings", {})
    if not isinstance(given, dict):
        raise Refused("settings are told by name")
    return {str(name): _text(value) or None for name, value in given.items()}


def _list(one: Mapping[str, Any], key: str, long: int = 0) -> list[Any]:
    found = one.get(key, [])
    if not isinstance(found, list) or any(
        long and not (isinstance(part, list) and len(part) == long) for part in found
    ):
        raise Refused(f"{key} of an edit have another form")
    return found


def _place(cell: list[Any]) -> tuple[int, str]:
    row, head, _ = cell
    if not isinstance(row, int) or isinstance(row, bool) or not isinstance(head, str):
        raise Refused("a cell is told by its row and its header")
    return row, head


def _row(given: object) -> dict[str, str]:
    if not isinstance(given, dict):
        raise Refused("a row is told by its headers")
    return {str(head): _text(cell) for head, cell in given.items() if _text(cell)}


def _text(given: object) -> str:
    if not isinstance(given, str) or len(given) > LONGEST or len(given.splitlines()) > 1:
        raise Refused(f"a cell is one line of at most {LONGEST:,} characters")
    return given.strip()


def words_of_edits(
    edits: Mapping[str, Edit],
    settings: Mapping[str, str | None],
    texts: Mapping[str, TextTable],
) -> list[str] | None:
    """Return edits in the words of ``--set``; None where a row cannot be named so."""
    words = [f"case.{name}={value or ''}" for name, value in settings.items()]
    for name, edit in edits.items():
        keys, added = TABLE[name].key, [row.cells for row in edit.added_rows]
        long = numbered_rows(texts[name]) if name in texts else None
        if not keys or (added and (TABLE[name].wide or any(set(keys) - set(r) for r in added))):
            return None
        if isinstance(long, TextTable):
            words += _cells(long, edit, keys)
            words += _dropped(long, edit, keys)
        for row in added:
            key = ".".join(quote_name(row[part]) for part in keys)
            said = (f'{head}="{_doubled(cell)}"' for head, cell in row.items() if head not in keys)
            words.append(f"{name}.{key}+={', '.join(said)}")
    return words


def _doubled(text: str) -> str:
    return text.replace('"', '""')


def _cells(long: TextTable, edit: Edit, keys: tuple[str, ...]) -> list[str]:
    words = []
    heads = [*long.columns, *(new.name for new in edit.added_columns)]
    main = COLUMN.get(long.name)
    names = {key: [str(cell) for cell in long.columns[key]] for key in keys}
    for at in range(len(long.row)):
        for column in heads:
            if column in keys:
                continue
            # where periods are headers, a line stands under that of its period
            head = names["period"][at] if long.cell_rows and "period" in keys else column
            new = edit.cells.get((long.row_of(at, column), head))
            if new is None or (long.cell_rows and column not in long.cell_rows):
                continue
            key = ".".join(quote_name(names[name][at]) for name in keys)
            words.append(f"{long.name}.{key}{'' if column == main else f'.{column}'}={new}")
    return words


def _dropped(long: TextTable, edit: Edit, keys: tuple[str, ...]) -> list[str]:
    return [
        f"{long.name}.{'.'.join(quote_name(str(long.columns[key][at])) for key in keys)}-="
        for at in range(len(long.row))
        if int(long.row[at]) in edit.dropped_rows
    ]
