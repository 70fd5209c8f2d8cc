"""The calendar of a plan: periods, their labels, hours and dates, and one strict parser."""

from __future__ import annotations

import contextlib
import datetime
import re
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np

from planner.case.columns import Floats

Frequency = Literal["quarter", "month", "year"]

PER_YEAR: Final[dict[str, int]] = {"quarter": 4, "month": 12, "year": 1}
_EXAMPLE: Final = {"quarter": "2027Q1", "month": "2027-03", "year": "2027"}
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)

_QUARTER: Final = (
    re.compile(r"(FY)?([0-9]{4}|[0-9]{2})-?Q([1-4])", re.IGNORECASE),
    re.compile(r"Q([1-4])[ -]((?:FY)?)([0-9]{4})", re.IGNORECASE),
)
_MONTH: Final = (
    re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])"),
    re.compile(r"([0-9]{4})M(0?[1-9]|1[0-2])", re.IGNORECASE),
)
_YEAR: Final = re.compile(r"(FY)?([0-9]{4})", re.IGNORECASE)
_SPREADSHEET: Final = re.compile(r"([A-Za-z]{3})[ -]([0-9]{2}|[0-9]{4})")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The periods of a plan.

    ``start`` is an absolute number: year x periods per year + index in the year.  Period 0 is the
    first of the plan; earlier ones are negative.
    """

    frequency: Frequency
    start: int
    count: int
    fiscal_year_start: int = 1
    labels: tuple[str, ...] = field(init=False)
    hours: Floats = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.label(t) for t in range(self.count)))
        hours = np.array(
            [(self.first_day(t + 1) - self.first_day(t)).days * 24.0 for t in range(self.count)]
        )
        hours.setflags(write=False)
        object.__setattr__(self, "hours", hours)

    @property
    def ppy(self) -> int:
        """Periods per year."""
        return PER_YEAR[self.frequency]

    @property
    def last(self) -> int:
        """The last period that has a label that can be read back: that of the year 9999."""
        return 9999 * self.ppy + self.ppy - 1 - self.start

    def label(self, t: int) -> str:
        """Return the name of any period: 2027Q1, 2027-03 or 2027."""
        year, part = divmod(self.start + int(t), self.ppy)
        if self.frequency == "quarter":
            return f"{year:04d}Q{part + 1}"
        return f"{year:04d}-{part + 1:02d}" if self.frequency == "month" else f"{year:04d}"

    def first_day(self, t: int) -> datetime.date:
        """Return the first day of any period; the last representable day for a period beyond the
        calendar."""
        year, part = divmod(self.start + int(t), self.ppy)
        if not 1 <= year <= 9999:
            return datetime.date.max if year > 9999 else datetime.date.min
        return datetime.date(year, part * (12 // self.ppy) + 1, 1)

    def fiscal_year(self, t: int) -> int:
        """Return the fiscal year in which a period begins, named by the calendar year in which the
        fiscal year ends."""
        return self.fiscal_year_of(self.first_day(t))

    def fiscal_year_of(self, day: datetime.date) -> int:
        """Return the fiscal year of a day."""
        return day.year + (
            1 if self.fiscal_year_start > 1 and day.month >= self.fiscal_year_start else 0
        )

    def parse(self, text: str) -> int:
        """Return the index of a period.

        Args:
            text: ``2027Q1``, ``2027-Q1``, ``Q1 2027``, ``27Q1``, ``FY27Q1`` (fiscal quarter),
                ``2027-03``, ``2027M03`` or ``2027``, as the frequency demands.

        Returns:
            Periods after the start of the plan, negative before it.

        Raises:
            ValueError: with a sentence that shows the right form.
        """
        return absolute_period(text, self.frequency, self.fiscal_year_start) - self.start

    def parse_instant(self, text: str, *, end: bool) -> float:
        """Return a position in periods: a period's start (its end, with ``end``), or a date within
        a period.

        Args:
            text: a period, or a date such as 2027-05-15.
            end: whether a period stands for its end.

        Returns:
            0.0 is the start of the plan, 1.5 the middle of the second period.

        Raises:
            ValueError: with a sentence that shows the right form.
        """
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            day = datetime.date.fromisoformat(text)
            t = day.year * self.ppy + (day.month - 1) // (12 // self.ppy) - self.start
            first, following = self.first_day(t), self.first_day(t + 1)
            return t + (day - first).days / (following - first).days
        return float(self.parse(text) + (1 if end else 0))


def absolute_period(text: str, frequency: str, fiscal_year_start: int = 1) -> int:
    """Return a period's absolute number: year x periods per year + index in the year.

    Args:
        text: the period as written.
        frequency: quarter, month or year.
        fiscal_year_start: month in which fiscal years begin, for ``FY27Q1``.

    Returns:
        The number.

    Raises:
        ValueError: with a sentence that shows the right form.
    """
    text = text.strip()
    example = _EXAMPLE[frequency]
    if frequency == "quarter":
        parts: tuple[str | Any, ...] | None = None
        if match := _QUARTER[0].fullmatch(text):
            parts = match.group(1, 2, 3)
        elif match := _QUARTER[1].fullmatch(text):
            parts = match.group(2, 3, 1)
        if parts:
            fiscal, year_text, quarter = parts
            year = int(year_text) + (2000 if len(year_text) == 2 else 0)
            number = year * 4 + int(quarter) - 1
            if fiscal and fiscal_year_start > 1:
                if (fiscal_year_start - 1) % 3:
                    raise ValueError(
                        f"fiscal years that start in month {fiscal_year_start} have no calendar "
                        f"quarters: write {example}"
                    )
                # the fiscal year named 2027 begins in 2026
                number += (fiscal_year_start - 1) // 3 - 4
            return number
    elif frequency == "month":
        for pattern in _MONTH:
            if match := pattern.fullmatch(text):
                return int(match[1]) * 12 + int(match[2]) - 1
    elif (match := _YEAR.fullmatch(text)) and (not match[1] or fiscal_year_start == 1):
        return int(match[2])
    spreadsheet = _SPREADSHEET.fullmatch(text)
    named = spreadsheet[1].lower() if spreadsheet else ""
    month = _MONTHS.index(named) if named in _MONTHS else 0
    # within a quarter it is a month of data by month, and no quarter that became a date
    if spreadsheet and named in _MONTHS and month % (12 // PER_YEAR[frequency]) == 0:
        year = int(spreadsheet[2]) + (2000 if len(spreadsheet[2]) == 2 else 0)
        meant = {
            "quarter": f"{year}Q{month // 3 + 1}",
            "month": f"{year}-{month + 1:02d}",
            "year": f"{year}",
        }[frequency]
        raise ValueError(
            "a spreadsheet has turned this period into a date: format the cell as text and write "
            f"{meant}"
        )
    meant, other = likely_period(text, frequency), likely_period(text)
    hint = (
        f": write {meant}" if meant else f", and this is {other}" if other not in ("", text) else ""
    )
    raise ValueError(f"a {frequency} is written {example}{hint}")


def looks_like_period(text: str) -> bool:
    """Return whether a header could be a period of any frequency."""
    text = text.strip()
    match = _SPREADSHEET.fullmatch(text)
    patterns = (*_QUARTER, *_MONTH, _YEAR)
    return any(pattern.fullmatch(text) for pattern in patterns) or (
        match is not None and match[1].lower() in _MONTHS
    )


_MARK: Final = r"[\s'`\u2018\u2019/.,_-]*"
_QUARTER_WORD: Final = r"(?:quarter|quartal|trimestre|qtr|q)"
_YEAR_WORD: Final = r"(?P<fiscal>fy|cy)?\s*['`\u2018\u2019]?(?P<year>[0-9]{4}|[0-9]{2})"
_NTH: Final = ("first", "second", "third", "fourth")
_SAID_OF: Final = re.compile(
    r"\s*[\[(]?(?<![a-z])(?:forecast|actual|plan|budget|fcst|est|e|f|a|p|b)[\])]?$", re.IGNORECASE
)
"""What is said of a figure behind its period: ``Q1 2027 (F)``."""
_MONTH_WORD: Final = rf"(?P<word>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_LIKELY: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_QUARTER_WORD}{_MARK}(?P<quarter>[1-4])(?:{_MARK}|\s*of\s*){_YEAR_WORD}",
        rf"(?P<quarter>[1-4])(?:st|nd|rd|th|\.)?\s*{_QUARTER_WORD}{_MARK}{_YEAR_WORD}",
        rf"{_YEAR_WORD}{_MARK}(?P<quarter>[1-4])(?:st|nd|rd|th|\.)?\s*{_QUARTER_WORD}",
        rf"{_YEAR_WORD}{_MARK}{_QUARTER_WORD}{_MARK}(?P<quarter>[1-4])",
        rf"{_MONTH_WORD}{_MARK}{_YEAR_WORD}",
        rf"{_YEAR_WORD}{_MARK}{_MONTH_WORD}",
        r"(?P<year>(?:19|20|21)[0-9]{2})[/._-]?M?(?P<month>0?[1-9]|1[0-2])",
        r"(?P<month>0?[1-9]|1[0-2])[/._-](?P<year>(?:19|20|21)[0-9]{2})",
        r"(?P<year>(?:19|20|21)[0-9]{2})-(?P<month>0[1-9]|1[0-2])-01(?:[T ]00:00:00)?",
        r"(?:0?1)[/.-](?P<month>0?1)[/.-](?P<year>[0-9]{4})",
        r"(?P<fiscal>fy|cy)\s*['\u2019]?(?P<year>[0-9]{4}|[0-9]{2})",
        r"(?:year\s*)?(?P<year>(?:19|20|21)[0-9]{2})(?:\.0)?",
    )
)
"""Ways to write a period that are not read, and are told with the way that is."""


def _last_day(text: str, frequency: str) -> str:
    """Return the quarter or month that ends on a day; nothing where none does."""
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y-%m-%d %H:%M:%S"):
        with contextlib.suppress(ValueError):
            day = datetime.datetime.strptime(text, form).date()
            if (day + datetime.timedelta(days=1)).day == 1:
                if frequency == "quarter":
                    return f"{day.year}Q{day.month // 3}" if day.month % 3 == 0 else ""
                return f"{day.year}-{day.month:02d}" if frequency in ("", "month") else ""
    return ""


def likely_period(text: str, frequency: str = "") -> str:
    """Return how a period is written that a text could be meant for; nothing where it is like none,
    or like one that another frequency has.

    Args:
        text: as it was written, such as ``Q1'27``, ``1Q27``, ``FY27 Q1`` or ``January 2027``.
        frequency: quarter, month or year; left out: whichever it is like.
    """
    if len(text) > 40:
        return ""
    text = text.strip()
    for number, nth in enumerate(_NTH, start=1):
        text = re.sub(nth, f"{number}.", text, flags=re.IGNORECASE)
    tried = (text, _SAID_OF.sub("", text) if text else text)
    found = next((m for t in tried for form in _LIKELY if (m := form.fullmatch(t))), None)
    if found is None:
        return _last_day(text, frequency)
    parts = found.groupdict()
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    fiscal = "FY" if (parts.get("fiscal") or "").lower() == "fy" else ""
    if parts.get("quarter"):
        return f"{fiscal}{year}Q{parts['quarter']}" if frequency in ("", "quarter") else ""
    if parts.get("month") or parts.get("word"):
        word = parts.get("word")
        month = _MONTHS.index(word.lower()) + 1 if word else int(parts["month"])
        if frequency == "quarter":
            return f"{year}Q{(month + 2) // 3}" if month % 3 == 1 else ""
        return f"{year}-{month:02d}" if frequency in ("", "month") else ""
    return f"{fiscal}{year}" if frequency in ("", "year") else ""
