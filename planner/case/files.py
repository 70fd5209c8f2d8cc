"""Files: from a case folder (or workbook) to tables of text, nothing converted yet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from planner.case.csv_file import LARGEST_TABLE_BYTES, MOST_ROWS, decode, read_bytes, read_csv
from planner.case.folder import WORKBOOK, strays, table_of
from planner.case.problems import Place, Problem, error
from planner.case.sheet_problems import SheetSettings
from planner.case.tables import TABLES
from planner.case.text import SettingsText, TextTable, from_records
from planner.case.workbook import SETTINGS_SHEET, read_workbook
from planner.case.yaml_file import FILE, LARGEST_BYTES

__all__ = [
    "LARGEST_TABLE_BYTES",
    "MOST_ROWS",
    "WORKBOOK",
    "SettingsText",
    "TextTable",
    "from_records",
    "read_csv",
    "read_files",
]


def read_files(folder: Path) -> tuple[dict[str, TextTable], SettingsText, list[Problem]]:
    """Read every file of a case folder, or a workbook, as text.

    Args:
        folder: the case folder, or an .xlsx file.

    Returns:
        Tables by name, the settings, and problems; those that are warnings do not make them
        useless.
    """
    try:
        if folder.suffix.lower() == ".xlsx" and folder.is_file():
            return _whole_workbook(folder)
        if not folder.is_dir():
            return {}, SettingsText(), [_no_case(folder)]
        entries = sorted(folder.iterdir())
    except (OSError, ValueError) as reason:
        need = f"cannot be read: {getattr(reason, 'strerror', None) or reason}"
        told = error("unreadable", Place(str(folder)), "", need, "check its permissions")
        return {}, SettingsText(), [told]
    if not _there(folder / FILE) and not _there(
        folder / WORKBOOK
    ):  # any folder: told is the case's
        entries = [entry for entry in entries if table_of(entry.name.lower()) is not None]
    problems = strays(entries)
    paths = {table.path: table.name for table in TABLES}
    outside = {name for name in (FILE, WORKBOOK, *paths) if _leads_out(folder, name)}
    for name in sorted(outside):
        need, fix = "leads out of the case folder", "copy the file into the case"
        problems.append(error("outside", Place(name), "", need, fix))
    tables, settings = _tables(folder, paths, outside, problems)
    if FILE in outside:
        return tables, SettingsText(), problems
    if not _there(folder / FILE):
        if settings is None:
            fix = "write it, or start from `planner init DIR`"
            problems.append(error("missing-table", Place(FILE), "", "is needed", fix))
        return tables, _settings_text(settings), problems
    content, found = read_bytes(folder / FILE, FILE, LARGEST_BYTES)
    text, undecoded = ("", []) if found else decode(content, FILE)
    return tables, SettingsText(text), [*problems, *found, *undecoded]


def _tables(
    folder: Path, paths: dict[str, str], outside: set[str], problems: list[Problem]
) -> tuple[dict[str, TextTable], SheetSettings | None]:
    """Return the tables of a case folder by name, and the settings of its workbook; adds what is
    wrong to ``problems``."""
    tables: dict[str, TextTable] = {}
    settings = None
    if WORKBOOK not in outside and _there(folder / WORKBOOK):
        tables, settings, found = _sheets(folder / WORKBOOK, WORKBOOK)
        problems += found
        if settings is not None and _there(folder / FILE):
            need = f"settings stand in {FILE} already"
            told = error(
                "duplicate-table",
                Place(WORKBOOK, column=SETTINGS_SHEET),
                "",
                need,
                "remove the sheet",
            )
            problems.append(told)
    for path, name in paths.items():
        if path in outside or not _there(folder / path):
            continue
        if name in tables:
            need, fix = f"stands in {WORKBOOK} as well", "keep the file or the sheet"
            problems.append(error("duplicate-table", Place(path), "", need, fix))
            continue
        table, found = read_csv(folder / path, name, path)
        problems += found
        if table is not None:
            tables[name] = table
    return tables, settings


def _no_case(folder: Path) -> Problem:
    """Return why a path is no case; a workbook of another format is told as such."""
    ending = folder.suffix.lower()
    if ending and folder.is_file():
        need = f"is not a case: a case is a folder, or a workbook {WORKBOOK}"
        fix = (
            f"give the folder that holds {FILE}"
            if ending in (".csv", ".yaml", ".yml")
            else "save it as .xlsx, or give the folder that holds the case"
        )
        return error("missing-case", Place(str(folder)), "", need, fix)
    fix = f"give the folder that holds {FILE}, or write a first case with `planner init DIR`"
    return error("missing-case", Place(str(folder)), "", "is not a case folder", fix)


def _whole_workbook(
    path: Path,
) -> tuple[dict[str, TextTable], SettingsText, list[Problem]]:
    """Read a workbook that is a whole case."""
    tables, settings, problems = _sheets(path, path.name)
    if settings is None and not any(problem.severity == "error" for problem in problems):
        need = "needs a sheet `case` with the columns key and value"
        fix = "add the sheet with name, start, periods, discount_rate"
        told = error("missing-table", Place(path.name, column=SETTINGS_SHEET), "", need, fix)
        problems.append(told)
    return tables, _settings_text(settings), problems


def _there(path: Path) -> bool:
    """Return whether something stands at a path, were it a link to nothing."""
    return os.path.lexists(path)


def _leads_out(folder: Path, name: str) -> bool:
    """Return whether a file of the case is really one elsewhere; a link to itself leads nowhere,
    and opening it will say so."""
    try:
        return not (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


def _sheets(
    path: Path, file: str
) -> tuple[dict[str, TextTable], SheetSettings | None, list[Problem]]:
    """Return the tables of a workbook by name, its settings and its problems."""
    tables: dict[str, TextTable] = {}

    def read(records: list[list[str]], table: str, at: str) -> list[Problem]:
        beside = "right of the table"
        read_table, found = from_records(records, table, at, beside=beside)
        if read_table is not None:
            tables[table] = read_table
        return found

    settings, problems = read_workbook(path, file, read)
    return tables, settings, problems


def _settings_text(settings: SheetSettings | None) -> SettingsText:
    """Write the settings of a workbook as case.yaml; ``slices`` there reads ``peak=0.25;
    rest=0.75``, ``accept`` a line ``warning = reason`` for each."""
    import yaml

    if settings is None or not settings.values:
        return SettingsText()
    tree: dict[str, Any] = {}
    for key, value in settings.values.items():
        if key == "slices":
            parts = [part.rpartition("=") for part in value.split(";")]
            tree[key] = [{"name": name.strip(), "hours_share": to.strip()} for name, _, to in parts]
        elif key == "accept":
            lines = [line.partition(" = ") for line in value.splitlines() if line.strip()]
            tree[key] = [{"warning": name.strip(), "reason": to.strip()} for name, _, to in lines]
        elif key.startswith("run.") and isinstance(tree.setdefault("run", {}), dict):
            tree["run"][key[4:]] = value
        else:
            tree[key] = value
    text = str(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False))
    return SettingsText(text, settings.file, settings.rows)
