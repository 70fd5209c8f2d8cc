"""The marked copy of what was imported: read cells green, left out grey, questions red with the
question as a comment."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final

from planner.intake.ask import Mark, Question
from planner.intake.cell import Sheet, Spot
from planner.intake.result import Import
from planner.words import plural, printable

_FILLS: Final[dict[Mark, str]] = {
    "read": "C9E7CB",
    "label": "E6F3E7",
    "checked": "D4E3F5",
    "skipped": "E4E4E4",
    "waiting": "FCE3CC",
    "question": "F5A9A0",
}
_LEGEND: Final[dict[Mark, str]] = {
    "read": "read into the case",
    "label": "says what the figures are",
    "checked": "a sum, compared with what it sums",
    "skipped": "left out",
    "waiting": "read as soon as a question is answered",
    "question": "a question: the comment says it",
}
_SAFE: Final = "[]:*?/\\"
_GREY: Final = "8A8A8A"


def marked(result: Import, sources: list[Path]) -> bytes:
    """Return a workbook with the sheets of an import marked by what became of each cell.

    Args:
        result: the import.
        sources: the files, of which a single workbook keeps its look.
    """
    import openpyxl

    single = len(sources) == 1 and sources[0].suffix.lower() in (".xlsx", ".xlsm")
    book = openpyxl.load_workbook(sources[0], data_only=True) if single else openpyxl.Workbook()
    if not single:
        book.remove(book.worksheets[0])
    names: dict[str, str] = {}
    for sheet in result.sheets:
        page = book[sheet.name] if single else _page(book, sheet)
        names[sheet.at] = page.title
        marks = _marks(result, sheet)
        _paint(page, marks)
        _comment(page, [q for q in result.questions if q.sheet.at == sheet.at])
    _cover(book, result, names)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _page(book: Any, sheet: Sheet) -> Any:
    """Return a new sheet with the cells of a text file or of another spreadsheet."""
    name = sheet.name or sheet.file.rpartition(".")[0] or sheet.file
    name = "".join(" " if c in _SAFE else c for c in name)[:31]
    page = book.create_sheet(name)
    widths: dict[int, int] = {}
    for row, cells in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(cells, start=1):
            if cell.kind == "blank" or cell.spread:
                continue
            at = page.cell(row, column)
            at.value = cell.value if cell.kind == "number" else cell.day or printable(cell.text)
            if at.data_type == "f":
                at.data_type = "s"  # a text that begins with = stays one
            if cell.kind == "number":
                at.number_format = "#,##0.######" if cell.value % 1 else "#,##0"
            widths[column] = max(widths.get(column, 8), min(40, len(cell.text) + 2))
    for column, width in widths.items():
        page.column_dimensions[page.cell(1, column).column_letter].width = width
    return page


def _marks(result: Import, sheet: Sheet) -> dict[Spot, Mark]:
    """Return the mark of every filled cell of a sheet; what nobody read is left out."""
    marks: dict[Spot, Mark] = {}
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            if cell.kind != "blank":
                marks[Spot(row, column)] = "skipped"
    for reading in result.readings:
        if reading.block.sheet.at == sheet.at:
            marks |= reading.marks
    for question in result.questions:
        if question.sheet.at == sheet.at:
            marks |= dict.fromkeys(question.spots, "question")
    return marks


def _paint(page: Any, marks: dict[Spot, Mark]) -> None:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.styles import Font, PatternFill

    for spot, mark in marks.items():
        cell = page.cell(spot.row + 1, spot.column + 1)
        if isinstance(cell, MergedCell):
            continue
        cell.fill = PatternFill("solid", fgColor=_FILLS[mark])
        font = cell.font
        colour = _GREY if mark == "skipped" else "1F1F1F"
        cell.font = Font(name=font.name, size=font.sz, bold=font.b, italic=font.i, color=colour)


def _comment(page: Any, questions: list[Question]) -> None:
    """Put every question as a comment on its first cell."""
    from openpyxl.comments import Comment

    by_cell: dict[Spot, list[str]] = {}
    for question in questions:
        if question.spots:
            by_cell.setdefault(min(question.spots), []).append(_words(question))
    for spot, texts in by_cell.items():
        text = printable_lines("\n\n".join(texts))
        comment = Comment(text, "planner import")
        comment.width, comment.height = 360, 40 + 18 * (len(text) // 52 + text.count("\n") + 1)
        cell = page.cell(spot.row + 1, spot.column + 1)
        for merged in page.merged_cells.ranges:
            if cell.coordinate in merged:
                cell = page.cell(merged.min_row, merged.min_col)
        cell.comment = comment


def _words(question: Question) -> str:
    value = f"{question.value!r} " if question.value else ""
    choices = "\n".join(
        f"  {answer}: {does}" if does else f"  {answer}"
        for answer, does in question.answers.items()
    )
    likely = f"\nLikely: {question.suggested}" if question.suggested else ""
    return f"{value}{question.need}.\nAnswer in the map:\n{choices}{likely}"


def printable_lines(text: str) -> str:
    """Return a text of several lines, each printable."""
    return "\n".join(printable(line) for line in text.splitlines())


def _cover(book: Any, result: Import, names: dict[str, str]) -> None:
    """Add the first sheet: what the colours mean, what each table is, and every question."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.worksheet.properties import PageSetupProperties

    title = "Import"
    while title in book.sheetnames:
        title += " "
    page = book.create_sheet(title, 0)
    book.active = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is page
    page.sheet_view.showGridLines = False
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    for letter, width in zip("ABCD", (3, 42, 58, 58), strict=True):
        page.column_dimensions[letter].width = width
    rule = Border(bottom=Side(style="thin", color="B8B8B8"))
    face = "Calibri"
    small, plain = Font(name=face, size=10, color="595959"), Font(name=face, size=11)
    page["B2"].value = "What planner import understood"
    page["B2"].font = Font(name=face, size=16, bold=True)
    page["B3"].value = "No question is open"
    if result.questions:
        page["B3"].value = (
            f"{plural(len(result.questions), 'question')}; no table of the case is written before "
            f"all are answered in {printable(result.map_path.name)}"
        )
    page["B3"].font = small
    row = 5
    for mark, text in _LEGEND.items():
        cell = page.cell(row, 2)
        cell.fill, cell.font = PatternFill("solid", fgColor=_FILLS[mark]), plain
        cell.value = {"label": "header, name", "checked": "sum"}.get(mark, mark)
        page.cell(row, 3).value, page.cell(row, 3).font = text, small
        row += 1
    row += 1

    def heading(*texts: str) -> None:
        nonlocal row
        for column, text in enumerate(texts, start=2):
            cell = page.cell(row, column)
            cell.value, cell.font, cell.border = text, Font(name=face, bold=True), rule
        row += 1

    def line(link: str, *texts: str) -> None:
        nonlocal row
        longest = 1
        for column, text in enumerate(texts, start=2):
            cell = page.cell(row, column)
            cell.value, cell.font = printable_lines(text), plain if column == 3 else small
            if cell.data_type == "f":
                cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            parts = text.splitlines() or [""]
            longest = max(longest, sum(1 + len(part) // 62 for part in parts))
        page.row_dimensions[row].height = 15.5 * longest
        page.cell(row, 2).hyperlink = link
        page.cell(row, 2).font = Font(name=face, color="1F5FA8", underline="single")
        row += 1

    heading("Table", "is read as", "")
    for reading in result.readings:
        block = reading.block
        sheet = names[block.sheet.at].replace("'", "''")
        columns = ", ".join(f"{h}: {t}" for h, t in reading.use.columns.items() if t.to != "skip")
        if not reading.use.to:
            said = "not understood yet"
        else:
            said = f"{reading.use.to}.csv" if reading.use.to != "skip" else "left out"
        line(f"#'{sheet}'!{block.range}", f"{block.sheet.at} {block.range}", said, columns)
    if result.questions:
        row += 1
        heading("Question", "what", "what may be answered")
    for question in result.questions:
        spot = str(min(question.spots)) if question.spots else "A1"
        sheet = names.get(question.sheet.at, "").replace("'", "''")
        value = f"{question.value!r} " if question.value else ""
        choices = "\n".join(f"{a}: {d}" if d else a for a, d in question.answers.items())
        if question.suggested:
            choices += f"\nlikely: {question.suggested}"
        line(f"#'{sheet}'!{spot}", question.place, f"{value}{question.need}", choices)
