"""Text: tables as they were written, cells by column, nothing converted yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from planner.case.columns import Ints, Texts
from planner.case.problems import Place, Problem, error
from planner.case.tables import READ
from planner.case.yaml_file import FILE

MOST_COLUMNS: Final = 2_000
"""Columns of a table: a wide one has a column per period, of which a plan has at most 1,200."""
CAP: Final = 1000
_TITLES: Final = 20
"""Rows above the header that are looked at, where the first row is none."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as it was written: cells by column, and the row of each line as a spreadsheet shows
    it."""

    name: str
    file: str
    columns: dict[str, Texts]
    row: Ints
    at: Texts | None = None
    """Where periods were headers: the header each row came from."""
    cell_rows: Mapping[str, Ints] = field(default_factory=dict)
    """Where periods were headers: the row of each cell, by column, which ``measure`` may put into
    different ones; 0 where there is none."""
    commas: bool = False
    """Whether its decimals are likely to be commas, as another separator says, so that ``40.000``
    may be forty thousand."""
    entry: Ints | None = None
    """Where ``--set`` has changed it: the number that each row of its long form had before, -1 for
    a row that it has added."""

    @property
    def added(self) -> frozenset[int]:
        """Rows that are not in the file: ``--set`` has added them."""
        return frozenset(() if self.entry is None else self.row[self.entry < 0].tolist())

    def row_of(self, at: int, column: str) -> int:
        """Return the row in which a cell of a line stands."""
        rows = self.cell_rows.get(column)
        return int(rows[at]) if rows is not None and rows[at] else int(self.row[at])


@dataclass(frozen=True, slots=True)
class SettingsText:
    """The text of case.yaml, or that of a workbook's sheet ``case`` written like it, with the rows
    in that sheet."""

    text: str = ""
    file: str = FILE
    rows: Mapping[str, int] | None = None


def from_records(
    records: list[list[str]],
    table: str,
    file: str,
    *,
    commas: bool = False,
    beside: str = "",
) -> tuple[TextTable | None, list[Problem]]:
    """Make a table of records: a header, then rows; blank rows are skipped and still counted.

    Args:
        records: rows of cells as text, the header first.
        table: name of the table.
        file: how messages name it.
        commas: whether its decimals are likely to be commas.
        beside: what a filled cell right of the header is called; left out: a row that is too long.

    Returns:
        The table (None where its header cannot be used), without rows that are none, and the
        problems found.
    """
    first = next((i for i, record in enumerate(records) if any(map(str.strip, record))), None)
    if first is None:
        known = (
            f": {', '.join(c.name for c in READ[table].columns[:4])}, ..." if table in READ else ""
        )
        need, fix = "has no header row", f"write the header{known} or remove the file"
        return None, [error("empty", Place(file), "", need, fix)]
    header = [name.strip() for name in records[first]]
    written = len(header)
    while header and not header[-1]:
        header.pop()
    empty = _cleared(records[first + 1 :], header) if beside else set()
    problems = _header_problems(records, first, header, table, file, empty)
    if problems:
        return None, problems
    width = len(header)
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, record in enumerate(records[first + 1 :], first + 2):
        if not any(map(str.strip, record)):
            continue
        if len(record) != written or any(map(str.strip, record[width:])):
            problems.append(_row_problem(record, header, written, file, number, beside))
            if len(problems) > CAP:
                break
            continue
        rows.append(record[:width])
        numbers.append(number)
    remarks = _remarks(rows, numbers, header, table, file)
    problems += remarks
    told = {problem.row for problem in remarks}
    if told:
        rows = [row for row, number in zip(rows, numbers, strict=True) if number not in told]
        numbers = [number for number in numbers if number not in told]
    cells = np.array(rows, dtype=object).reshape(len(rows), width)
    named = [(position, name) for position, name in enumerate(header) if position not in empty]
    columns = {name: _stripped(cells[:, position]) for position, name in named}
    row = np.array(numbers, dtype=np.int64)
    return TextTable(table, file, columns, row, commas=commas), problems


def _stripped(cells: Texts) -> Texts:
    """Return cells without the spaces around them, (n,)."""
    return np.array([cell.strip() for cell in cells], dtype=object)


def _cleared(records: list[list[str]], header: list[str]) -> set[int]:
    """Return the positions of columns in which nothing stands, not even a name."""
    return {
        position
        for position, name in enumerate(header)
        if not name and not any(record[position].strip() for record in records if record)
    }


def _header_problems(
    records: list[list[str]],
    first: int,
    header: list[str],
    table: str,
    file: str,
    empty: set[int],
) -> list[Problem]:
    """Return what is wrong with a header: too wide, nameless or doubled columns, a title above.

    ``empty`` are the positions of columns of a sheet that were cleared and count for nothing.
    """
    if len(header) > MOST_COLUMNS:
        value, need = f"{len(header):,} columns", f"must have at most {MOST_COLUMNS:,} columns"
        fix = "write one row per period, with the period in a column"
        return [error("too-large", Place(file, first + 1), value, need, fix)]
    declared = {column.name for column in READ[table].columns} if table in READ else set()
    if declared and declared.isdisjoint(header):
        for number, record in enumerate(records[first + 1 : first + _TITLES], first + 2):
            if len(declared.intersection(map(str.strip, record))) >= 2:
                need = f"stands above the header, which is in row {number}"
                fix = "remove the rows above the header"
                return [error("bad-header", Place(file, first + 1), header[0], need, fix)]
    problems: list[Problem] = []
    seen: set[str] = set()
    for position, name in enumerate(header):
        if position in empty:
            continue
        if not name:
            at, fix = f"column {position + 1}", "name the column or remove it"
            problems.append(error("bad-header", Place(file, first + 1, at), "", "has no name", fix))
        elif name in seen:
            need, fix = "stands in the header twice", "remove or rename one of them"
            problems.append(error("duplicate-header", Place(file, first + 1, name), "", need, fix))
        seen.add(name)
    return problems


def _row_problem(
    record: list[str], header: list[str], written: int, file: str, number: int, beside: str
) -> Problem:
    """Return what is wrong with a row whose cells are not those of the header."""
    width = len(header)
    if beside:
        at = next(i for i in range(width, len(record)) if record[i].strip())
        need = f"is {beside}, in a column without a header"
        fix = "name the column, or move a remark to a sheet `notes`"
        where = column_letters(at + 1)
        return error("row-length", Place(file, number, where), record[at].strip(), need, fix)
    need = f"has {len(record)} cells, the header {width}"
    fix = "check separators and quotes in this row"
    if len(record) > written:
        for left, right in pairwise(record):
            if re.fullmatch(r"\s*[0-9]{1,3}", left) and re.fullmatch(r"[0-9]{3}(\.[0-9]*)?", right):
                fix = f"{left.strip()},{right} may be one number: write {left.strip()}{right}"
                break
    return error("row-length", Place(file, number), "", need, fix)


def _remarks(
    rows: list[list[str]], numbers: list[int], header: list[str], table: str, file: str
) -> list[Problem]:
    """Return the rows that hold one text and nothing else, where a row needs more: remarks below
    the table, or between its rows."""
    if table not in READ:
        return []
    needed = {column.name for column in READ[table].columns if column.required} & {*header}
    if len(needed) < 2:
        return []
    problems = []
    for number, record in zip(numbers, rows, strict=True):
        if len(record) - record.count("") > 1:
            continue
        filled = [at for at, cell in enumerate(record) if cell.strip()]
        value = record[filled[0]].strip()
        need = f"is all that this row holds, and a row needs {', '.join(sorted(needed))}"
        fix = "fill the row, or move a remark to the column `note` or a file of notes"
        problems.append(error("remark", Place(file, number, header[filled[0]]), value, need, fix))
        if len(problems) >= CAP:
            break
    return problems


def column_letters(number: int) -> str:
    """Return the letters of a column of a spreadsheet, 1 = A."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


__all__ = ["SettingsText", "TextTable", "column_letters", "from_records"]
