"""Columns of many tables: where the figures of a row come from, and notes."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C

SOURCE: Final = (
    C(
        "source",
        "text",
        "Where the figures of this row come from; `assumption` where nobody published one.",
    ),
    C("as_of", "date", "Date of the source; figures older than a year are reported as stale."),
)
ORIGIN: Final = C(
    "source",
    "text",
    "Where the figures of this row come from: a file with its sheet and range, as `planner import` "
    "writes it.",
)
NOTE: Final = C("note", "text", "Free text, carried along and never interpreted.")
