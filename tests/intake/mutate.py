"""What happens to workbooks between people: cells that slip, quarters that get lost, rows that are
there twice, sums that are wrong."""

from __future__ import annotations

import random
from collections.abc import Callable

from planner.intake.cell import Cell
from planner.intake.figure import looks_like_figure
from planner.intake.span import times_of_text
from tests.intake.book import Book, Grid, Page, Value

Mutation = Callable[[random.Random, Page], bool]
"""Changes a page in place; returns whether it could."""


def is_figure(value: Value) -> bool:
    """Return whether a cell holds a figure that is no year."""
    if isinstance(value, int | float):
        return not 2000 < value < 2100
    return (
        isinstance(value, str)
        and looks_like_figure(Cell("text", value))
        and times_of_text(value) is None
    )


def is_period(value: Value) -> bool:
    """Return whether a cell of a header says a period."""
    return (
        isinstance(value, str)
        and (found := times_of_text(value)) is not None
        and (found.span is not None)
    )


def body(page: Page) -> list[int]:
    """Return the rows with figures."""
    return [r for r, row in enumerate(page.cells) if sum(map(is_figure, row)) >= 1]


def figures(page: Page, row: int) -> list[int]:
    """Return the columns of a row with figures."""
    return [c for c, value in enumerate(page.cells[row]) if is_figure(value)]


def total_rows(page: Page) -> list[int]:
    """Return the rows of sums."""
    words = ("total", "summe", "all sites", "grand total")
    return [r for r in body(page) if str(page.cells[r][0]).lower() in words]


def details(page: Page) -> list[int]:
    """Return the rows with figures that are no sums."""
    return [r for r in body(page) if r not in total_rows(page)]


def shift_right(draw: random.Random, page: Page) -> bool:
    """A cell is inserted into a row, which moves the rest to the right."""
    row = draw.choice(details(page))
    page.cells[row].insert(draw.choice(figures(page, row)), None)
    return True


def shift_left(draw: random.Random, page: Page) -> bool:
    """A cell is deleted from a row, which moves the rest to the left."""
    row = draw.choice(details(page))
    del page.cells[row][draw.choice(figures(page, row))]
    return True


def shift_header(draw: random.Random, page: Page) -> bool:
    """A cell is inserted into the header."""
    rows = [r for r, row in enumerate(page.cells) if sum(map(is_period, row)) >= 4]
    if not rows or page.merges:
        return False
    row = draw.choice(rows)
    page.cells[row].insert(
        draw.choice([c for c, v in enumerate(page.cells[row]) if is_period(v)]), None
    )
    return True


def lose_column(draw: random.Random, page: Page) -> bool:
    """A quarter is lost: a whole column of the sheet."""
    row = draw.choice(body(page))
    at = draw.choice(figures(page, row))
    if any(
        ":" in merge
        and merge[1:].split(":")[0] != merge.split(":")[1][1:]
        and merge[0] != merge.split(":")[1][0]
        for merge in page.merges
    ):
        return False
    for cells in page.cells:
        if at < len(cells):
            del cells[at]
    return True


def lose_period_rows(draw: random.Random, page: Page) -> bool:
    """A quarter is lost: a row of a list by quarter."""
    rows = [r for r in body(page) if any(is_period(v) for v in page.cells[r])]
    if not rows or page.merges:
        return False
    del page.cells[draw.choice(rows)]
    return True


def double_row(draw: random.Random, page: Page) -> bool:
    """A row is there twice."""
    if page.merges:
        return False
    row = draw.choice(details(page))
    page.cells.insert(row + draw.choice((0, 1)), list(page.cells[row]))
    return True


def double_column(draw: random.Random, page: Page) -> bool:
    """A column is there twice."""
    if page.merges:
        return False
    at = draw.choice(figures(page, draw.choice(body(page))))
    for cells in page.cells:
        if at < len(cells):
            cells.insert(at, cells[at])
    return True


def wrong_total(draw: random.Random, page: Page) -> bool:
    """A sum is not what it sums."""
    rows = total_rows(page)
    if not rows:
        return False
    row = draw.choice(rows)
    at = draw.choice(figures(page, row))
    value = page.cells[row][at]
    page.cells[row][at] = value * 1.07 if isinstance(value, int | float) else f"1{value}"
    return True


def wrong_figure(draw: random.Random, page: Page) -> bool:
    """A figure is not what its sum says."""
    rows = total_rows(page)
    if not rows:
        return False
    row = draw.choice(details(page))
    if row > max(rows):
        return False
    at = draw.choice(figures(page, row))
    value = page.cells[row][at]
    page.cells[row][at] = value * 10 + 1 if isinstance(value, int | float) else f"1{value}"
    return True


def blank_cell(draw: random.Random, page: Page) -> bool:
    """A figure is gone."""
    row = draw.choice(details(page))
    page.cells[row][draw.choice(figures(page, row))] = None
    return True


def open_cell(draw: random.Random, page: Page) -> bool:
    """A figure is not there yet, is a range, or an error."""
    row = draw.choice(details(page))
    said = draw.choice(["TBD", "n/a", "-", "~100", "10-12", "#REF!", "see mail", "1.234,5,6"])
    page.cells[row][draw.choice(figures(page, row))] = said
    return True


def same_period(draw: random.Random, page: Page) -> bool:
    """A header says the period of its neighbour."""
    rows = [r for r, row in enumerate(page.cells) if sum(map(is_period, row)) >= 4]
    if not rows:
        return False
    row = draw.choice(rows)
    columns = [c for c, v in enumerate(page.cells[row]) if is_period(v)]
    at = draw.randrange(1, len(columns))
    page.cells[row][columns[at]] = page.cells[row][columns[at - 1]]
    return True


def no_period(draw: random.Random, page: Page) -> bool:
    """A header is blank, or says no period."""
    rows = [r for r, row in enumerate(page.cells) if sum(map(is_period, row)) >= 4]
    if not rows:
        return False
    row = draw.choice(rows)
    at = draw.choice([c for c, v in enumerate(page.cells[row]) if is_period(v)])
    page.cells[row][at] = draw.choice([None, "Q5 2027", "next", "??"])
    return True


def other_name(draw: random.Random, page: Page) -> bool:
    """A name is misspelled."""
    row = draw.choice(details(page))
    names = ("chat", "coding", "agents", "iowa", "lulea", "blackwell", "hopper")
    columns = [c for c, v in enumerate(page.cells[row]) if str(v).lower() in names]
    if not columns:
        return False
    at = draw.choice(columns)
    page.cells[row][at] = str(page.cells[row][at])[::-1]
    return True


WRONG: dict[str, Mutation] = {
    m.__name__: m
    for m in (
        shift_right,
        shift_left,
        shift_header,
        lose_column,
        lose_period_rows,
        double_row,
        double_column,
        wrong_total,
        wrong_figure,
        blank_cell,
        open_cell,
        same_period,
        no_period,
        other_name,
    )
}
"""Mutations after which a file says something else, or nothing."""


def blank_rows(draw: random.Random, page: Page) -> bool:
    """Blank rows above."""
    if page.merges or page.formats:
        return False
    page.cells[:0] = [[] for _ in range(draw.randint(1, 3))]
    return True


def blank_columns(draw: random.Random, page: Page) -> bool:
    """Blank columns on the left."""
    if page.merges or page.formats:
        return False
    count = draw.randint(1, 2)
    page.cells[:] = [[*[None] * count, *row] for row in page.cells]
    return True


def titles(draw: random.Random, page: Page) -> bool:
    """A title above, and a remark below."""
    if page.merges or page.formats:
        return False
    page.cells[:0] = [["Company confidential"], []]
    page.cells += [[], [draw.choice(["Source: planning tool", "* preliminary", "Note: as of May"])]]
    return True


def other_order(draw: random.Random, page: Page) -> bool:
    """Rows in another order."""
    rows = details(page)
    if page.merges or len(rows) < 2:
        return False
    one = draw.choice(rows[:-1])
    two = one + 1
    if two not in rows:
        return False
    page.cells[one], page.cells[two] = page.cells[two], page.cells[one]
    return True


def capitals(draw: random.Random, page: Page) -> bool:
    """Labels in capitals."""
    row = draw.choice(body(page))
    if any(is_period(v) for v in page.cells[row]):
        return False
    cells: Grid = page.cells
    first = cells[row][0]
    cells[row][0] = first.upper() if isinstance(first, str) else first
    return True


HARMLESS: dict[str, Mutation] = {
    m.__name__: m for m in (blank_rows, blank_columns, titles, other_order, capitals)
}
"""Mutations after which a file says the same."""


def mutated(book: Book, draw: random.Random) -> tuple[str, Book] | None:
    """Return a file after one mutation, and its name; None where it does not apply."""
    every = {**WRONG, **HARMLESS}
    name = draw.choice([*every])
    found = book.copy()
    page = found.pages[draw.choice([*found.pages])]
    if not every[name](draw, page):
        return None
    return name, found
