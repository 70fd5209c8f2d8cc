"""Values: one cell of text as a number, a period, an instant or names; and the calendar they are
counted by."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass
from typing import Any, Final

from planner.case.declare import Column

NOTHING: Final = math.nan
"""A blank that stays one: no figure, which is never zero."""

_MONTHS: Final = {"quarter": 3, "month": 1, "year": 12}
"""Months in a period."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The plan's time: its first period by year and month, and how long periods are."""

    frequency: str
    first: datetime.date
    """First day of the plan."""
    count: int
    fiscal_year_start: int

    @property
    def per_year(self) -> int:
        """Periods in a year."""
        return 12 // _MONTHS[self.frequency]

    def day(self, t: int) -> datetime.date:
        """First day of period ``t``."""
        months = self.first.year * 12 + self.first.month - 1 + t * _MONTHS[self.frequency]
        return datetime.date(months // 12, months % 12 + 1, 1)

    def hours(self, t: int) -> float:
        """Calendar hours of period ``t``."""
        return (self.day(t + 1) - self.day(t)).days * 24.0

    def label(self, t: int) -> str:
        """Name of period ``t``: 2027Q1, 2027-03 or 2027."""
        day = self.day(t)
        if self.frequency == "quarter":
            return f"{day.year:04d}Q{(day.month + 2) // 3}"
        return f"{day.year:04d}-{day.month:02d}" if self.frequency == "month" else f"{day.year:04d}"

    def fiscal_year(self, t: int) -> int:
        """Fiscal year of the first day of period ``t``, named by the calendar year in which it
        ends."""
        day = self.day(t)
        begins = datetime.date(day.year, self.fiscal_year_start, 1)
        following = (
            begins if day < begins else datetime.date(day.year + 1, self.fiscal_year_start, 1)
        )
        return (following - datetime.timedelta(days=1)).year

    def position(self, text: str) -> int:
        """Return periods from the start of the plan to a period; raises ``ValueError`` for what is
        none."""
        day = first_day(text, self.frequency, self.fiscal_year_start)
        months = (day.year - self.first.year) * 12 + day.month - self.first.month
        return months // _MONTHS[self.frequency]

    def instant(self, text: str, end: bool) -> float:
        """Return a position in periods: a date's, or the start of a period (its end, with
        ``end``)."""
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return float(self.position(text) + (1 if end else 0))
        date = datetime.date.fromisoformat(text)
        months = (date.year - self.first.year) * 12 + date.month - self.first.month
        t = months // _MONTHS[self.frequency]
        return t + (date - self.day(t)).days * 24.0 / self.hours(t)


def first_day(text: str, frequency: str, fiscal_year_start: int) -> datetime.date:
    """Return the first day of a period as it is written.

    Args:
        text: 2027Q1 and its other spellings, 2027-03, 2027M3 or 2027; FY before it means the
            fiscal year.
        frequency: quarter, month or year.
        fiscal_year_start: month in which fiscal years begin.

    Returns:
        The day.

    Raises:
        ValueError: where the text is no period of this frequency.
    """
    word = text.strip().upper()
    fiscal, word = "FY" in word, word.replace("FY", "")
    if frequency == "quarter":
        year, _, quarter = (
            re.sub(r"^Q(\d)[ -](\d+)$", r"\2Q\1", word).replace("-", "").partition("Q")
        )
        day = datetime.date(int(year) + (2000 if len(year) == 2 else 0), 3 * int(quarter) - 2, 1)
        if fiscal and fiscal_year_start > 1:  # that year began in the calendar year before
            months = (day.year - 1) * 12 + day.month - 1 + fiscal_year_start - 1
            day = datetime.date(months // 12, months % 12 + 1, 1)
        return day
    if frequency == "month":
        year, _, month = word.replace("M", "-").partition("-")
        return datetime.date(int(year), int(month), 1)
    return datetime.date(int(word), 1, 1)


def number(text: str) -> float:
    """Return a plain number; commas can only be thousands."""
    return float(text.replace(",", ""))


def value(column: Column, text: str, clock: Clock) -> Any:
    """Return a filled cell as its column's type: float, int, bool, text or a sorted tuple of names.

    Raises:
        ValueError: where it is none.
    """
    if column.type == "number":
        return number(text)
    if column.type == "integer":
        return int(number(text))
    if column.type == "yes_no":
        return text.lower() in ("yes", "true")
    if column.type == "period":
        return clock.position(text)
    if column.type == "instant":
        return clock.instant(text, column.name == "deadline")
    if column.type == "names":
        return tuple(sorted(part.strip() for part in text.split(";")))
    return text
