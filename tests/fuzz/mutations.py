"""Damage to cells, rows, columns and names: what people and spreadsheets do to tables."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from tests.fuzz.mutant import Mutant, NothingLeft, place

Mutation = Callable[[Mutant, random.Random], None]

NUMBERS: Final = (
    "0",
    "-1",
    "-0",
    "1e400",
    "-1e400",
    "1e-400",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "1e308",
    "1e300",
    "1e30",
    "1e18",
    "9223372036854775808",
    "1e-300",
    "1e-12",
    "5e-324",
    "0.5",
    "1,5",
    "1.234,5",
    "1,234",
    "1,234.5",
    "1,234,567",
    "1 234",
    "1'234",
    "1\u00a0234",
    "10%",
    "$5M",
    "5k",
    "kkkk",
    "%" * 300,
    "$" * 3000,
    "k" * 10_000,
    "1" + "b" * 5000,
    "9" * 400,
    "0" * 9_000 + "1",
    "0." + "0" * 500 + "1",
    "1," + ",".join(["000"] * 200),
    "0x10",
    "1_000",
    "١٢٣",
    "１２",
    "½",
    "1e",
    "e5",
    "+",
    "-",
    ".",
    "1.2.3",
    "--1",
    "TRUE",
    "#REF!",
    "#N/A",
    "null",
    "None",
)
PERIODS: Final = (
    "2027",
    "2027Q5",
    "2027Q0",
    "Q1",
    "27Q1",
    "FY27Q1",
    "2027-03",
    "2027-13",
    "2027-02-30",
    "2027-05-15",
    "0001-01-01",
    "9999-12-31",
    "0000Q1",
    "9999Q4",
    "1899Q4",
    "Jan-27",
    "43831",
    "1/1/2027",
    "2027q1",
    "2027-Q1",
    "Q1 2027",
    "2027M3",
    "FY2027",
    "fy2027",
    "２０２７Q1",
    "２０２７",
    "always",
    "-2027Q1",
    "2027Q1 ",
    "20270515",
    "2027-W01-1",
)
NAMES: Final = (
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    "~",
    "a,b",
    'a"b',
    "a'b",
    "a\nb",
    "a\r\nb",
    "a\tb",
    "a\x00b",
    "a\x07b",
    "\x1b[31mred\x1b[0m",
    "\u202eevil",
    "a\u200bb",
    "\ufeffa",
    "e\u0301",
    "名前",
    "🙂",
    "a" * 199,
    "a" * 10_000,
    "x" * 200_000,
    "",
    " ",
    "*",
    "a;b",
    ";",
    "a;;b",
    "{name}",
    "{0}",
    "%s",
    "%n",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "=1+1",
    "@SUM(A1)",
    "+1",
    "-1",
    "nan",
    "NaN",
    "None",
    "null",
    "True",
    "NA",
    "all",
    "CON",
    "a/b",
    "a\\b",
    "a\u2028b",
    "a\x85b",
    "\u00a0",
    "_file",
    "_row",
    "site",
    "${HOME}",
    "$(touch x)",
    "`touch x`",
    "[bold]x[/bold]",
    "[/]",
    "a|b",
    "#a",
    "&amp;",
)


def _set(
    mutant: Mutant, name: str, rows: list[list[str]], row: int, column: int, value: str
) -> None:
    mutant.told.append(
        f"{name} row {row + 1} {rows[0][column] if column < len(rows[0]) else column} = "
        f"{value[:60]!r}"
    )
    rows[row][column] = value
    mutant.set_rows(name, rows)


def _write(mutant: Mutant, name: str, rows: list[list[str]], what: str) -> None:
    mutant.told.append(f"{name}: {what}")
    mutant.set_rows(name, rows)


def number(mutant: Mutant, rng: random.Random) -> None:
    """Write a strange number into a cell that held one."""
    for _ in range(20):
        name, rows, row, column = place(mutant, rng)
        if rows[row][column][:1].isdigit():
            return _set(mutant, name, rows, row, column, rng.choice(NUMBERS))
    raise NothingLeft


def figure(mutant: Mutant, rng: random.Random) -> None:
    """Scale a number by a power of ten: a wrong unit."""
    for _ in range(20):
        name, rows, row, column = place(mutant, rng)
        try:
            value = float(rows[row][column])
        except ValueError:
            continue
        return _set(
            mutant,
            name,
            rows,
            row,
            column,
            repr(value * 10.0 ** rng.choice((-15, -9, -6, -3, -1, 1, 3, 6, 9, 15))),
        )
    raise NothingLeft


def period(mutant: Mutant, rng: random.Random) -> None:
    """Write a strange period or date into any cell."""
    _set(mutant, *place(mutant, rng), rng.choice(PERIODS))


def name(mutant: Mutant, rng: random.Random) -> None:
    """Write a hostile text into any cell."""
    _set(mutant, *place(mutant, rng), rng.choice(NAMES))


def name_everywhere(mutant: Mutant, rng: random.Random) -> None:
    """Rename something in every table, so that the hostile name is a consistent one."""
    table, rows, row, column = place(mutant, rng)
    old, new = rows[row][column], rng.choice(NAMES)
    if not old or old[0].isdigit():
        raise NothingLeft
    for other in mutant.tables():
        mutant.set_rows(
            other,
            [[new if cell == old else cell for cell in record] for record in mutant.rows(other)],
        )
    mutant.told.append(f"{table}: {old!r} is {new[:60]!r} everywhere")


def case_only(mutant: Mutant, rng: random.Random) -> None:
    """Change upper and lower case of one cell."""
    table, rows, row, column = place(mutant, rng)
    _set(mutant, table, rows, row, column, rows[row][column].swapcase())


def blank(mutant: Mutant, rng: random.Random) -> None:
    """Blank a filled cell."""
    for _ in range(20):
        table, rows, row, column = place(mutant, rng)
        if rows[row][column].strip():
            return _set(mutant, table, rows, row, column, rng.choice(("", "", " ", "\u00a0")))
    raise NothingLeft


def moved(mutant: Mutant, rng: random.Random) -> None:
    """Move a cell into another column of its row."""
    table, rows, row, column = place(mutant, rng)
    other = rng.randrange(len(rows[row]))
    value, rows[row][column] = rows[row][column], ""
    _set(mutant, table, rows, row, other, value)


def copied(mutant: Mutant, rng: random.Random) -> None:
    """Write a cell of one table into a cell of another."""
    _, rows, row, column = place(mutant, rng)
    _set(mutant, *place(mutant, rng), rows[row][column])


def swapped_columns(mutant: Mutant, rng: random.Random) -> None:
    """Swap two columns without their headers."""
    table, rows, _, a = place(mutant, rng)
    b = rng.randrange(len(rows[0]))
    for record in rows[1:]:
        if max(a, b) < len(record):
            record[a], record[b] = record[b], record[a]
    _write(mutant, table, rows, f"columns {a + 1} and {b + 1} swapped")


def header(mutant: Mutant, rng: random.Random) -> None:
    """A typo, a blank, a duplicate or a hostile text in a header."""
    table, rows, _, column = place(mutant, rng)
    column = min(column, len(rows[0]) - 1)
    old = rows[0][column]
    rows[0][column] = rng.choice(
        (
            old[:-1],
            old + "x",
            old.upper(),
            "",
            rows[0][0],
            rows[0][-1],
            "2027Q9",
            "2027Q1",
            "measure",
            "period",
            rng.choice(NAMES),
            rng.choice(PERIODS),
        )
    )
    _write(mutant, table, rows, f"header {old!r} is {rows[0][column][:60]!r}")


def removed_column(mutant: Mutant, rng: random.Random) -> None:
    """Take a column away."""
    table, rows, _, column = place(mutant, rng)
    _write(
        mutant,
        table,
        [record[:column] + record[column + 1 :] for record in rows],
        f"column {rows[0][min(column, len(rows[0]) - 1)]!r} removed",
    )


def added_column(mutant: Mutant, rng: random.Random) -> None:
    """Add a column nobody asked for."""
    table, rows, _, _ = place(mutant, rng)
    title = rng.choice(("comment", "2026Q4", "note", "source", rng.choice(NAMES)))
    _write(
        mutant,
        table,
        [
            [*record, title if i == 0 else rng.choice(("", "1", "x"))]
            for i, record in enumerate(rows)
        ],
        f"column {title[:60]!r} added",
    )


def removed_row(mutant: Mutant, rng: random.Random) -> None:
    """Take a row away, sometimes the header."""
    table, rows, row, _ = place(mutant, rng)
    row = 0 if rng.random() < 0.1 else row
    _write(mutant, table, rows[:row] + rows[row + 1 :], f"row {row + 1} removed")


def doubled_row(mutant: Mutant, rng: random.Random) -> None:
    """Repeat a row, sometimes the header, sometimes with another cell."""
    table, rows, row, column = place(mutant, rng)
    again = list(rows[0 if rng.random() < 0.1 else row])
    if rng.random() < 0.5:
        again[min(column, len(again) - 1)] = rng.choice(NUMBERS)
    rows.insert(rng.randrange(1, len(rows) + 1), again)
    _write(mutant, table, rows, f"row {row + 1} doubled")


def blank_rows(mutant: Mutant, rng: random.Random) -> None:
    """Put blank rows between rows, with or without separators."""
    table, rows, row, _ = place(mutant, rng)
    rows[row:row] = [
        rng.choice(([], [""] * len(rows[0]), [" "])) for _ in range(rng.randrange(1, 4))
    ]
    _write(mutant, table, rows, f"blank rows before row {row + 1}")


def short_or_long_row(mutant: Mutant, rng: random.Random) -> None:
    """Cut a row short or give it cells too many."""
    table, rows, row, column = place(mutant, rng)
    rows[row] = (
        rows[row][:column]
        if rng.random() < 0.5
        else [*rows[row], *rng.choice(([""], ["x"], ["", "1"], ["1"] * 500))]
    )
    _write(mutant, table, rows, f"row {row + 1} has {len(rows[row])} cells")


def only_header(mutant: Mutant, rng: random.Random) -> None:
    """Leave only the header."""
    table, rows, _, _ = place(mutant, rng)
    _write(mutant, table, rows[:1], "only the header is left")


def shuffled_rows(mutant: Mutant, rng: random.Random) -> None:
    """Put the rows into another order, which means nothing."""
    table, rows, _, _ = place(mutant, rng)
    rest = rows[1:]
    rng.shuffle(rest)
    _write(mutant, table, [rows[0], *rest], "rows in another order")


CELLS: Final[tuple[Mutation, ...]] = (
    number,
    figure,
    period,
    name,
    name_everywhere,
    case_only,
    blank,
    moved,
    copied,
    swapped_columns,
    header,
    removed_column,
    added_column,
    removed_row,
    doubled_row,
    blank_rows,
    short_or_long_row,
    only_header,
    shuffled_rows,
)
