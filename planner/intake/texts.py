"""Texts of a source in a column of the case: choices, names, periods and dates in its spelling."""

from __future__ import annotations

import datetime

from planner.case.declare import Column
from planner.case.tables import TABLE
from planner.intake.cell import Cell
from planner.intake.figures import Names, Place
from planner.intake.span import Span, period_span, times_of
from planner.intake.words import normal


def text_value(place: Place, column: Column, cell: Cell, names: Names) -> tuple[str, str]:
    """Return what a text becomes in a column, and why it becomes nothing.

    Args:
        place: where it stands.
        column: the column of the case.
        cell: the cell.
        names: what the map says of choices and names.
    """
    calendar = place.known.calendar
    if found := names.by_normal.get(column.name, {}).get(normal(cell.text), ""):
        names.used[column.name, cell.text] = found
        return found, ""
    if column.type in ("period", "instant", "date"):
        times = times_of(cell, calendar.fiscal_year_start)
        if times is None or times.span is None:
            return "", f"is no {column.type}"
        return _time_text(times.span, column, place)
    if column.type == "choice":
        chosen = {normal(choice): choice for choice in column.allowed}
        if normal(cell.text) in chosen:
            return chosen[normal(cell.text)], ""
        return "", f"is not one of {', '.join(column.allowed)}"
    if column.type == "yes_no":
        low = cell.text.lower()
        yes = low in ("yes", "y", "true", "x", "ja", "✓")
        no = low in ("no", "n", "false", "nein")
        return ("yes" if yes else "no", "") if yes or no else ("", "is not yes or no")
    if column.refers or column.name in place.known.names:
        kind = TABLE[column.refers].key[0] if column.refers else column.name
        found = names.find(kind, cell.text, ())
        return found or (
            "" if column.refers else cell.text
        ), "" if found or not column.refers else (f"is no {kind} of {column.refers}.csv")
    return cell.text, ""


def _time_text(span: Span, column: Column, place: Place) -> tuple[str, str]:
    calendar = place.known.calendar
    if column.type == "date" or (column.type == "instant" and span.days == 1):
        return datetime.date.fromordinal(span.start).isoformat(), ""
    for t in range(-200, calendar.count + 200):
        period = period_span(calendar, t)
        if period == span or (span.days < period.days and period.start <= span.start < period.end):
            return calendar.label(t), ""
    return "", f"is a {span.word}, and a {calendar.frequency} is written here"
