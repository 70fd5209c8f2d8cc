"""What the reader says of files as people have them: every layer at once, and what a cell or a
header looks like."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from planner.case import CaseError, read_case
from planner.case.cells import number_of
from planner.case.periods import likely_period
from tests.findings.books import write_book
from tests.helpers import YAML, changed, write_case

QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")


def said(case: Path) -> list[str]:
    try:
        read_case(case)
    except CaseError as reason:
        return [str(problem) for problem in reason.problems]
    return []


def test_every_layer_of_a_workbook_at_once(tmp_path: Path) -> None:
    """Error cells, dates, remarks, headers and figures, of one sheet and of many."""
    tables = changed()
    tables["power"] = [
        {"site": s, "2027Q1": "10", "Q2'27": "x1", "2027Q3": "10,5", "2027Q4": "#N/A"}
        for s in ("iowa", "ohio")
    ]

    def edit(book: Any, sheets: Any) -> None:
        offers, chips = sheets["offers"], sheets["chips"]
        offers.write_formula(1, 9, "=1/0", None, "#DIV/0!")
        offers.write(2, 9, "30.000,5")
        offers.write(0, 30, "my note")
        offers.write(3, 31, "a remark")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        chips.write_datetime(1, 2, datetime.datetime(2027, 3, 5), day)
        chips.write(2, 3, "about 1")
        sheets["fleet"].write(5, 0, "updated by hand")
        sheets["fleet"].write(1, 3, "1 000")

    found = said(write_book(tmp_path / "a.xlsx", edit, **tables))
    for place, words in (
        ("[offers]:2 usd_per_chip:", "'#DIV/0!' - is an error of the spreadsheet"),
        ("[offers]:3 usd_per_chip:", "'30.000,5' - has a decimal comma: write 30000.5"),
        ("[offers]:4 AF:", "is right of the table"),
        ("[offers]:1 my note:", "is not a column of offers; did you mean note?"),
        ("[chips]:2 kw_peak:", "is a date in a column of type number"),
        ("[chips]:3 kw_idle:", "is not a plain number"),
        ("[fleet]:6 chip:", "is all that this row holds"),
        ("[fleet]:2 chips:", "has marks between thousands: write 1000"),
        ("[power]:1 Q2'27:", "write 2027Q2, or use `planner import`"),
        ("[power]:2 2027Q3:", "has a decimal comma: write 10.5"),
        ("[power]:3 2027Q4:", "is an error of the spreadsheet"),
    ):
        assert any(text.startswith(f"a.xlsx{place}") and words in text for text in found), place
    assert len(found) == 13  # each once, and nothing that only follows from them


def test_every_layer_of_a_file_at_once(tmp_path: Path) -> None:
    home = write_case(tmp_path)
    (home / "supply.csv").write_text(
        "supply_group,period,max_chips,comment\n"
        "market,2027Q1,4000,\n"
        "market,2027Q1,4000,\n"
        "market,2027Q2,TBD,\n"
        "market,2027Q3,4,000,\n"
        "as of May,,,\n"
    )
    assert [text.split(": ")[0] for text in said(home)] == [
        "supply.csv:5",
        "supply.csv:6 supply_group",
        "supply.csv:1 comment",
        "supply.csv:4 max_chips",
    ]


def test_a_key_twice_is_told_with_the_cells(tmp_path: Path) -> None:
    tables = changed(("supply", 1, "period", "2027Q1"), ("supply", 2, "max_chips", "many"))
    found = said(write_case(tmp_path, tables))
    assert [text.split(" - ")[0] for text in found] == [
        "supply.csv:4 max_chips: 'many'",
        "supply.csv:3 supply_group; period: 'market 2027Q1'",
    ]


@pytest.mark.parametrize(
    "header",
    [None, ("key", "value"), ("Setting", "Value"), ("parameter", "our value"), ("name", "Value")],
)
def test_the_settings_of_a_sheet(tmp_path: Path, header: tuple[str, str] | None) -> None:
    """With a row of headers, whatever they are called, or without one."""

    def edit(book: Any, sheets: Any) -> None:
        sheet = sheets["case"]
        own = [(k, v) for k, v in YAML.items() if k != "slices"] + [
            ("slices", "day=0.5; night=0.5")
        ]
        for number, pair in enumerate([header or ("description", "none"), *own]):
            sheet.write_row(number, 0, pair)

    case = read_case(write_book(tmp_path / "a.xlsx", edit))
    assert (case.settings.name, case.calendar.count) == (YAML["name"], YAML["periods"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("#REF!", "is an error of the spreadsheet"),
        ("(5)", "write -5"),
        ("5 MW", "has a unit, MW: write 5"),
        ("9,500 k", "write 9500000 or 9500"),
        ("1.5bn", "write 1500000000"),
        ("3 Mio.", "write 3000000"),
        ("$5M", "write 5000000"),
        ("10 %", "write 0.1"),
        ("305.600,5", "write 305600.5"),
        ("TBD", "is not a number: leave the cell blank where"),
        ("305,600", "may be a thousand or a decimal comma"),
    ],
)
def test_numbers_as_people_write_them(text: str, words: str) -> None:
    assert words in number_of(text)[1]


@pytest.mark.parametrize(
    ("text", "quarter", "other"),
    [
        ("Q1'27", "2027Q1", "2027Q1"),
        ("Q1\u201827", "2027Q1", "2027Q1"),
        ("1Q27", "2027Q1", "2027Q1"),
        ("Q1 FY27", "FY2027Q1", "FY2027Q1"),
        ("First quarter 2027", "2027Q1", "2027Q1"),
        ("1. Quartal 2027", "2027Q1", "2027Q1"),
        ("Quarter 1, 2027", "2027Q1", "2027Q1"),
        ("Q1 2027 (F)", "2027Q1", "2027Q1"),
        ("Q1'27E", "2027Q1", "2027Q1"),
        ("31.03.2027", "2027Q1", "2027-03"),
        ("2027-03-31 00:00:00", "2027Q1", "2027-03"),
        ("January, 2027", "2027Q1", "2027-01"),
        ("Feb 2027", "", "2027-02"),
        ("2027-02-28", "", "2027-02"),
        ("2027.0", "", "2027"),
        ("FY27", "", "FY2027"),
        ("b200", "", ""),
        ("total", "", ""),
        ("e", "", ""),
    ],
)
def test_periods_as_people_write_them(text: str, quarter: str, other: str) -> None:
    assert (likely_period(text, "quarter"), likely_period(text)) == (quarter, other)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Feb-2027", "a quarter is written 2027Q1, and this is 2027-02"),
        ("H1 2027", "is half a year; write its quarters or months, or let `planner import`"),
        ("FY27", "is a period (FY2027), and the plan has others: each is a quarter"),
        ("Q1`27", "write 2027Q1, or use `planner import`"),
    ],
)
def test_headers_that_are_periods_of_another_kind(tmp_path: Path, header: str, words: str) -> None:
    tables = changed()
    tables["power"] = [
        {"site": s} | dict.fromkeys(QUARTERS, "10") | {header: "10"} for s in ("iowa", "ohio")
    ]
    found = said(write_case(tmp_path, tables))
    assert any(words in text for text in found)
