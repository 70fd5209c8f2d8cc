"""Accepted warnings: those that case.yaml takes for right, with the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from planner.case.problems import Place, Problem, warning
from planner.case.settings.values import Accept
from planner.case.yaml_file import FILE


@dataclass(frozen=True, slots=True)
class Accepted:
    """A warning that somebody has taken for right."""

    warning: Problem
    reason: str


def accept_warnings(
    problems: Sequence[Problem], accepts: Sequence[Accept]
) -> tuple[list[Problem], tuple[Accepted, ...]]:
    """Part problems into those that are told and those that are accepted.

    An accept holds for a warning that it names in full: code, place, value and number of rows, so
    that another figure in the same cell, or one more row, is told again.  Errors are never
    accepted.

    Args:
        problems: problems of the inputs, placed in their files.
        accepts: what case.yaml accepts.

    Returns:
        What is told, an accept that holds for nothing included; and what is accepted.
    """
    if not accepts:
        return list(problems), ()
    patterns = [_pattern(accept.warning) for accept in accepts]
    used = [False] * len(accepts)
    told: list[Problem] = []
    accepted: list[Accepted] = []
    for problem in problems:
        match = (
            [i for i, pattern in enumerate(patterns) if pattern.fullmatch(problem.name)]
            if problem.severity == "warning"
            else []
        )
        for i in match:
            used[i] = True
        if match:
            accepted.append(Accepted(problem, accepts[match[0]].reason))
        else:
            told.append(problem)
    told += [_unused(i, accept) for i, accept in enumerate(accepts) if not used[i]]
    return told, tuple(accepted)


def _pattern(text: str) -> re.Pattern[str]:
    """Return what a text with ``*`` for anything matches; runs of ``*`` are one."""
    return re.compile(".*".join(re.escape(part) for part in re.split(r"\*+", text)), re.DOTALL)


def _unused(i: int, accept: Accept) -> Problem:
    return warning(
        "accept-unused",
        Place(FILE, column=f"accept.{i}"),
        accept.warning,
        "accepts a warning that is not there: the figure, its row or the number of rows has "
        "changed, or it is misspelt",
        "remove it, or write the warning as `planner check` prints it",
    )
