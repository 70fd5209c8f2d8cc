"""Periods: rows and columns of passed periods go, and those at the new end repeat the last one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.case.periods import Calendar, looks_like_period
from planner.case.tables import TABLE
from planner.case.text import TextTable
from planner.roll.draft import Draft

BY_PERIOD: Final = ("demand", "offer_prices", "token_prices", "supply", "power", "energy")
"""Tables with a figure for every period.  Those of gains.csv hold from their period on, also one
that has passed, and stay."""
COPIED: Final = "rolled: {new} copied from {old}"
"""What stands in the note of a row that was copied, until somebody states what is so."""


@dataclass(frozen=True, slots=True)
class Move:
    """How far the start and the end of a plan move."""

    calendar: Calendar
    """Of the plan that is rolled."""
    by: int
    """Periods that have passed."""
    longer: int
    """Periods that come at the end: 0 where the end is kept, else ``by``."""

    @property
    def calendar_after(self) -> Calendar:
        """The calendar of the next plan."""
        old = self.calendar
        count = old.count - self.by + self.longer
        return Calendar(old.frequency, old.start + self.by, count, old.fiscal_year_start)


def periods_edit(text: TextTable, move: Move, kept: Mapping[str, int]) -> Draft:
    """Return the changes of a table by period: what it says of passed periods goes, and at the new
    end it repeats its last period.

    Args:
        text: a table of ``BY_PERIOD`` as it was written, long or with periods as headers.
        move: how far the plan moves.
        kept: by name (of the table's first column) the first period that stays although it has
            passed: batch work of which a window is open.
    """
    edit = Draft(text.name, text)
    declared = {column.name for column in TABLE[text.name].columns}
    headers = [name for name in text.columns if name not in declared and looks_like_period(name)]
    if "period" in text.columns:
        _move_rows(text, move, edit, kept)
    elif headers:
        _move_columns(text, headers, move, edit, kept)
    return edit


def _move_rows(text: TextTable, move: Move, edit: Draft, kept: Mapping[str, int]) -> None:
    """Move a table with a row per period."""
    calendar = move.calendar
    period = np.array([calendar.parse(cell) for cell in text.columns["period"]], dtype=np.int64)
    name = text.columns[TABLE[text.name].key[0]]
    first = np.array([kept.get(str(one), move.by) for one in name], dtype=np.int64)
    for at in np.flatnonzero(period < first):
        edit.dropped[int(text.row[at])] = "its period has passed"
    last = np.flatnonzero(period == calendar.count - 1)
    for t in range(calendar.count, calendar.count + move.longer):
        there = set(_keys(text, np.flatnonzero(period == t)))
        for at in last:
            if _keys(text, np.array([at]))[0] in there:
                continue  # stated already, beyond the end of the old plan
            cells = {column: str(cells[at]) for column, cells in text.columns.items()}
            note = COPIED.format(new=calendar.label(t), old=calendar.label(calendar.count - 1))
            cells |= {"period": calendar.label(t), "note": noted(cells.get("note", ""), note)}
            edit.added.append((cells, note))


def _keys(text: TextTable, at: np.ndarray) -> list[tuple[str, ...]]:
    """Return the key of some rows without its period."""
    key = [name for name in TABLE[text.name].key if name != "period" and name in text.columns]
    return [tuple(str(text.columns[name][i]) for name in key) for i in at]


def _move_columns(
    text: TextTable, headers: list[str], move: Move, edit: Draft, kept: Mapping[str, int]
) -> None:
    """Move a table with periods as headers."""
    calendar = move.calendar
    periods = {calendar.parse(name): name for name in headers}
    name = text.columns[TABLE[text.name].key[0]]
    first = np.array([kept.get(str(one), move.by) for one in name], dtype=np.int64)
    for t, header in periods.items():
        if t >= move.by:
            continue
        if (first > t).all():
            edit.dropped_columns[header] = "its period has passed"
            continue
        for at in np.flatnonzero(first > t).tolist():
            edit.set(int(text.row[at]), header, "")
    old = periods.get(calendar.count - 1)
    if old is None or not move.longer:
        return
    new = [t for t in range(calendar.count, calendar.count + move.longer) if t not in periods]
    if not new:
        return
    for t in new:
        edit.copied_columns[calendar.label(t)] = old
    named = calendar.label(new[0])
    if len(new) > 1:
        named += f" to {calendar.label(new[-1])}"
    for at in range(len(text.row)):
        if not str(text.columns[old][at]):
            continue
        row = int(text.row[at])
        note = COPIED.format(new=named, old=calendar.label(calendar.count - 1))
        edit.set(row, "note", noted(edit.before(row, "note"), note))


def noted(note: str, more: str) -> str:
    """Return a note with what the roll says of the row, in place of what an earlier one said."""
    own = [part for part in note.split("; ") if part and not part.startswith("rolled: ")]
    return "; ".join([*own, more])


def rules_edit(text: TextTable, move: Move) -> Draft:
    """Return the changes of rules.csv: rules that ended go."""
    draft = Draft(text.name, text)
    for row, cell in zip(text.row, text.columns.get("to", ()), strict=False):
        if cell and move.calendar.parse(cell) < move.by:
            draft.dropped[int(row)] = "it ended"
    return draft


def window_after(window: str, move: Move) -> Mapping[str, bool]:
    """Return what of a window of budgets.csv or limits.csv (a period's label, ``FY2027`` or ""
    for the whole plan) has ``begun`` and whether it is ``over`` when the next plan starts."""
    calendar = move.calendar
    if window == "":
        return {"begun": True, "over": False}
    if window.startswith("FY"):
        years = [calendar.fiscal_year(t) for t in range(move.by)]
        over = calendar.fiscal_year(move.by) > int(window[2:])
        return {"begun": int(window[2:]) in years, "over": over}
    period = calendar.parse(window)
    return {"begun": period < move.by, "over": period < move.by}


def windows_beyond(window: str, move: Move) -> list[str]:
    """Return the windows at the new end that repeat a window of budgets.csv: the fiscal years
    (periods) that begin there, where it is the old plan's last one."""
    calendar, last = move.calendar, move.calendar.count - 1
    new = range(calendar.count, calendar.count + move.longer)
    if window.startswith("FY"):
        year = calendar.fiscal_year(last)
        years = dict.fromkeys(calendar.fiscal_year(t) for t in new)
        return [f"FY{y}" for y in years if y > year] if window == f"FY{year}" else []
    return [calendar.label(t) for t in new] if window == calendar.label(last) else []
