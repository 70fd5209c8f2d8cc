"""Variants of one case: its files are read once, and of each variant only what its overrides can
have changed is converted and checked again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.checks import PLACE_RULES, RULES
from planner.case.checks.places import Places, find_places
from planner.case.files import SettingsText, TextTable, read_files
from planner.case.load import build_case, place_problems, place_warnings, read_case
from planner.case.override_rows import tell_added
from planner.case.overrides import apply_overrides
from planner.case.problems import CaseError, Problem
from planner.case.read import read_table
from planner.case.resolve import whole_settings
from planner.case.settings.read import read_settings
from planner.case.tables import TABLES
from planner.case.wide import widen
from planner.case.yaml_file import parse_yaml

QUICK: Final = frozenset(table.name for table in TABLES if table.quick)
OFFERS: Final = "offers"
PRICES: Final = ("usd_per_chip", "usd_per_chip_hour")
"""Columns of offers that pass through unchanged, so that a change of them alone is as quick; few
rules look at them."""
PRICED: Final = "prices of offers"
"""What stands for these columns among the tables that a rule looks at, or that are changed."""

Find = Callable[[Case, Places], list[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the checks, which tables it looked at in the base case, and what it found there."""

    find: Find
    tables: frozenset[str]
    found: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Base:
    """A case with the text it was made of, the rules it was checked by and the places of its
    chips."""

    case: Case
    texts: Mapping[str, TextTable]
    tree: Any
    lines: Mapping[str, int]
    written: SettingsText
    said_whole: bool | None
    """What the settings themselves say of whole things."""
    places: Places
    places_tables: frozenset[str]
    """Tables from which the places were found."""
    rules: tuple[Rule, ...]
    seen_reading: tuple[Problem, ...] = ()
    """Warnings of reading the files, which hold for every variant."""


class _Watched(Mapping[str, pd.DataFrame]):
    """The tables of a case, which remember those that were looked at; on request, without the
    prices of offers."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], priced: bool = True) -> None:
        self.tables, self.seen = tables, set[str]()
        self.priced = priced

    def __getitem__(self, name: str) -> pd.DataFrame:
        self.seen.add(name)
        return (
            self.tables[name]
            if self.priced or name != OFFERS
            else self.tables[name].drop(columns=[*PRICES])
        )

    def __iter__(self) -> Iterator[str]:
        self.seen.update(self.tables)
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)


def read_base(folder: Path, overrides: Sequence[str] = ()) -> Base:
    """Return a case to make variants of.

    Args:
        folder: the case folder.
        overrides: changes that hold in the base and in every variant, as for ``read_case``.

    Raises:
        CaseError: with every problem found.
    """
    case = read_case(folder, overrides)
    texts, written, noticed = read_files(folder)
    tree, lines, _ = parse_yaml(written.text)
    tree, texts, _ = apply_overrides(tree, texts, overrides)
    long = {
        name: wide if name not in QUICK else widen(wide)[0] or wide for name, wide in texts.items()
    }
    places, seen = _seen(case, find_places)
    if _needs_prices(case, find_places):
        seen |= {PRICED}
    rules = [_watched(case, places, seen, rule) for rule in (*map(_anywhere, RULES), *PLACE_RULES)]
    said, _ = read_settings(tree, lines)
    whole = None if said is None else said.whole
    return Base(case, long, tree, lines, written, whole, places, seen, tuple(rules), tuple(noticed))


def _anywhere(rule: Callable[[Case], list[Problem]]) -> Find:
    return lambda case, _: rule(case)


def _seen(case: Case, work: Callable[[Case], Any]) -> tuple[Any, frozenset[str]]:
    """Do some work on a case; return its result and the tables that it looked at."""
    tables = _Watched(case.tables)
    return work(dataclasses.replace(case, tables=tables)), frozenset(tables.seen)


def _needs_prices(case: Case, work: Callable[[Case], Any]) -> bool:
    """Return whether some work cannot be done without the prices of offers."""
    try:
        work(dataclasses.replace(case, tables=_Watched(case.tables, priced=False)))
    except KeyError:
        return True
    return False


def _watched(case: Case, places: Places, of_places: frozenset[str], rule: Find) -> Rule:
    """Try a rule on the base case; one about places looks at all that these were found from."""
    found, seen = _seen(case, lambda watched: rule(watched, places))
    if OFFERS in seen and _needs_prices(case, lambda watched: rule(watched, places)):
        seen |= {PRICED}
    return Rule(rule, seen | of_places if rule in PLACE_RULES else seen, tuple(found))


def read_variant(base: Base, overrides: Sequence[str]) -> Case:
    """Return the base case with overrides applied: what ``read_case`` returns for both together.

    Args:
        base: the base.
        overrides: the changes.

    Raises:
        CaseError: with every problem found.
    """
    tree, texts, problems = apply_overrides(base.tree, dict(base.texts), overrides)
    changed = {
        PRICED if name == OFFERS and _only_prices(texts[name], base.texts[name]) else name
        for name in texts
        if texts[name] is not base.texts.get(name)
    }
    try:
        same = all(_same_rows(texts[name], base.texts.get(name)) for name in changed - {PRICED})
        if same and changed <= QUICK | {PRICED} and tree == base.tree and not problems:
            case = _quick(base, texts, changed)
        else:  # problems of a wrong override, and of what the others make wrong
            read = [*base.seen_reading, *problems]
            case = build_case(base.case.folder, tree, base.lines, texts, read)
        return place_warnings(case, base.written, base.lines)
    except CaseError as reason:
        told = tell_added(reason.problems, [*texts.values()])
        raise CaseError(place_problems(told, base.written, base.lines)) from None


def _same_rows(new: TextTable, old: TextTable | None) -> bool:
    """Return whether no row of a table came or went."""
    if old is None or new.entry is None:
        return False
    before = np.arange(len(old.row)) if old.entry is None else old.entry
    return np.array_equal(new.entry, before)


def _only_prices(new: TextTable, old: TextTable | None) -> bool:
    """Return whether offers are as they were but for their prices."""
    if old is None or not _same_rows(new, old):
        return False
    others = old.columns.keys() - set(PRICES)
    return others == new.columns.keys() - set(PRICES) and all(
        np.array_equal(new.columns[name], old.columns[name]) for name in others
    )


def _quick(base: Base, texts: Mapping[str, TextTable], changed: set[str]) -> Case:
    """The variant in which only figures of some tables changed: a rule that looks at none of these
    finds what it found before."""
    tables, problems = dict(base.case.tables), list[Problem]()
    for table in (
        TABLES
    ):  # in the order in which a whole case is read, so that its problems stand in that order
        name, priced = table.name, table.name == OFFERS and PRICED in changed
        if not priced and name not in changed:
            continue
        frame, found = read_table(texts[name], base.case.calendar)
        problems += found
        if frame is not None:
            tables[name] = (
                tables[name].assign(**{column: frame[column] for column in PRICES})
                if priced
                else frame
            )
    if problems:
        raise CaseError(problems)
    said = dataclasses.replace(base.case.settings, whole=base.said_whole)
    settings = whole_settings(said, tables)
    case = dataclasses.replace(base.case, settings=settings, tables=tables, warnings=())
    places = base.places if base.places_tables.isdisjoint(changed) else find_places(case)
    problems = [*base.seen_reading] + [
        problem
        for rule in base.rules
        for problem in (rule.found if rule.tables.isdisjoint(changed) else rule.find(case, places))
    ]
    if any(problem.severity == "error" for problem in problems):
        raise CaseError(problems)
    return dataclasses.replace(case, warnings=tuple(problems))
