"""Grids: tables of a workbook with typed cells, totals as formulas with their values, and print set-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.plan.tables import PLAN_TABLE
from planner.report.words import printable

MOST_ROWS: Final = 1_000_000
"""Rows of a sheet; Excel ends at 1,048,576."""
WIDEST: Final = 44
LONGEST: Final = 32_000
"""Characters of a cell; Excel ends at 32,767."""


@dataclass(frozen=True, slots=True)
class Book:
    """An open workbook and its formats by name."""

    file: Any
    formats: Mapping[str, Any]

    def sheet(self, name: str, title: str, note: str = "") -> Any:
        """Add a sheet with a title, set up for print: landscape, one page wide, page numbers."""
        sheet = self.file.add_worksheet(name)
        sheet.write_string(0, 0, title, self.formats["title"])
        if note:
            sheet.write_string(1, 0, note[:LONGEST], self.formats["note"])
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RPage &P of &N")
        sheet.hide_gridlines(2)
        return sheet


def open_book(path: str, created: Any, title: str) -> Book:
    """Open a workbook to be written; text stays text whatever it begins with."""
    import xlsxwriter

    file = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": False, "default_date_format": "yyyy-mm-dd"})
    file.set_properties({"title": printable(title)[:250], "author": "planner", "created": created})
    base = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
    head = {**base, "bold": True, "bg_color": "#E8EDF3", "bottom": 1, "text_wrap": True}
    styles: dict[str, dict[str, Any]] = {
        "title": {**base, "bold": True, "font_size": 15}, "note": {**base, "font_color": "#566173"}, "head": head, "headr": {**head, "align": "right"}, "text": base, "wrap": {**base, "text_wrap": True}, "bold": {**base, "bold": True},
        "usd": {**base, "num_format": "#,##0;[Red]-#,##0"}, "cents": {**base, "num_format": "#,##0.00;[Red]-#,##0.00"}, "chips": {**base, "num_format": "#,##0.##"}, "number": {**base, "num_format": "#,##0.####"},
        "percent": {**base, "num_format": "0.0"}, "science": {**base, "num_format": "0.00E+00"}}
    for name in ("usd", "cents", "chips", "number"):
        styles[f"{name}_total"] = {**styles[name], "bold": True, "top": 1}
    styles["bold_total"] = {**base, "bold": True, "top": 1}
    return Book(file, {name: file.add_format(style) for name, style in styles.items()})


def style_of(table: str, column: str) -> str:
    """Return the format of a number column: by its declared unit."""
    if table in PLAN_TABLE:
        for declared in PLAN_TABLE[table].columns:
            if declared.name == column:
                if declared.unit == "chips" or declared.unit == "lots":
                    return "chips"
                if declared.unit == "%":
                    return "percent"
                if "FLOP" in declared.unit and "USD" not in declared.unit:
                    return "science"
                if declared.unit == "USD":
                    return "usd" if column.endswith("usd") and "price" not in column else "number"
    return "usd" if column.endswith("_usd") else "number"


def put(
    book: Book, sheet: Any, frame: pd.DataFrame, columns: Sequence[str], *, table: str = "", row: int = 3, column: int = 0, heads: Mapping[str, str] | None = None, totals: Sequence[str] = (), main: bool = True,
    styles: Mapping[str, str] | None = None,
) -> tuple[int, int]:
    """Write some columns of a frame as a table.

    Args:
        book: the workbook.
        sheet: the sheet.
        frame: the rows.
        columns: which columns, in this order.
        table: the declared table they come from, for number formats.
        row: first row (of the header), from 0.
        column: first column.
        heads: other words for a column.
        totals: number columns with a total below, as a formula with its value.
        main: whether it is the sheet's main table: frozen and repeated header, filter.
        styles: formats of number columns, where not by their unit.

    Returns:
        First and last row of the cells; last < first where there are none.
    """
    shown = frame.head(MOST_ROWS)
    n, first = len(shown), row + 1
    for at, name in enumerate(columns):
        values = shown[name]
        numeric = values.dtype.kind in "fiu"
        word = (heads or {}).get(name, name.replace("_", " "))
        sheet.write_string(row, column + at, word, book.formats["headr" if numeric else "head"])
        style = (styles or {}).get(name) or style_of(table, name)
        width = _write_numbers(book, sheet, values, first, column + at, style) if numeric else _write_texts(book, sheet, values, first, column + at)
        longest = max((len(part) for part in word.split()), default=1)
        sheet.set_column(column + at, column + at, min(max(width, longest, 7) + 2, WIDEST))
        if name in totals and n:
            letter = _letters(column + at)
            # as a reader of the file adds them: the cached value is what the formula gives
            total = float(np.nansum(values.to_numpy(dtype=np.float64)))
            sheet.write_formula(first + n, column + at, f"=SUM({letter}{first + 1}:{letter}{first + n})", book.formats[f"{style if style in ('usd', 'cents', 'chips') else 'number'}_total"], total)
    sheet.set_row(row, 28)
    if totals and n:
        sheet.write_string(first + n, column, "total", book.formats["bold_total"])
    if len(frame) > MOST_ROWS:
        sheet.write_string(first + n + 1, column, f"The first {MOST_ROWS:,} of {len(frame):,} rows; all are in the CSV", book.formats["note"])
    if main:
        sheet.freeze_panes(first, 0)
        sheet.repeat_rows(row)
        if n:
            sheet.autofilter(row, column, row + n, column + len(columns) - 1)
    return first, first + n - 1


def _write_numbers(book: Book, sheet: Any, values: pd.Series[Any], row: int, column: int, style: str) -> float:
    cells = values.to_numpy(dtype=np.float64)
    form, write = book.formats[style], sheet.write_number
    for at in np.flatnonzero(np.isfinite(cells)).tolist():
        write(row + at, column, float(cells[at]), form)
    top = float(np.nanmax(np.abs(cells), initial=0.0, where=np.isfinite(cells))) if len(cells) else 0.0
    return len(f"{top:,.0f}") + (3 if top < 1e5 else 0)


def _write_texts(book: Book, sheet: Any, values: pd.Series[Any], row: int, column: int) -> float:
    form, write, width = book.formats["text"], sheet.write_string, 0
    for at, value in enumerate(values.tolist()):
        if value == "" or value is None or value != value:
            continue
        text = printable(value)[:LONGEST]
        write(row + at, column, text, form)
        if at < 400:
            width = max(width, len(text))
    return width


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def cell_range(sheet: str, first_row: int, first_column: int, last_row: int, last_column: int) -> list[Any]:
    """Return a range as charts take it."""
    return [sheet, first_row, first_column, last_row, last_column]
