"""Books: an open workbook, its formats made when first asked for, and sheets set up for the screen
and for paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planner.report.design import SHEET_FONT, light
from planner.words import printable

if TYPE_CHECKING:
    import datetime

LONGEST: Final = 32_000
"""Characters of a cell; Excel ends at 32,767."""
LONG_SHEET: Final = 50_000
"""Rows from which a sheet is written through to the disk instead of being kept: memory stays level,
charts cannot refer to it."""
OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
BASE: Final[Mapping[str, Any]] = {"font_name": SHEET_FONT, "font_size": 10, "valign": "vcenter"}
TEXT: Final[Mapping[str, Any]] = {**BASE, "align": "left", "indent": 1}
HEAD: Final[Mapping[str, Any]] = {
    **BASE,
    "bold": True,
    "bg_color": light("line"),
    "bottom": 1,
    "text_wrap": True,
}
TOTAL: Final[Mapping[str, Any]] = {"bold": True, "bg_color": light("panel")}
STYLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "title": {**BASE, "bold": True, "font_size": 16},
    "note": {**BASE, "font_color": light("soft")},
    "section": {**BASE, "bold": True, "font_size": 12},
    "head": {**HEAD, "align": "left", "indent": 1},
    "head_right": {**HEAD, "align": "right"},
    "text": TEXT,
    "wrap": {**TEXT, "text_wrap": True},
    "label": {**TEXT, "bold": True},
    "total": {**TEXT, **TOTAL},
    "alarm": {**TEXT, "bold": True, "font_color": light("warn")},
}
"""Formats of text; numbers have theirs by number format."""


@dataclass(frozen=True, slots=True)
class Book:
    """An open workbook; ``case`` stands in every footer."""

    file: Any
    case: str
    made: dict[str, Any] = field(default_factory=dict)

    def style(self, name: str) -> Any:
        """Return a format of text by its name in ``STYLES``."""
        if name not in self.made:
            self.made[name] = self.file.add_format(dict(STYLES[name]))
        return self.made[name]

    def number(self, form: str, *, total: bool = False) -> Any:
        """Return the format of a number, such as ``#,##0``; of a total: bold on a shade."""
        name = f"{form}|{total}"
        if name not in self.made:
            self.made[name] = self.file.add_format(
                {**BASE, **(TOTAL if total else {}), "num_format": form}
            )
        return self.made[name]

    def widen(self, sheet: Any, column: int, width: int) -> int:
        """Make a column at least this many characters wide; return how wide it is."""
        name = f"{sheet.name}|{column}"
        self.made[name] = width = max(width, self.made.get(name, 0))
        sheet.set_column(column, column, width)
        return width

    def column_at(self, sheet: Any, pixels: int) -> int:
        """Return the first column that begins at least so many pixels from the left, columns as
        wide as :meth:`widen` made them."""
        column = 0
        while pixels > 0:
            pixels -= 7 * self.made.get(f"{sheet.name}|{column}", 8) + 5
            column += 1
        return column

    def sheet(
        self, name: str, title: str, note: str = "", *, rows: int = 0, gridlines: bool = True
    ) -> Any:
        """Add a sheet with a title and a note, set up for print: A4, landscape, one page wide, page
        numbers.

        Args:
            name: of the sheet.
            title: first row.
            note: second row.
            rows: how many it will hold, where they may be very many.
            gridlines: whether the screen shows them; paper never does.

        Returns:
            The sheet.
        """
        self.file.constant_memory = rows > LONG_SHEET
        sheet = self.file.add_worksheet(name)
        self.file.constant_memory = False
        sheet.set_row(0, 24)
        put_text(sheet, 0, 0, title, self.style("title"))
        if note:
            put_text(sheet, 1, 0, note, self.style("note"))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer(f"&L&8{' '}{footer_text(self.case)} - &A&R&8Page &P of &N")
        sheet.hide_gridlines(1 if gridlines else 2)
        return sheet


def footer_text(text: str) -> str:
    """Return text for a footer, where ``&`` begins a command unless doubled; at most 100
    characters."""
    return printable(text)[:100].replace("&", "&&")


def put_text(sheet: Any, row: int, column: int, text: str, form: Any) -> None:
    """Write text as text, whatever it begins with."""
    sheet.write_string(row, column, printable(text)[:LONGEST], form)


def open_book(path: Path, created: datetime.datetime, case: str) -> Book:
    """Open a workbook to be written.

    Args:
        path: where.
        created: the date in its properties: of the plan, not of today, for the same bytes every
            time.
        case: name of the case.
    """
    import xlsxwriter

    file = xlsxwriter.Workbook(str(path), OPTIONS)
    file.set_properties(
        {
            "title": f"Capacity plan of {printable(case)}"[:250],
            "author": "planner",
            "created": created,
        }
    )
    file.set_size(2400, 1400)
    return Book(file, case)
