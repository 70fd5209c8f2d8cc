"""Loading: from the files of a case, by way of text and typed tables, to the complete case."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from planner.case.accepted import accept_warnings
from planner.case.case import Case
from planner.case.files import SettingsText, TextTable, read_files
from planner.case.names import unknown_names
from planner.case.override_rows import tell_added
from planner.case.overrides import apply_overrides
from planner.case.periods import Calendar, absolute_period
from planner.case.problems import CaseError, Place, Problem, error, once
from planner.case.read import empty_table, read_table
from planner.case.resolve import resolve
from planner.case.settings.read import read_settings
from planner.case.tables import TABLES
from planner.case.windows import windows_as_text
from planner.case.yaml_file import FILE, parse_yaml


def read_case(folder: str | Path, overrides: Sequence[str] = ()) -> Case:
    """Read and check a case.

    Args:
        folder: a case folder with case.yaml and CSV tables, or a workbook.
        overrides: changes for this run, such as ``supply.b200.2027Q2*=0.5``.

    Returns:
        The case; its ``warnings`` are the problems that do not stop a run.

    Raises:
        CaseError: with every problem found.
    """
    folder = Path(folder)
    texts, written, problems = read_files(folder)
    tree, lines, found = parse_yaml(written.text) if written.text else (None, {}, [])
    problems = [*problems, *found]
    try:
        if not written.text and _errors(problems):
            raise CaseError(problems)  # nothing can be read without settings
        tree, texts, found = apply_overrides(tree, texts, overrides)
        case = build_case(folder, tree, lines, texts, [*problems, *found])
    except CaseError as reason:
        told = tell_added(reason.problems, [*texts.values()])
        raise CaseError(place_problems(told, written, lines)) from None
    return place_warnings(case, written, lines)


def place_warnings(case: Case, written: SettingsText, lines: Mapping[str, int]) -> Case:
    """Return a case whose warnings stand in their files, those apart that case.yaml accepts."""
    placed = place_problems(case.warnings, written, lines)
    told, accepted = accept_warnings(placed, case.settings.accept)
    told = place_problems(told, written, lines)
    return dataclasses.replace(case, warnings=tuple(told), accepted=accepted)


def place_problems(
    problems: Sequence[Problem], written: SettingsText, lines: Mapping[str, int]
) -> list[Problem]:
    """Give every problem of a setting the row it stands in, and that of a workbook its sheet."""
    placed = []
    for problem in problems:
        if problem.file == FILE and not written.rows:
            row = problem.row if problem.row is not None else lines.get(problem.column)
            placed.append(dataclasses.replace(problem, row=row))
        elif problem.file == FILE and written.rows:
            key = problem.column if problem.column in written.rows else problem.column.split(".")[0]
            placed.append(
                dataclasses.replace(problem, file=written.file, row=written.rows.get(key))
            )
        else:
            placed.append(problem)
    return placed


def _errors(problems: Sequence[Problem]) -> bool:
    """Return whether any of some problems is more than a warning."""
    return any(problem.severity == "error" for problem in problems)


def build_case(
    folder: Path,
    tree: Any,
    lines: Mapping[str, int],
    texts: Mapping[str, TextTable],
    problems: list[Problem],
) -> Case:
    """Return the case of settings and tables that were read as text.

    Args:
        folder: where they come from.
        tree: what case.yaml holds; None where it could not be read.
        lines: line of every key of it.
        texts: tables as text, by name.
        problems: what was wrong with them so far.

    Returns:
        The case.

    Raises:
        CaseError: with every problem found, those given included.
    """
    from planner.case.checks import check

    problems = list(problems)
    settings = None
    if tree is not None:
        settings, found = read_settings(tree, lines)
        problems += found
    elif not _errors(problems):
        problems += read_settings(None, lines)[1]
    if settings is None:
        raise CaseError(problems)
    start = absolute_period(settings.start, settings.frequency, settings.fiscal_year_start)
    calendar = Calendar(settings.frequency, start, settings.periods, settings.fiscal_year_start)  # type: ignore[arg-type]
    tables: dict[str, pd.DataFrame] = {}
    unread = {problem.file for problem in problems}
    for table in TABLES:
        if table.name not in texts:
            tables[table.name] = empty_table(table)
            sheet = f"[{table.name}]"
            if table.required and not any(f == table.path or f.endswith(sheet) for f in unread):
                problems.append(
                    error(
                        "missing-table",
                        Place(table.path),
                        "",
                        f"is needed: {table.help}",
                        "write it, or start from `planner init DIR`",
                    )
                )
            continue
        frame, found = read_table(texts[table.name], calendar)
        problems += found
        tables[table.name] = empty_table(table) if frame is None else frame
    if _errors(problems):
        # names are checked as far as the tables they refer to could be read
        unread = {problem.file for problem in problems if problem.severity == "error"}
        raise CaseError(once([*problems, *unknown_names(tables, unread)]))
    problems += unknown_names(tables, set())
    problems += windows_as_text(tables, calendar)
    if _errors(problems):
        raise CaseError(problems)
    settings = resolve(settings, calendar, tables)
    case = Case(folder, settings, calendar, tables, ())
    problems += check(case)
    if _errors(problems):
        raise CaseError(problems)
    return Case(folder, settings, calendar, tables, tuple(problems))
