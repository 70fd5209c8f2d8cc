"""Messy files as data: sheets of cells, merges, what is hidden; written as .xlsx, .ods or text."""

from __future__ import annotations

import copy
import csv
import datetime
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

Value = str | float | int | datetime.date | None
Grid = list[list[Value]]
Figures = Mapping[str, Mapping[str, float]]
"""What a file must give: ``table key column`` to figures by period (or to one, by nothing)."""


@dataclass
class Page:
    """A sheet: its cells, merged ranges (``A5:A6``), hidden rows (from 1), number formats."""

    cells: Grid
    merges: Sequence[str] = ()
    hidden: Sequence[int] = ()
    formats: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    formulas: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Book:
    """A file: its sheets, the figures that it must give, and what is asked on the way."""

    name: str
    pages: dict[str, Page]
    figures: Figures
    map: str = ""
    asks: Sequence[str] = ()
    """What its questions say, each once; the map of ``answers`` settles them."""
    answers: str = ""
    pasted: str = ""
    start: str = "start: 2027Q1\nperiods: 8\n"

    def copy(self) -> Book:
        """Return a copy whose cells can be changed."""
        return copy.deepcopy(self)

    def write(self, folder: Path) -> Path:
        """Write it, and return its path."""
        path = folder / self.name
        if path.suffix == ".xlsx":
            _xlsx(self, path)
        elif path.suffix == ".ods":
            _ods(self, path)
        else:
            path.write_bytes(_text(self).encode("utf-8"))
        return path


def _text(book: Book) -> str:
    separator = {".tsv": "\t", ".txt": "\t"}.get(Path(book.name).suffix, ",")
    if "german" in book.name:
        separator = ";"
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=separator, lineterminator="\n")
    (page,) = book.pages.values()
    writer.writerows([["" if cell is None else cell for cell in row] for row in page.cells])
    return stream.getvalue()


def _xlsx(book: Book, path: Path) -> None:
    import openpyxl

    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, page in book.pages.items():
        sheet = made.create_sheet(name)
        for row in page.cells:
            sheet.append(row)
        for place, style in page.formats.items():
            for cells in sheet[place] if ":" in place else ((sheet[place],),):
                for cell in cells:
                    cell.number_format = style
        for place, formula in page.formulas.items():
            sheet[place] = formula
        for place, what in page.errors.items():
            sheet[place] = what
            sheet[place].data_type = "e"
        for merged in page.merges:
            sheet.merge_cells(merged)
        for row in page.hidden:
            sheet.row_dimensions[row].hidden = True
    made.save(path)


_ODS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def _ods(book: Book, path: Path) -> None:
    parts = [
        f'<?xml version="1.0"?><office:document-content {_ODS}><office:body><office:spreadsheet>'
    ]
    for name, page in book.pages.items():
        parts.append(f"<table:table table:name={quoteattr(name)}>")
        spans, covered = _spans(page)
        for r, row in enumerate(page.cells):
            hidden = ' table:visibility="collapse"' if r + 1 in page.hidden else ""
            parts.append(f"<table:table-row{hidden}>")
            blanks = 0
            for c, value in enumerate([*row, None]):
                if value is None and (r, c) not in covered and c < len(row):
                    blanks += 1
                    continue
                if blanks:
                    parts.append(f'<table:table-cell table:number-columns-repeated="{blanks}"/>')
                    blanks = 0
                if c < len(row):
                    parts.append(_ods_cell(value, spans.get((r, c), ""), (r, c) in covered))
            parts.append("</table:table-row>")
        parts.append(
            '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
            'table:number-columns-repeated="16384"/></table:table-row></table:table>'
        )
    parts.append("</office:spreadsheet></office:body></office:document-content>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "".join(parts))


def _spans(page: Page) -> tuple[dict[tuple[int, int], str], set[tuple[int, int]]]:
    from openpyxl.utils import range_boundaries

    spans, covered = {}, set()
    for merged in page.merges:
        left, top, right, bottom = range_boundaries(merged)
        spans[top - 1, left - 1] = (
            f' table:number-columns-spanned="{right - left + 1}"'
            f' table:number-rows-spanned="{bottom - top + 1}"'
        )
        covered |= {
            (r - 1, c - 1)
            for r in range(top, bottom + 1)
            for c in range(left, right + 1)
            if (r, c) != (top, left)
        }
    return spans, covered


def _ods_cell(value: Value, span: str, covered: bool) -> str:
    if covered:
        return "<table:covered-table-cell/>"
    if isinstance(value, datetime.date):
        return (
            f'<table:table-cell{span} office:value-type="date" office:date-value='
            f'"{value.isoformat()}"><text:p>{value:%b %y}</text:p></table:table-cell>'
        )
    if isinstance(value, int | float):
        return (
            f'<table:table-cell{span} office:value-type="float" office:value="{value}">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    return (
        f'<table:table-cell{span} office:value-type="string"><text:p>{escape(str(value or ""))}'
        "</text:p></table:table-cell>"
    )
