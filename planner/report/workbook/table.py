"""Tables of a sheet: headed, typed, as wide as what they show; totals as formulas that carry their
values."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd

from planner.report.workbook.book import LONGEST, Book
from planner.report.workbook.columns import WIDEST, Field
from planner.report.workbook.formats import FIXED, number_format, shown_width
from planner.words import printable

MOST_ROWS: Final = 1_048_000
"""Rows of a table; a sheet ends at 1,048,576."""

HEADER_ROW: Final = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is to stand on its sheet."""

    row: int = HEADER_ROW
    """Row of the header, from 0."""
    main: bool = True
    """Whether it is the table of the sheet: header frozen and repeated on paper, with a filter."""
    totals: Literal["below", "above"] = "below"
    """Below the last row, or above the header, where they follow the filter."""
    label: str = "Total"
    """Of the totals."""


TABLE_OF_SHEET: Final = Layout()


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a table stands: rows of its header, cells and total (-1: none), and its columns by
    name."""

    header: int
    first: int
    last: int
    total: int
    columns: Mapping[str, int]

    @property
    def end(self) -> int:
        """The last row that it takes."""
        return max(self.last, self.header, self.total)


def cut_note(note: str, rows: int, csv: str) -> str:
    """Return the note of a sheet, which says so where the rows are too many for it."""
    return (
        note
        if rows <= MOST_ROWS
        else f"CUT: the first {MOST_ROWS:,} of {rows:,} rows, and totals of these; all rows are "
        f"in {csv}. {note}"
    )


def _texts(series: pd.Series[Any]) -> list[str | None]:
    """Return a column as text cells, blanks as None; each distinct text is made printable once."""
    codes, distinct = pd.factorize(series.to_numpy(dtype=object))
    shown = np.array(
        [*(printable(text)[:LONGEST] or None for text in distinct), None], dtype=object
    )
    return list(shown[codes])


def put(
    book: Book,
    sheet: Any,
    frame: pd.DataFrame,
    columns: Sequence[Field],
    layout: Layout = TABLE_OF_SHEET,
) -> Placed:
    """Write a table; rows that no sheet can hold are left to the CSV, and the sheet says so.

    Args:
        book: the workbook.
        sheet: the sheet.
        frame: the rows.
        columns: what is shown of them, in order.
        layout: where and how it stands.

    Returns:
        Where it stands.
    """
    shown, row = frame.head(MOST_ROWS), layout.row
    n, first = len(shown), row + 1
    total = (
        (row - 1 if layout.totals == "above" else first + n)
        if n and any(one.total for one in columns)
        else -1
    )
    made = [_column(book, sheet, shown[one.name], one) for one in columns]
    widths = [
        book.widen(
            sheet,
            at,
            max(
                one.width,
                *(len(word) + 3 for word in one.field.head.split()),
                math.ceil(len(one.field.head) / 3) + 2,
                7,
            ),
        )
        for at, one in enumerate(made)
    ]
    if total == row - 1:  # rows in their order: a long sheet is written through to the disk
        _totals(book, sheet, made, _Sums(total, (first, first + n), layout.label, "SUBTOTAL(109,"))
    sheet.set_row(
        row,
        14
        * max(
            len(textwrap.wrap(one.head, max(width - 1, 4)))
            for one, width in zip(columns, widths, strict=True)
        )
        + 4,
    )
    for at, one in enumerate(columns):
        sheet.write_string(
            row, at, one.head, book.style("head" if one.kind in WIDEST else "head_right")
        )
        if one.help:
            sheet.data_validation(
                row,
                at,
                row,
                at,
                {"validate": "any", "input_title": one.head[:32], "input_message": one.help[:255]},
            )
    _cells(sheet, first, made, _heights(made, widths, n))
    if total == first + n:
        _totals(book, sheet, made, _Sums(total, (first, first + n), layout.label, "SUM("))
    if layout.main:
        sheet.freeze_panes(first, 1)
        sheet.repeat_rows(row)
        if n:
            sheet.autofilter(row, 0, row + n, len(columns) - 1)
    return Placed(
        row, first, first + n - 1, total, {one.name: at for at, one in enumerate(columns)}
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """A column ready to be written: cells (None: blank), how, how wide, and its sum."""

    field: Field
    cells: list[Any]
    write: Callable[..., Any]
    form: Any
    width: int
    sum: float
    total_form: Any


def _column(book: Book, sheet: Any, series: pd.Series[Any], one: Field) -> _Made:
    if one.kind in WIDEST:
        cells = _texts(series)
        width = max((len(text) for text in set(cells) if text), default=0) + 3
        return _Made(
            one,
            cells,
            sheet.write_string,
            book.style(one.kind),
            min(width, WIDEST[one.kind]),
            0.0,
            None,
        )
    values = series.to_numpy(dtype=np.float64)
    finite = np.isfinite(values)
    form = FIXED.get(one.kind) or number_format(values, one.kind)
    # as a reader of the file adds them up: the value beside a formula is what the formula gives
    total = float(values[finite].sum())
    width = shown_width(np.append(values[finite], total if one.total else 0.0), form) + 3
    return _Made(
        one,
        series.astype(object).where(finite, None).tolist(),
        sheet.write_number,
        book.number(form),
        width,
        total,
        book.number(form, total=True),
    )


def _heights(made: Sequence[_Made], widths: Sequence[int], n: int) -> dict[int, float]:
    """Return the heights of the rows whose wrapped text takes several lines: not every program that
    opens the file finds them itself."""
    lines = np.ones(n, dtype=np.int64)
    for one, width in zip(made, widths, strict=True):
        if one.field.kind == "wrap":
            codes, distinct = pd.factorize(np.array([*one.cells, None], dtype=object)[:-1])
            lines = np.maximum(
                lines,
                np.array(
                    [*(len(textwrap.wrap(text, max(int(1.1 * width), 5))) for text in distinct), 1],
                    dtype=np.int64,
                )[codes],
            )
    return {int(at): 13.5 * min(int(lines[at]), 30) + 1.5 for at in np.flatnonzero(lines > 1)}


def _cells(sheet: Any, first: int, made: Sequence[_Made], heights: Mapping[int, float]) -> None:
    """Write the cells; XlsxWriter takes them one by one, and of a long sheet row by row."""
    if sheet.constant_memory:
        writers = [(at, one.write, one.form) for at, one in enumerate(made)]
        for row, cells in enumerate(zip(*(one.cells for one in made), strict=True), start=first):
            if row - first in heights:
                sheet.set_row(row, heights[row - first])
            for (at, write, form), cell in zip(writers, cells, strict=True):
                if cell is not None:
                    write(row, at, cell, form)
        return
    for row, height in heights.items():
        sheet.set_row(first + row, height)
    for at, one in enumerate(made):
        for row, cell in enumerate(one.cells, start=first):
            if cell is not None:
                one.write(row, at, cell, one.form)


class _Sums(NamedTuple):
    """The totals of a table: their row, the rows that they sum (from, before), what they are called
    and the function that sums, with its bracket."""

    row: int
    cells: tuple[int, int]
    label: str
    function: str


def _totals(book: Book, sheet: Any, made: Sequence[_Made], sums: _Sums) -> None:
    """Write the totals of a table: formulas with their values."""
    row, cells, label, function = sums
    for at, one in enumerate(made):
        letter = letters(at)
        if one.field.total:
            sheet.write_formula(
                row,
                at,
                f"={function}{letter}{cells[0] + 1}:{letter}{cells[1]})",
                one.total_form,
                one.sum,
            )
        elif at == 0:
            sheet.write_string(row, at, label, book.style("total"))
        else:
            sheet.write_blank(row, at, None, book.style("total"))


def letters(column: int) -> str:
    """Return the letters of a column: 0 is A."""
    return letters(column // 26 - 1) + chr(65 + column % 26) if column > 25 else chr(65 + column)
