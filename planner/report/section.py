"""What a summary is: facts, and sections that are titled tables of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table of text; ``right`` are the columns of numbers, ``note`` stands below it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary: a title, facts as (name, value), and sections."""

    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def records(frame: pd.DataFrame) -> list[Any]:
    """Return the rows of a frame as named tuples: for the few lines that are shown, not for whole
    tables."""
    return list(frame.itertuples())
