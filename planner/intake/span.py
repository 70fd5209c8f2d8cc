"""Spans of time in every spelling: a day, month, quarter, half or year, or a part of a year that
another header names."""

from __future__ import annotations

import calendar
import datetime
import functools
import itertools
import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from planner.case.periods import Calendar
from planner.intake.cell import Cell


class Span(NamedTuple):
    """Days from the first to the one before ``end``, as ordinals."""

    start: int
    end: int

    @property
    def days(self) -> int:
        """Days of it."""
        return self.end - self.start

    @property
    def word(self) -> str:
        """What it is: day, month, quarter, half or year."""
        return next((w for w, most in _LONGEST if self.days <= most), "years")

    def __str__(self) -> str:
        first = datetime.date.fromordinal(self.start)
        if self.days == 1:
            return first.isoformat()
        month = f"{first.year}-{first.month:02d}"
        step = _STEPS.get(self.word, 0)
        if first.day != 1 or not step or (first.month - 1) % step:
            last = datetime.date.fromordinal(self.end - 1)
            return f"{month} to {last.year}-{last.month:02d}"
        return {
            "month": month,
            "quarter": f"{first.year}Q{(first.month + 2) // 3}",
            "half": f"{first.year}H{1 if first.month < 7 else 2}",
        }.get(self.word, str(first.year))


_STEPS: Final = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_LONGEST: Final = (("day", 1), ("month", 31), ("quarter", 92), ("half", 184), ("year", 366))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a year that the header says without the year: ``Q1``, ``Jan``, ``H2``."""

    months: int
    number: int
    fiscal: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """What a cell says of time: a span, a part of a year, or two spans of which either is meant."""

    span: Span | None = None
    part: Part | None = None
    either: tuple[str, ...] = ()
    fiscal: bool = False
    year: bool = False


_MONTHS: Final = {
    word: number
    for number, words in enumerate(
        (
            "jan january januar jaen jän jänner janvier ene enero",
            "feb february februar feber fev février febrero",
            "mar march mär mrz märz maerz mars marzo",
            "apr april avr avril abr abril",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juillet julio",
            "aug august aou août ago agosto",
            "sep sept september septembre septiembre",
            "oct october okt oktober octobre octubre",
            "nov november novembre noviembre",
            "dec december dez dezember déc décembre dic diciembre",
        ),
        start=1,
    )
    for word in words.split()
}
_WORD: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR: Final = (
    r"(?P<fiscal>fy|cy|gj|fiscal(?:\s+year)?)?[\s'’`-]*(?P<year>(?:19|20)[0-9]{2}|[0-9]{2})"
)
_SLASHED: Final = r"(?P<fiscal>fy)\s*(?P<before>(?:20)?[0-9]{2})[/-](?P<year>(?:20)?[0-9]{2})"
_QUARTER: Final = r"(?:q|quarter|qtr|quartal)"
_GAP: Final = r"[\s'’`/._,-]*(?:of\s+)?"
_APART: Final = r"[\s'’`/._,-]{1,3}"
"""Between a half and its year: H100 and H200 are chips."""
_TAIL: Final = (
    r"(?:\s*\(?(?:f|fc|fcst|forecast|plan|planned|budget|bud|est|e|a|act|actual|actuals|ist|"
    r"prognose)\)?)?"
)
_FORMS: Final = tuple(
    re.compile(form + _TAIL, re.IGNORECASE)
    for form in (
        rf"{_QUARTER}\s*(?P<quarter>[1-4]){_GAP}{_SLASHED}",
        rf"{_SLASHED}{_GAP}{_QUARTER}\s*(?P<quarter>[1-4])",
        rf"{_QUARTER}\s*(?P<quarter>[1-4]){_GAP}{_YEAR}",
        rf"(?P<quarter>[1-4])(?:st|nd|rd|th|\.)?\s*{_QUARTER}{_GAP}{_YEAR}",
        rf"{_YEAR}{_GAP}{_QUARTER}[\s-]*(?P<quarter>[1-4])",
        rf"h\s?(?P<half>[12]){_APART}{_YEAR}",
        rf"(?P<half>[12])\s?h{_APART}{_YEAR}",
        rf"{_YEAR}{_GAP}h\s*(?P<half>[12])",
        rf"(?P<word>{_WORD})\.?{_GAP}{_YEAR}",
        rf"{_YEAR}{_GAP}(?P<word>{_WORD})\.?",
        r"(?P<year>(?:19|20)[0-9]{2})[/._\s-]?m?(?P<month>0[1-9]|1[0-2])",
        r"(?P<year>(?:19|20)[0-9]{2})[/._\s-]?m(?P<month>[1-9])",
        r"(?P<month>0?[1-9]|1[0-2])[/._-](?P<year>(?:19|20)[0-9]{2})",
        r"(?P<year>(?:19|20)[0-9]{2})-(?P<month>0?[1-9]|1[0-2])-(?P<day>[0-3]?[0-9])"
        r"(?:[T ][0-9:.]+Z?)?",
        r"(?P<day>[0-3]?[0-9])[\s-](?P<word>" + _WORD + r")\.?[\s-](?P<year>(?:19|20)?[0-9]{2})",
        r"(?P<word>" + _WORD + r")\.?\s(?P<day>[0-3]?[0-9]),?\s(?P<year>(?:19|20)[0-9]{2})",
        r"(?P<day>[0-3]?[0-9])\.(?P<month>0?[1-9]|1[0-2])\.(?P<year>(?:19|20)?[0-9]{2})",
        r"(?P<fiscal>fy|cy|gj|fiscal(?:\s+year)?)[\s'’`-]*(?P<year>(?:19|20)?[0-9]{2})",
        r"(?P<year>20[0-9]{2})(?:\.0)?",
    )
)
_EITHER: Final = re.compile(r"(?P<one>[0-3]?[0-9])/(?P<two>[0-3]?[0-9])/(?P<year>(?:20)?[0-9]{2})")
_PART: Final = re.compile(
    rf"(?:(?P<quarter>{_QUARTER}\s*([1-4])|([1-4])\s*q)|h\s*(?P<half>[12])|(?P<word>{_WORD})\.?)"
    + _TAIL,
    re.IGNORECASE,
)
_QUOTES: Final = re.compile(r"^[\s:]+|[\s:]+$")


def times_of(cell: Cell, fiscal_start: int = 1) -> Times | None:
    """Return what a cell says of time; None where it says nothing of it.

    Args:
        cell: a cell of a header, or below the word period.
        fiscal_start: month in which fiscal years begin.
    """
    if cell.kind == "date" and cell.day is not None:
        return Times(_of_day(cell.day, cell.format))
    if cell.kind == "number" and cell.value.is_integer() and 2015 <= cell.value <= 2070:
        return Times(_months(int(cell.value), 1, 12), year=True)
    if cell.kind != "text" or len(cell.text) > 40:
        return None
    return times_of_text(cell.text, fiscal_start)


@functools.lru_cache(maxsize=65_536)
def times_of_text(text: str, fiscal_start: int = 1) -> Times | None:
    """Return what a text says of time, as :func:`times_of` does."""
    text = " ".join(_QUOTES.sub("", text).replace("\u2013", "-").split())
    for form in _FORMS:
        if match := form.fullmatch(text):
            found = _span(match.groupdict(), fiscal_start)
            if found is not None:
                return found
    if match := _EITHER.fullmatch(text):
        return _slashed(int(match["one"]), int(match["two"]), _full(match["year"]))
    if match := _PART.fullmatch(text):
        if match["word"]:
            return Times(part=Part(1, _MONTHS[match["word"].lower()]))
        if match["half"]:
            return Times(part=Part(6, int(match["half"])))
        return Times(part=Part(3, int(match[2] or match[3])))
    return None


def part_of(year: Span, part: Part) -> Span:
    """Return a part of the year that a header above it names: the first quarter of a fiscal year
    begins with it."""
    first = datetime.date.fromordinal(year.start)
    if part.months == 1:  # March is March, whenever the fiscal year begins
        month = datetime.date(first.year + (part.number < first.month), part.number, 1)
        return _months(month.year, month.month, 1)
    index = first.year * 12 + first.month - 1 + (part.number - 1) * part.months
    return _months(index // 12, index % 12 + 1, part.months)


def period_span(calendar_: Calendar, t: int) -> Span:
    """Return the days of a period of the case."""
    return Span(calendar_.first_day(t).toordinal(), calendar_.first_day(t + 1).toordinal())


def _span(parts: dict[str, str | None], fiscal_start: int) -> Times | None:
    year, fiscal = _full(parts["year"] or ""), (parts.get("fiscal") or "").lower()
    is_fiscal = bool(fiscal) and fiscal != "cy"
    shift = (fiscal_start - 1 - 12) if is_fiscal and fiscal_start > 1 else 0
    try:
        if number := parts.get("quarter"):
            return Times(_months(year, 3 * int(number) - 2 + shift, 3), fiscal=is_fiscal)
        if number := parts.get("half"):
            return Times(_months(year, 6 * int(number) - 5 + shift, 6), fiscal=is_fiscal)
        word, month = parts.get("word"), parts.get("month")
        if word or month:
            number_ = _MONTHS[word.lower()] if word else int(month or 0)
            if is_fiscal and fiscal_start > 1 and number_ >= fiscal_start:
                year -= 1
            if day := parts.get("day"):
                when = datetime.date(year, number_, int(day))
                return Times(_of_day(when, ""))
            return Times(_months(year, number_, 1), fiscal=is_fiscal)
        return Times(_months(year, 1 + shift, 12), fiscal=is_fiscal, year=True)
    except ValueError:
        return None


def _slashed(one: int, two: int, year: int) -> Times | None:
    """Return a date with slashes: day and month are told apart where only one order is a date."""
    days = []
    for month, day in ((one, two), (two, one)):
        if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
            days.append(datetime.date(year, month, day))
    if not days:
        return None
    if len({*days}) == 1:
        return Times(_of_day(days[0], ""))
    return Times(either=tuple(day.isoformat() for day in days))


def _full(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)


def _of_day(day: datetime.date, style: str) -> Span:
    """Return the span that a date cell stands for: the day itself; a first of a month shown as a
    month is the month."""
    low = style.lower()
    if low and "d" not in low.replace("red", "") and "m" in low:
        return _months(day.year, day.month, 1)
    if low and "d" not in low and "y" in low:
        return _months(day.year, 1, 12)
    return Span(day.toordinal(), day.toordinal() + 1)


def _months(year: int, month: int, count: int) -> Span:
    """Return a span of whole months; the first may lie before the year or beyond it."""
    index = year * 12 + month - 1

    def first(at: int) -> int:
        return datetime.date(at // 12, at % 12 + 1, 1).toordinal()

    return Span(first(index), first(index + count))


def run_of(spans: list[Span]) -> list[Span]:
    """Return dates in a row as the spans that they begin: firsts of months in steps of a month are
    months, in steps of three quarters; others stay what they are.

    Args:
        spans: what the headers of one row say, in their order.
    """
    if len(spans) < 2 or any(span.days != 1 for span in spans):
        return spans
    days = [datetime.date.fromordinal(span.start) for span in spans]
    last = all((day + datetime.timedelta(1)).day == 1 for day in days)
    if not last and any(day.day != 1 for day in days):
        return spans
    index = [day.year * 12 + day.month - 1 for day in days]
    steps = {b - a for a, b in itertools.pairwise(index) if b != a}
    step = min(steps, default=1)
    if step not in (1, 3, 6, 12) or any(found % step for found in steps):
        return spans
    first = [at - step + 1 if last else at for at in index]
    return [_months(at // 12, at % 12 + 1, step) for at in first]
