"""Mutated files are read rightly or asked about, never read wrongly."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from planner.intake.result import Import
from tests.intake.book import Book
from tests.intake.books import BOOKS
from tests.intake.mutate import HARMLESS, mutated
from tests.intake.small import figures, imported

READABLE = [name for name, make in BOOKS.items() if not make().answers and not make().pasted]


def wrong(name: str, book: Book, result: Import) -> str:
    """Return what a mutated file was read wrongly as; nothing where it was read rightly or asked
    about."""
    if result.problems or result.questions:
        return ""
    found = figures(result)
    for row, values in found.items():
        for period, value in values.items():
            meant = book.figures.get(row, {}).get(period)
            if meant is None or value != pytest.approx(meant, rel=1e-9):
                return f"{row} {period}: {value} for {meant}"
    for row, values_ in book.figures.items():
        if name == "lose_column" and row not in found:
            continue  # a whole row that nobody can know of
        for period in values_:
            if period not in found.get(row, {}):
                return f"{row} {period}: lost without a question"
    return ""


def judged(count: int, seed: int, folder: Path) -> tuple[list[str], Counter[str]]:
    """Return what was read wrongly of some mutated files, and how they were taken."""
    draw = random.Random(seed)
    faults, taken = [], Counter[str]()
    while taken.total() < count:
        book = BOOKS[draw.choice(READABLE)]()
        made = mutated(book, draw)
        if made is None:
            continue
        name, changed = made
        home = folder / str(taken.total())
        home.mkdir()
        result = imported(changed, home, book.map)
        asked = bool(result.problems or result.questions)
        kind = "harmless" if name in HARMLESS else "wrong"
        taken[f"{kind} {'asked' if asked else 'read'}"] += 1
        if found := wrong(name, book, result):
            faults.append(f"{taken.total() - 1} {book.name} {name}: {found}")
        if kind == "harmless" and asked:
            taken[f"asked {book.name} {name}: {result.questions[0].sentence}"] += 0
    return faults, taken


@pytest.mark.slow
def test_some_mutations(tmp_path: Path) -> None:
    faults, taken = judged(40, 7, tmp_path)
    assert faults == [], taken


@pytest.mark.full
def test_three_hundred_mutations(tmp_path: Path) -> None:
    faults, taken = judged(300, 20271, tmp_path)
    assert faults == [], taken
    assert taken["wrong asked"] > 150
    assert taken["harmless read"] > 5 * taken["harmless asked"]
