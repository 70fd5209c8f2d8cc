"""Writing: a case as a folder that reads back as the same case."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import Texts
from planner.case.declare import Column, Table
from planner.case.periods import Calendar
from planner.case.settings.declared import RUN
from planner.case.settings.values import Settings
from planner.case.tables import TABLES
from planner.case.yaml_file import FILE


def settings_document(settings: Settings) -> dict[str, Any]:
    """Return settings as case.yaml spells them, every default written out; what is blank is left
    out."""
    named = {field.name: getattr(settings, field.name) for field in fields(settings)}
    named["slices"] = [
        {"name": piece.name, "hours_share": piece.hours_share} for piece in settings.slices
    ]
    accepts = named.pop("accept")
    if accepts:
        named["accept"] = [
            {"warning": accept.warning, "reason": accept.reason} for accept in accepts
        ]
    run = {column.name: named.pop(column.name) for column in RUN}
    document = {name: value for name, value in named.items() if value is not None}
    return {**document, "run": {name: value for name, value in run.items() if value is not None}}


def write_case(case: Case, folder: Path) -> None:
    """Write a case as a folder of case.yaml and CSV tables: ``read_case`` of it gives an equal
    case.

    Tables are in long form with every default written out, rows sorted by key; a table without
    rows is not written.

    Args:
        case: the case.
        folder: where to; made where it is not there yet.

    Raises:
        FileExistsError: where a file of a case is there already.
        OSError: where it cannot be written.
    """
    import yaml

    tree = settings_document(case.settings)
    contents = {FILE: str(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True))}
    for table in TABLES:
        if len(case[table.name]):
            contents[table.path] = table_text(table, case[table.name], case.calendar)
    there = [name for name in contents if (folder / name).exists()]
    if there:
        raise FileExistsError(f"{folder / there[0]} is there already")
    for name, text in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def table_text(table: Table, frame: pd.DataFrame, calendar: Calendar) -> str:
    """Return a table of a case as the text of its CSV.

    Args:
        table: its declaration.
        frame: its rows, typed as in a case.
        calendar: the calendar that its periods are relative to.
    """
    cells = {c.name: column_text(c, frame[c.name], calendar) for c in table.columns}
    if (
        table.name == "milestones"
    ):  # either of the two, and the one gives the other to the last digit
        both = (cells["params_b"] != "") & (cells["tokens_t"] != "")
        cells["flop"] = np.where(both, "", cells["flop"])
    used = [name for name, texts in cells.items() if (texts != "").any() or name in _needed(table)]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(used)
    writer.writerows(zip(*(cells[name] for name in used), strict=True))
    return stream.getvalue()


def _needed(table: Table) -> set[str]:
    return {column.name for column in table.columns if column.required} | set(table.key)


def column_text(column: Column, series: pd.Series[Any], calendar: Calendar) -> Texts:
    """Return one column of a case as text cells, (n,): what the reader turns into the same values.

    Args:
        column: its declaration.
        series: its values, typed as in a case.
        calendar: the calendar that its periods are relative to.
    """
    write: Callable[[Any], str] = {
        "names": ";".join,
        "yes_no": lambda value: "yes" if value else "no",
        "number": _number,
        "integer": _number,
        "period": lambda value: calendar.label(int(value)),
        "instant": lambda value: instant_text(float(value), calendar, end=_is_end(column)),
    }.get(column.type, str)
    missing = series.isna().to_numpy(dtype=bool)
    codes, distinct = pd.factorize(series[~missing].to_numpy())
    texts = np.empty(len(distinct), dtype=object)
    texts[:] = [write(value) for value in distinct]
    cells = np.full(len(series), "", dtype=object)
    cells[~missing] = texts[codes]
    return cells


def _is_end(column: Column) -> bool:
    """Whether a period in a column of instants stands for its end, as the reader has it."""
    return column.name == "deadline"


def _number(value: Any) -> str:
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def instant_text(position: float, calendar: Calendar, *, end: bool) -> str:
    """Return a position in periods as the period whose beginning (end) it is, or as the date that
    it is.

    Args:
        position: in periods from the start of the plan.
        calendar: the calendar.
        end: whether a period stands for its end.
    """
    period = int(np.floor(position))
    if position == period:
        return calendar.label(period - 1 if end else period)
    first, following = calendar.first_day(period), calendar.first_day(period + 1)
    days = round((position - period) * (following - first).days)
    return (first + datetime.timedelta(days=days)).isoformat()


def differences(one: Case, other: Case) -> tuple[str, ...]:
    """Return in what two cases differ, apart from where they were read; empty where they are
    equal."""
    found = []
    if one.settings != other.settings:
        found.append("settings")
    if one.calendar != other.calendar:
        found.append("calendar")
    for table in TABLES:
        a, b = one[table.name], other[table.name]
        if len(a) != len(b):
            found.append(f"{table.name}: {len(a)} and {len(b)} rows")
            continue
        found += [f"{table.name}.{c.name}" for c in table.columns if not _equal(a, b, c.name)]
    return tuple(found)


def _equal(a: pd.DataFrame, b: pd.DataFrame, name: str) -> bool:
    """Whether a column of two tables holds the same, blanks included."""
    one, other = a[name], b[name]
    blank = one.isna().to_numpy(dtype=bool)
    if not np.array_equal(blank, other.isna().to_numpy(dtype=bool)):
        return False
    return bool(one[~blank].tolist() == other[~blank].tolist())
