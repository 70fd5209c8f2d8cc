"""The books of the next quarter begin with what those of the last one end with."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings

from planner.case import CaseError
from planner.plan.answer import Answer
from planner.plan.books import books_table
from planner.plan.costing import cost_table
from tests.helpers import write_case
from tests.plan.test_books import books_case
from tests.properties.drawn import FEW
from tests.roll.nextcase import NoPlan, solved, write_next
from tests.strategies import cases


def carried(answer: Answer, period: int, column: str) -> float:
    """Book value of chips, contracts and power projects when a period begins or ends."""
    books = books_table(answer, cost_table(answer))
    label = answer.formulation.index.axes["period"][period]
    mine = books["asset"].isin(["chips", "contracts", "power"]) & (books["period"] == label)
    return float(books.loc[mine, column].sum())


def goes_on(folder: Path, answer: Answer, by: int) -> tuple[float, float]:
    """Book values at the end of a plan's passed periods, and at the start of the case after it."""
    target = folder.with_name(f"{folder.name}-{by}")
    write_next(folder, answer, by, target)
    later, _ = solved(target)
    return carried(answer, by - 1, "closing_usd"), carried(later, 0, "opening_usd")


def test_book_values_roll_by_hand(tmp_path: Path) -> None:
    """After three quarters 4 of 10 chips ``a`` are left at 11,250 each: 9 of 12 quarters to go."""
    folder = write_case(tmp_path / "case", *books_case())
    answer, _ = solved(folder)
    before, after = goes_on(folder, answer, 3)
    assert before == pytest.approx(45000.0 + 180000.0 + 4000.0)
    assert after == pytest.approx(before, abs=0.02)
    with (folder.with_name("case-3") / "fleet.csv").open() as stream:
        rows = {row["chip"]: row["book_value_usd"] for row in csv.DictReader(stream)}
    assert rows["a"] == "45000.00" and rows["c"] == "", "what follows from a price is not written"


@pytest.mark.slow
@settings(FEW, max_examples=5)
@given(case=cases())
def test_book_values_of_random_cases_roll(
    case: tuple[object, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = write_case(tmp_path_factory.mktemp("roll") / "case", *case)
    try:
        answer, _ = solved(folder)
    except (CaseError, NoPlan):
        return
    for by in range(1, answer.formulation.case.calendar.count):
        # chips on their way to another site lose a value that only fleet.csv can state
        stated = answer.formulation.case["fleet"]["book_value_usd"].notna().any()
        if stated and len(answer.formulation.holding.moves):
            continue
        before, after = goes_on(folder, answer, by)
        assert after == pytest.approx(before, abs=1.0, rel=1e-6), (folder, by)
