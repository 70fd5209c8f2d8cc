"""What the map says of a table: which of the case's it is, what its columns are, and all that no
header says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_TARGET: Final = re.compile(r"(?P<to>[^\s]+)(?:\s+in\s+(?P<unit>.+?))?(?:\s+per\s+(?P<per>.+))?")


@dataclass(frozen=True, slots=True)
class Target:
    """What a column is: a column of the case, a kind of names, ``period``, ``measure``, ``unit`` or
    ``skip``; its unit, and how many chips a figure is for (a number, or the header that says
    it)."""

    to: str
    unit: str = ""
    per: str = ""

    def __str__(self) -> str:
        unit = f" in {self.unit}" if self.unit else ""
        return f"{self.to}{unit}{f' per {self.per}' if self.per else ''}"


def target_of(text: str) -> Target:
    """Return what a line of the map says of a column: ``usd_per_chip_hour in USD/h per 8``."""
    match = _TARGET.fullmatch(text.strip())
    if match is None:
        return Target(text.strip())
    return Target(match["to"], match["unit"] or "", match["per"] or "")


@dataclass(frozen=True, slots=True)
class Use:
    """A table of the map: which tables of the sources it is for, and how they are read."""

    sheet: str = ""
    file: str = ""
    title: str = ""
    to: str = ""
    columns: Mapping[str, Target] = field(default_factory=dict)
    measure: str = ""
    unit: str = ""
    per: str = ""
    set: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    across: str = ""
    spread: str = ""
    missing: str = ""
    unknown: str = ""
    double: str = ""
    number: int = -1
    """Where it stands in the map; -1 for one that is not there yet."""
    new: bool = False


FIELDS: Final = {
    "file": "a file by its name, * for anything: forecast-*.xlsx; left out: every file",
    "sheet": "the sheet; left out: every sheet of the file",
    "title": "words of the title above the table, where a sheet has several",
    "to": "which table of the case it is; skip: none",
    "columns": "what its columns are, by header: a column of that table (in UNIT per N), a kind of "
    "names, period, measure, unit or skip",
    "measure": "the column that all its figures belong to",
    "unit": "the unit of its figures, where no header says it",
    "per": "how many chips a figure is for: 8, 72, or the header that says it",
    "set": "what every row has that no column says; {Header} is what stands below it",
    "only": "rows that are read, by header: what must stand there",
    "across": "how finer periods become one: sum, least, greatest, mean, last",
    "spread": "how coarser periods become several: even (a share by days), hold (the same in each)",
    "unknown": "skip: rows whose name the case does not have are left out",
    "double": "rows of one name and period: add, first or last of them",
    "missing": "keep: periods of the plan without a figure keep what the case has",
}
"""What the map may say of a table."""
