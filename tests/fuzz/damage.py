"""Damage that a person or a spreadsheet does to one table without meaning anything by it: what
comes of it must be refused, warned of by name, or mean what it meant before."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from planner.case import CaseError, read_case
from planner.case.case import Case
from planner.case.declare import Column
from planner.case.melt import values_of
from planner.case.problems import Problem
from planner.case.tables import TABLE

Rows = list[list[str]]
FREE: Final = (
    *("note", "source", "as_of", "reason", "owner", "family", "book_value_usd"),
    "fee_usd_per_chip",
)
"""Columns that nothing is made of."""
TABLE_COLUMNS: Final = {column.name for table in TABLE.values() for column in table.columns}


@dataclass
class Damage:
    """One table of a case after the damage, and what was done to it."""

    table: str
    rows: Rows
    told: str = ""
    columns: set[str] = field(default_factory=set)
    """Headers of the damaged cells."""
    lines: set[int] = field(default_factory=set)
    """Rows of the damaged cells, as a spreadsheet shows them."""
    name: str = ""
    """What the file or sheet is called, where not as the table."""
    odd: tuple[int, int, str] | None = None
    """A cell that only a workbook can have: row and column from 0, and its kind."""
    blanks: bool = False
    """Whether a blank, or a slip that leaves one, is all that was done."""
    meant: bool = False
    """Whether another meaning is what the damaged text says, documented as such."""


Way = Callable[[Damage, random.Random], None]


def column_of(table: str, header: str, row: Mapping[str, str]) -> Column | None:
    """Return the declared column that a cell belongs to; of a wide table that of its measure."""
    declared = {column.name: column for column in TABLE[table].columns}
    if header in declared:
        return declared[header]
    values = values_of(TABLE[table])
    required = [name for name in values if declared[name].required]
    return declared.get(row.get("measure") or (required or list(values) or [""])[0])


def pick(damage: Damage, draw: random.Random, filled: bool = True) -> tuple[int, int]:
    """Return row and column of a cell below the header."""
    places = [
        (i, j)
        for i, row in enumerate(damage.rows[1:], start=1)
        for j in range(min(len(row), len(damage.rows[0])))
        if (row[j] != "") == filled and damage.rows[0][j] not in FREE
    ]
    if not places:
        raise LookupError
    return draw.choice(places)


def _at(damage: Damage, i: int, *columns: int) -> dict[str, str]:
    damage.lines.add(i + 1)
    damage.columns |= {damage.rows[0][j] for j in columns if j < len(damage.rows[0])}
    return dict(zip(damage.rows[0], damage.rows[i], strict=False))


def _may_be_blank(damage: Damage, i: int, j: int) -> bool:
    """Return whether a blank says what is documented of it: a name left out (every site, every
    slice, a condition that a rule has not), a column whose blank is declared to be fine whatever
    stands beside it, or a figure that no other row of the table has."""
    header = damage.rows[0]
    row = dict(zip(header, damage.rows[i], strict=False))
    column = column_of(damage.table, header[j], row)
    if column is None:
        return False
    if column.beside == "fine" or column.type in ("name", "names", "text", "yes_no", "period"):
        return True
    others = [k for k, name in enumerate(header) if k == j or name not in TABLE_COLUMNS]
    lines = (line for at, line in enumerate(damage.rows[1:], start=1) if at != i)
    along = header[j] not in TABLE_COLUMNS and any(damage.rows[i][k] for k in others if k != j)
    return not along and not any(len(line) > j and line[j] for line in lines)


def blank(damage: Damage, draw: random.Random) -> None:
    """Clear a cell."""
    i, j = pick(damage, draw)
    _at(damage, i, j)
    damage.told = f"row {i + 1} {damage.rows[0][j]} = {damage.rows[i][j]!r} cleared"
    damage.meant, damage.blanks = _may_be_blank(damage, i, j), True
    damage.rows[i][j] = ""


def shifted(damage: Damage, draw: random.Random) -> None:
    """Insert or take out a cell, so that the rest of the row slips by one."""
    i, j = pick(damage, draw)
    row = damage.rows[i]
    _at(damage, i, *range(j, len(row)))
    if draw.random() < 0.5:
        damage.rows[i] = [*row[:j], "", *row[j:]][: len(row)]
        damage.told = f"row {i + 1}: a blank cell before {damage.rows[0][j]}"
    else:
        damage.rows[i] = [*row[:j], *row[j + 1 :], ""]
        damage.told = f"row {i + 1}: the cell of {damage.rows[0][j]} is out"
    new = damage.rows[i]
    gone = [at for at in range(len(row)) if new[at] != row[at]]
    damage.rows[i] = row
    damage.meant = all(not new[at] and _may_be_blank(damage, i, at) for at in gone)
    damage.rows[i], damage.blanks = new, True


def surplus(damage: Damage, draw: random.Random) -> None:
    """Give a row cells too many, or too few, or a comma within a number."""
    i, j = pick(damage, draw)
    row = damage.rows[i]
    _at(damage, i, *range(len(row)))
    way = draw.choice(("behind", "within", "thousand", "short"))
    damage.told = f"row {i + 1}: {way}"
    if way == "behind":
        row += draw.choice(([""], ["x"], ["", "1"]))
    elif way == "within":
        row.insert(j, draw.choice(("", "1")))
    elif way == "short":
        # a file is one cell short; a sheet has no cells that are blank, so there the last is one
        damage.meant = bool(row[-1]) and _may_be_blank(damage, i, len(row) - 1)
        row.pop()
    else:
        places = [j for j, cell in enumerate(row) if cell.isdigit() and len(cell) > 3]
        if not places:
            raise LookupError
        j = draw.choice(places)
        row[j : j + 1] = [row[j][:-3], row[j][-3:]]


def swapped(damage: Damage, draw: random.Random) -> None:
    """Swap two cells of a row that are of different types, or whole columns under their headers."""
    i, a = pick(damage, draw)
    row = dict(zip(damage.rows[0], damage.rows[i], strict=True))
    one = column_of(damage.table, damage.rows[0][a], row)
    others = []
    for b, header in enumerate(damage.rows[0]):
        other = column_of(damage.table, header, row)
        if b == a or header in FREE or one is None or other is None:
            continue
        if (other.type, other.unit, other.refers) != (one.type, one.unit, one.refers):
            others.append(b)
    if not others:
        raise LookupError
    b = draw.choice(others)
    whole = draw.random() < 0.3
    for at in range(1, len(damage.rows)) if whole else [i]:
        _at(damage, at, a, b)
        line = damage.rows[at]
        line[a], line[b] = line[b], line[a]
    names = " and ".join(sorted(damage.columns))
    damage.told = f"{'columns' if whole else f'row {i + 1}:'} {names} swapped"


def header(damage: Damage, draw: random.Random) -> None:
    """Misspell, double or lose a header."""
    j = draw.randrange(len(damage.rows[0]))
    old = damage.rows[0][j]
    if old in FREE:
        raise LookupError
    new = draw.choice((old[:-1], old + "x", old.upper() + "_", old.replace("_", " "), ""))
    new = draw.choice((new, damage.rows[0][0], damage.rows[0][-1]))
    if new == old:
        raise LookupError
    damage.rows[0][j] = new
    damage.columns |= {old, new}
    damage.told = f"header {old!r} is {new!r}"


def renamed(damage: Damage, draw: random.Random) -> None:
    """Give the file or sheet a name that is not the table's."""
    table = damage.table
    damage.name = draw.choice(
        (table[:-1], f"{table}s", table.capitalize(), f"{table} (1)", f"{table}_old", f"{table}2")
    )
    damage.name = draw.choice((damage.name, f"{table}.bak", f"old {table}", f"{table} copy", "x"))
    damage.told = f"is called {damage.name!r}"


def garbage(damage: Damage, draw: random.Random) -> None:
    """Write into a cell what stands there when nobody knows."""
    i, j = pick(damage, draw)
    _at(damage, i, j)
    row = dict(zip(damage.rows[0], damage.rows[i], strict=True))
    column = column_of(damage.table, damage.rows[0][j], row)
    if column is None or column.type in ("name", "names", "text"):
        raise LookupError
    words = ("#N/A", "#REF!", "TBD", "n/a", "-", "?", "tbc", "1,000", "1.000,5", "~40", "40 MW")
    damage.rows[i][j] = draw.choice((*words, "=A1", "(40)", "40-50", "1 000", "4O", "see note"))
    damage.told = f"row {i + 1} {damage.rows[0][j]} = {damage.rows[i][j]!r}"


def remark(damage: Damage, draw: random.Random) -> None:
    """Write a remark below, above, between or beside the rows."""
    width = len(damage.rows[0])
    way = draw.choice(("below", "above", "between", "beside", "under a header"))
    damage.told = f"a remark {way}"
    text = ["ask Ann", *[""] * (width - 1)]
    damage.lines |= set(range(1, len(damage.rows) + 5))
    damage.columns |= set(damage.rows[0])
    if way == "below":
        damage.rows += [[""] * width] * draw.randrange(3) + [text]
    elif way == "above":
        damage.rows[:0] = [text]
    elif way == "between":
        damage.rows.insert(draw.randrange(1, len(damage.rows) + 1), text)
    else:
        damage.rows[:] = [[*row, ""] for row in damage.rows]
        damage.rows[draw.randrange(1, len(damage.rows))][-1] = "ask Ann"
        if way == "under a header":
            damage.rows[0][-1] = "remarks"


def harmless(damage: Damage, draw: random.Random) -> None:
    """Change what means nothing: the order of rows, blank rows, spaces around cells."""
    way = draw.choice(("order", "blank rows", "spaces"))
    damage.told = way
    if way == "order":
        rest = damage.rows[1:]
        draw.shuffle(rest)
        damage.rows[1:] = rest
    elif way == "blank rows":
        at = draw.randrange(len(damage.rows) + 1)
        damage.rows[at:at] = [[""] * len(damage.rows[0])]
    else:
        damage.rows[:] = [[f" {cell} " if cell else cell for cell in row] for row in damage.rows]


WAYS: Final[tuple[Way, ...]] = (
    blank, blank, blank, shifted, shifted, surplus, swapped, swapped, header, renamed, garbage,
    remark, harmless,
)  # fmt: skip


def odd_cell(damage: Damage, draw: random.Random) -> None:
    """Put something into a cell that only a workbook has."""
    i, j = pick(damage, draw, filled=draw.random() < 0.8)
    kinds = ("error", "no value", "no value", "uncalculated", "date", "month", "time", "truth")
    kind = draw.choice((*kinds, "merged"))
    row = _at(damage, i, j)
    column = column_of(damage.table, damage.rows[0][j], row)
    damage.odd = i, j, kind
    damage.told = f"row {i + 1} {damage.rows[0][j]}: {kind}"
    # a date or a truth value is what its column asks for; the date is another one
    asks = {"date": ("date", "instant", "text"), "truth": ("yes_no", "text"), "month": ("text",)}
    damage.meant = column is not None and column.type in asks.get(kind, ())


BOOK_WAYS: Final[tuple[Way, ...]] = (*WAYS, *[odd_cell] * 8)


def meaning(case: Case) -> dict[str, pd.DataFrame]:
    """Return what a case says: every table without what only tells where it was read."""
    return {
        name: frame[[c for c in frame.columns if not c.startswith("_") and c not in FREE]]
        for name, frame in case.tables.items()
    }


def outcome(path: Path, before: Case, damage: Damage) -> str:
    """Return what a damaged case came to: refused, same, warned, meant, or else accepted."""
    try:
        after = read_case(path)
    except CaseError as reason:
        return "refused" if all(p.need and p.fix for p in reason.problems) else "told badly"
    ours, theirs = meaning(before), meaning(after)
    if all(ours[name].equals(theirs[name]) for name in ours):
        return "same"
    old = {_said(problem) for problem in before.warnings}
    new = [problem for problem in after.warnings if _said(problem) not in old]
    if any(_names(problem, damage) for problem in new):
        return "warned"
    return "meant" if damage.meant else "accepted"


def _said(problem: Problem) -> tuple[Any, ...]:
    return problem.code, problem.column, problem.value, problem.need


def _names(problem: Problem, damage: Damage) -> bool:
    """Return whether a warning names the damage: its table, and a row or column of it."""
    table = damage.table
    file = problem.file in (TABLE[table].path, f"case.xlsx[{table}]")
    words = f"{problem.column} {problem.value} {problem.need} {problem.fix}"
    return file and (problem.row in damage.lines or any(c and c in words for c in damage.columns))
