"""Problems: what is wrong in a case, where, what is allowed and what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

_STAND_IN: Final = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
LONGEST_SUGGESTED: Final = 200
MOST_SUGGESTED: Final = 1000
"""Names beyond which none is suggested, and the longest for which one is."""


NO_VALUE: Final = ("error-cell", "formula", "bad-date", "not-allowed", "merged")
"""Codes of cells whose text says nothing."""


class Place(NamedTuple):
    """Where a problem is: a file, the row as a spreadsheet shows it (None: the whole file) and the
    column (empty: the whole row)."""

    file: str
    row: int | None = None
    column: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of the inputs, located.

    ``row`` is the row as a spreadsheet shows it (None: the whole file), ``need`` what is allowed
    and ``fix`` what to do next; ``rows`` says for how many rows it is told.
    """

    code: str
    severity: Literal["error", "warning"]
    file: str
    row: int | None
    column: str
    value: str
    need: str
    fix: str
    rows: int = 1

    @property
    def place(self) -> str:
        """Where it is: ``file:row column``."""
        row = f":{self.row}" if self.row is not None else ""
        return self.file + row + (f" {self.column}" if self.column else "")

    @property
    def name(self) -> str:
        """What case.yaml accepts it by: code, place, value and how many rows have it."""
        value = f": {shown(self.value)}" if self.value else ""
        more = f" and {self.rows - 1} more" if self.rows > 1 else ""
        return printable(f"{self.code} {self.place}{value}{more}")

    def __str__(self) -> str:
        """One line: ``file:row column: value - need; fix``."""
        value = f" {shown(self.value)} -" if self.value else ""
        return printable(f"{self.place}:{value} {self.need}; {self.fix}")


def printable(text: str) -> str:
    """Return text on one line, control and direction-changing characters escaped: headers and file
    names are as hostile as cells."""
    return (
        text
        if text.isprintable()
        else "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    )


def shown(value: str, longest: int = 60) -> str:
    """Return a cell as it can be printed: quoted, control characters escaped, cut when long."""
    text = value if len(value) <= longest else value[: longest - 3] + "..."
    return repr(text)


def filled(sentence: str, words: Mapping[str, object]) -> str:
    """Return a sentence with its stand-ins ``{name}`` replaced, each once: what stands in for them
    is text, and so is every other brace."""
    return _STAND_IN.sub(
        lambda found: str(words[found[1]]) if found[1] in words else found[0], sentence
    )


def error(code: str, place: Place, value: str, need: str, fix: str) -> Problem:
    """Return a problem that stops a run."""
    return Problem(code, "error", *place, value, need, fix)


def warning(code: str, place: Place, value: str, need: str, fix: str) -> Problem:
    """Return a problem that is only told."""
    return Problem(code, "warning", *place, value, need, fix)


class CaseError(Exception):
    """A case that cannot be used, with every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{len(self.problems)} problems in the case")

    def format(self, limit_per_kind: int = 10) -> str:
        """Return all problems as text, at most ``limit_per_kind`` of a kind, the last line saying
        what to do next."""
        lines: list[str] = []
        counts: dict[str, int] = {}
        for problem in self.problems:
            counts[problem.code] = counts.get(problem.code, 0) + 1
            if counts[problem.code] <= limit_per_kind:
                lines.append(str(problem))
        lines += [
            f"... and {count - limit_per_kind} more of kind {code}"
            for code, count in counts.items()
            if count > limit_per_kind
        ]
        errors = sum(problem.severity == "error" for problem in self.problems)
        return "\n".join(
            [
                *lines,
                f"{errors} error{'s' * (errors != 1)}: correct the cells named above and run the "
                "command again",
            ]
        )


def once(problems: Sequence[Problem]) -> list[Problem]:
    """Return problems without those of a cell of which an earlier one says that it holds no value:
    what its text would be as a number is of no use."""
    seen: set[tuple[str, int | None, str]] = set()
    kept = []
    for problem in problems:
        place = problem.file, problem.row, problem.column
        if problem.row is None or not problem.column or place not in seen:
            kept.append(problem)
        if problem.code in NO_VALUE:
            seen.add(place)
    return kept


def suggest(wrong: str, known: Iterable[str]) -> str:
    """Return ``; did you mean a, b or c?`` for up to three similar names, or an empty string."""
    names = list(dict.fromkeys(known))
    if len(wrong) > LONGEST_SUGGESTED or len(names) > MOST_SUGGESTED:
        return ""  # comparing with each takes seconds, and a rule may suggest a thousand times
    close = difflib.get_close_matches(wrong, names, n=3, cutoff=0.6)
    lower = {name.lower(): name for name in names}
    if wrong.lower() in lower and lower[wrong.lower()] not in close:
        close = [lower[wrong.lower()], *close][:3]
    if not close:
        return ""
    return f"did you mean {' or '.join(close)}?"
