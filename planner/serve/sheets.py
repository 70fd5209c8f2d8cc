"""The tables of a case as its user wrote them: shown cell by cell, checked while they are edited,
and written as ``planner apply`` writes them, all files or none."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from planner.case.files import read_files
from planner.case.load import read_case
from planner.case.problems import CaseError, Problem
from planner.case.settings.declared import RUN, SETTINGS
from planner.case.tables import TABLE, TABLES
from planner.case.yaml_file import parse_yaml
from planner.edit import Edited, edit_case
from planner.report.problems import as_data, count
from planner.runs.apply import Applied, apply_changes
from planner.runs.folder import case_files, input_hashes, inputs_digest
from planner.serve.commands import Commands, shown
from planner.serve.edits import edits_of, settings_of, words_of_edits
from planner.serve.keeping import text_of
from planner.serve.moving import path_word
from planner.serve.room import Refused, Room

Question = Mapping[str, Any]
SHOWN_ROWS: Final = 5_000
"""Rows of a table that a page is sent."""
_WRITING: Final = threading.Lock()


def tables(room: Room, _: Commands, question: Question) -> dict[str, Any]:
    """Return the tables of a case, and what is wrong with them."""
    source = room.case(text_of(question, "case"))
    texts = read_files(source)[0]
    problems = _problems(source)
    return {
        "case": str(source),
        "digest": _digest(source),
        "tables": [
            {
                "name": table.name,
                "rows": len(texts[table.name].row) if table.name in texts else None,
                "file": texts[table.name].file if table.name in texts else table.path,
                "help": table.help,
                "absent": table.absent,
            }
            for table in TABLES
        ],
        "problems": as_data(problems),
        "count": count(problems),
        "command": shown(["check", path_word(str(source))]),
    }


def table(room: Room, _: Commands, question: Question) -> dict[str, Any]:
    """Return one table: its header, its rows with their numbers, and what its columns mean."""
    source, name = room.case(text_of(question, "case")), text_of(question, "table")
    if name == "case":
        return {**_settings(source), "digest": _digest(source)}
    if name not in TABLE:
        raise Refused(f"{name} is not a table")
    declared = TABLE[name]
    text = read_files(source)[0].get(name)
    columns = [
        {
            "name": column.name,
            "help": column.help,
            "unit": column.unit,
            "required": column.required,
            "allowed": [*column.allowed],
        }
        for column in declared.columns
    ]
    told = {
        "table": name,
        "file": declared.path if text is None else text.file,
        "help": declared.help,
        "columns": columns,
        "wide": declared.wide,
        "digest": _digest(source),
    }
    if text is None:
        return {**told, "header": [], "rows": [], "more": 0}
    cells = zip(*(text.columns[head].tolist() for head in text.columns), strict=True)
    rows = [
        [int(row), *map(str, line)]
        for row, line in zip(text.row[:SHOWN_ROWS].tolist(), cells, strict=False)
    ]
    return {**told, "header": [*text.columns], "rows": rows, "more": len(text.row) - len(rows)}


def edit(room: Room, _: Commands, question: Question) -> dict[str, Any]:
    """Check what tables would be with some cells and rows changed; write them where that is
    asked for."""
    source = room.case(text_of(question, "case"))
    texts = read_files(source)[0]
    edits, settings = edits_of(question.get("edits", {}), texts), settings_of(question)
    with _WRITING:
        if _digest(source) != text_of(question, "digest"):
            raise Refused(
                f"{source} was changed by somebody else meanwhile: open the table again, and "
                "make your changes in what it is now"
            )
        edited = edit_case(source, edits, settings)
        problems = _problems(source, edited)
        errors = sum(problem.severity == "error" for problem in problems)
        written = bool(question.get("write")) and (not errors or bool(question.get("anyway")))
        if written:
            apply_changes(Applied(source, edited))
    words = words_of_edits(edits, settings, texts)
    return {
        "problems": as_data(problems),
        "count": count(problems),
        "errors": errors,
        "changes": [str(change) for change in edited.changes],
        "added": [c.now for c in edited.changes if c.what == "row added"],
        "calculated": edited.calculated,
        "written": written,
        "digest": _digest(source),
        "check": shown(["check", path_word(str(source))]),
        "command": shown(
            ["run", path_word(str(source)), *(part for word in words for part in ("--set", word))]
        )
        if words is not None
        else None,
    }


def _digest(source: Path) -> str:
    return inputs_digest(input_hashes(source), ())


def _problems(source: Path, edited: Edited | None = None) -> list[Problem]:
    """Return what ``planner check`` says of a case, as it is or as it would be edited."""
    if edited is None:
        return _checked(source)
    with tempfile.TemporaryDirectory() as beside:
        for name, path in case_files(source).items():
            if name not in edited.files:
                copy = Path(beside, name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
        for name, content in edited.files.items():
            copy = Path(beside, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
        return _checked(Path(beside))


def _checked(source: Path) -> list[Problem]:
    try:
        return [*read_case(source).warnings]
    except CaseError as reason:
        return [*reason.problems]


def _settings(source: Path) -> dict[str, Any]:
    """Return the settings of a case as a table of setting and value, lists and groups apart."""
    written = read_files(source)[1]
    tree = parse_yaml(written.text)[0] if written.text else None
    known = tree if isinstance(tree, dict) else {}
    run = known.get("run")
    groups = [("", known, SETTINGS), ("run.", run if isinstance(run, dict) else {}, RUN)]
    rows: list[list[Any]] = []
    columns: list[dict[str, Any]] = []
    for prefix, group, declared in groups:
        for one in declared:
            value = group.get(one.name)
            if isinstance(value, dict | list):
                continue
            name = f"{prefix}{one.name}"
            rows.append([len(rows) + 1, name, "" if value is None else str(value)])
            columns.append(
                {"name": name, "help": one.help, "unit": one.unit, "required": one.required,
                 "allowed": [*one.allowed]}
            )  # fmt: skip
    return {
        "table": "case",
        "file": written.file,
        "help": "Settings of the case; lists such as slices are edited in the file.",
        "columns": columns,
        "wide": False,
        "header": ["setting", "value"],
        "rows": rows,
        "more": 0,
    }
