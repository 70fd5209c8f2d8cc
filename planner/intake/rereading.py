"""The edits of an import, read as the ordinary reader of a case reads them before they are
written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from planner.case.files import read_files
from planner.case.problems import Problem
from planner.case.read import read_table
from planner.edit import EditError, edit_case
from planner.intake.ask import SKIP, Question
from planner.intake.result import Import
from planner.intake.writing import Row, edits_of, number_text


def make_edits(result: Import, gone: Sequence[Row]) -> None:
    """Make the edits, and read them as the ordinary reader does."""
    result.edits = edits_of(result.entries, gone, result.known)
    try:
        result.edited = edit_case(result.case, result.edits)
    except EditError as reason:
        result.trouble = str(reason)
        return
    _reread(result, gone)


def _reread(result: Import, gone: Sequence[Row]) -> None:
    """Ask about every figure that the ordinary reader refuses."""
    assert result.edited is not None
    for problem in problems_after(result):
        if problem.severity != "error" or problem.code in ("unknown-name", "missing-value"):
            continue
        for entry in result.entries:
            if number_text(entry.value) != problem.value or not problem.value:
                continue
            fact = entry.facts[0]
            result.asked.ask(
                Question(
                    f"{fact.sheet.place(fact.spot)} {entry.column}",
                    fact.sheet,
                    (fact.spot,),
                    fact.sheet.cell(*fact.spot).text,
                    f"becomes {entry.column} {problem.value}, which {problem.need}",
                    {SKIP: "keeps what the case has"},
                )
            )
            break
    refused = {q.key for q, given in result.asked.settled if given == SKIP}
    kept = [
        e
        for e in result.entries
        if f"{e.facts[0].sheet.place(e.facts[0].spot)} {e.column}" not in refused
    ]
    if len(kept) < len(result.entries):
        result.entries = kept
        result.edits = edits_of(kept, gone, result.known)
        result.edited = edit_case(result.case, result.edits)


def problems_after(result: Import) -> list[Problem]:
    """Return what the ordinary reader says of the tables that an import changes."""
    assert result.edited is not None
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "case"
        if result.case.is_file():
            folder.mkdir()
            target = folder / result.case.name
            target.write_bytes(result.edited.files.get("case.xlsx", result.case.read_bytes()))
            folder = target
        else:
            shutil.copytree(result.case, folder, ignore=_only_tables)
            for name, content in result.edited.files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
        texts, _, problems = read_files(folder)
    found = [p for p in problems if p.severity == "error"]
    for name in result.edits:
        if name in texts:
            found += read_table(texts[name], result.known.calendar)[1]
    return found


def _only_tables(folder: str, names: list[str]) -> list[str]:
    return [n for n in names if n == "outputs" or (Path(folder) / n).stat().st_size > 50_000_000]
