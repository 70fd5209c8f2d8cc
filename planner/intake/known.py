"""What the case knows already: its calendar, its names, its tables as they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from planner.case.files import TextTable, read_files
from planner.case.periods import Calendar, absolute_period
from planner.case.problems import CaseError, Place, Problem, error
from planner.case.settings.read import read_settings
from planner.case.tables import TABLE
from planner.case.yaml_file import parse_yaml
from planner.intake.words import normal

_LISTED: Final = {
    "workload": ("workloads.workload",),
    "site": ("sites.site",),
    "chip": ("chips.chip",),
    "offer": ("offers.offer",),
    "milestone": ("milestones.milestone",),
    "profile": ("profiles.profile",),
    "region": ("sites.region",),
    "country": ("sites.country",),
    "vendor": ("chips.vendor",),
    "model": ("workloads.model", "throughput.model"),
    "tier": ("workloads.tier", "throughput.tier"),
    "class": ("training.class", "milestones.class"),
    "supply_group": ("offers.supply_group", "supply.supply_group"),
    "project": ("power_projects.project",),
    "slice": (),
}
"""Where the names of a kind stand in the case."""


def defined_in(kind: str) -> str:
    """Return the table whose rows make names of a kind; a name elsewhere must be known."""
    return next((place.partition(".")[0] for place in _LISTED.get(kind, ())), "")


REQUIRED: Final = "REQUIRED"
"""What a started case says where only its owner knows the figure."""


@dataclass(frozen=True, slots=True)
class Known:
    """A case as far as an import needs it; it need not be complete, or right."""

    folder: Path
    calendar: Calendar
    texts: Mapping[str, TextTable]
    names: Mapping[str, tuple[str, ...]]
    by_normal: Mapping[str, Mapping[str, str]] = field(repr=False)

    def name(self, kind: str, label: str) -> str:
        """Return the name that a label is but for case, spaces and dashes; nothing for none."""
        return self.by_normal.get(kind, {}).get(normal(label), "")


def known_of(case: Path) -> Known:
    """Return what a case knows.

    Args:
        case: its folder, or a workbook that is a whole case.

    Raises:
        CaseError: where its settings cannot be read: without them no period is known.
    """
    texts, written, problems = read_files(case)
    if not written.text:
        raise CaseError(problems or [_no_settings(case)])
    tree, lines, found = parse_yaml(written.text)
    settings, wrong = (None, found) if tree is None else read_settings(tree, lines)
    if settings is None:
        raise CaseError([*found, *wrong])
    start = absolute_period(settings.start, settings.frequency, settings.fiscal_year_start)
    calendar = Calendar(settings.frequency, start, settings.periods, settings.fiscal_year_start)  # type: ignore[arg-type]
    names = {kind: tuple(dict.fromkeys(_cells(texts, places))) for kind, places in _LISTED.items()}
    names["slice"] = tuple(one.name for one in settings.slices)
    by_normal: dict[str, dict[str, str]] = {}
    for kind, listed in names.items():
        counted: dict[str, str] = {}
        twice = set()
        for name in listed:
            if counted.setdefault(normal(name), name) != name:
                twice.add(normal(name))  # names that differ by a dash only: never guessed
        by_normal[kind] = {low: name for low, name in counted.items() if low not in twice}
    return Known(case, calendar, texts, names, by_normal)


def _cells(texts: Mapping[str, TextTable], places: Iterable[str]) -> Iterable[str]:
    for place in places:
        table, _, column = place.partition(".")
        text = texts.get(table)
        if text is not None and column in text.columns:
            yield from (str(c) for c in text.columns[column] if c and c not in ("*", REQUIRED))


def _no_settings(case: Path) -> Problem:
    fix = "write it, or start from `planner init DIR`"
    return error("missing-table", Place(str(case)), "", "has no settings", fix)


def importable(table: str) -> bool:
    """Return whether a table is one that an import writes: whose rows have a key by which they are
    found again, and periods of the case; not the planner's own record of the past."""
    declared = TABLE[table]
    periods = [c for c in declared.columns if c.name == "period" and c.name in declared.key]
    return (
        bool(declared.key)
        and not declared.past
        and not declared.other_columns
        and all(c.type == "period" for c in periods)
    )
