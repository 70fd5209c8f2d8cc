"""CSV files: from bytes to records, with every reason why one cannot be read."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path
from typing import Final

from planner.case.problems import Place, Problem, error
from planner.case.text import MOST_COLUMNS, TextTable, from_records

LARGEST_TABLE_BYTES: Final = 500_000_000
MOST_ROWS: Final = 2_000_000
MOST_CELLS: Final = 50_000_000
"""Limits of one table; a million rows are read in about four seconds and 0.7 GB of memory."""
_LONGEST_HEADER: Final = 1_000_000
_SAVE: Final = "save it as `CSV UTF-8`"


def decode(content: bytes, file: str) -> tuple[str, list[Problem]]:
    """Decode UTF-8, with or without a byte order mark; anything else is a problem that names its
    line."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "", [error("encoding", Place(file, 1), "", "is UTF-16, not UTF-8", _SAVE)]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        line = content.count(b"\n", 0, reason.start) + 1
        value = f"byte 0x{content[reason.start]:02x}"
        return "", [error("encoding", Place(file, line), value, "is not UTF-8", _SAVE)]
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        need = "contains a NUL character"
        return "", [error("encoding", Place(file, line), "", need, "save it again as `CSV UTF-8`")]
    return text, []


def read_bytes(path: Path, file: str, largest: int) -> tuple[bytes, list[Problem]]:
    """Read a file that is one and not too large."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            need, fix = "is not a file", "replace it by a file, or remove it"
            return b"", [error("unreadable", Place(file), "", need, fix)]
        if size > largest:
            need = f"must be at most {largest:,} bytes"
            return b"", [_too_large(file, f"{size:,} bytes", need, "split or shorten it")]
        return path.read_bytes(), []
    except OSError as reason:
        need = f"cannot be read: {reason.strerror or reason}"
        fix = "check the file and its permissions"
        return b"", [error("unreadable", Place(file), "", need, fix)]


def _too_large(file: str, value: str, need: str, fix: str) -> Problem:
    return error("too-large", Place(file), value, need, fix)


def _records(text: str, separator: str, file: str) -> tuple[list[list[str]], list[Problem]]:
    """Split text into records."""
    lines, cells = max(text.count("\n"), text.count("\r")), text.count(separator)
    fewer = "add up what need not be told apart, or split the case"
    if lines > MOST_ROWS:
        need = f"must have at most {MOST_ROWS:,} rows"
        return [], [_too_large(file, f"{lines:,} rows", need, fewer)]
    if cells > MOST_CELLS:
        need = f"must have at most {MOST_CELLS:,} cells"
        return [], [_too_large(file, f"{cells:,} cells", need, fewer)]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error as reason:
        need = f"is not readable as CSV: {reason}"
        fix = "check the quotes in this row and those above"
        return [], [error("csv", Place(file, len(records) + 1), "", need, fix)]
    return records, []


def read_csv(path: Path, table: str, file: str) -> tuple[TextTable | None, list[Problem]]:
    """Read one CSV file as text; its separator is the one that its header line has most of.

    Args:
        path: the file.
        table: name of its table.
        file: how messages name it.

    Returns:
        The table (None where it cannot be used) and the problems found.
    """
    content, problems = read_bytes(path, file, LARGEST_TABLE_BYTES)
    if problems:
        return None, problems
    text, problems = decode(content, file)
    if problems:
        return None, problems
    header = next(iter(text[:_LONGEST_HEADER].lstrip("\r\n").splitlines()), "")
    separator = max(",;\t", key=header.count)
    columns = header.count(separator) + 1
    if columns > 2 * MOST_COLUMNS:  # names in quotes may hold separators; the rest is told later
        need = f"must have at most {MOST_COLUMNS:,} columns"
        fix = "write one row per period, with the period in a column"
        return None, [_too_large(file, f"{columns:,} columns", need, fix)]
    records, problems = _records(text, separator, file)
    if problems:
        return None, problems
    return from_records(records, table, file, commas=separator != ",")


__all__ = ["LARGEST_TABLE_BYTES", "MOST_CELLS", "MOST_ROWS", "decode", "read_bytes", "read_csv"]
