"""Stored values: what a cell of an .xlsx file holds, as a CSV would have it, and what is odd about
it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from planner.case.xml_parts import Damaged, whole

_EPOCH: Final = {False: datetime.date(1899, 12, 30), True: datetime.date(1904, 1, 1)}
_FIRST_SERIAL: Final = 61
"""Days before 1 March 1900 are counted differently by every spreadsheet."""
_LAST_SERIAL: Final = 2_900_000


@dataclass(frozen=True, slots=True)
class Shared:
    """What the sheets of a workbook share: texts, cell formats and the day they count from."""

    strings: Sequence[str]
    styles: Sequence[str]
    """What every cell format shows of a date, empty for one that shows none."""
    since_1904: bool = False

    def plain(self, value: str, kind: str, style: int, row: int) -> tuple[str, str]:
        """Return the text of a stored value, and what is odd about it.

        Args:
            value: what is stored.
            kind: type of its cell.
            style: number of its format.
            row: row of its cell.
        """
        if kind == "n":
            dated = self.styles[style] if style < len(self.styles) else ""
            return (
                _date_text(value, dated, since_1904=self.since_1904)
                if dated
                else (number_text(value), "")
            )
        if kind == "s":
            at = whole(value) if value.strip().isdigit() else -1
            if not 0 <= at < len(self.strings):
                raise Damaged(f"a cell in row {row} names a text that is not there")
            return self.strings[at], ""
        if kind == "b":
            return ("TRUE" if value.strip() in ("1", "true") else "FALSE"), "truth"
        if kind == "e":
            return value, "error"
        if kind == "d":
            return (
                (value[:10], "date")
                if re.fullmatch(r"[0-9-]{10}(T00:00:00(\.0+)?)?", value)
                else (value, "time")
            )
        return value, ""


def number_text(text: str) -> str:
    """Return a stored number as a CSV would have it: whole ones without decimals."""
    if text.isdigit() and len(text) < 16:
        return text if text[0] != "0" or len(text) == 1 else str(int(text))
    try:
        value = float(text)
    except ValueError:
        return text
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _date_text(text: str, kind: str, *, since_1904: bool) -> tuple[str, str]:
    """Return the text of a date cell, and what is odd about it."""
    try:
        serial = float(text)
    except ValueError:
        return text, "time"
    low = 0 if since_1904 else _FIRST_SERIAL
    if kind == "time" or not low <= serial < _LAST_SERIAL or not serial.is_integer():
        return number_text(text), "time"
    day = _EPOCH[since_1904] + datetime.timedelta(days=int(serial))
    if kind == "date":
        return day.isoformat(), "date"
    short = f"{day:%Y-%m}" if kind == "month" else f"{day:%Y}"
    if kind == "local" or day.day > 1 or (kind == "year" and day.month > 1):
        return day.isoformat(), "half-date"
    return short, kind
