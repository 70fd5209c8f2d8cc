"""Which rows of a table are read, and the period that a column says of each."""

from __future__ import annotations

from collections.abc import Mapping

from planner.intake.ask import SKIP, Asked, Question
from planner.intake.cell import BLANK, Cell, Spot
from planner.intake.figures import line_texts
from planner.intake.lines import Line
from planner.intake.reading import Reading
from planner.intake.span import Span, run_of, times_of
from planner.intake.words import normal


def hidden_rows(reading: Reading, asked: Asked) -> set[int]:
    """Return the hidden rows that are left out; asks where nobody has said."""
    sheet = reading.block.sheet
    rows = [n for n in reading.block.body if n in sheet.hidden_rows]
    rows = [n for n in rows if any(c.kind != "blank" for c in sheet.rows[n])]
    if not rows:
        return set()
    numbers = ", ".join(str(row + 1) for row in rows[:10])
    which = f"row{'s' * (len(rows) > 1)} {numbers}"
    given = asked.ask(
        Question(
            f"{sheet.at} hidden {which}",
            sheet,
            tuple(Spot(row, reading.block.left) for row in rows),
            "",
            f"hidden {which}: to be read or not?",
            {"read": "reads it like the others", SKIP: "leaves it out"},
        )
    )
    return set() if given == "read" else set(rows)


def hidden_columns(reading: Reading, asked: Asked) -> set[int]:
    """Return the hidden columns that are left out; asks where nobody has said."""
    sheet = reading.block.sheet
    hidden = [
        h
        for h in reading.heads
        if h.column in sheet.hidden_columns and h.role not in ("skip", "note")
    ]
    if not hidden:
        return set()
    which = f"column{'s' * (len(hidden) > 1)} {', '.join(h.letter for h in hidden[:10])}"
    given = asked.ask(
        Question(
            f"{sheet.at} hidden {which}",
            sheet,
            tuple(Spot(reading.block.header[-1], h.column) for h in hidden),
            "",
            f"hidden {which}: to be read or not?",
            {"read": "reads it like the others", SKIP: "leaves it out"},
        )
    )
    return set() if given == "read" else {h.column for h in hidden}


def wanted(reading: Reading, line: Line) -> bool:
    """Return whether the map wants a row."""
    only = reading.use.only
    if not only:
        return True
    said = line_texts(reading.block, reading.heads, line)
    texts = {normal(header): normal(text) for header, text in said.items()}
    return all(
        texts.get(normal(header), "") in {normal(text) for text in some}
        for header, some in only.items()
    )


def row_spans(reading: Reading, fiscal_start: int, asked: Asked) -> dict[int, Span | None]:
    """Return what the column of periods says of every row; asks for days whose month is not
    clear.

    Args:
        reading: the table.
        fiscal_start: month in which fiscal years begin.
        asked: takes the question.
    """
    column = next((h.column for h in reading.heads if h.role == "period"), None)
    if column is None:
        return {}
    lines = [line for line in reading.lines if line.role == "figures"]
    cells = {line.row: line.labels.get(column, BLANK) for line in lines}
    times = {row: times_of(cell, fiscal_start) for row, cell in cells.items()}
    either = {row: t.either for row, t in times.items() if t is not None and t.either}
    order = _order(reading, column, cells, either, asked) if either else ""
    spans: dict[int, Span | None] = {}
    for row, found in times.items():
        spans[row] = found.span if found is not None else None
        if found is not None and found.either and order:
            day = found.either[1 if order == "day first" else 0]
            again = times_of(Cell("text", day), fiscal_start)
            spans[row] = again.span if again is not None else None
    distinct = sorted({span for span in spans.values() if span is not None})
    meant = dict(zip(distinct, run_of(distinct), strict=True))
    return {row: meant[span] if span is not None else None for row, span in spans.items()}


def _order(
    reading: Reading,
    column: int,
    cells: Mapping[int, Cell],
    either: Mapping[int, tuple[str, ...]],
    asked: Asked,
) -> str:
    """Return whether days or months stand first in dates with slashes."""
    firsts = [c.text.split("/") for c in cells.values() if c.text.count("/") == 2]
    if any(int(parts[0]) > 12 for parts in firsts if parts[0].isdigit()):
        return "day first"
    if any(int(parts[1]) > 12 for parts in firsts if parts[1].isdigit()):
        return "month first"
    row = min(either)
    one, two = either[row]
    sheet = reading.block.sheet
    return asked.ask(
        Question(
            f"{sheet.at} dates",
            sheet,
            (Spot(row, column),),
            cells[row].text,
            f"may be {one} or {two}",
            {"day first": f"reads {two}", "month first": f"reads {one}"},
        )
    )
