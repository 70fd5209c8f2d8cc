"""Dates moved, in the words of ``--set``: deadlines, when a chip can be ordered, when power
comes."""

from __future__ import annotations

import calendar
import datetime
import re
from typing import Final

import numpy as np

from planner.case.case import Case
from planner.case.kinds import BURST_KINDS
from planner.case.spelling import quote_name
from planner.serve.move import Move, MoveError
from planner.serve.spelled import Spelled, change, known, offers_of

DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def move_date(spelled: Spelled, move: Move) -> list[str]:
    by = int(move.amount)
    if move.axis == "milestone":
        table = spelled.table("milestones")
        if table is None:
            raise MoveError("the case has no milestones to move")
        names, dates = spelled.cells(table, "milestone"), spelled.cells(table, "deadline")
        mine = np.flatnonzero(known(names, move))
        return [
            f"milestones.{quote_name(names[at])}.deadline={_later(spelled.case, dates[at], by)}"
            for at in mine
        ]
    if move.axis == "chip":
        offers, own = offers_of(spelled, move)
        names, firsts = spelled.cells(offers, "offer"), spelled.cells(offers, "first_order")
        kinds, calendar_ = spelled.cells(offers, "kind"), spelled.case.calendar
        words = []
        for at in own:
            if kinds[at] in BURST_KINDS:
                continue
            before = max(calendar_.parse(firsts[at]), 0) if firsts[at] else 0
            label = calendar_.label(max(before + by, 0))
            words.append(f"offers.{quote_name(names[at])}.first_order={label}")
        return words
    return _later_power(spelled, move)


def _later(case: Case, text: str, by: int) -> str:
    """Return a period or a date so many periods later."""
    if not DATE.fullmatch(text):
        return case.calendar.label(case.calendar.parse(text) + by)
    day = datetime.date.fromisoformat(text)
    year, month = divmod(day.year * 12 + day.month - 1 + by * (12 // case.calendar.ppy), 12)
    last = calendar.monthrange(year, month + 1)[1]
    return f"{year:04d}-{month + 1:02d}-{min(day.day, last):02d}"


def _later_power(spelled: Spelled, move: Move) -> list[str]:
    """What a site's power grows by comes so many periods later, or sooner; its projects take as
    much longer."""
    table = spelled.table("power")
    if table is None:
        raise MoveError("the case has no power to move")
    names, labels = spelled.cells(table, "site"), spelled.cells(table, "period")
    parse = spelled.case.calendar.parse
    mine = sorted(np.flatnonzero(known(names, move)).tolist(), key=lambda at: parse(labels[at]))
    words = []
    for column in ("mw", "liquid_mw"):
        cells = spelled.cells(table, column)
        for place, at in enumerate(mine):
            new = cells[mine[min(max(place - int(move.amount), 0), len(mine) - 1)]]
            if new != cells[at]:
                words.append(
                    f"power.{quote_name(names[at])}.{quote_name(labels[at])}.{column}={new}"
                )
    projects = spelled.table("power_projects")
    if projects is not None and move.amount > 0:
        owned, at_site = spelled.cells(projects, "project"), spelled.cells(projects, "site")
        words += [
            f"power_projects.{quote_name(name)}.lead_periods{change(move)}"
            for name, site in zip(owned, at_site, strict=True)
            if site == move.name
        ]
    return words
