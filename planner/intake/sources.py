"""What is imported: workbooks, text files, folders of them and the clipboard, each as sheets."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from planner.case.csv_file import read_bytes
from planner.case.problems import Place, Problem, error
from planner.intake.cell import BLANK, Cell, Sheet
from planner.intake.ods import read_ods
from planner.intake.xlsx import MOST_CELLS, read_xlsx

CLIPBOARD: Final = "-"
PASTED: Final = "clipboard"
"""How the clipboard's text is named where figures say their source."""
WORKBOOKS: Final = (".xlsx", ".xlsm", ".ods")
TEXTS: Final = (".csv", ".tsv", ".txt")
_OTHER: Final = {
    ".xls": "save it as .xlsx",
    ".xlsb": "save it as .xlsx",
    ".numbers": "export it as .xlsx",
    ".pdf": "copy the table, and paste it: planner import - --case CASE",
    ".gsheet": "download it as .xlsx",
}
_LARGEST: Final = 200_000_000
_ERRORS: Final = ("#N/A", "#NV", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")


def read_sources(
    names: Sequence[str], pasted: Callable[[], str]
) -> tuple[list[Sheet], list[Problem]]:
    """Return the sheets of everything that is imported, in order.

    Args:
        names: paths of files and folders, or ``-``.
        pasted: returns the text of the clipboard, or of a pipe.

    Returns:
        Sheets, and what cannot be read.
    """
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for name in names:
        if name == CLIPBOARD:
            found, wrong = read_text(pasted(), PASTED)
        elif Path(name).is_dir():
            found, wrong = _folder(Path(name))
        else:
            found, wrong = _file(Path(name))
        sheets += found
        problems += wrong
    seen: dict[str, str] = {}
    for sheet in sheets:
        if seen.setdefault(sheet.at, sheet.at) and sum(s.at == sheet.at for s in sheets) > 1:
            need, fix = "is imported twice under one name", "rename one of the files"
            problems.append(error("duplicate-source", Place(sheet.at), "", need, fix))
            break
    return sheets, problems


def _folder(path: Path) -> tuple[list[Sheet], list[Problem]]:
    """Return the sheets of every file of a folder that can be read, by name."""
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    entries = sorted(
        entry
        for entry in path.iterdir()
        if entry.suffix.lower() in (*WORKBOOKS, *TEXTS) and entry.name[:1] not in ".~"
    )
    if not entries:
        need = f"has no file that is read: {', '.join((*WORKBOOKS, *TEXTS))}"
        return [], [error("unreadable", Place(str(path)), "", need, "give another folder")]
    for entry in entries:
        found, wrong = _file(entry)
        sheets += found
        problems += wrong
    return sheets, problems


def _file(path: Path) -> tuple[list[Sheet], list[Problem]]:
    ending = path.suffix.lower()
    if not path.is_file():
        fix = "give a file, a folder of files, or - for pasted text"
        return [], [error("unreadable", Place(str(path)), "", "is not there", fix)]
    if ending in (".xlsx", ".xlsm"):
        return read_xlsx(path)
    if ending == ".ods":
        return read_ods(path)
    if ending not in TEXTS:
        need = f"is not one of {', '.join((*WORKBOOKS, *TEXTS))}"
        fix = _OTHER.get(ending, "save it as .xlsx or .csv")
        return [], [error("unreadable", Place(path.name), "", need, fix)]
    content, problems = read_bytes(path, path.name, _LARGEST)
    return ([], problems) if problems else read_text(_decoded(content), path.name)


def _decoded(content: bytes) -> str:
    """Return a text as spreadsheets save it: UTF-8, UTF-16, or the Western encoding of before."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_text(text: str, file: str) -> tuple[list[Sheet], list[Problem]]:
    """Return the one sheet of a text whose fields are separated by tabs, semicolons, commas or
    bars.

    Args:
        text: the text.
        file: how messages and sources name it.

    Returns:
        The sheet, and why it cannot be read.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        need, fix = "is empty", "copy the table with its header"
        return [], [error("empty", Place(file), "", need, fix)]
    separator = _separator(lines[:200])
    if text.count(separator) + text.count("\n") > MOST_CELLS:
        need = f"must have at most {MOST_CELLS:,} cells"
        return [], [error("too-large", Place(file), "", need, "keep the rows that matter")]
    try:
        records = [*csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
    except csv.Error as reason:
        need, fix = f"is not readable as CSV: {reason}", "check its quotes"
        return [], [error("csv", Place(file), "", need, fix)]
    rows = [[_cell(field) for field in record] for record in records]
    return [Sheet(file, "", rows, separator=separator)], []


def _separator(lines: Sequence[str]) -> str:
    """Return what separates fields: what most lines have equally often, rather than a comma that
    may stand in figures."""
    best, score = ",", (0.0, 0.0)
    for mark in "\t;|,":
        counts = [_outside(line, mark) for line in lines]
        filled = [count for count in counts if count]
        if filled:
            usual = max(set(filled), key=filled.count)
            now = (filled.count(usual) / len(lines), float(usual))
            if now[0] > score[0] + 0.1 or (now[0] > score[0] - 0.1 and score == (0.0, 0.0)):
                best, score = mark, now
    return best


def _outside(line: str, mark: str) -> int:
    """Return how often a mark stands in a line outside of quotes."""
    return sum(part.count(mark) for part in line.split('"')[::2])


def _cell(field: str) -> Cell:
    text = field.strip().strip("\ufeff")
    if not text:
        return BLANK
    if text.upper() in _ERRORS or text.startswith("Err:"):
        return Cell("error", text)
    if text.startswith("="):
        return Cell("uncalculated", text)
    return Cell("text", text)
