"""Dates: a moment inside a period as people write it."""

from __future__ import annotations

import datetime
import re
from typing import Final

MOMENT: Final = re.compile(r"(.+?)\+(\d+(?:\.\d+)?)%$")


def moment(label: str) -> str:
    """Return a label such as ``2028Q2+48%`` as the day it falls on, ``15 May 2028``; a label
    without a share is the period it names."""
    found = MOMENT.match(label)
    if found is None:
        return label
    begin, end = _days(found[1])
    into = datetime.timedelta(days=round((end - begin).days * float(found[2]) / 100.0))
    return day((begin + into).isoformat())


def day(iso: str) -> str:
    """Return a date such as ``2027-01-01`` as ``1 January 2027``; other text as it is."""
    try:
        found = datetime.date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{found.day} {found:%B} {found.year}"


def _days(period: str) -> tuple[datetime.date, datetime.date]:
    """The first day of a period, and the day after its last."""
    year = int(period[:4])
    if len(period) == 4:
        return datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1)
    quarter = period[4] == "Q"
    month, months = (3 * int(period[5:]) - 2, 3) if quarter else (int(period[5:]), 1)
    after = month + months
    return datetime.date(year, month, 1), datetime.date(year + after // 13, (after - 1) % 12 + 1, 1)
