"""The resolution: every setting and every row of every table with all of its values, as the
sentences say."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from planner.audit.resolution.blanks import BLANK
from planner.audit.resolution.overrides import apply
from planner.audit.resolution.reading import Row, lengthen, read_text
from planner.audit.resolution.sentences import SENTENCES, Cells, whole
from planner.audit.resolution.settings import resolve_settings
from planner.audit.resolution.values import Clock, value
from planner.case.declare import Column, Table
from planner.case.tables import TABLE, TABLES

_ORDERS_NOT: Final = ("rent", "retire", "relocate", "keep", "cancel")
"""Actions of a last plan's lines that order nothing."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the inputs of a run say, complete: settings, calendar and tables of rows, each with
    where it stands."""

    settings: dict[str, Any]
    clock: Clock
    tables: dict[str, list[Cells]]
    places: dict[str, list[str]]
    """File and row of every row of ``tables``."""


def resolve_inputs(folder: Path, *, since_whole: bool = True) -> Resolution:
    """Return the resolution of a folder of inputs, with the overrides of its overrides.txt.

    Args:
        folder: a case folder, or ``inputs/`` of a run.
        since_whole: whether they were planned since there are whole things.

    Returns:
        The resolution; tables that are absent have no rows.

    Raises:
        OSError: where a file cannot be read.
        ValueError: where a cell cannot be.
    """
    written, texts = read_text(folder)
    path = folder / "overrides.txt"
    if path.is_file():
        apply(written, texts, path.read_text(encoding="utf-8").splitlines())
    settings, clock = resolve_settings(written)
    rows = {
        table.name: _kept(table, lengthen(texts.get(table.name, []), table)) for table in TABLES
    }
    tables = {name: _values(found, TABLE[name], clock) for name, found in rows.items()}
    for name, complete in SENTENCES.items():
        for cells in tables[name]:
            complete(cells, tables, settings, clock)
    if settings["whole"] is None:
        settings["whole"] = since_whole and whole(tables)
    places = {
        name: [f"{row.file} row {row.number}" for row in found] for name, found in rows.items()
    }
    return Resolution(settings, clock, tables, places)


def _kept(table: Table, rows: list[Row]) -> list[Row]:
    """Return the rows that count: of a last plan only what it ordered anew."""
    if table.name != "last_plan":
        return rows
    return [
        row
        for row in rows
        if row.cells.get("action", "") not in _ORDERS_NOT
        and row.cells.get("status", "") not in ("existing", "committed")
    ]


def _values(rows: list[Row], table: Table, clock: Clock) -> list[Cells]:
    """Return the values of rows by column; a blank is what ``BLANK`` says, otherwise nothing."""
    blank = {
        column.name: BLANK.get(table.name, {}).get(column.name, _nothing(column))
        for column in table.columns
    }
    columns = {column.name: column for column in table.columns}
    found = []
    for row in rows:
        cells: Cells = dict(blank)
        for name, text in row.cells.items():
            if text and name in columns:
                cells[name] = value(columns[name], text, clock)
        found.append(cells)
    return found


def _nothing(column: Column) -> Any:
    """Return what stands for a blank that stays one."""
    return math.nan if column.type in ("number", "integer", "period", "instant") else ""
