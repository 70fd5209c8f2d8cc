"""Problems of the inputs as lines of text and as data, grouped and capped per kind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from planner.words import plural, printable

if TYPE_CHECKING:
    from planner.case.accepted import Accepted
    from planner.case.problems import Problem

_ACCEPT = "accept it in case.yaml"
"""What the fix of a warning says that is likely to be meant."""


def problem_lines(problems: Sequence[Problem], most: int = 10) -> list[str]:
    """Return problems as lines: errors before warnings, those of one kind (code, file, column)
    together and capped at ``most``; below a warning that may be meant, what to write to accept
    it."""
    kinds: dict[tuple[str, str, str, str], list[Problem]] = {}
    for problem in sorted(problems, key=lambda p: p.severity != "error"):
        kinds.setdefault((problem.severity, problem.code, problem.file, problem.column), []).append(
            problem
        )
    lines = []
    for (severity, _, file, column), same in kinds.items():
        for problem in same[:most]:
            lines.append(f"{severity}  {printable(problem)}")
            if severity == "warning" and _ACCEPT in problem.fix:
                lines.append(
                    f'         accept: {{warning: {_quoted(problem.name)}, reason: "..."}}'
                )
        if len(same) > most:
            lines.append(
                f"{severity}  {printable(file)}{f' {printable(column)}' if column else ''}: "
                f"{plural(len(same) - most, 'more problem')} of this kind"
            )
    return lines


def accepted_lines(accepted: Sequence[Accepted]) -> list[str]:
    """Return accepted warnings as lines, each with the reason."""
    return [printable(f"accepted {one.warning.name}: {one.reason}") for one in accepted]


def _quoted(text: str) -> str:
    """Return text in double quotes, as YAML and JSON read it."""
    return json.dumps(text, ensure_ascii=False)


def count(problems: Sequence[Problem]) -> str:
    """Return ``2 errors, 1 warning in 2 files``."""
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    parts = [
        *([plural(errors, "error")] if errors else []),
        *([plural(warnings, "warning")] if warnings else []),
    ]
    return (
        f"{', '.join(parts) or 'no problems'} in {plural(len({p.file for p in problems}), 'file')}"
        if problems
        else "no problems"
    )


def as_data(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Return problems for ``--json``: one object each, with the fields of
    :class:`planner.case.problems.Problem`, and for a warning what case.yaml would accept it by."""
    fields = ("code", "severity", "file", "row", "column", "value", "need", "fix")
    return [
        {field: getattr(problem, field) for field in fields}
        | ({"accept": problem.name} if problem.severity == "warning" else {})
        for problem in problems
    ]
