"""An accepted import: the case's tables and the map, written together or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from planner.case.files import WORKBOOK
from planner.edit import replace_files
from planner.intake.ask import Question
from planner.intake.map_text import Additions, map_text, remark_of
from planner.intake.result import Import
from planner.intake.seen import seen_of


def draft_map(result: Import, *, written: bool = False) -> str:
    """Return the text of the map after an import: what was understood, and what is asked.

    Args:
        result: the import.
        written: whether the tables are written with it.
    """
    told = result.map
    there = told.written
    by_use: dict[int, list[Question]] = {}
    fresh: list[tuple[int, Question]] = []
    tables = [q for q in result.questions if q.path == "tables"]
    for question in tables:
        if question.use >= 0:
            by_use.setdefault(question.use, []).append(question)
        else:
            fresh.append((id(question), question))
    new = []
    for reading in result.readings:
        if reading.use.number >= 0:
            continue
        block = reading.block
        inside = [
            q
            for _, q in fresh
            if q.sheet.at == block.sheet.at
            and any(
                block.header[0] <= s.row <= max(block.header[-1:] + block.body)
                and block.left <= s.column <= block.right
                for s in q.spots
            )
        ]
        once = {q.key: q for q in inside}
        new.append((reading.use, f"{block.sheet.at} {block.range}", [*once.values()]))
    names: dict[str, list[tuple[str, str, Sequence[str]]]] = {}
    for kind, label, name in result.new_names:
        if (f"names.{kind}", label) not in there and "(" not in label[-40:]:
            names.setdefault(kind, []).append((label, name, ()))
    for question in result.questions:
        if question.path.startswith("names.") and (question.path, question.key) not in there:
            value = f"{question.suggested} ?" if question.suggested else "?"
            kind = question.path.removeprefix("names.")
            names.setdefault(kind, []).append((question.key, value, remark_of(question)))
    answers = [
        q for q in result.questions if q.path == "answers" and ("answers", q.key) not in there
    ]
    seen = {**told.seen, **seen_of(result)} if written else {**told.seen}
    return map_text(
        told.text,
        Additions(
            new,
            [q for some in by_use.values() for q in some],
            _numbers(result),
            names,
            answers,
            seen,
            written or told.accepted,
        ),
    )


def _numbers(result: Import) -> str | dict[str, str]:
    """Return the locale of the sources as the map says it; nothing where none matters."""
    asked = [q for q in result.questions if q.path == "numbers"]
    if asked:
        return '"?"  # ' + f"{asked[0].sentence}. {asked[0].choice}"
    if result.map.numbers:
        return ""
    found = {file: locale for file, (locale, _) in result.locales.items()}
    if len({*found.values()}) <= 1:
        return next(iter(found.values()), "")
    return found


def accept(result: Import) -> Sequence[str]:
    """Write an import: the tables that change, all or none, then the map.

    Args:
        result: one without questions.

    Returns:
        The names of the files that were written.

    Raises:
        OSError: where one cannot be written.
    """
    assert result.edited is not None and not result.questions
    text = draft_map(result, written=True)
    files = dict(result.edited.files)
    if result.case.is_file():
        home = result.case.parent
        files = {result.case.name: files[WORKBOOK]} if files else {}
    else:
        home = result.case
    inside = result.map_path.parent.resolve() == home.resolve()
    if inside:
        files[result.map_path.name] = text.encode()
    replace_files(home, files)
    if not inside:
        replace_files(result.map_path.parent, {result.map_path.name: text.encode()})
    return [*files] if inside else [*files, str(result.map_path)]
