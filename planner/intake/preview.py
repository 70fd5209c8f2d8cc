"""The preview: what an import understood, cell range by cell range, what it takes for granted, what
it asks, and what it would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from planner.case.tables import TABLE
from planner.intake.across import Entry
from planner.intake.cell import range_text
from planner.intake.figure import SHOWN
from planner.intake.reading import Reading
from planner.intake.result import Import
from planner.report.section import Section
from planner.words import number, plural

_SHOWN_PERIODS: Final = 4
_SHOWN_ROWS: Final = 12
_WORDS: Final = {
    "sum": "added up",
    "least": "the least of them",
    "greatest": "the greatest of them",
    "mean": "the mean, weighted by hours",
    "last": "the last of them",
}


def sections_of(result: Import) -> list[Section]:
    """Return the preview as tables of text, in the order in which they are read."""
    found = [_table(result, reading) for reading in result.readings if reading.facts]
    if left := _left_out(result):
        found.append(left)
    if granted := _granted(result):
        found.append(granted)
    if checked := _checked(result):
        found.append(checked)
    if result.edited is not None and result.edited.changes:
        found.append(_changes(result))
    return found


def _entries(result: Import, reading: Reading) -> list[Entry]:
    own = {id(fact) for fact in reading.facts}
    spots = {(fact.sheet.at, fact.spot) for fact in reading.facts}
    return [
        entry
        for entry in result.entries
        if any(id(f) in own or (f.sheet.at, f.spot) in spots for f in entry.facts)
    ]


def _table(result: Import, reading: Reading) -> Section:
    """Return what one table of a sheet became."""
    table = TABLE[reading.use.to]
    block = reading.block
    title = f"{block.sheet.at} {block.range} is {table.path}"
    entries = _entries(result, reading)
    timed = any(entry.period is not None for entry in entries)
    note = "; ".join([*_words(result, reading), *reading.remarks])
    if timed:
        header, rows = _by_period(result, entries)
        return Section(title, header, rows, frozenset(range(3, len(header))), note)
    header, rows = _by_row(reading, entries)
    figures = {column.name for column in table.columns if column.type in ("number", "integer")}
    right = frozenset(at for at, name in enumerate(header) if name in figures)
    return Section(title, header, rows, right, note)


def _by_period(
    result: Import, entries: Sequence[Entry]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    label = result.known.calendar.label
    periods = sorted({e.period for e in entries if e.period is not None})
    shown = periods if len(periods) <= _SHOWN_PERIODS else [*periods[:3], periods[-1]]
    dots = len(shown) < len(periods)
    names = [label(t) for t in shown]
    header = ("row", "figure", "cells", *names[:-1], *(["..."] if dots else []), *names[-1:])
    by_row: dict[tuple[str, str], dict[int, Entry]] = {}
    for entry in entries:
        ident = (" ".join(n for _, n in entry.key), entry.column)
        by_row.setdefault(ident, {})[entry.period or 0] = entry
    rows = []
    for (name, column), found in by_row.items():
        spots = [f.spot for entry in found.values() for f in entry.facts]
        cells = [_figure(found[t].value) if t in found else "" for t in shown]
        rows.append(
            (name, column, range_text(spots), *cells[:-1], *(["..."] if dots else []), *cells[-1:])
        )
    return header, _cut(rows)


def _by_row(
    reading: Reading, entries: Sequence[Entry]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    table = TABLE[reading.use.to]
    present = {entry.column for entry in entries}
    columns = [c.name for c in table.columns if c.name in present]
    by_row: dict[Any, dict[str, Entry]] = {}
    for entry in entries:
        by_row.setdefault(entry.key, {})[entry.column] = entry
    rows = []
    for key, found in by_row.items():
        spots = [f.spot for entry in found.values() for f in entry.facts]
        values = [_figure(found[c].value) if c in found else "" for c in columns]
        rows.append((" ".join(n for _, n in key), range_text(spots), *values))
    return ("row", "cells", *columns), _cut(rows)


def _cut(rows: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    if len(rows) <= _SHOWN_ROWS:
        return tuple(rows)
    rest = (f"... {len(rows) - _SHOWN_ROWS + 1} more", *("" for _ in rows[0][1:]))
    return (*rows[: _SHOWN_ROWS - 1], rest)


def _figure(value: float | str) -> str:
    return value if isinstance(value, str) else number(value, 6)


def _words(result: Import, reading: Reading) -> list[str]:
    """Return how a table was read: its columns, its units, its periods."""
    found = []
    columns = [
        f"`{header}` is {target}"
        for header, target in reading.use.columns.items()
        if target.to not in ("skip", header)
    ]
    if columns:
        found.append(", ".join(columns))
    units = {h.unit.text for h in reading.heads if h.role == "figures" and h.unit is not None}
    if reading.use.unit:
        units.add(reading.use.unit)
    if units:
        found.append(f"units said: {', '.join(sorted(units))}")
    finer: dict[str, set[str]] = {}
    for entry in _entries(result, reading):
        if len(entry.facts) > 1 and entry.period is not None:
            declared = TABLE[entry.table].column(entry.column)
            rule = _WORDS[reading.use.across or declared.across]
            words = {f.span.word for f in entry.facts if f.span is not None}
            finer.setdefault(f"{'s and '.join(sorted(words))}s are {rule}", set()).add(entry.column)
    found += [f"{text} ({', '.join(sorted(columns_))})" for text, columns_ in finer.items()]
    fiscal = [h for h in reading.heads if h.fiscal]
    if fiscal:
        month = result.known.calendar.fiscal_year_start
        found.append(f"fiscal years begin in month {month} (`fiscal_year_start`)")
    return found


def _left_out(result: Import) -> Section | None:
    """Return what was not read, and why."""
    rows: list[tuple[str, ...]] = [(sheet.at, why) for sheet, why in result.aside]
    for reading in result.readings:
        block = reading.block
        if not reading.facts:
            asked = any(q.sheet.at == block.sheet.at for q in result.questions)
            skip = reading.use.to == "skip"
            why = "the map leaves it out" if skip else "see the questions" if asked else "no figure"
            rows.append((f"{block.sheet.at} {block.range}", why))
            continue
        notes = [line.row for line in reading.lines if line.role in ("note", "empty")]
        if notes:
            which = f"row{'s' * (len(notes) > 1)} {', '.join(str(row + 1) for row in notes[:8])}"
            rows.append((f"{block.sheet.at} {which}", "a note" if len(notes) == 1 else "notes"))
        skipped = [h for h in reading.heads if h.role in ("skip", "note") and h.text]
        rows += [
            (f"{block.sheet.at} column {h.letter}", f"`{h.text}` is no figure of {reading.use.to}")
            for h in skipped
        ]
    return Section("Left out", ("where", "why"), tuple(rows)) if rows else None


def _granted(result: Import) -> Section | None:
    """Return what is taken for granted and stands in no accepted map yet."""
    rows = []
    for file, (locale, shown) in result.locales.items():
        if shown != "the map" or not result.map.accepted:
            rows.append((file, f"figures are written as {SHOWN[locale]}", f"by {shown}"))
    by_name = Counter((kind, name) for kind, _, name in result.new_names)
    for kind, label, name in result.new_names[:40]:
        if by_name[kind, name]:
            rows.append((f"`{label}`", f"is the {kind} {name}", ""))
    note = "" if not rows else "each is a line of the map, and can be changed there"
    return (
        Section("Taken for granted", ("what", "is read as", ""), tuple(rows), note=note)
        if rows
        else None
    )


def _checked(result: Import) -> Section | None:
    """Return the sums that were checked."""
    rows = []
    for reading in result.readings:
        right = [s for s, mark in reading.marks.items() if mark == "checked"]
        if right:
            said = f"{plural(len(right), 'sum')} in {range_text(right)} equal what they sum"
            if len(right) == 1:
                said = f"the sum in {right[0]} equals what it sums"
            rows.append((reading.block.sheet.at, said))
    return Section("Checked", ("where", "what"), tuple(rows)) if rows else None


def _changes(result: Import) -> Section:
    """Return how many cells, rows and columns of each file would change."""
    assert result.edited is not None
    counts: dict[str, Counter[str]] = {}
    for change in result.edited.changes:
        counts.setdefault(change.file, Counter())[change.what] += 1
    kinds = ("cell", "row added", "row dropped", "column added")
    heads = ("cells changed", "rows added", "rows dropped", "columns added")
    rows = [
        (file, *(str(count[kind]) if count[kind] else "" for kind in kinds))
        for file, count in counts.items()
    ]
    return Section("Would change", ("file", *heads), tuple(rows), frozenset({1, 2, 3, 4}))


def question_lines(result: Import) -> list[str]:
    """Return the questions as lines: where, what, and what may be answered."""
    lines: list[str] = []
    for question in result.questions:
        lines.append(f"question {question.sentence}")
        suggested = f" (likely {question.suggested})" if question.suggested else ""
        choices = "; ".join(
            f"{answer} ({does})" if does else answer for answer, does in question.answers.items()
        )
        lines.append(f"         answer: {choices}{suggested}")
    return lines


def as_data(result: Import) -> dict[str, Any]:
    """Return an import as data, for ``--json``."""
    label = result.known.calendar.label
    edited = result.edited
    return {
        "tables": [
            {"where": r.block.sheet.at, "range": r.block.range, "table": r.use.to}
            for r in result.readings
        ],
        "questions": [
            {
                "key": q.key,
                "section": q.path,
                "where": q.place,
                "value": q.value,
                "need": q.need,
                "answers": dict(q.answers),
                "suggested": q.suggested,
            }
            for q in result.questions
        ],
        "figures": [
            {
                "table": e.table,
                "row": dict(e.key),
                "column": e.column,
                "period": None if e.period is None else label(e.period),
                "value": e.value,
            }
            for e in result.entries
        ],
        "changes": [] if edited is None else [str(change) for change in edited.changes],
    }
