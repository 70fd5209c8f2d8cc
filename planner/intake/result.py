"""An import: what was understood of its sources, what is asked, and what would be written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from planner.case.problems import Problem
from planner.edit import Edit, Edited
from planner.intake.across import Entry
from planner.intake.ask import Asked, Question
from planner.intake.cell import Sheet
from planner.intake.figures import Names
from planner.intake.known import Known
from planner.intake.map_file import Map
from planner.intake.reading import Reading
from planner.intake.words import normal


@dataclass(slots=True)
class Import:
    """What an import understood, asks and would write."""

    case: Path
    known: Known
    map: Map
    map_path: Path
    sheets: list[Sheet]
    problems: list[Problem]
    names: Names
    asked: Asked
    readings: list[Reading] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    locales: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of every text file or sheet with figures as texts: the locale, and what says so."""
    aside: list[tuple[Sheet, str]] = field(default_factory=list)
    """Sheets that are not read, and why."""
    edits: dict[str, Edit] = field(default_factory=dict)
    edited: Edited | None = None
    trouble: str = ""
    """Why a table cannot be written."""

    @property
    def questions(self) -> list[Question]:
        """What is asked."""
        return self.asked.questions

    @property
    def new_names(self) -> list[tuple[str, str, str]]:
        """Names taken for granted that no accepted map says: kind, label, name."""
        accepted = self.map.names if self.map.accepted else {}
        told = {(kind, normal(label)) for kind, rows in accepted.items() for label in rows}
        return [
            (kind, label, name)
            for (kind, label), name in self.names.used.items()
            if (kind, normal(label)) not in told
        ]

    @property
    def granted(self) -> bool:
        """Whether everything that was taken for granted stands in an accepted map."""
        return (
            self.map.accepted
            and not self.new_names
            and all(r.use.number >= 0 for r in self.readings if r.facts)
        )
