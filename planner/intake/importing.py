"""An import from end to end: sources read, understood, checked, and turned into edits of the case;
nothing is written before it is accepted."""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from planner.intake.across import entries_of
from planner.intake.ask import Asked, Question
from planner.intake.block import Block, blocks_of
from planner.intake.cell import Sheet
from planner.intake.facts import facts_of
from planner.intake.figure import Locale
from planner.intake.figures import Names
from planner.intake.known import known_of
from planner.intake.leftovers import (
    ask_between,
    ask_figureless,
    ask_headless,
    ask_unmarked,
    ask_unread,
    ask_unused,
)
from planner.intake.locale import ask_locale
from planner.intake.map_file import read_map
from planner.intake.reading import Around, understood
from planner.intake.rereading import make_edits
from planner.intake.result import Import
from planner.intake.seen import ask_gone
from planner.intake.sources import read_sources
from planner.intake.sums import check_sums
from planner.intake.use import Use
from planner.intake.words import normal


def read_import(
    sources: Sequence[str], case: Path, map_path: Path, pasted: Callable[[], str]
) -> Import:
    """Read sources for a case.

    Args:
        sources: paths of files and folders, or ``-``.
        case: the case.
        map_path: the map, which need not be there.
        pasted: returns the text of the clipboard.

    Returns:
        The import; nothing is written.

    Raises:
        CaseError: where the case's settings or the map cannot be used.
    """
    known = known_of(case)
    told = read_map(map_path)
    sheets, problems = read_sources(sources, pasted)
    asked = Asked(told.answers)
    result = Import(case, known, told, map_path, sheets, problems, Names(known, told.names), asked)
    if problems:
        return result
    used: set[int] = set()
    for file in dict.fromkeys(sheet.file for sheet in sheets):
        own = [sheet for sheet in sheets if sheet.file == file]
        locale = ask_locale(result, file, own)
        for sheet in own:
            _read_sheet(result, sheet, locale, used)
    ask_unused(result, used)
    ask_unread(result)
    ask_between(result)
    gone = ask_gone(result)
    if not result.questions:
        make_edits(result, gone)
    return result


def _read_sheet(result: Import, sheet: Sheet, locale: Locale | None, used: set[int]) -> None:
    """Read every table of a sheet."""
    if sheet.hidden:
        result.aside.append((sheet, "is hidden: show it to have it read"))
        return
    blocks = blocks_of(sheet)
    if not blocks:
        result.aside.append((sheet, "has no table"))
        return
    around = Around(result.known, result.names, result.asked, locale)
    for number, block in enumerate(blocks):
        use = _use(result, block, len(blocks) > 1, number)
        if use.number >= 0:
            used.add(use.number)
        before = len(result.asked.questions)
        reading, place = understood(block, use, around)
        result.readings.append(reading)
        if place is not None:
            place = dataclasses.replace(place, use=reading.use)
            facts_of(reading, place, result.names, result.asked)
            check_sums(reading, locale, result.asked)
            ask_headless(reading, result.asked)
            ask_figureless(reading, result.asked)
            if not _structural(result.asked.questions[before:]):
                result.entries += entries_of(reading, result.known, result.asked)
            ask_unmarked(reading, result.asked)
        for question in result.asked.questions[before:]:
            for spot in question.spots if question.path != "tables" else question.spots[:1]:
                reading.marks[spot] = "question"


def _structural(questions: Sequence[Question]) -> bool:
    """Return whether a table itself is not understood, so that its gaps say nothing."""
    return any(q.path == "tables" and q.key in ("to", "unit", "measure") for q in questions)


def _use(result: Import, block: Block, several: bool, number: int) -> Use:
    """Return what the map says of a table of a sheet; a new one where it says nothing."""
    headers = {
        normal(block.sheet.cell(row, column).text)
        for row in block.header
        for column in block.columns
    }
    for use in result.map.tables:
        if use.sheet and not fnmatch.fnmatch(block.sheet.name, use.sheet):
            continue
        if use.file and not fnmatch.fnmatch(block.sheet.file, use.file):
            continue
        if use.title and normal(use.title) not in normal(block.title):
            continue
        if use.columns and not any(
            normal(header) in headers or _joined_in(header, headers) for header in use.columns
        ):
            continue
        return use
    files = {sheet.file for sheet in result.sheets}
    title = ""
    if several:
        title = block.title
    file = re.sub(r"[0-9]+", "*", block.sheet.file) if len(files) > 1 else ""
    del number
    return Use(sheet=block.sheet.name, file=file, title=title, new=True)


def _joined_in(header: str, headers: set[str]) -> bool:
    """Return whether a header of several rows holds one of the cells."""
    text = normal(header)
    return any(one and one in text for one in headers)
