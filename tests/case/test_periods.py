"""The calendar: labels, hours, dates, fiscal years and the parser."""

from __future__ import annotations

import datetime

import pytest

from planner.case.periods import Calendar, absolute_period


def quarters(fiscal: int = 1) -> Calendar:
    return Calendar("quarter", 2027 * 4, 8, fiscal)


@pytest.mark.parametrize("text", ["2027Q3", "2027-Q3", "Q3 2027", "27Q3", "2027q3", " 2027Q3 "])
def test_forms_of_a_quarter(text: str) -> None:
    assert quarters().parse(text) == 2


def test_labels_and_hours() -> None:
    calendar = quarters()
    assert calendar.labels == (
        "2027Q1",
        "2027Q2",
        "2027Q3",
        "2027Q4",
        "2028Q1",
        "2028Q2",
        "2028Q3",
        "2028Q4",
    )
    # 2028 is a leap year: its first quarter has 91 days
    assert list(calendar.hours) == [2160, 2184, 2208, 2208, 2184, 2184, 2208, 2208]
    assert calendar.label(-1) == "2026Q4" and calendar.label(8) == "2029Q1"
    assert calendar.first_day(3) == datetime.date(2027, 10, 1)


def test_months_and_years() -> None:
    months = Calendar("month", 2027 * 12 + 1, 2)
    assert months.labels == ("2027-02", "2027-03") and list(months.hours) == [672, 744]
    assert months.parse("2027M04") == 2 and months.parse("2026-12") == -2
    years = Calendar("year", 2028, 2)
    assert (
        years.labels == ("2028", "2029")
        and list(years.hours) == [8784, 8760]
        and years.parse("2030") == 2
    )


def test_fiscal_years_are_named_by_the_year_they_end_in() -> None:
    calendar = quarters(7)
    assert [calendar.fiscal_year(t) for t in range(4)] == [2027, 2027, 2028, 2028]
    # FY27Q1 of a year that starts in July 2026
    assert calendar.parse("FY27Q1") == -2 and calendar.parse("FY27Q3") == 0
    assert [quarters().fiscal_year(t) for t in (0, 4)] == [2027, 2028]
    assert quarters().parse("FY27Q1") == 0


def test_instants() -> None:
    calendar = quarters()
    assert calendar.parse_instant("2027Q2", end=False) == 1.0
    assert calendar.parse_instant("2027Q2", end=True) == 2.0
    # 45 of 91 days of the second quarter
    assert calendar.parse_instant("2027-05-16", end=True) == pytest.approx(1 + 45 / 91)


@pytest.mark.parametrize(
    ("text", "frequency", "message"),
    [
        (
            "Jan-27",
            "quarter",
            "a spreadsheet has turned this period into a date: format the cell as text and write "
            "2027Q1",
        ),
        (
            "Mar 2027",
            "month",
            "a spreadsheet has turned this period into a date: format the cell as text and write "
            "2027-03",
        ),
        ("2027", "quarter", "a quarter is written 2027Q1"),
        ("2027Q5", "quarter", "a quarter is written 2027Q1"),
        ("2027-13", "month", "a month is written 2027-03"),
        ("2027Q1", "year", "a year is written 2027"),
        ("1", "quarter", "a quarter is written 2027Q1"),
        ("２０２７Q1", "quarter", "a quarter is written 2027Q1"),
    ],
)
def test_strict(text: str, frequency: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        absolute_period(text, frequency)
