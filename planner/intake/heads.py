"""The columns of a table: what each header says, and what its cells show it to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from planner.case.tables import TABLE
from planner.case.text import column_letters
from planner.intake.block import Block, bare, is_figure
from planner.intake.cell import BLANK, Cell
from planner.intake.known import Known
from planner.intake.span import Span, Times, part_of, run_of, times_of, times_of_text
from planner.intake.unit import Unit, unit_in, unit_of
from planner.intake.use import Target, Use
from planner.intake.words import (
    NAMED,
    PIVOT_LABELS,
    columns_of,
    is_total,
    normal,
    of_pivot,
    role_of,
)

FIGURES: Final = ("number", "integer")


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its header in words, and what it is.

    ``role`` is ``figures`` (with what the header says of them), ``total``, ``period``, ``measure``,
    ``unit``, ``note``, ``skip``, ``name`` (of ``kind``), ``label`` (cells that are told by
    themselves) or ``attribute`` (a text of the row).
    """

    column: int
    text: str
    role: str
    kind: str = ""
    span: Span | None = None
    candidates: tuple[tuple[str, str, int], ...] = ()
    unit: Unit | None = None
    names: Mapping[str, str] | None = None
    target: Target | None = None
    fiscal: bool = False

    @property
    def letter(self) -> str:
        """Its letter in a spreadsheet."""
        return column_letters(self.column + 1)


def heads_of(block: Block, use: Use, known: Known) -> list[Head]:
    """Return the columns of a table.

    Args:
        block: the table.
        use: what the map says of it.
        known: the case.
    """
    fiscal_start = known.calendar.fiscal_year_start
    year = _year_of(block.title, fiscal_start)
    said = {normal(header): target for header, target in use.columns.items()}
    heads = [_head(block, c, known, year, said) for c in block.columns]
    timed = [at for at, head in enumerate(heads) if head.span is not None]
    spans = run_of([s for at in timed if (s := heads[at].span) is not None])
    for at, span in zip(timed, spans, strict=True):
        heads[at] = replace(heads[at], span=span)
    return heads


def _year_of(title: str, fiscal_start: int) -> Span | None:
    """Return the one year that a title names, which its quarters and months are of."""
    found = {
        times.span
        for word in title.replace(",", " ").split()
        if (times := times_of_text(word, fiscal_start)) is not None
        and times.year
        and times.span is not None
    }
    return found.pop() if len(found) == 1 else None


def _cells(block: Block, column: int) -> list[Cell]:
    """Return the cells of a header, from above, each said once."""
    found: list[Cell] = []
    last = block.header[-1]
    for row in block.header:
        cell = block.sheet.cell(row, column)
        if cell.kind == "blank" and row != last:
            cell = _left_of(block, row, column)
        if cell.kind != "blank" and all(cell.text != other.text for other in found):
            found.append(cell)
    return found


def _left_of(block: Block, row: int, column: int) -> Cell:
    """Return what stands left of a blank above periods: a year or a measure said once for all of
    them."""
    last = block.header[-1]
    if times_of(block.sheet.cell(last, column)) is None:
        return BLANK
    for at in range(column - 1, block.left, -1):
        if times_of(block.sheet.cell(last, at)) is None:
            return BLANK
        if block.sheet.cell(row, at).kind != "blank":
            return block.sheet.cell(row, at)
    return BLANK


def _head(
    block: Block, column: int, known: Known, year: Span | None, said: Mapping[str, Target]
) -> Head:
    cells = _cells(block, column)
    words: list[str] = []
    span, fiscal = None, False
    part: Times | None = None
    for cell in cells:
        times = times_of(cell, known.calendar.fiscal_year_start)
        if times is None and cell.kind == "text":  # 2027Q1 (Mtok)
            beside, rest = unit_in(cell.text)
            times = times_of_text(rest, known.calendar.fiscal_year_start) if beside else None
            if beside is not None and times is not None:
                words.append(f"({beside.text})")
        if times is None or (times.span is None and times.part is None):
            if cell.text.strip().lower() not in PIVOT_LABELS:
                words.append(of_pivot(cell.text))
            continue
        fiscal |= times.fiscal
        if times.part is not None:
            part = times
        elif span is None or (times.span is not None and times.span.days < span.days):
            span = times.span
    if part is not None and part.part is not None:
        whole = span if span is not None and span.word == "year" else year
        if whole is not None:
            span = part_of(whole, part.part)
        else:
            words += [cell.text for cell in cells if cell.text not in words]
    text = " ".join(words) if words or span is None else ""
    whole_text = " ".join(c.text for c in cells if c.text.strip().lower() not in PIVOT_LABELS)
    target = (
        said.get(normal(whole_text))
        or said.get(normal(text) or "-")
        or said.get(normal(column_letters(column + 1)) if not whole_text else "-")
    )
    unit, rest = unit_in(text)
    head = Head(column, whole_text, "figures", span=span, unit=unit, target=target, fiscal=fiscal)
    if target is not None:
        return _told(head, target)
    if span is not None:
        names = _named(rest or text, known)
        return replace(head, candidates=columns_of(text), names=names)
    return _by_cells(block, head, text, rest, known)


def _told(head: Head, target: Target) -> Head:
    """Return a column that the map tells."""
    unit = unit_of(target.unit) if target.unit else head.unit
    if target.to in ("period", "measure", "unit", "skip", "note"):
        return replace(head, role=target.to)
    found = tuple(
        (table.name, target.to, 99)
        for table in TABLE.values()
        for column in table.columns
        if column.name == target.to and column.type in FIGURES
    )
    if found:
        return replace(head, role="figures", candidates=found, unit=unit)
    if target.to in NAMED:
        return replace(head, role="name", kind=target.to)
    return replace(head, role="attribute", kind=target.to)


def _named(text: str, known: Known) -> dict[str, str] | None:
    """Return the name of the case that a header is, by its kind."""
    found = {kind: name for kind in known.names if (name := known.name(kind, text))}
    return found or None


def _by_cells(block: Block, head: Head, text: str, rest: str, known: Known) -> Head:
    """Return a column by its header and what stands below it."""
    cells = [block.sheet.cell(row, head.column) for row in block.body]
    filled = [cell for cell in cells if cell.kind != "blank"]
    figures = sum(is_figure(cell) for cell in filled)
    role = role_of(text) if text else ""
    if is_total(text):
        return replace(head, role="total")
    times = sum(
        times_of(cell, known.calendar.fiscal_year_start) is not None
        for cell in filled
        if not bare(cell) or role == "period"
    )
    if filled and times >= 0.6 * len(filled):
        dated = [
            (t, c)
            for t, c, _ in columns_of(text)
            if TABLE[t].column(c).type in ("instant", "date", "period") and c != "period"
        ]
        if dated and role != "period":
            return replace(head, role="attribute", candidates=columns_of(text))
        return replace(head, role="period")
    candidates = columns_of(rest) if rest and head.unit is not None else ()
    candidates = candidates or columns_of(text)
    if filled and figures > 0.5 * len(filled):
        if head.column == block.left and not candidates and not text.strip("#. ").strip():
            return replace(head, role="skip")  # numbers of rows
        return replace(head, candidates=candidates, names=_named(rest or text, known))
    if (
        role == "unit"
        and filled
        and 2 * sum(unit_of(c.text) is not None for c in filled) < len(filled)
    ):
        role = ""
    if role in ("measure", "unit", "note", "period"):
        return replace(head, role=role)
    if role:
        return replace(head, role="name", kind=role, candidates=candidates)
    kind = _kind_of(filled, known)
    if kind:
        return replace(head, role="name", kind=kind)
    told = tuple(c for c in candidates if TABLE[c[0]].column(c[1]).type not in FIGURES)
    if told:
        return replace(head, role="attribute", candidates=told)
    if not text and not filled:
        return replace(head, role="skip")
    return replace(head, role="label")


def _kind_of(filled: list[Cell], known: Known) -> str:
    """Return the kind of most names below a header, where half of them are known."""
    labels = {cell.text for cell in filled}
    best, most = "", 0
    for kind in known.names:
        count = sum(bool(known.name(kind, label)) for label in labels)
        if count > most:
            best, most = kind, count
    return best if 2 * most >= len(labels) else ""
