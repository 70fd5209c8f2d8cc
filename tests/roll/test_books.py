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
from tests.model.small import offer, power, site, tables
from tests.model.small import settings as small
from tests.plan.test_books import books_case
from tests.properties.drawn import FEW
from tests.roll.nextcase import NoPlan, solved, write_next
from tests.strategies import cases

ASSETS = ("chips", "contracts", "power", "openings", "ordering")


def carried(answer: Answer, period: int, column: str) -> dict[str, float]:
    """Book value of every asset when a period begins or ends."""
    books = books_table(answer, cost_table(answer))
    label = answer.formulation.index.axes["period"][period]
    total = books[books["period"] == label].groupby("asset")[column].sum()
    return {asset: float(total.get(asset, 0.0)) for asset in ASSETS}


def goes_on(folder: Path, answer: Answer, by: int) -> tuple[dict[str, float], dict[str, float]]:
    """Book values at the end of a plan's passed periods, and at the start of the case after it."""
    target = folder.with_name(f"{folder.name}-{by}")
    write_next(folder, answer, by, target)
    later, _ = solved(target)
    return carried(answer, by - 1, "closing_usd"), carried(later, 0, "opening_usd")


def test_book_values_roll_by_hand(tmp_path: Path) -> None:
    """After three quarters 4 of 10 chips ``a`` are left at 11,250 each: 9 of 12 quarters to go; of
    the fee of 1,200 for five chips ``c`` one of ten quarters has passed."""
    folder = write_case(tmp_path / "case", *books_case())
    answer, _ = solved(folder)
    before, after = goes_on(folder, answer, 3)
    assert before["chips"] == pytest.approx(45000.0 + 180000.0)
    assert (before["contracts"], before["ordering"]) == (4000.0, 1080.0)
    assert after == pytest.approx(before, abs=0.02)
    with (folder.with_name("case-3") / "fleet.csv").open() as stream:
        rows = {row["chip"]: row for row in csv.DictReader(stream)}
    assert rows["a"]["book_value_usd"] == "45000.00"
    assert rows["c"]["book_value_usd"] == "", "what follows from a price is not written"
    assert (rows["c"]["fee_usd_per_chip"], rows["a"]["fee_usd_per_chip"]) == ("240", "")


def test_openings_roll_by_hand(tmp_path: Path) -> None:
    """500 for a site that opens in the first of two years, and 30 that are left of another: half of
    each is left after the first."""
    case = tables(
        sites=[site(), site("away", usd_to_open=500), site("old", book_value_usd=30)],
        power=power(["home", "away", "old"]),
        offers=[offer(site="away", usd_per_chip=100)],
    )
    folder = write_case(tmp_path / "case", case, small())
    answer, _ = solved(folder)
    before, after = goes_on(folder, answer, 1)
    assert before["openings"] == 265.0 and after == pytest.approx(before, abs=0.02)
    with (folder.with_name("case-1") / "sites.csv").open() as stream:
        rows = {row["site"]: row["book_value_usd"] for row in csv.DictReader(stream)}
    assert rows == {"home": "", "away": "250.00", "old": "15.00"}


@pytest.mark.slow
@settings(FEW, max_examples=5)
@given(case=cases(whole=("orders", "opening")))
def test_book_values_of_random_cases_roll(
    case: tuple[object, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    roll_books(write_case(tmp_path_factory.mktemp("roll") / "case", *case))


@pytest.mark.full
@settings(FEW, max_examples=100)
@given(case=cases(whole=("orders", "opening")))
def test_book_values_of_many_random_cases_roll(
    case: tuple[object, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    roll_books(write_case(tmp_path_factory.mktemp("roll") / "case", *case))


def roll_books(folder: Path) -> None:
    """Compare the books of a case, where it has a plan, with those of every case after it."""
    try:
        answer, _ = solved(folder)
    except (CaseError, NoPlan):
        return
    for by in range(1, answer.formulation.case.calendar.count):
        before, after = goes_on(folder, answer, by)
        assert after == pytest.approx(before, abs=1.0, rel=1e-6), (folder, by)
