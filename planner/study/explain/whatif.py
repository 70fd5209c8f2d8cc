"""What if: the plan solved again with something changed, told by what it costs and what it then
decides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.case.case import Case
from planner.report.section import Section
from planner.runs.read import RunError
from planner.study.explain.outcome import (
    Explanation,
    Outcome,
    decisions,
    instead,
    outcome_data,
    outcome_table,
    told,
    try_case,
)
from planner.study.live import Live
from planner.words import printable


def amount_of(text: str, what: str) -> float:
    """Return the number that a word of a question is, none below zero; raises ``RunError`` where it
    is no such number."""
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value) or value < 0:
        raise RunError(f"{printable(text)} is no {what}; give a number such as 0.5, 2 or 3e9")
    return value


def told_outcomes(
    subject: str,
    outcomes: list[Outcome],
    change: Section | None,
    headline: str,
    facts: Sequence[tuple[str, str]] = (),
) -> Explanation:
    """Return outcomes as an explanation, with what is decided otherwise where that is told."""
    sections = (outcome_table("If", outcomes), *((change,) if change is not None else ()))
    return Explanation(
        subject,
        headline,
        tuple(facts),
        sections,
        {"subject": subject, "outcomes": outcome_data(outcomes)},
    )


def solved_with(live: Live, what: str, case: Case) -> tuple[Outcome, Section | None]:
    """Solve a changed case; return what it comes to and what it decides otherwise."""
    outcome, asked = try_case(live, what, case)
    if outcome.status != "optimal":
        return outcome, None
    then = decisions(live, asked)
    return outcome, instead(
        decisions(live, live.ask_program(live.formulation)), then, "What the plan does instead"
    )


def told_plan(outcome: Outcome) -> str:
    """Return an outcome as the end of a sentence."""
    return (
        f"the plan costs {told(outcome)}"
        if outcome.status == "optimal"
        else f"there is no plan ({outcome.status})"
    )
