"""When it becomes known which scenario it is, and how much the worst of them weigh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from planner.case.periods import Calendar
from planner.case.problems import Place, Problem, error
from planner.case.settings.declared import RISK
from planner.case.settings.group import read_group
from planner.case.yaml_file import FILE


@dataclass(frozen=True, slots=True)
class Risk:
    """``weight`` of the mean of the worst ``1 - cvar`` of the futures; the expected cost has the
    rest."""

    cvar: float = 0.0
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Reveal:
    """Periods at which futures are told apart, ascending, and how they are weighed."""

    periods: tuple[int, ...]
    risk: Risk


def read_reveal(
    tree: Any, lines: Mapping[str, int], calendar: Calendar
) -> tuple[Reveal | None, list[Problem]]:
    """Return ``reveal`` and ``risk`` of case.yaml, None where they cannot be used, and problems.

    Args:
        tree: what case.yaml holds.
        lines: line of every key of it.
        calendar: the plan's.
    """
    problems: list[Problem] = []
    said = tree.get("reveal") if isinstance(tree, Mapping) else None
    place = Place(FILE, lines.get("reveal"), "reveal")
    words = [str(word) for word in said] if isinstance(said, list) else str(said or "").split(",")
    periods = []
    for word in filter(None, map(str.strip, words)):
        try:
            period = calendar.parse(word)
        except ValueError as reason:
            problems.append(error("bad-period", place, word, str(reason), "write 2027Q3"))
            continue
        if not 0 < period < calendar.count:
            first, last = calendar.label(1), calendar.label(calendar.count - 1)
            need = f"must lie in the plan, from {first} to {last}: what is ordered before is common"
            problems.append(error("out-of-range", place, word, need, "correct it"))
        periods.append(period)
    if not words or not any(word.strip() for word in words):
        need = "is needed where a case has scenarios: from when it is known which of them it is"
        problems.append(
            error("missing-value", place, "", need, f"for instance {calendar.label(1)}")
        )
    elif sorted(set(periods)) != periods and not problems:
        need, fix = "must be later one by one", "write them in the order of time, each once"
        problems.append(error("bad-value", place, ", ".join(words), need, fix))
    risk = tree.get("risk") if isinstance(tree, Mapping) else None
    weighed = Risk()
    if risk is not None:
        found = read_group(
            RISK, risk if isinstance(risk, Mapping) else {}, "risk.", lines, problems
        )
        if len(found) == len(RISK):
            weighed = Risk(**found)
        if weighed.cvar == 1.0:
            place = Place(FILE, lines.get("risk.cvar"), "risk.cvar")
            need, fix = "must be below 1", "for instance 0.9, the worst tenth"
            problems.append(error("out-of-range", place, "1", need, fix))
    return (None if problems else Reveal(tuple(periods), weighed)), problems
