"""Sums that a sheet shows: each must equal what it sums, and is used as a check and never read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from planner.intake.ask import Asked, Question
from planner.intake.cell import Cell, Spot
from planner.intake.figure import Locale, figure_of
from planner.intake.heads import Head
from planner.intake.lines import Line
from planner.intake.reading import Reading
from planner.words import number

ROWS = "rows"


def check_sums(reading: Reading, locale: Locale | None, asked: Asked) -> None:
    """Compare every sum of a table with what it sums; asks about those that differ.

    Args:
        reading: the table, with its facts.
        locale: that of its file.
        asked: takes the questions.
    """
    figures = [h for h in reading.heads if h.role == "figures"]
    for head in [h for h in reading.heads if h.role in ("figures", "total")]:
        _down(reading, head, locale, asked)
    for at, head in enumerate(reading.heads):
        if head.role == "total" or _covers(head, figures):
            _across(reading, at, locale, asked)


def _covers(head: Head, figures: Sequence[Head]) -> bool:
    """Return whether a column is of a span that others of the table are parts of: a year beside its
    quarters."""
    if head.span is None or head.role != "figures":
        return False
    inside = [
        h
        for h in figures
        if h.span is not None
        and h.span != head.span
        and head.span.start <= h.span.start
        and h.span.end <= head.span.end
    ]
    return len(inside) >= 2


def _value(cell: Cell, locale: Locale | None) -> float | None:
    figure = figure_of(cell, locale)
    if figure.need:
        return None
    scale = figure.unit.factor if figure.unit is not None else 1.0
    return figure.value * scale


def _down(reading: Reading, head: Head, locale: Locale | None, asked: Asked) -> None:
    """Check the sums below a column."""
    totals = [line for line in reading.lines if line.role == "total"]
    for total in totals:
        cell = reading.block.sheet.cell(total.row, head.column)
        value = _value(cell, locale)
        if value is None:
            if cell.kind != "blank":
                reading.mark(Spot(total.row, head.column), "skipped")
            elif head.role == "figures" and _summed(reading, total.row):
                _ask_blank(reading, Spot(total.row, head.column), asked)
            continue
        above = [line for line in reading.lines if line.row < total.row]
        since = _since(above)
        parts = {
            "since": [line for line in since if line.role == "figures"],
            "all": [line for line in above if line.role == "figures"],
            "sums": [line for line in above if line.role == "total"],
            "below": _below(reading.lines, total),
        }
        sums = [
            [_value(reading.block.sheet.cell(line.row, head.column), locale) for line in lines]
            for lines in parts.values()
            if lines
        ]
        _settle(reading, Spot(total.row, head.column), cell, value, sums, asked)


def _since(above: Sequence[Line]) -> list[Line]:
    """Return the rows since the sum or the heading before."""
    found: list[Line] = []
    for line in reversed(above):
        if line.role in ("total", "group"):
            break
        found.insert(0, line)
    return found


def _below(lines: Sequence[Line], total: Line) -> list[Line]:
    """Return the rows below a sum that stands above what it sums."""
    found = []
    for line in lines:
        if line.row <= total.row:
            continue
        if line.role in ("total", "group"):
            break
        if line.role == "figures":
            found.append(line)
    return found


def _across(reading: Reading, at: int, locale: Locale | None, asked: Asked) -> None:
    """Check the sums right of the rows."""
    head = reading.heads[at]
    figures = [h for h in reading.heads if h.role == "figures" and not _covers(h, reading.heads)]
    if head.span is not None:
        whole = head.span
        wanted = [
            h
            for h in figures
            if h.span is not None and whole.start <= h.span.start and h.span.end <= whole.end
        ]
        groups = [wanted]
    else:
        left = [h for h in figures if h.column < head.column]
        before = [h.column for h in reading.heads[:at] if h.role == "total"]
        groups = [left, [h for h in left if not before or h.column > max(before)], figures]
    for line in reading.lines:
        if line.role not in ("figures", "total"):
            continue
        spot = Spot(line.row, head.column)
        cell = reading.block.sheet.cell(*spot)
        value = _value(cell, locale)
        if value is None:
            if cell.kind != "blank":
                reading.mark(spot, "skipped")
            elif any(
                reading.block.sheet.cell(other.row, head.column).kind != "blank"
                for other in reading.lines
                if other.role == "figures"
            ):
                _ask_blank(reading, spot, asked)
            continue
        sums = [
            [_value(reading.block.sheet.cell(line.row, h.column), locale) for h in group]
            for group in groups
            if group
        ]
        _settle(reading, spot, cell, value, sums, asked)


def _summed(reading: Reading, row: int) -> bool:
    """Return whether a row of sums has one in most columns of figures."""
    columns = [h.column for h in reading.heads if h.role == "figures"]
    filled = [c for c in columns if reading.block.sheet.cell(row, c).kind != "blank"]
    return 2 * len(filled) > len(columns)


def _ask_blank(reading: Reading, spot: Spot, asked: Asked) -> None:
    """Ask about a sum that is not there where others are: cells may have slipped."""
    sheet = reading.block.sheet
    need = "is blank, and a sum stands here in other rows: have cells slipped?"
    if spot.row in {line.row for line in reading.lines if line.role == "total"}:
        need = "is blank, and this row has a sum in other columns: have cells slipped?"
    answers = {ROWS: "the figures stand where they belong"}
    given = asked.ask(Question(f"{sheet.place(spot)} no sum", sheet, (spot,), "", need, answers))
    reading.mark(spot, "skipped" if given else "question")


def _settle(
    reading: Reading,
    spot: Spot,
    cell: Cell,
    value: float,
    sums: Sequence[Sequence[float | None]],
    asked: Asked,
) -> None:
    """Mark a sum that is one of those that it can be; ask about another."""
    whole = [math.fsum(v for v in parts if v is not None) for parts in sums]
    if any(_equal(value, total, parts) for total, parts in zip(whole, sums, strict=True)):
        reading.mark(spot, "checked")
        return
    if not whole:
        reading.mark(spot, "skipped")
        return
    mean = [total / max(1, len(parts)) for total, parts in zip(whole, sums, strict=True)]
    least = [min((v for v in parts if v is not None), default=math.nan) for parts in sums]
    most = [max((v for v in parts if v is not None), default=math.nan) for parts in sums]
    if any(math.isclose(value, other, rel_tol=1e-6) for other in (*mean, *least, *most)):
        reading.mark(spot, "checked")
        return
    nearest = min(whole, key=lambda total: abs(total - value))
    need = f"is a sum, and what it sums is {number(nearest, 8)} ({number(value - nearest, 8)} less)"
    if value < nearest:
        need = need.replace(
            f"({number(value - nearest, 8)} less)", f"({number(nearest - value, 8)} more)"
        )
    sheet = reading.block.sheet
    answers = {ROWS: "what it sums is right, and is read"}
    key = f"{sheet.place(spot)} {cell.text!r}"
    given = asked.ask(Question(key, sheet, (spot,), cell.text, need, answers))
    reading.mark(spot, "skipped" if given else "question")


def _equal(value: float, total: float, parts: Iterable[float | None]) -> bool:
    """Return whether a sum is that of its parts, but for the digits that it leaves out."""
    filled = [v for v in parts if v is not None]
    if not filled:
        return False
    if math.isclose(value, total, rel_tol=1e-9, abs_tol=1e-9):
        return True
    finer = any(v != round(v, _digits(value)) for v in filled)
    return finer and abs(value - total) <= 0.51 * 10.0 ** -_digits(value) * (len(filled) ** 0.5 + 1)


def _digits(value: float) -> int:
    """Return the digits behind the point that a figure shows."""
    text = f"{value:.10f}".rstrip("0")
    return len(text.partition(".")[2])
