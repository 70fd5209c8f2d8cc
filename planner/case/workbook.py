"""Workbooks: the sheets of an .xlsx file as tables of text; nothing in it is calculated, followed
or trusted to be as small as it says."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from planner.case.problems import Problem, error, suggest
from planner.case.tables import TABLE

LARGEST_WORKBOOK_BYTES: Final = 100_000_000
LARGEST_UNPACKED_BYTES: Final = 500_000_000
MOST_SHEET_CELLS: Final = 20_000_000
"""Cells between A1 and the last one: a sheet is held as a whole rectangle, so that one stray cell
in its last corner needs 400 GB."""
SETTINGS_SHEET: Final = "case"

_CHUNK: Final = 1 << 20
_PLACE: Final = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,9})([0-9]{1,10})""")
_LONGEST_PLACE: Final = 64


@dataclass(frozen=True, slots=True)
class SheetSettings:
    """The settings of a sheet ``case``: the cell beside every name, and the row it stands in."""

    file: str
    values: dict[str, str]
    rows: dict[str, int]


def _too_large(file: str, value: str, need: str, fix: str) -> Problem:
    return error("too-large", file, None, "", value, need, fix)


def _unreadable(file: str, reason: object) -> Problem:
    return error(
        "unreadable",
        file,
        None,
        "",
        "",
        f"cannot be read as a workbook: {reason}",
        "save it as .xlsx again",
    )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _unpacked(part: IO[bytes], most: int) -> tuple[int, int, int]:
    """Return the bytes of a part (more than ``most``: at least that many) and the last row and
    column that it names."""
    size, row, column, tail = 0, 0, 0, b""
    while size <= most and (chunk := part.read(_CHUNK)):
        size += len(chunk)
        text = tail + chunk
        for letters, digits in set(_PLACE.findall(text)):
            row, column = max(row, int(digits)), max(column, _column(letters))
        tail = text[-_LONGEST_PLACE:]
    return size, row, column


def _size_problem(path: Path, file: str) -> Problem | None:
    """Return why a workbook cannot be read: it is no whole zip file, or unpacks to more than the
    limits, whatever its directory says."""
    size = path.stat().st_size
    if size > LARGEST_WORKBOOK_BYTES:
        return _too_large(
            file,
            f"{size:,} bytes",
            f"must be at most {LARGEST_WORKBOOK_BYTES:,} bytes",
            "split it, or use CSV files",
        )
    left = LARGEST_UNPACKED_BYTES
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            entry.file_size = 1 << 62  # read to the true end of the part
            with archive.open(entry) as part:
                unpacked, row, column = _unpacked(part, left)
            left -= unpacked
            if left < 0:
                return _too_large(
                    file,
                    f"more than {LARGEST_UNPACKED_BYTES:,} bytes unpacked",
                    f"must be at most {LARGEST_UNPACKED_BYTES:,} bytes unpacked",
                    "split it, or use CSV files",
                )
            if row * max(column, 1) > MOST_SHEET_CELLS:
                return _too_large(
                    file,
                    f"{entry.filename}: {row:,} rows, {column:,} columns",
                    f"must have at most {MOST_SHEET_CELLS:,} cells in a sheet, up to its last row "
                    "and column",
                    "delete the rows and columns beside the table, or use CSV files",
                )
    return None


def cell_text(value: Any) -> str:
    """Return a workbook cell as the text a CSV would have: whole numbers without decimals, dates as
    ISO dates."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if hasattr(value, "isoformat"):
        text = str(value.isoformat())
        return text[:10] if "T00:00:00" in text or len(text) == 10 else text
    return str(value)


def _sheets(path: Path) -> list[tuple[str, list[list[str]]]]:
    """Return name and cells of every sheet."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    return [
        (
            name,
            [
                [cell_text(cell) for cell in record]
                for record in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ],
        )
        for name in book.sheet_names
    ]


def _settings(content: Sequence[Sequence[str]], at: str) -> tuple[SheetSettings, list[Problem]]:
    values: dict[str, str] = {}
    rows: dict[str, int] = {}
    problems = []
    for number, record in enumerate(content, start=1):
        key = record[0].strip() if len(record) > 1 else ""
        if key in ("", "key"):
            continue
        if key in values:
            problems.append(
                error(
                    "duplicate-key",
                    at,
                    number,
                    key,
                    "",
                    f"given twice, first in row {rows[key]}",
                    "keep one of them",
                )
            )
            continue
        values[key], rows[key] = record[1].strip(), number
    return SheetSettings(at, values, rows), problems


def read_workbook(
    path: Path, file: str, read: Callable[[list[list[str]], str, str], list[Problem]]
) -> tuple[SheetSettings | None, list[Problem]]:
    """Read the sheets of a workbook as tables.

    Args:
        path: the .xlsx file.
        file: how messages name it.
        read: takes the records of a sheet, the name of its table and how messages name it; returns
            the problems with it.

    Returns:
        The settings of a sheet ``case`` (None if it has none), and problems.
    """
    try:
        if not path.is_file():
            return None, [
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
        problem = _size_problem(path, file)
        if problem is not None:
            return None, [problem]
        sheets = _sheets(path)
    except (KeyboardInterrupt, MemoryError):
        raise
    # zipfile raises a dozen kinds for damaged files, and a panic of the reader in Rust is no
    # Exception
    except BaseException as reason:
        return None, [_unreadable(file, reason)]
    settings: SheetSettings | None = None
    problems: list[Problem] = []
    for sheet, content in sheets:
        at = f"{file}[{sheet}]"
        if sheet == SETTINGS_SHEET:
            settings, found = _settings(content, at)
            problems += found
        elif sheet in TABLE:
            problems += read(content, sheet, at)
        elif not sheet.lower().startswith(("notes", "readme")):
            hint = suggest(sheet, [*TABLE, SETTINGS_SHEET])
            problems.append(
                error(
                    "unknown-table",
                    at,
                    None,
                    "",
                    sheet,
                    "is not a table",
                    hint or "rename the sheet, or begin its name with `notes`",
                )
            )
    return settings, problems
