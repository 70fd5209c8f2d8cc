"""The map: what a first import understood and was told, as a file that the next import reads."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from planner.case.csv_file import decode, read_bytes
from planner.case.problems import CaseError, Place, Problem, error, suggest
from planner.case.tables import TABLE
from planner.case.yaml_file import LARGEST_BYTES, parse_yaml
from planner.intake.figure import LOCALES
from planner.intake.known import importable
from planner.intake.use import FIELDS, Use, target_of

FILE: Final = "import.yaml"
SECTIONS: Final = ("numbers", "tables", "names", "answers", "seen", "accepted")
OPEN: Final = "?"
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "across": ("sum", "least", "greatest", "mean", "last"),
    "spread": ("even", "hold"),
    "missing": ("keep",),
    "unknown": ("skip",),
    "double": ("add", "first", "last"),
}


@dataclass(frozen=True, slots=True)
class Map:
    """A map as it is written; empty where there is none yet."""

    text: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Locale by pattern of a file's name."""
    tables: tuple[Use, ...] = ()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    accepted: bool = False
    written: frozenset[tuple[str, str]] = frozenset()
    """Names and answers that stand in it, open ones included, by section."""

    def locale(self, file: str) -> str:
        """Return the locale that is told of a file; nothing where none is."""
        return next((v for k, v in self.numbers.items() if fnmatch.fnmatch(file, k)), "")


def read_map(path: Path) -> Map:
    """Return a map; an empty one where there is no file.

    Args:
        path: the file.

    Raises:
        CaseError: with everything that is wrong in it.
    """
    if not path.exists():
        return Map()
    content, problems = read_bytes(path, path.name, LARGEST_BYTES)
    text, undecoded = ("", []) if problems else decode(content, path.name)
    tree, lines, found = parse_yaml(text) if not undecoded else (None, {}, [])
    problems = [*problems, *undecoded, *(_of(path, one) for one in found)]
    if problems:
        raise CaseError(problems)
    reader = _Reader(path.name, lines)
    read = reader.read(tree or {}, text)
    if reader.problems:
        raise CaseError(reader.problems)
    return read


def _of(path: Path, one: Problem) -> Problem:
    return error(one.code, Place(path.name, one.row, one.column), one.value, one.need, one.fix)


class _Reader:
    """Reads the tree of a map, and collects what is wrong."""

    def __init__(self, file: str, lines: Mapping[str, int]) -> None:
        self.file, self.lines = file, lines
        self.problems: list[Problem] = []

    def wrong(self, at: str, value: str, need: str, fix: str) -> None:
        """Note what is wrong with an entry."""
        self.problems.append(
            error("map", Place(self.file, self.lines.get(at), at), value, need, fix)
        )

    def read(self, tree: Any, text: str) -> Map:
        """Return the map."""
        if not isinstance(tree, dict):
            self.wrong("", "", "needs sections such as tables:", "move it away, and import again")
            return Map()
        for key in tree:
            if key not in SECTIONS:
                self.wrong(key, "", "is no section of a map", suggest(key, SECTIONS) or "remove it")
        numbers = tree.get("numbers")
        by_file = numbers if isinstance(numbers, dict) else {"*": numbers} if numbers else {}
        for key, value in by_file.items():
            if value not in LOCALES and not _open(value):
                at = "numbers" if key == "*" else f"numbers.{key}"
                self.wrong(at, str(value), f"is one of {', '.join(LOCALES)}", "correct it")
        tables = tree.get("tables") or []
        if not isinstance(tables, list):
            self.wrong("tables", "", "is a list of tables", "begin each with `- to: TABLE`")
            tables = []
        names = self.mapping(tree, "names")
        read_names = {
            kind: {k: v for k, v in self.mapping(names, kind, "names.").items() if not _open(v)}
            for kind in names
        }
        answers = self.mapping(tree, "answers")
        written = {("answers", key) for key in answers}
        written |= {
            (f"names.{kind}", key) for kind in names for key in self.mapping(names, kind, "names.")
        }
        seen = self.mapping(tree, "seen")
        return Map(
            text,
            {k: str(v) for k, v in by_file.items() if not _open(v)},
            tuple(self.use(number, one) for number, one in enumerate(tables)),
            read_names,
            {k: str(v) for k, v in answers.items() if not _open(v)},
            {k: tuple(map(str, v)) for k, v in seen.items() if isinstance(v, list)},
            str(tree.get("accepted", "")).lower() in ("yes", "true"),
            frozenset(written),
        )

    def mapping(self, tree: Any, key: str, path: str = "") -> dict[str, Any]:
        """Return a section that is a mapping."""
        value = tree.get(key) if isinstance(tree, dict) else None
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.wrong(f"{path}{key}", str(value), "needs lines below it", "write NAME: VALUE")
            return {}
        return value

    def use(self, number: int, one: Any) -> Use:
        """Return one table of the map."""
        at = f"tables.{number}"
        if not isinstance(one, dict):
            self.wrong(at, str(one), "needs settings such as to: demand", "correct it")
            return Use(number=number)
        for key, value in one.items():
            if key not in FIELDS:
                fix = suggest(key, FIELDS) or f"it may have {', '.join(FIELDS)}"
                self.wrong(f"{at}.{key}", "", "is nothing that a table of a map has", fix)
            elif key in _CHOICES and value not in _CHOICES[key] and not _open(value):
                need = f"is one of {', '.join(_CHOICES[key])}"
                self.wrong(f"{at}.{key}", str(value), need, "correct it")
        plain = {
            key: str(one[key])
            for key in ("sheet", "file", "title", "to", "measure", "unit", "per", *_CHOICES)
            if one.get(key) is not None and not _open(one[key])
        }
        if plain.get("to", "skip") != "skip" and (
            plain["to"] not in TABLE or not importable(plain["to"])
        ):
            fix = suggest(plain["to"], TABLE) or "see inputs/README.md"
            self.wrong(f"{at}.to", plain["to"], "is no table of a case", fix)
        elif "measure" in plain and "to" in plain:
            columns = [c.name for c in TABLE[plain["to"]].columns]
            if plain["measure"] not in columns:
                fix = suggest(plain["measure"], columns) or f"it has {', '.join(columns)}"
                self.wrong(f"{at}.measure", plain["measure"], f"is no column of {plain['to']}", fix)
        columns_ = self.mapping(one, "columns", f"{at}.")
        only = self.mapping(one, "only", f"{at}.")
        set_ = self.mapping(one, "set", f"{at}.")
        return Use(
            **plain,  # type: ignore[arg-type]
            columns={k: target_of(str(v)) for k, v in columns_.items() if not _open(v)},
            set={k: str(v) for k, v in set_.items()},
            only={
                k: tuple(map(str, v)) if isinstance(v, list) else (str(v),) for k, v in only.items()
            },
            number=number,
        )


def _open(value: Any) -> bool:
    """Return whether a value is still a question."""
    return isinstance(value, str) and value.rstrip().endswith(OPEN)
