"""The library's files: read once, as the text that they are."""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from planner.library.declare import Topic
from planner.library.topics import TOPIC

Row = Mapping[str, str]
"""One row: text by column, blank where nobody published a figure."""

FOLDER: Final = Path(__file__).resolve().parent / "data"


@functools.cache
def rows(topic: str) -> tuple[Row, ...]:
    """Return the rows of a topic, as the file has them.

    Raises:
        KeyError: for a topic that is not declared.
        ValueError: where the file has not the columns that are declared.
    """
    declared = TOPIC[topic]
    with (FOLDER / f"{topic}.csv").open(encoding="utf-8", newline="") as file:
        read = csv.DictReader(file)
        names = [column.name for column in declared.all_columns]
        if list(read.fieldnames or ()) != names:
            raise ValueError(f"{topic}.csv has not the columns {', '.join(names)}")
        return tuple(read)


@functools.cache
def newest(topic: str) -> tuple[Row, ...]:
    """Return what is known now of a topic: of every thing the rows of its newest date, in the order
    of the file."""
    declared = TOPIC[topic]
    latest: dict[tuple[str, ...], str] = {}
    for row in rows(topic):
        thing = thing_of(declared, row)
        latest[thing] = max(latest.get(thing, ""), row["as_of"])
    return tuple(row for row in rows(topic) if row["as_of"] == latest[thing_of(declared, row)])


def thing_of(topic: Topic, row: Row) -> tuple[str, ...]:
    """Return what a row is about: its cells in the key of its topic."""
    return tuple(row[name] for name in topic.key)


def figure(row: Row, column: str) -> float | None:
    """Return a figure of a row; None where nobody published it."""
    return float(row[column]) if row[column] else None


def text(value: float | None) -> str:
    """Return a figure as it is written in a table; blank for none."""
    return "" if value is None else f"{value:.10g}"


def where(topic: str, **cells: str) -> Sequence[Row]:
    """Return the newest rows of a topic that have these cells."""
    return [
        row for row in newest(topic) if all(row[name] == value for name, value in cells.items())
    ]
