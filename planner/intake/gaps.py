"""Periods of the plan that a table gives no figure for: between others, or at either end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from planner.intake.ask import KEEP, Asked, Question
from planner.intake.cell import Spot
from planner.intake.fact import Key
from planner.intake.known import Known
from planner.intake.reading import Reading
from planner.intake.span import Span, period_span

_EVERY: Final = ("demand", "power", "supply")
"""Tables whose rows need every period of the plan."""


def ask_missing(
    reading: Reading,
    known: Known,
    asked: Asked,
    given: tuple[str, Sequence[int]],
    rows: Sequence[tuple[Key, str]],
) -> None:
    """Ask about periods of the plan without a figure.

    Args:
        reading: the table.
        known: the case.
        asked: takes the question.
        given: the table of the case, and the periods that have figures.
        rows: the rows of it that have figures for exactly these.
    """
    table, periods = given
    if not periods or reading.use.missing == KEEP:
        return
    every = range(known.calendar.count)
    if table not in _EVERY:
        every = range(periods[0], periods[-1] + 1)
    parts = {q.key for q in asked.questions} | {q.key for q, _ in asked.settled}
    at = reading.block.sheet.at
    lost = [
        t
        for t in every
        if t not in periods and f"{at} {known.calendar.label(t)} in part" not in parts
    ]
    blank = _asked_about(reading, rows)
    lost = [t for t in lost if not any(_touches(known, t, span) for span in blank)]
    if not lost:
        return
    named = ", ".join(" ".join(n for _, n in key) for key, _ in rows[:3])
    named += f" and {len(rows) - 3} more" if len(rows) > 3 else ""
    labels = [known.calendar.label(t) for t in lost]
    said = ", ".join(labels[:4]) + (f" ... {labels[-1]}" if len(labels) > 4 else "")
    sheet = reading.block.sheet
    spots = (Spot(reading.block.header[0], reading.block.left),)
    need = f"has no figure of {named} ({rows[0][1]}) for {said}"
    every_row = f"{sheet.at} {reading.block.range} lacks {said} of {named}"
    asked.ask(Question(every_row, sheet, spots, "", need, {KEEP: "keeps what the case has there"}))


def _touches(known: Known, t: int, span: Span) -> bool:
    period = period_span(known.calendar, t)
    return span.start < period.end and span.end > period.start


def _asked_about(reading: Reading, rows: Sequence[tuple[Key, str]]) -> list[Span]:
    """Return the spans of cells of some rows that are asked about already, or answered."""
    of: Mapping[int, Span | None] = {h.column: h.span for h in reading.heads}
    lines = {f.spot.row for f in reading.facts if (f.key, f.column) in rows}
    found = []
    for spot, mark in reading.marks.items():
        span = of.get(spot.column)
        if mark in ("question", "skipped") and span is not None and spot.row in lines:
            found.append(span)
    return found
