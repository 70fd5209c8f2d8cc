"""Files: from a case folder (or workbook) to tables of text, nothing converted yet."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.case.cells import Texts
from planner.case.problems import Problem, error, suggest
from planner.case.settings import FILE, LARGEST_BYTES
from planner.case.tables import TABLE, TABLES

LARGEST_TABLE_BYTES: Final = 2_000_000_000
MOST_ROWS: Final = 20_000_000
WORKBOOK: Final = "case.xlsx"
SETTINGS_SHEET: Final = "case"


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as it was written: cells by column, and the row of each line as a spreadsheet shows it."""

    name: str
    file: str
    columns: dict[str, Texts]
    row: np.ndarray
    at: Texts | None = None
    """Where periods were headers: the header each row came from."""


def _decode(content: bytes, file: str) -> tuple[str, list[Problem]]:
    """Decode UTF-8, with or without a byte order mark; anything else is a problem that names its line."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "", [error("encoding", file, 1, "", "", "is UTF-16, not UTF-8", "save it as `CSV UTF-8`")]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        line = content.count(b"\n", 0, reason.start) + 1
        return "", [error("encoding", file, line, "", f"byte 0x{content[reason.start]:02x}", "is not UTF-8", "save it as `CSV UTF-8`")]
    if "\0" in text:
        return "", [error("encoding", file, text.count("\n", 0, text.index("\0")) + 1, "", "", "contains a NUL character", "save it again as `CSV UTF-8`")]
    return text, []


def _read_bytes(path: Path, file: str, largest: int) -> tuple[bytes, list[Problem]]:
    try:
        size = path.stat().st_size
        if not path.is_file():
            return b"", [error("unreadable", file, None, "", "", "is not a file", "replace it by a file, or remove it")]
        if size > largest:
            return b"", [error("too-large", file, None, "", f"{size:,} bytes", f"must be at most {largest:,} bytes", "split or shorten it")]
        return path.read_bytes(), []
    except OSError as reason:
        return b"", [error("unreadable", file, None, "", "", f"cannot be read: {reason.strerror or reason}", "check the file and its permissions")]


def _records(text: str, file: str) -> tuple[list[list[str]], list[Problem]]:
    """Split text into records; the separator is the one its header line has most of."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(",;\t", key=header.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)), []
    except csv.Error as reason:
        return [], [error("csv", file, None, "", "", f"is not readable as CSV: {reason}", "check the quotes in it")]


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


def from_records(records: list[list[str]], table: str, file: str) -> tuple[TextTable | None, list[Problem]]:
    """Make a table of records: a header, then rows; blank rows are skipped and still counted.

    Args:
        records: rows of cells as text, the header first.
        table: name of the table.
        file: how messages name it.

    Returns:
        The table (None where it cannot be used) and the problems found.
    """
    problems: list[Problem] = []
    first = next((number for number, record in enumerate(records) if any(cell.strip() for cell in record)), None)
    if first is None:
        return None, [error("empty", file, None, "", "", "has no header row", f"write the header: {', '.join(c.name for c in TABLE[table].columns[:4])}, ... or remove the file")]
    if len(records) > MOST_ROWS:
        return None, [error("too-large", file, None, "", f"{len(records):,} rows", f"must have at most {MOST_ROWS:,} rows", "split the case")]
    header = [name.strip() for name in records[first]]
    while header and not header[-1]:
        header.pop()
    for position, name in enumerate(header):
        if not name:
            problems.append(error("bad-header", file, first + 1, f"column {position + 1}", "", "has no name", "name the column or remove it"))
        elif name in header[:position]:
            problems.append(error("duplicate-header", file, first + 1, name, "", "stands in the header twice", "remove or rename one of them"))
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
                problems.append(error("row-length", file, number + 1, "", "", f"has {len(record)} cells, the header {width}", "check separators and quotes in this row"))
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


def _cell_text(value: Any) -> str:
    """Return a workbook cell as the text a CSV would have: whole numbers without decimals, dates as ISO dates."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10] if "T00:00:00" in str(value.isoformat()) or len(str(value.isoformat())) == 10 else str(value.isoformat())
    return str(value)


def read_workbook(path: Path, file: str) -> tuple[dict[str, TextTable], dict[str, str] | None, list[Problem]]:
    """Read the sheets of a workbook as tables.

    Args:
        path: the .xlsx file.
        file: how messages name it.

    Returns:
        Tables by name; the settings of a sheet ``case`` (key, value), None if it has none; problems.
    """
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            inflated = sum(entry.file_size for entry in archive.infolist())
    except (OSError, zipfile.BadZipFile) as reason:
        return {}, None, [error("unreadable", file, None, "", "", f"cannot be read as a workbook: {reason}", "save it as .xlsx again")]
    if inflated > LARGEST_TABLE_BYTES // 4:
        return {}, None, [error("too-large", file, None, "", f"{inflated:,} bytes unpacked", f"must be at most {LARGEST_TABLE_BYTES // 4:,}", "split it, or use CSV files")]
    from python_calamine import CalamineError, CalamineWorkbook

    tables: dict[str, TextTable] = {}
    settings: dict[str, str] | None = None
    problems: list[Problem] = []
    try:
        book = CalamineWorkbook.from_path(str(path))
        for sheet in book.sheet_names:
            at = f"{file}[{sheet}]"
            content = [[_cell_text(cell) for cell in record] for record in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)]
            if sheet == SETTINGS_SHEET:
                settings = {record[0].strip(): record[1].strip() for record in content if len(record) > 1 and record[0].strip() not in ("", "key")}
            elif sheet in TABLE:
                table, found = from_records(content, sheet, at)
                problems += found
                if table is not None:
                    tables[sheet] = table
            elif not sheet.lower().startswith(("notes", "readme")):
                hint = suggest(sheet, [*TABLE, SETTINGS_SHEET])
                problems.append(error("unknown-table", at, None, "", sheet, "is not a table", hint or "rename the sheet, or begin its name with `notes`"))
    except (CalamineError, OSError, ValueError) as reason:
        return {}, None, [error("unreadable", file, None, "", "", f"cannot be read as a workbook: {reason}", "save it as .xlsx again")]
    return tables, settings, problems


def read_files(folder: Path) -> tuple[dict[str, TextTable], str, list[Problem]]:
    """Read every file of a case folder, or a workbook, as text.

    Args:
        folder: the case folder, or an .xlsx file.

    Returns:
        Tables by name, the text of case.yaml, and problems.
    """
    if folder.suffix.lower() == ".xlsx" and folder.is_file():
        tables, settings, problems = read_workbook(folder, folder.name)
        if settings is None and not problems:
            problems.append(error("missing-table", folder.name, None, SETTINGS_SHEET, "", "needs a sheet `case` with the columns key and value", "add the sheet with name, start, periods, discount_rate"))
        return tables, _yaml_of(settings or {}), problems
    if not folder.is_dir():
        return {}, "", [error("missing-case", str(folder), None, "", "", "is not a case folder", "give the folder that holds case.yaml, or write a first case with `planner init DIR`")]
    problems, tables = [], {}
    sheet_settings: dict[str, str] | None = None
    try:
        entries = sorted(folder.iterdir())
    except OSError as reason:
        return {}, "", [error("unreadable", str(folder), None, "", "", f"cannot be read: {reason.strerror or reason}", "check its permissions")]
    paths = {table.path: table.name for table in TABLES}
    root = folder.resolve()
    for entry in entries:
        problems += _stray(entry, paths)
        if entry.name == WORKBOOK:
            sheets, settings, found = read_workbook(entry, WORKBOOK)
            problems += found
            tables |= sheets
            if settings is not None and (folder / FILE).exists():
                problems.append(error("duplicate-table", WORKBOOK, None, SETTINGS_SHEET, "", f"settings stand in {FILE} already", "remove the sheet"))
            sheet_settings = settings
    for path, name in paths.items():
        full = folder / path
        if not (full.exists() or full.is_symlink()):
            continue
        if not full.resolve().is_relative_to(root):
            problems.append(error("outside", path, None, "", "", "leads out of the case folder", "copy the file into the case"))
            continue
        if name in tables:
            problems.append(error("duplicate-table", path, None, "", "", f"stands in {WORKBOOK} as well", "keep the file or the sheet"))
            continue
        table, found = read_csv(full, name, path)
        problems += found
        if table is not None:
            tables[name] = table
    if sheet_settings is not None and not (folder / FILE).exists():
        return tables, _yaml_of(sheet_settings), problems
    text = ""
    content, found = _read_bytes(folder / FILE, FILE, LARGEST_BYTES) if (folder / FILE).exists() else (b"", [error("missing-table", FILE, None, "", "", "is needed", "write it, or start from `planner init DIR`")])
    problems += found
    if not found:
        text, found = _decode(content, FILE)
        problems += found
    return tables, text, problems


def _stray(entry: Path, paths: dict[str, str]) -> list[Problem]:
    """A file that looks like a table and is none would be forgotten silently: that is an error."""
    name = entry.name
    if name.startswith((".", "notes", "~$")) or name in paths or not name.lower().endswith((".csv", ".tsv", ".xlsx", ".yml", ".yaml")) or name in (FILE, WORKBOOK, "case.effective.yaml"):
        return []
    hint = suggest(name, [*paths, FILE, WORKBOOK])
    return [error("unknown-table", name, None, "", "", "is not a table", hint or "rename it, or begin its name with `notes`")]


def _yaml_of(settings: dict[str, str]) -> str:
    """Write the settings of a workbook as case.yaml; ``slices`` there reads `peak=0.25; rest=0.75`."""
    import yaml

    tree: dict[str, Any] = {}
    for key, value in settings.items():
        if key == "slices":
            parts = [part.split("=") for part in value.split(";")]
            tree[key] = [{"name": part[0].strip(), "hours_share": part[-1].strip()} for part in parts]
        elif key.startswith("run."):
            tree.setdefault("run", {})[key[4:]] = value
        else:
            tree[key] = value
    return str(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False))
