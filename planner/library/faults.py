"""What is wrong with the library's own rows, and which of them are old."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from planner.library.declare import ASSUMPTION, Column, Topic
from planner.library.read import Row, newest, rows, thing_of
from planner.library.topics import TOPIC, TOPICS

STALE_AFTER_DAYS: Final = 365
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9./-]*")


@dataclass(frozen=True, slots=True)
class Old:
    """A row that is what is known now, and is older than a year."""

    topic: str
    thing: str
    as_of: str
    days: int
    source: str


def faults() -> list[str]:
    """Return what is wrong with rows of the library, a sentence each: cells that are missing, out
    of range, no date, no licence; things that are told twice."""
    return [fault for topic in TOPICS for fault in _faults(topic)]


def stale(today: dt.date) -> list[Old]:
    """Return the rows that are older than a year, of every thing only what is known now: how a
    price was once does not grow old."""
    found = []
    for topic in TOPICS:
        for row in newest(topic.name):
            days = (today - dt.date.fromisoformat(row["as_of"])).days
            if days > STALE_AFTER_DAYS:
                thing = " ".join(part for part in thing_of(topic, row) if part)
                found.append(Old(topic.name, thing, row["as_of"], days, row["source"]))
    return found


def _faults(topic: Topic) -> list[str]:
    found, seen = [], set[tuple[str, ...]]()
    chips = {row["chip"] for row in rows("chips")}
    for at, row in enumerate(rows(topic.name), start=2):
        where = f"{topic.name}.csv:{at}"
        for column in topic.all_columns:
            need = _need(column, row[column.name])
            if need:
                found.append(f"{where} {column.name}: {row[column.name]!r} {need}")
        if (row["licence"] == "own") != (row["source"].startswith(ASSUMPTION)) and (
            topic.name != "ranges"
        ):
            found.append(f"{where}: only an assumption is our own")
        if "chip" in row and row["chip"] not in chips:
            found.append(f"{where} chip: {row['chip']!r} is not in chips.csv")
        told = (*thing_of(topic, row), row["as_of"], row["source"])
        if told in seen:
            found.append(f"{where} is told twice")
        seen.add(told)
    return found


def _need(column: Column, cell: str) -> str:
    """Return what a cell must be and is not; blank where it is fine."""
    if not cell:
        return "must be given" if column.required else ""
    if column.kind in ("name", "names"):
        parts = cell.split(";") if column.kind == "names" else [cell]
        return "" if all(map(_NAME.fullmatch, parts)) else "must be a plain name in lower case"
    if column.kind == "choice":
        return "" if cell in column.allowed else f"must be one of {', '.join(column.allowed)}"
    if column.kind == "date":
        try:
            dt.date.fromisoformat(cell)
        except ValueError:
            return "must be a date"
    if column.kind == "number":
        try:
            value = float(cell)
        except ValueError:
            return "must be a number"
        if not column.low <= value <= column.high:
            return f"must be from {column.low:g} to {column.high:g} {column.unit}".rstrip()
    return ""


def count_of(topic: str) -> tuple[int, str, str]:
    """Return how many rows a topic has, and the dates of its oldest and newest."""
    dates = [row["as_of"] for row in rows(TOPIC[topic].name)]
    return len(dates), min(dates), max(dates)


def assumed(row: Row) -> bool:
    """Return whether a row is an assumption of ours."""
    return row["source"].startswith(ASSUMPTION)
