"""Files: from a case folder (or workbook) to tables of text, nothing converted yet."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.case.cells import Texts
from planner.case.problems import Problem, error, suggest
from planner.case.tables import TABLE, TABLES
from planner.case.workbook import SETTINGS_SHEET, SheetSettings, read_workbook
from planner.case.yaml_file import FILE, LARGEST_BYTES

LARGEST_TABLE_BYTES: Final = 500_000_000
MOST_ROWS: Final = 2_000_000
MOST_CELLS: Final = 50_000_000
"""Limits of one table; a million rows are read in about four seconds and 0.7 GB of memory."""
WORKBOOK: Final = "case.xlsx"
_LONGEST_HEADER: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as it was written: cells by column, and the row of each line as a spreadsheet shows
    it."""

    name: str
    file: str
    columns: dict[str, Texts]
    row: np.ndarray
    at: Texts | None = None
    """Where periods were headers: the header each row came from."""


@dataclass(frozen=True, slots=True)
class SettingsText:
    """The text of case.yaml, or that of a workbook's sheet ``case`` written like it, with the rows
    in that sheet."""

    text: str = ""
    file: str = FILE
    rows: Mapping[str, int] | None = None


def _decode(content: bytes, file: str) -> tuple[str, list[Problem]]:
    """Decode UTF-8, with or without a byte order mark; anything else is a problem that names its
    line."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "", [
            error("encoding", file, 1, "", "", "is UTF-16, not UTF-8", "save it as `CSV UTF-8`")
        ]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        line = content.count(b"\n", 0, reason.start) + 1
        return "", [
            error(
                "encoding",
                file,
                line,
                "",
                f"byte 0x{content[reason.start]:02x}",
                "is not UTF-8",
                "save it as `CSV UTF-8`",
            )
        ]
    if "\0" in text:
        return "", [
            error(
                "encoding",
                file,
                text.count("\n", 0, text.index("\0")) + 1,
                "",
                "",
                "contains a NUL character",
                "save it again as `CSV UTF-8`",
            )
        ]
    return text, []


def _read_bytes(path: Path, file: str, largest: int) -> tuple[bytes, list[Problem]]:
    try:
        size = path.stat().st_size
        if not path.is_file():
            return b"", [
                error(
                    "unreadable",
                    file,
                    None,
                    "",
                    "",
                    "is not a file",
                    "replace it by a file, or remove it",
                )
            ]
        if size > largest:
            return b"", [
                error(
                    "too-large",
                    file,
                    None,
                    "",
                    f"{size:,} bytes",
                    f"must be at most {largest:,} bytes",
                    "split or shorten it",
                )
            ]
        return path.read_bytes(), []
    except OSError as reason:
        return b"", [
            error(
                "unreadable",
                file,
                None,
                "",
                "",
                f"cannot be read: {reason.strerror or reason}",
                "check the file and its permissions",
            )
        ]


def _records(text: str, file: str) -> tuple[list[list[str]], list[Problem]]:
    """Split text into records; the separator is the one its header line has most of."""
    header = next(iter(text[:_LONGEST_HEADER].lstrip("\r\n").splitlines()), "")
    separator = max(",;\t", key=header.count)
    lines, cells = max(text.count("\n"), text.count("\r")), text.count(separator)
    if lines > MOST_ROWS:
        return [], [
            error(
                "too-large",
                file,
                None,
                "",
                f"{lines:,} rows",
                f"must have at most {MOST_ROWS:,} rows",
                "add up what need not be told apart, or split the case",
            )
        ]
    if cells > MOST_CELLS:
        return [], [
            error(
                "too-large",
                file,
                None,
                "",
                f"{cells:,} cells",
                f"must have at most {MOST_CELLS:,} cells",
                "add up what need not be told apart, or split the case",
            )
        ]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error as reason:
        return [], [
            error(
                "csv",
                file,
                len(records) + 1,
                "",
                "",
                f"is not readable as CSV: {reason}",
                "check the quotes in this row and those above",
            )
        ]
    return records, []


def read_csv(path: Path, table: str, file: str) -> tuple[TextTable | None, list[Problem]]:
    """Read one CSV file as text.

    Args:
        path: the file.
        table: name of its table.
        file: how messages name it.

    Returns:
        The table (None where it cannot be used) and the problems found.
    """
    content, problems = _read_bytes(path, file, LARGEST_TABLE_BYTES)
    if problems:
        return None, problems
    text, problems = _decode(content, file)
    if problems:
        return None, problems
    records, problems = _records(text, file)
    if problems:
        return None, problems
    return from_records(records, table, file)


def from_records(
    records: list[list[str]], table: str, file: str
) -> tuple[TextTable | None, list[Problem]]:
    """Make a table of records: a header, then rows; blank rows are skipped and still counted.

    Args:
        records: rows of cells as text, the header first.
        table: name of the table.
        file: how messages name it.

    Returns:
        The table (None where it cannot be used) and the problems found.
    """
    problems: list[Problem] = []
    first = next(
        (number for number, record in enumerate(records) if any(cell.strip() for cell in record)),
        None,
    )
    if first is None:
        known = (
            f": {', '.join(c.name for c in TABLE[table].columns[:4])}, ..."
            if table in TABLE
            else ""
        )
        return None, [
            error(
                "empty",
                file,
                None,
                "",
                "",
                "has no header row",
                f"write the header{known} or remove the file",
            )
        ]
    header = [name.strip() for name in records[first]]
    while header and not header[-1]:
        header.pop()
    for position, name in enumerate(header):
        if not name:
            problems.append(
                error(
                    "bad-header",
                    file,
                    first + 1,
                    f"column {position + 1}",
                    "",
                    "has no name",
                    "name the column or remove it",
                )
            )
        elif name in header[:position]:
            problems.append(
                error(
                    "duplicate-header",
                    file,
                    first + 1,
                    name,
                    "",
                    "stands in the header twice",
                    "remove or rename one of them",
                )
            )
    if problems:
        return None, problems
    width = len(header)
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number in range(first + 1, len(records)):
        record = records[number]
        if len(record) != width:
            if not any(cell.strip() for cell in record):
                continue
            extra = [cell for cell in record[width:] if cell.strip()]
            if len(record) < width or extra:
                problems.append(
                    error(
                        "row-length",
                        file,
                        number + 1,
                        "",
                        "",
                        f"has {len(record)} cells, the header {width}",
                        "check separators and quotes in this row",
                    )
                )
                if len(problems) > 1000:
                    break
                continue
            record = record[:width]
        rows.append(record)
        numbers.append(number + 1)
    if problems:
        return None, problems
    cells = np.array(rows, dtype=object).reshape(len(rows), width)
    columns = {name: _stripped(cells[:, position]) for position, name in enumerate(header)}
    row = np.array(numbers, dtype=np.int64)
    filled = np.zeros(len(rows), dtype=bool)
    for values in columns.values():
        filled |= values != ""
    if not filled.all():
        columns, row = {name: values[filled] for name, values in columns.items()}, row[filled]
    return TextTable(table, file, columns, row), []


def _stripped(cells: Texts) -> Texts:
    return np.array([cell.strip() for cell in cells], dtype=object)


def read_files(folder: Path) -> tuple[dict[str, TextTable], SettingsText, list[Problem]]:
    """Read every file of a case folder, or a workbook, as text.

    Args:
        folder: the case folder, or an .xlsx file.

    Returns:
        Tables by name, the settings, and problems.
    """
    if folder.suffix.lower() == ".xlsx" and folder.is_file():
        tables, settings, problems = _sheets(folder, folder.name)
        if settings is None and not problems:
            problems.append(
                error(
                    "missing-table",
                    folder.name,
                    None,
                    SETTINGS_SHEET,
                    "",
                    "needs a sheet `case` with the columns key and value",
                    "add the sheet with name, start, periods, discount_rate",
                )
            )
        return tables, _settings_text(settings), problems
    try:
        if not folder.is_dir():
            return (
                {},
                SettingsText(),
                [
                    error(
                        "missing-case",
                        str(folder),
                        None,
                        "",
                        "",
                        "is not a case folder",
                        "give the folder that holds case.yaml, or write a first case with "
                        "`planner init DIR`",
                    )
                ],
            )
        entries = sorted(folder.iterdir())
    except (OSError, ValueError) as reason:
        return (
            {},
            SettingsText(),
            [
                error(
                    "unreadable",
                    str(folder),
                    None,
                    "",
                    "",
                    f"cannot be read: {getattr(reason, 'strerror', None) or reason}",
                    "check its permissions",
                )
            ],
        )
    paths = {table.path: table.name for table in TABLES}
    problems, tables, settings = [], {}, None
    for entry in entries:
        problems += _stray(entry, paths)
    outside = {name for name in (FILE, WORKBOOK, *paths) if _leads_out(folder, name)}
    problems += [
        error(
            "outside",
            name,
            None,
            "",
            "",
            "leads out of the case folder",
            "copy the file into the case",
        )
        for name in sorted(outside)
    ]
    if WORKBOOK not in outside and _there(folder / WORKBOOK):
        tables, settings, found = _sheets(folder / WORKBOOK, WORKBOOK)
        problems += found
        if settings is not None and _there(folder / FILE):
            problems.append(
                error(
                    "duplicate-table",
                    WORKBOOK,
                    None,
                    SETTINGS_SHEET,
                    "",
                    f"settings stand in {FILE} already",
                    "remove the sheet",
                )
            )
    for path, name in paths.items():
        if path in outside or not _there(folder / path):
            continue
        if name in tables:
            problems.append(
                error(
                    "duplicate-table",
                    path,
                    None,
                    "",
                    "",
                    f"stands in {WORKBOOK} as well",
                    "keep the file or the sheet",
                )
            )
            continue
        table, found = read_csv(folder / path, name, path)
        problems += found
        if table is not None:
            tables[name] = table
    if FILE in outside:
        return tables, SettingsText(), problems
    if not _there(folder / FILE):
        if settings is None:
            problems.append(
                error(
                    "missing-table",
                    FILE,
                    None,
                    "",
                    "",
                    "is needed",
                    "write it, or start from `planner init DIR`",
                )
            )
        return tables, _settings_text(settings), problems
    content, found = _read_bytes(folder / FILE, FILE, LARGEST_BYTES)
    text, undecoded = ("", []) if found else _decode(content, FILE)
    return tables, SettingsText(text), [*problems, *found, *undecoded]


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
        read_table, found = from_records(records, table, at)
        if read_table is not None:
            tables[table] = read_table
        return found

    settings, problems = read_workbook(path, file, read)
    return tables, settings, problems


def _stray(entry: Path, paths: dict[str, str]) -> list[Problem]:
    """A file that looks like a table and is none would be forgotten silently: that is an error."""
    name = entry.name
    if (
        name.startswith((".", "notes", "~$"))
        or name in paths
        or not name.lower().endswith((".csv", ".tsv", ".xlsx", ".yml", ".yaml"))
        or name in (FILE, WORKBOOK, "case.effective.yaml")
    ):
        return []
    hint = suggest(name, [*paths, FILE, WORKBOOK])
    return [
        error(
            "unknown-table",
            name,
            None,
            "",
            "",
            "is not a table",
            hint or "rename it, or begin its name with `notes`",
        )
    ]


def _settings_text(settings: SheetSettings | None) -> SettingsText:
    """Write the settings of a workbook as case.yaml; ``slices`` there reads `peak=0.25;
    rest=0.75`."""
    import yaml

    if settings is None or not settings.values:
        return SettingsText()
    tree: dict[str, Any] = {}
    for key, value in settings.values.items():
        if key == "slices":
            parts = [part.split("=") for part in value.split(";")]
            tree[key] = [
                {"name": part[0].strip(), "hours_share": part[-1].strip()} for part in parts
            ]
        elif key.startswith("run."):
            tree.setdefault("run", {})[key[4:]] = value
        else:
            tree[key] = value
    return SettingsText(
        str(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)), settings.file, settings.rows
    )
