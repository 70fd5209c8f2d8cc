"""The reference library as people read it: topics, their rows, and what of them is old."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from planner.library.declare import Column, Topic
from planner.library.faults import Old, count_of
from planner.library.read import Row, rows
from planner.library.topics import TOPIC, TOPICS
from planner.report.section import Section
from planner.words import number, plural

MOST_NAMED = 4
"""Old rows of one source and date that are named; the others are counted."""


def contents() -> Section:
    """Return the topics, what each has, and how old it is."""
    told = []
    for topic in TOPICS:
        count, first, last = count_of(topic.name)
        told.append((topic.name, topic.help, str(count), first, last))
    return Section(
        "Reference library",
        ("topic", "what", "rows", "from", "to"),
        tuple(told),
        frozenset({2}),
        "planner library TOPIC [--chip NAME] [--since 2025] [--csv]; planner library check",
    )


def chosen(topic: Topic, cells: Mapping[str, str], since: str = "") -> list[Row]:
    """Return the rows of a topic that have some cells, of a date from ``since`` on.

    Args:
        topic: the topic.
        cells: what a row must have, by column; columns that the topic has not are no condition.
        since: the beginning of a date, as ``2025`` or ``2025-06``.
    """
    names = {column.name for column in topic.columns}
    return [
        row
        for row in rows(topic.name)
        if row["as_of"] >= since
        and all(row[name] == cell for name, cell in cells.items() if name in names)
    ]


def topics_with(cells: Mapping[str, str]) -> list[Topic]:
    """Return the topics that have all these columns."""
    return [topic for topic in TOPICS if cells.keys() <= {c.name for c in topic.columns}]


def sections(topic: Topic, found: Sequence[Row]) -> tuple[Section, Section]:
    """Return rows of a topic as a table, and the sources that its last column counts.

    Columns in which none has anything are left out; what all have in common stands in the title.
    """
    filled = [c for c in topic.columns if c.head != "-" and any(row[c.name] for row in found)]
    same = [
        c
        for c in filled
        if len(found) > 1 and c.kind != "number" and len({row[c.name] for row in found}) == 1
    ]
    shown = [c for c in filled if c not in same]
    common = ", ".join(f"{c.head or c.name} {found[0][c.name]}" for c in same)
    sources = list(dict.fromkeys((row["source"], row["licence"]) for row in found))
    number_of = {source: at for at, source in enumerate(sources, start=1)}
    return (
        Section(
            f"{topic.name}: {topic.help}" + (f" Of all: {common}." if common else ""),
            (*(c.head or c.name for c in shown), "as_of", "source"),
            tuple(
                (
                    *(_cell(c, row) for c in shown),
                    row["as_of"],
                    f"[{number_of[row['source'], row['licence']]}]",
                )
                for row in found
            ),
            frozenset(at for at, c in enumerate(shown) if c.kind == "number"),
        ),
        Section(
            "",
            ("source", "who published it", "licence"),
            tuple((f"[{at}]", *source) for source, at in number_of.items()),
        ),
    )


def _cell(column: Column, row: Row) -> str:
    """Return a cell as it is shown."""
    cell = row[column.name]
    return number(float(cell)) if column.kind == "number" and cell else cell


def as_csv(topic: Topic, found: Sequence[Row]) -> str:
    """Return rows of a topic as the text of a CSV file, with every column."""
    text = io.StringIO()
    names = [column.name for column in topic.all_columns]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    return text.getvalue()


def old_rows(found: Sequence[Old]) -> Section:
    """Return the rows that are older than a year, those of one source and date in one line."""
    groups: dict[tuple[str, str, str], list[Old]] = {}
    for old in found:
        groups.setdefault((old.topic, old.as_of, old.source), []).append(old)
    told = []
    for (topic, as_of, source), of in sorted(groups.items(), key=lambda item: item[0][:2]):
        names = ", ".join(old.thing for old in of[:MOST_NAMED])
        more = f" and {len(of) - MOST_NAMED} more" if len(of) > MOST_NAMED else ""
        told.append((topic, as_of, number(of[0].days / 365.25, 2), names + more, source))
    return Section(
        f"Older than a year: {plural(len(found), 'row')} of {len(_current())}",
        ("topic", "as_of", "years", "rows", "source"),
        tuple(told),
        frozenset({2}),
        "of every thing only what is known now; look for newer figures before you rely on them",
    )


def _current() -> list[Row]:
    from planner.library.read import newest

    return [row for topic in TOPIC for row in newest(topic)]
