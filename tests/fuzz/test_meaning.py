"""Nothing damaged is accepted with another meaning, unless a warning names it."""

from __future__ import annotations

import datetime
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml

from planner.case import read_case
from planner.case.case import Case
from planner.case.tables import TABLE, TABLES
from tests.findings.books import calculated, put, rewritten
from tests.fuzz.damage import BOOK_WAYS, WAYS, Damage, Rows, outcome
from tests.fuzz.mutant import TINY, load

BASES = (TINY, TINY, "inputs/quickstart", "inputs/power-bound", "inputs/gov-cloud")
CSVS, BOOKS = 5_000, 2_000
PARTS = 4
KNOWN = {
    "offer_prices": "a hole or a slip that ends in a period in which the offer cannot be ordered",
    "supply": "the same of a period in which no offer of the group can be had",
    "chips": "cooling, whose blank is documented as air",
    "workloads": "utilisation_cap, whose blank is documented as 1",
    "offers": "max_per_period, whose blank is documented as no limit",
}
"""Blanks that are accepted in silence although other rows of the table have a figure, and why; at
most ``SILENT`` of all damage."""
SILENT = 0.02
SWAPS_IN_SILENCE = 0.1
"""Share of swapped cells that may be accepted: of two figures that are both possible in both
columns (a lot of 1,000 chips, 8 USD of upkeep) nothing says that they are swapped."""


@cache
def undamaged(base: str) -> tuple[Path, Case, Case, dict[str, Rows]]:
    """A base case as a folder and as a workbook beside it, read, and the rows of its tables."""
    folder = Path(tempfile.mkdtemp(prefix="meaning-"))
    made = load(base)
    made.write(folder / "case")
    rows = {
        table.name: made.rows(table.path)
        for table in TABLES
        if table.path in made.files and table.name != "last_plan"
    }
    shutil.rmtree(folder / "case" / "last_plan", ignore_errors=True)
    settings = folder / "case" / "case.yaml"
    tree = yaml.safe_load(settings.read_text())
    tree.pop("frozen_periods", None), tree.pop("change_usd_per_chip", None)
    settings.write_text(yaml.safe_dump(tree, sort_keys=False))
    book = folder / "book"
    book.mkdir()
    shutil.copy(settings, book)
    write_book(book, rows, None)
    return folder, read_case(folder / "case"), read_case(book), rows


def write_book(folder: Path, rows: dict[str, Rows], damage: Damage | None) -> None:
    """Write tables as the workbook of a case, with the odd cell of a damage."""
    path = folder / "case.xlsx"
    book = xlsxwriter.Workbook(str(path))
    odd = damage.odd if damage is not None else None
    for name, lines in rows.items():
        here = damage is not None and name == damage.table
        sheet = book.add_worksheet((damage.name or name)[:31] if damage and here else name)
        for i, line in enumerate(damage.rows if damage and here else lines):
            for j, cell in enumerate(line):
                if not (here and odd and odd[:2] == (i, j)):
                    put(sheet, i, j, cell)
        if here and odd:
            _odd(book, sheet, *odd)
    book.close()
    if odd is None or odd[2] != "uncalculated":
        calculated(path)
    if odd is not None and odd[2] == "no value":
        rewritten(path, lambda _, part: part.replace(b"<v>GONE</v>", b"<v></v>"))


def _odd(book: Any, sheet: Any, i: int, j: int, kind: str) -> None:
    day = datetime.datetime(2027, 5, 3, 12)
    forms = {"date": "yyyy-mm-dd", "month": "mmm-yy", "time": "yyyy-mm-dd hh:mm"}
    if kind == "error":
        sheet.write_formula(i, j, "=1/0", value=("#N/A", "#REF!", "#DIV/0!")[j % 3])
    elif kind == "no value":
        sheet.write_formula(i, j, "=SUM(Z1:Z9)", value="GONE")
    elif kind == "uncalculated":
        sheet.write_formula(i, j, "=SUM(Z1:Z9)")
    elif kind == "truth":
        sheet.write_boolean(i, j, bool(j % 2))
    elif kind == "merged":
        sheet.merge_range(i, j, i + 1, j, "x")
    else:
        day = day if kind == "time" else datetime.datetime(2027, 5, 1 if kind == "month" else 3)
        sheet.write_datetime(i, j, day, book.add_format({"num_format": forms[kind]}))


@contextmanager
def damaged(folder: Path, damage: Damage) -> Iterator[None]:
    """Write the damaged table into the folder of its case, and put the good one back."""
    path = folder / TABLE[damage.table].path
    good = path.read_bytes()
    lines = "\n".join(",".join(map(_cell, row)) for row in damage.rows)
    target = path.with_name(f"{damage.name}.csv") if damage.name else path
    path.unlink()
    target.write_text(lines + "\n", encoding="utf-8")
    try:
        yield
    finally:
        target.unlink()
        path.write_bytes(good)


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n') else text


def drawn(seed: int, ways: Any) -> tuple[str, Damage]:
    """The base and the damage of a seed."""
    draw = random.Random(seed)
    while True:
        base = draw.choice(BASES)
        rows = undamaged(base)[3]
        table = draw.choice(sorted(rows))
        damage = Damage(table, [list(row) for row in rows[table]])
        try:
            draw.choice(ways)(damage, draw)
        except LookupError:
            continue
        return base, damage


def judged(seed: int, *, book: bool) -> tuple[str, str]:
    """What the damage of a seed came to, and what it was."""
    base, damage = drawn(seed, BOOK_WAYS if book else WAYS)
    folder, of_files, of_book, rows = undamaged(base)
    if book:
        write_book(folder / "book", rows, damage)
        result = outcome(folder / "book", of_book, damage)
    else:
        with damaged(folder / "case", damage):
            result = outcome(folder / "case", of_files, damage)
    if result == "accepted" and "swapped" in damage.told:
        result = "swapped in silence"
    if result == "accepted" and damage.table in KNOWN and damage.blanks:
        result = "known"
    return result, f"seed {seed}, {base}: {damage.table} {damage.told}"


def run(seeds: range, *, book: bool) -> Counter[str]:
    found = [judged(seed, book=book) for seed in seeds]
    silent = [told for result, told in found if result == "accepted"]
    assert not silent, f"{len(silent)} accepted in silence:\n" + "\n".join(silent[:60])
    swaps = sum("swapped" in told for _, told in found)
    outcomes = Counter(result for result, _ in found)
    assert outcomes["swapped in silence"] <= SWAPS_IN_SILENCE * swaps + 1, outcomes
    assert not outcomes["told badly"]
    assert outcomes["known"] <= SILENT * len(found) + 1, outcomes
    return outcomes


@pytest.mark.slow
@pytest.mark.parametrize("book", [False, True], ids=["files", "workbooks"])
def test_some_damage(book: bool) -> None:
    outcomes = run(range(40), book=book)
    assert outcomes["refused"] > 15 and outcomes["same"] > 1, outcomes


@pytest.mark.full
@pytest.mark.parametrize("part", range(PARTS))
def test_five_thousand_damaged_files(part: int) -> None:
    outcomes = run(range(10_000 + part, 10_000 + CSVS, PARTS), book=False)
    assert sum(outcomes.values()) == CSVS // PARTS and outcomes["warned"] > 10, outcomes


@pytest.mark.full
@pytest.mark.parametrize("part", range(PARTS))
def test_two_thousand_damaged_workbooks(part: int) -> None:
    outcomes = run(range(20_000 + part, 20_000 + BOOKS, PARTS), book=True)
    assert sum(outcomes.values()) == BOOKS // PARTS and outcomes["warned"] > 3, outcomes
