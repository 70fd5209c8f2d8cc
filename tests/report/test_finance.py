"""The sections, chapters and sheets on the books, of the case that is worked by hand."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import openpyxl
import pytest

import planner
from planner.report.finance import (
    books_by_year,
    bridge_section,
    carried_at_nothing,
    owners_section,
    pnl_section,
)
from planner.report.page.books import books, told
from planner.report.page.run import Run, read_run
from planner.report.workbook import write_workbook
from tests.helpers import write_case
from tests.plan.test_books import books_case


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp("finance")
    result = planner.run(write_case(out / "case", *books_case()), out=out / "runs")
    assert result.folder is not None
    return read_run(result.folder)


def test_cost_by_the_books_by_fiscal_year_by_hand(run: Run) -> None:
    section = pnl_section(books_by_year(run.yearly), run.yearly.years)
    rows = {row[0]: row[1:] for row in section.rows}
    assert section.header == ("", "FY2027", "FY2028", "FY2029", "plan")
    assert section.title == "Cost by the books, thousand USD"
    # 12.5 in FY2027; 12.5 + 5 x 3 of a, 20.12 x 3 of c and its fee; 5 + 20.12 in FY2029
    assert rows["depreciation"] == ("12.50", "87.86", "25.12", "125.48")
    assert rows["amortisation of prepaid contracts"] == ("0.00", "8.00", "0.00", "8.00")
    assert rows["written off: failed, retired, sold, cancelled"][:2] == ("24.00", "75.00")
    assert rows["less sales of chips"] == ("0.00", "-60.00", "0.00", "-60.00")
    assert rows["cost by the books"] == ("36.50", "110.86", "25.12", "172.48")


def test_the_bridge_adds_up(run: Run) -> None:
    section = bridge_section(books_by_year(run.yearly))
    rows = {row[0]: float(row[-1].replace(",", "")) for row in section.rows}
    assert rows["cash paid"] == 209.20
    steps = [row for row in section.rows if row[0] not in ("cash paid", "part of the objective")]
    whole = sum(float(row[-1].replace(",", "")) for row in steps)
    assert whole == pytest.approx(rows["part of the objective"], abs=0.05)


def test_the_chapter_says_what_is_so(run: Run) -> None:
    chapters = books(run)
    assert [chapter.id for chapter in chapters] == ["books", "economics"]
    table = books_by_year(run.yearly)
    # a: 30,000, c: 120,000 and 720 of its fee; nothing is credited for them
    assert told(table) == (
        "By the books the plan costs 172,480 USD, in cash 209,200 USD; 150,720 USD are still on "
        "the books when it ends."
    )
    assert told(table) == f"{chapters[0].says}; {chapters[0].intro}"
    assert chapters[1].says.startswith("Inference takes 100 % of the power")
    assert owners_section(run.yearly) is None, "nobody is named"


def test_fleet_of_which_nothing_is_stated_is_told(run: Run) -> None:
    assert carried_at_nothing(run.tables) == []
    buy = run["buy_plan"].assign(usd_per_chip=float("nan"))
    bare = run["books"][run["books"]["chip"] != "a"]
    chips = carried_at_nothing({"buy_plan": buy, "books": bare})
    assert chips == ["a"], "of b a price is stated"


def test_a_run_without_books_has_no_chapter(run: Run) -> None:
    bare = {name: table for name, table in run.tables.items() if name != "pnl"}
    assert books(dataclasses.replace(run, tables=bare)) == ()


def test_the_workbook_has_them(run: Run, tmp_path: Path) -> None:
    found = openpyxl.load_workbook(write_workbook(run.folder, tmp_path / "plan.xlsx"))
    assert {"By year", "Books", "Book values", "Showback", "Economics"} <= set(found.sheetnames)
    rows = {row[0]: row[1:] for row in found["Books"].iter_rows(values_only=True) if row[0]}
    assert rows["cash paid"][:5] == (0, 209200, 0, 0, 209200)
    held = [row[:4] for row in found["By year"].iter_rows(values_only=True)]
    assert held[held.index(("a", 10, 4, 4)) - 1] == ("Name", "FY2027", "FY2028", "FY2029")
