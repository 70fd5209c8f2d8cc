"""Workbooks: the sheets of an .xlsx file as tables of text; nothing in it is calculated, followed
or trusted to be as small as it says, and no cell that shows no plain value is read as a blank."""

from __future__ import annotations

import posixpath
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from planner.case.problems import Place, Problem, error, suggest
from planner.case.sheet import Sheet, read_sheet
from planner.case.sheet_problems import SheetSettings, settings_of, sheet_problems, sheet_warnings
from planner.case.stored import Shared
from planner.case.tables import TABLE
from planner.case.xml_parts import (
    Damaged,
    TooLarge,
    feed,
    parse,
    read_strings,
    read_styles,
)

LARGEST_WORKBOOK_BYTES: Final = 100_000_000
LARGEST_UNPACKED_BYTES: Final = 500_000_000
MOST_SHEET_CELLS: Final = 20_000_000
"""Cells between A1 and the last one: a sheet is held as a whole rectangle, so that one stray cell
in its last corner needs 400 GB."""
LARGEST_DIRECTORY_BYTES: Final = 5_000_000
MOST_TIMES: Final = 200
_UNSUSPECTED_BYTES: Final = 20_000_000
"""A part beyond this that unpacks to more than so many times its size is made to fill a machine."""
SETTINGS_SHEET: Final = "case"

_RELATIONS: Final = (
    "http://schemas.openxmlformats.org/package/2006/relationships",
    "http://purl.oclc.org/ooxml/package/relationships",
)
_OLD_FORMAT: Final = b"\xd0\xcf\x11\xe0"

Read = Callable[[list[list[str]], str, str], list[Problem]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A sheet as the workbook lists it: its name, where its part is, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


class _Part:
    """A part of a workbook, unpacked as it is read and no further than the limits."""

    def __init__(self, book: Book, name: str) -> None:
        entry = book.archive.getinfo(name)
        self._packed, self._read = max(entry.compress_size, 1), 0
        entry.file_size = 1 << 62  # read to the true end of the part, whatever the directory says
        self._book, self._stream = book, book.archive.open(entry)

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` further bytes; raises ``TooLarge`` beyond what is read of one."""
        chunk = self._stream.read(size)
        self._read += len(chunk)
        self._book.left -= len(chunk)
        bomb = self._read > max(_UNSUSPECTED_BYTES, MOST_TIMES * self._packed)
        if self._book.left < 0 or bomb:
            most = LARGEST_UNPACKED_BYTES if not bomb else self._read
            need = f"must be at most {LARGEST_UNPACKED_BYTES:,} bytes unpacked"
            if bomb:
                need = f"must unpack to at most {MOST_TIMES} times its size"
            value = f"more than {most:,} bytes unpacked"
            raise TooLarge(value, need, "split it, or use CSV files")
        return chunk


class Book:
    """An open workbook: its sheets, and what they share, read when it is first needed."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive, self.left = archive, LARGEST_UNPACKED_BYTES
        names = archive.namelist()
        self._named = {name.lower(): name for name in names}
        if len(self._named) < len(names):
            raise Damaged("it holds two parts of one name")
        if any(entry.flag_bits & 1 for entry in archive.infolist()):
            raise Damaged("it has a password")
        root = self._relations("_rels/.rels", "")
        main = next((at for kind, at in root.values() if kind == "officeDocument"), "")
        self._main = self._named.get((main or "xl/workbook.xml").lower(), "")
        if not self._main:
            raise Damaged("it has no part that lists its sheets")
        folder, file = posixpath.split(self._main)
        self._parts = self._relations(f"{folder}/_rels/{file}.rels", folder)
        self.since_1904 = self.uncalculated = False
        self.sheets = self._sheets()
        self._shared: Shared | None = None

    def _relations(self, name: str, folder: str) -> dict[str, tuple[str, str]]:
        """Return kind and part by the identifier of every relation; none where there is no list."""
        found: dict[str, tuple[str, str]] = {}

        def start(element: str, given: Mapping[str, str]) -> None:
            if element == "Relationship" and given.get("TargetMode") != "External":
                target = given.get("Target", "")
                whole = target[1:] if target[:1] == "/" else posixpath.join(folder, target)
                kind = given.get("Type", "").rpartition("/")[2]
                found[given.get("Id", "")] = kind, posixpath.normpath(whole)

        if (part := self._named.get(name.lower())) is not None:
            feed(parse(start, spaces=_RELATIONS), _Part(self, part))
        return found

    def _sheets(self) -> list[Entry]:
        found: list[Entry] = []

        def start(element: str, given: Mapping[str, str]) -> None:
            if element == "sheet":
                key = next((value for name, value in given.items() if name.endswith(" id")), "")
                kind, part = self._parts.get(key, ("", ""))
                shown = given.get("state", "visible") == "visible"
                found.append(
                    Entry(given.get("name", ""), part if kind == "worksheet" else "", not shown)
                )
            elif element == "workbookPr":
                self.since_1904 = given.get("date1904") in ("1", "true")
            elif element == "calcPr":
                self.uncalculated = given.get("fullCalcOnLoad") in ("1", "true")

        feed(parse(start), _Part(self, self._main))
        return found

    def _shared_part(self, kind: str) -> _Part | None:
        part = next((at for what, at in self._parts.values() if what == kind), "")
        name = self._named.get(part.lower())
        return None if name is None else _Part(self, name)

    def sheet(self, entry: Entry) -> Sheet:
        """Return the cells of a sheet."""
        name = self._named.get(entry.part.lower())
        if name is None:
            raise Damaged(f"it has no cells for its sheet {entry.name}")
        if self._shared is None:
            part = self._shared_part("sharedStrings")
            strings = read_strings(part) if part is not None else []
            part = self._shared_part("styles")
            styles = read_styles(part) if part is not None else []
            self._shared = Shared(strings, styles, self.since_1904)
        try:
            return read_sheet(_Part(self, name), self._shared, MOST_SHEET_CELLS)
        except TooLarge as reason:
            if "unpacked" not in reason.value:
                reason.value = f"{name}: {reason.value}"
            raise


def _unreadable(file: str, reason: object) -> Problem:
    need = f"cannot be read as a workbook: {reason}"
    return error("unreadable", Place(file), "", need, "save it as .xlsx again")


def why_unfit(path: Path, file: str) -> Problem | None:
    """Return why a file is not even opened: no workbook, or too large, packed or by its
    directory."""
    if not path.is_file():
        need, fix = "is not a file", "replace it by a file, or remove it"
        return error("unreadable", Place(file), "", need, fix)
    size = path.stat().st_size
    if size > LARGEST_WORKBOOK_BYTES:
        need = f"must be at most {LARGEST_WORKBOOK_BYTES:,} bytes"
        fix = "split it, or use CSV files"
        return error("too-large", Place(file), f"{size:,} bytes", need, fix)
    with path.open("rb") as stream:
        if stream.read(4) == _OLD_FORMAT:
            reason = "it has a password, or the format of 1997 (.xls)"
            return _unreadable(file, reason)
        return _large_directory(stream, size, file)


def _large_directory(stream: IO[bytes], size: int, file: str) -> Problem | None:
    """Return a problem where the list of a zip file's parts alone would fill the memory."""
    stream.seek(max(0, size - 66_000))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        return None
    listed: int = struct.unpack("<I", tail[at + 12 : at + 16])[0]
    if listed <= LARGEST_DIRECTORY_BYTES:
        return None
    need = f"must have at most {LARGEST_DIRECTORY_BYTES:,} bytes of names of parts"
    return error("too-large", Place(file), f"{listed:,} bytes", need, "save it as .xlsx again")


def read_settings_sheet(path: Path) -> SheetSettings | None:
    """Return the settings of a workbook's sheet ``case``; None where there are none to be read."""
    return _read(path, path.name, lambda _records, _table, _at: [], (SETTINGS_SHEET,))[0]


def read_workbook(path: Path, file: str, read: Read) -> tuple[SheetSettings | None, list[Problem]]:
    """Read the sheets of a workbook as tables.

    Args:
        path: the .xlsx file.
        file: how messages name it.
        read: takes the records of a sheet, the name of its table and how messages name it; returns
            the problems with it.

    Returns:
        The settings of a sheet ``case`` (None if it has none), and problems.
    """
    return _read(path, file, read, (SETTINGS_SHEET, *TABLE))


def _read(
    path: Path, file: str, read: Read, wanted: tuple[str, ...]
) -> tuple[SheetSettings | None, list[Problem]]:
    """Read some sheets of a workbook."""
    try:
        problem = why_unfit(path, file)
        if problem is not None:
            return None, [problem]
        with zipfile.ZipFile(path) as archive:
            book = Book(archive)
            known = [entry.name in wanted for entry in book.sheets]
            sheets = [
                book.sheet(entry) if read_it else None
                for entry, read_it in zip(book.sheets, known, strict=True)
            ]
    except (KeyboardInterrupt, MemoryError):
        raise
    except TooLarge as reason:
        return None, [error("too-large", Place(file), reason.value, reason.need, reason.fix)]
    except Exception as reason:  # zipfile raises a dozen kinds for damaged files
        return None, [_unreadable(file, reason)]
    return _tables(book, sheets, file, read)


def _tables(
    book: Book, sheets: list[Sheet | None], file: str, read: Read
) -> tuple[SheetSettings | None, list[Problem]]:
    """Make tables and settings of sheets; one whose name is none of ours is told."""
    settings: SheetSettings | None = None
    problems: list[Problem] = []
    seen: set[str] = set()
    for entry, sheet in zip(book.sheets, sheets, strict=True):
        at = f"{file}[{entry.name}]"
        if entry.name in seen:
            need, fix = "is the name of two sheets", "rename one of them"
            problems.append(error("duplicate-table", Place(at), entry.name, need, fix))
        elif sheet is not None:
            found = sheet_problems(sheet, entry.name, at, uncalculated=book.uncalculated)
            problems += found + sheet_warnings(sheet, at, hidden=entry.hidden)
            if entry.name == SETTINGS_SHEET:
                settings, more = settings_of(sheet.records, at)
                problems += more
            else:
                problems += read(sheet.records, entry.name, at)
        elif not entry.name.lower().startswith(("notes", "readme")):
            hint = suggest(entry.name, [*TABLE, SETTINGS_SHEET])
            fix = hint or "rename the sheet, or begin its name with `notes`"
            problems.append(error("unknown-table", Place(at), entry.name, "is not a table", fix))
        seen.add(entry.name)
    return settings, problems
