"""Problems of the inputs as lines of text and as data, grouped and capped per kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from planner.words import plural, printable

if TYPE_CHECKING:
    from planner.case.problems import Problem


def problem_lines(problems: Sequence[Problem], most: int = 10) -> list[str]:
    """Return problems as lines: errors before warnings, those of one kind (code, file, column)
    together and capped at ``most``."""
    kinds: dict[tuple[str, str, str, str], list[Problem]] = {}
    for problem in sorted(problems, key=lambda p: p.severity != "error"):
        kinds.setdefault((problem.severity, problem.code, problem.file, problem.column), []).append(
            problem
        )
    lines = []
    for (severity, _, file, column), same in kinds.items():
        lines += [f"{severity}  {printable(problem)}" for problem in same[:most]]
        if len(same) > most:
            lines.append(
                f"{severity}  {printable(file)}{f' {printable(column)}' if column else ''}: "
                f"{plural(len(same) - most, 'more problem')} of this kind"
            )
    return lines


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
    :class:`planner.case.problems.Problem`."""
    fields = ("code", "severity", "file", "row", "column", "value", "need", "fix")
    return [{field: getattr(problem, field) for field in fields} for problem in problems]
