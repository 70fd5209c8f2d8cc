"""The case against the second resolution: settings, calendar and every cell of every table, a
check for each."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.resolution.resolve import Resolution, resolve_inputs
from planner.audit.resolution.sentences import Cells
from planner.audit.verdict import Check, failure, require
from planner.case.declare import Table
from planner.case.tables import TABLES

if TYPE_CHECKING:
    from planner.case.case import Case

_LIMIT: Final = "what the files say, read a second time by the sentences of inputs/README.md"
_LAST_PLAN: Final = ("offer", "site", "order_period")
_EXACT: Final = 1e-12
"""Relative difference between two products of the same figures in another order."""


def check_inputs(case: Case, folder: Path, *, since_whole: bool = True) -> list[Check]:
    """Return the checks of a case against its files.

    Args:
        case: the case as the planner reads it.
        folder: the folder that it was read from: case.yaml, tables, overrides.txt.
        since_whole: whether it was planned since there are whole things.

    Returns:
        A check for the settings, one for the calendar and one for every table that has rows.
    """
    resolution = resolve_inputs(folder, since_whole=since_whole)
    checks = [_settings(case, resolution), _calendar(case, resolution)]
    for table in TABLES:
        frame, rows = case[table.name], resolution.tables[table.name]
        if len(frame) or rows:
            checks.append(check_table(table, frame, rows, resolution.places[table.name]))
    return checks


def _settings(case: Case, resolution: Resolution) -> Check:
    """Every setting is that of case.yaml, or its default."""
    read = {
        field.name: getattr(case.settings, field.name)
        for field in dataclasses.fields(case.settings)
    }
    read["slices"] = [(piece.name, piece.hours_share) for piece in case.settings.slices]
    read["accept"] = [(entry.warning, entry.reason) for entry in case.settings.accept]
    said = resolution.settings
    names = sorted(read.keys() | said.keys())
    return require(
        "inputs.settings",
        [name in read and name in said and read[name] == said[name] for name in names],
        lambda i: (
            f"case.yaml, {names[i]}: read as {read.get(names[i])!r}, written {said.get(names[i])!r}"
        ),
        _LIMIT,
    )


def _calendar(case: Case, resolution: Resolution) -> Check:
    """Every period of the plan has its name, hours and fiscal year; the year has as many periods
    as it should."""
    calendar, clock = case.calendar, resolution.clock
    periods = range(max(calendar.count, clock.count))
    read = [(calendar.label(t), calendar.fiscal_year(t), calendar.ppy) for t in periods]
    said = [(clock.label(t), clock.fiscal_year(t), clock.per_year) for t in periods]
    good = [read[t] == said[t] for t in periods]
    if calendar.count == clock.count:
        good = [fine and calendar.hours[t] == clock.hours(t) for t, fine in enumerate(good)]
        good = [fine and calendar.labels[t] == clock.label(t) for t, fine in enumerate(good)]
    good.append(calendar.count == clock.count)

    def where(i: int) -> str:
        if i >= min(calendar.count, clock.count):
            return f"case.yaml: {calendar.count} periods are read, it asks for {clock.count}"
        return (
            f"case.yaml: period {i + 1} is read as {read[i]}, {calendar.hours[i]:g} hours; "
            f"it is {said[i]}, {clock.hours(i):g} hours"
        )

    return require("inputs.calendar", good, where, _LIMIT)


def check_table(table: Table, frame: pd.DataFrame, rows: list[Cells], places: list[str]) -> Check:
    """Return the check that a table is what its file says: every cell, blanks by their sentences,
    no row lost or made up.

    Args:
        table: its declaration.
        frame: the table as the planner reads it.
        rows: the table resolved a second time.
        places: file and row of each of ``rows``.

    Returns:
        The check; its ``where`` names the first cell that differs.
    """
    name = f"inputs.{table.name}"
    columns = {column.name for column in table.columns}
    told = {name for name in frame.columns if not name.startswith("_")}  # _: where a cell stands
    strange = sorted(told - columns) + sorted(columns - told)
    if strange:
        return failure(
            name, f"{table.path}: column {strange[0]} is not declared, or not read", _LIMIT
        )
    if table.key or table.name == "last_plan":
        key = table.key or _LAST_PLAN
        position = {tuple(row[part] for part in key): i for i, row in enumerate(rows)}
        wanted = list(zip(*(frame[part].tolist() for part in key), strict=True))
        order = np.array([position.get(entry, -1) for entry in wanted], dtype=np.int64)
    else:  # rows without a key are those of the file
        frame = frame.sort_values("_row", ignore_index=True)
        order = np.arange(len(frame)) if len(frame) <= len(rows) else np.full(len(frame), -1)
    missing = sorted(set(range(len(rows))) - set(order.tolist()))
    if missing or (order < 0).any() or len(frame) != len(rows):
        where = (
            f"{places[missing[0]]} is not read" if missing else "holds rows that its file does not"
        )
        return failure(
            name,
            f"{table.path}: {where} ({len(frame)} rows are read, {len(rows)} are written)",
            _LIMIT,
        )
    for column in table.columns:
        said = [rows[i][column.name] for i in order]
        wrong = np.flatnonzero(~_equal(frame[column.name], said))
        if len(wrong):
            i = int(wrong[0])
            read = _shown(frame[column.name].iloc[i])
            where = f"{places[order[i]]}, {column.name}: read as {read}, it says {_shown(said[i])}"
            return failure(
                name, where + (f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""), _LIMIT
            )
    return Check(name, True, 0.0, f"{len(rows)} rows, {len(table.columns)} columns", _LIMIT)


def _equal(read: pd.Series[Any], said: list[Any]) -> NDArray[np.bool_]:
    """Return where cells are the same, (n,): numbers to the last digits, blanks with blanks, the
    rest exactly."""
    values = read.tolist()
    if values == said:  # a blank number is unequal to itself, and is looked at below
        return np.ones(len(said), dtype=bool)
    if read.dtype.kind in "fiub" and all(isinstance(value, (int, float)) for value in said):
        mine, other = read.to_numpy(dtype=np.float64), np.array(said, dtype=np.float64)
        both = np.isnan(mine) & np.isnan(other)
        return np.asarray(both | (np.abs(mine - other) <= _EXACT * np.abs(other)), dtype=bool)
    return np.array([_plain(a) == _plain(b) for a, b in zip(values, said, strict=True)], dtype=bool)


def _plain(value: Any) -> Any:
    """Return names in one order, a blank as nothing, and anything else as it is."""
    if isinstance(value, tuple):
        return tuple(sorted(value))
    return None if isinstance(value, float) and np.isnan(value) else value


def _shown(value: Any) -> str:
    """Return a value as a message shows it."""
    if isinstance(value, (tuple, list)):
        return "; ".join(map(str, value)) or "nothing"
    if isinstance(value, (float, np.floating)):
        return "blank" if np.isnan(value) else f"{value:.10g}"
    return repr(value) if isinstance(value, str) else str(value)
