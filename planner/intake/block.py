"""Where tables stand on a sheet: below titles, above notes, several below or beside each other."""

from __future__ import annotations

from dataclasses import dataclass

from planner.intake.cell import Cell, Sheet, Spot
from planner.intake.figure import looks_like_figure
from planner.intake.span import times_of
from planner.intake.words import columns_of, is_note, is_total, of_pivot, role_of


@dataclass(frozen=True, slots=True)
class Block:
    """A table on a sheet: the rows of its header and those below, its columns, the titles above.

    Rows and columns are counted from 0; blank rows are left out.
    """

    sheet: Sheet
    header: tuple[int, ...]
    body: tuple[int, ...]
    left: int
    right: int
    titles: tuple[Spot, ...] = ()

    @property
    def columns(self) -> range:
        """Its columns."""
        return range(self.left, self.right + 1)

    @property
    def range(self) -> str:
        """The range of its cells: ``A3:F12``."""
        last = max(self.header[-1:] + self.body)
        return f"{Spot(self.header[0], self.left)}:{Spot(last, self.right)}"

    @property
    def title(self) -> str:
        """Its titles in one text."""
        return " ".join(self.sheet.cell(*spot).text for spot in self.titles)


def blocks_of(sheet: Sheet) -> list[Block]:
    """Return the tables of a sheet, from the left and from above."""
    found: list[Block] = []
    for left, right in _bands(sheet):
        found += _in_band(sheet, left, right)
    return found


def _yearly(cell: Cell) -> int:
    """Return the year that a bare number may be, or year and month (202703); 0 for none."""
    number = 0
    if cell.kind == "number" and cell.value.is_integer():
        number = int(cell.value)
    elif cell.kind == "text" and bare(cell):
        number = int(cell.text)
    month = 201501 <= number <= 207012 and 1 <= number % 100 <= 12
    return number if month or 2015 <= number <= 2070 else 0


def bare(cell: Cell) -> bool:
    """Return whether a cell is a number, or digits only, which may be a year or a figure."""
    return cell.kind == "number" or (cell.kind == "text" and cell.text.isdecimal())


def is_figure(cell: Cell) -> bool:
    """Return whether a cell stands for a figure, and is no time."""
    if cell.kind == "date":
        return False
    if cell.kind == "text" and not bare(cell) and times_of(cell) is not None:
        return False
    return looks_like_figure(cell)


def _bands(sheet: Sheet) -> list[tuple[int, int]]:
    """Return the bands of columns in which tables stand side by side: cut at blank columns right of
    which labels begin again."""
    filled = [False] * sheet.width
    for row in sheet.rows:
        cells = [c for c, cell in enumerate(row) if cell.kind != "blank" and not cell.spread]
        if len(cells) < 2:
            continue  # a title
        for column in cells:
            filled[column] = True
    for row in sheet.rows:
        cells = [c for c, cell in enumerate(row) if cell.kind != "blank" and not cell.spread]
        if len(cells) == 1 and not any(filled):
            filled[cells[0]] = True
    parts: list[tuple[int, int]] = []
    start = None
    for column in range(len(filled) + 1):
        on = column < len(filled) and filled[column]
        if on and start is None:
            start = column
        elif not on and start is not None:
            parts.append((start, column - 1))
            start = None
    bands: list[tuple[int, int]] = []
    for left, right in parts:
        if bands and not _begins(sheet, left, right):
            bands[-1] = (bands[-1][0], right)
        else:
            bands.append((left, right))
    return bands


def _begins(sheet: Sheet, left: int, right: int) -> bool:
    """Return whether a band begins with labels and holds figures right of them, as a table does."""
    labels = figures = beside = 0
    for row in range(len(sheet.rows)):
        cell = sheet.cell(row, left)
        if cell.kind == "blank":
            continue
        if is_figure(cell):
            figures += 1
        else:
            labels += 1
            beside += any(is_figure(sheet.cell(row, c)) for c in range(left + 1, right + 1))
    return labels > figures and beside >= 1 and labels >= 2


def _in_band(sheet: Sheet, left: int, right: int) -> list[Block]:
    """Return the tables of a band of columns, from above."""
    rows = [
        row
        for row in range(len(sheet.rows))
        if any(sheet.cell(row, c).kind != "blank" for c in range(left, right + 1))
    ]
    heads = _headers(sheet, rows, left, right)
    blocks = []
    for number, head in enumerate(heads):
        until = heads[number + 1][0] if number + 1 < len(heads) else len(sheet.rows)
        before = heads[number - 1][-1] if number else -1
        body = [row for row in rows if head[-1] < row < until]
        if number + 1 < len(heads):  # what stands right above the next header is its title
            while body and _lone(sheet, body[-1], left, right) and _gap(rows, body[-1]):
                body.pop()
        above = [row for row in rows if before < row < head[0]]
        titles: list[Spot] = []
        for row in reversed(above):
            if not _lone(sheet, row, left, right):
                break
            titles.insert(0, _first(sheet, row, left, right))
        blocks.append(Block(sheet, tuple(head), tuple(body), left, right, tuple(titles)))
    return blocks


def _gap(rows: list[int], row: int) -> bool:
    """Return whether a row stands below a blank one."""
    return row - 1 not in rows or row == 0


def _lone(sheet: Sheet, row: int, left: int, right: int) -> bool:
    """Return whether a row holds one text only, which may be merged over many columns."""
    cells = [sheet.cell(row, c) for c in range(left, right + 1)]
    own = [c for c in cells if c.kind != "blank" and not c.spread]
    return len(own) <= 1 and not any(is_figure(c) for c in own)


def _first(sheet: Sheet, row: int, left: int, right: int) -> Spot:
    column = next((c for c in range(left, right + 1) if sheet.cell(row, c).kind != "blank"), left)
    return Spot(row, column)


def _headers(sheet: Sheet, rows: list[int], left: int, right: int) -> list[list[int]]:
    """Return the rows of every header, which may be several below each other."""
    found: list[list[int]] = []
    for number, row in enumerate(rows):
        if found and row in found[-1]:
            continue
        if not _is_header(sheet, row, left, right):
            continue
        if found and not _restarts(sheet, rows, number, left, right):
            continue
        head = [row]
        for following in rows[number + 1 : number + 4]:
            if following != head[-1] + 1 or not _continues(sheet, following, left, right, head):
                break
            head.append(following)
        if number + len(head) < len(rows) or not found:
            found.append(head)
    return [head for head in found if any(row > head[-1] for row in rows)]


def _is_header(sheet: Sheet, row: int, left: int, right: int) -> bool:
    """Return whether a row can be one: at least two cells, none of them a figure but years."""
    cells = [sheet.cell(row, c) for c in range(left, right + 1)]
    filled = [cell for cell in cells if cell.kind != "blank"]
    if len(filled) < 2 or (
        len([c for c in filled if not c.spread]) < 2 and len(filled) < right - left
    ):
        return False
    if len([c for c in filled if not c.spread]) < 2:
        return False
    figures = [cell for cell in filled if is_figure(cell)]
    if not figures:
        return not is_total(filled[0].text) and (len(filled) > 2 or not is_note(filled[0].text))
    years = [year for cell in figures if (year := _yearly(cell))]
    return len(years) == len(figures) and len({*years}) >= 2 and years == sorted(years)


def _continues(sheet: Sheet, row: int, left: int, right: int, head: list[int]) -> bool:
    """Return whether a row below a header is one more row of it: of periods, of measures or of
    units, where the rows above left them open, with nothing like a name below the first."""
    if not _is_header(sheet, row, left, right):
        return False
    above = [sheet.cell(head[-1], c) for c in range(left, right + 1)]
    cells = [sheet.cell(row, c) for c in range(left, right + 1)]
    if any(times_of(c) is not None or role_of(c.text) for c in cells if c.kind != "blank"):
        timed = sum(times_of(c) is not None for c in cells)
        if timed >= 2 or any(c.spread for c in above):
            return True
    said = [c for c in cells if c.kind == "text"]
    if cells[0].kind != "blank" and not role_of(cells[0].text) and not any(c.spread for c in above):
        return False
    from planner.intake.unit import unit_of

    return bool(said) and all(
        unit_of(c.text) is not None or columns_of(of_pivot(c.text)) or role_of(c.text) for c in said
    )


def _restarts(sheet: Sheet, rows: list[int], number: int, left: int, right: int) -> bool:
    """Return whether a row without figures is the header of another table, and no row of names."""
    row = rows[number]
    if not _gap(rows, row) and not (
        number and _lone(sheet, rows[number - 1], left, right) and _gap(rows, rows[number - 1])
    ):
        return False
    below = rows[number + 1 : number + 4]
    if not any(any(is_figure(sheet.cell(r, c)) for c in range(left, right + 1)) for r in below):
        return False
    cells = [sheet.cell(row, c) for c in range(left, right + 1)]
    filled = [cell for cell in cells if cell.kind != "blank"]
    said = sum(
        times_of(cell) is not None or bool(role_of(cell.text) or columns_of(of_pivot(cell.text)))
        for cell in filled
    )
    return 2 * said >= len(filled)
