"""Outcomes: what a plan becomes when one thing changes, told against the plan as it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.lp.held import held
from planner.lp.program import Program
from planner.lp.solution import Solution, total
from planner.lp.ties import settle_ties
from planner.model import Formulation
from planner.model.preference import preferences
from planner.plan.answer import CHIP_TOLERANCE, read_answer
from planner.plan.lines import all_lines
from planner.report.section import Section
from planner.study.live import Asked, Live
from planner.words import money, number, printable

MOST_LINES: Final = 8
CENT: Final = 0.01


@dataclass(frozen=True, slots=True)
class Outcome:
    """One re-solve: what was changed, whether there is a plan, and by how much it costs more (USD,
    negative: less)."""

    what: str
    status: str
    objective: float
    delta: float
    unserved: float = 0.0
    """How much more of the cost is paid for work that is not served, USD."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer: one sentence, facts, tables, and the same as data."""

    subject: str
    headline: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    data: dict[str, Any]


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Return the rows of a table as named tuples, for texts of a few lines."""
    return iter(frame.itertuples())


def plain_row(row: Any) -> dict[str, Any]:
    """Return a row as JSON holds it: NaN as null, helper columns left out."""
    return {
        str(key): (None if isinstance(value, float) and not np.isfinite(value) else value)
        for key, value in row.items()
        if not str(key).startswith("_")
    }


def told(outcome: Outcome) -> str:
    """Return the cost of an outcome in words."""
    if outcome.status != "optimal":
        return f"no plan ({outcome.status})"
    if abs(outcome.delta) < CENT:
        return "the same cost"
    unserved = (
        f" ({money(outcome.unserved)} more for work not served)"
        if outcome.unserved > 0.01 * abs(outcome.delta)
        else ""
    )
    return f"{money(abs(outcome.delta))} {'more' if outcome.delta > 0 else 'less'}{unserved}"


def _penalties(asked_program: Program, solution: Solution) -> float:
    """Cost of all work that is not served in an answer, USD."""
    scaled = solution.x / asked_program.column_scale
    parts = (
        slice(block.first, block.first + block.count)
        for block in asked_program.column_blocks
        if block.name.startswith("short_")
    )
    return (
        sum(total(asked_program.cost[part], scaled[part]) for part in parts)
        * asked_program.money_scale
    )


def _outcome(live: Live, what: str, asked: Asked) -> Outcome:
    if asked.status != "optimal":
        return Outcome(what, asked.status, asked.objective, float("nan"))
    unserved = _penalties(asked.formulation.program, asked.solution) - _penalties(
        live.formulation.program, live.solution
    )
    return Outcome(
        what, asked.status, asked.objective, asked.objective - live.solution.objective, unserved
    )


def try_case(live: Live, what: str, case: Case) -> tuple[Outcome, Asked]:
    """Solve the case with something changed; return what it comes to."""
    asked = live.ask(case)
    return _outcome(live, what, asked), asked


def try_without(live: Live, what: str, columns: np.ndarray) -> tuple[Outcome, Asked]:
    """Solve the plan's own program with some columns, (n,), held at zero; return what it comes
    to."""
    program = held(live.formulation.program, columns, 0.0)
    return outcome_of(
        live, what, live.ask_program(dataclasses.replace(live.formulation, program=program))
    )


def outcome_of(live: Live, what: str, asked: Asked) -> tuple[Outcome, Asked]:
    """Return what an answer comes to, and the answer."""
    return _outcome(live, what, asked), asked


def new_lines(live: Live, asked: Asked) -> pd.DataFrame:
    """Return the coded lines of what an answer decides; of several equally cheap answers the
    preferred one.

    Args:
        live: the live model, standing at this answer: nothing was asked since.
        asked: the answer.

    Raises:
        RuntimeError: where the model stands at another question.
    """
    formulation: Formulation = asked.formulation
    if live.model.program is not formulation.program:
        raise RuntimeError("the live model stands at another question")
    chosen = settle_ties(live.model, asked.solution, preferences(formulation)[:3])
    lines = all_lines(read_answer(formulation, chosen))
    return lines[lines["status"] == "new"]


def amounts(lines: pd.DataFrame) -> pd.Series[float]:
    """Return chips (MW) of lines of decisions, by "action line"."""
    return (
        pd.Series(
            lines["chips"].fillna(lines["mw"]).to_numpy(dtype=np.float64),
            index=(lines["action"] + " " + lines["line_id"]).to_numpy(dtype=object),
        )
        .groupby(level=0)
        .sum()
    )


def decisions(live: Live, asked: Asked) -> pd.Series[float]:
    """Return chips (MW) of every decision of an answer, by "action line"; see :func:`new_lines`."""
    return amounts(new_lines(live, asked))


def instead(before: pd.Series[float], after: pd.Series[float], title: str) -> Section:
    """Return the largest changes of decisions between two answers as a table."""
    keys = sorted(set(before.index) | set(after.index))
    old, new = before.reindex(keys).fillna(0.0), after.reindex(keys).fillna(0.0)
    change = new - old
    shown = change[change.abs() > np.maximum(CHIP_TOLERANCE, 1e-6 * np.maximum(old, new))]
    order = shown.abs().sort_values(ascending=False, kind="stable").index
    rows = tuple(
        (
            printable(key),
            number(float(old[key])),
            number(float(new[key])),
            f"{'+' if change[key] > 0 else ''}{number(float(change[key]))}",
        )
        for key in order[:MOST_LINES]
    )
    note = (
        f"{len(order) - MOST_LINES} more lines change"
        if len(order) > MOST_LINES
        else ""
        if len(order)
        else "nothing that is ordered changes"
    )
    return Section(title, ("decision", "now", "then", "change"), rows, frozenset({1, 2, 3}), note)


def outcome_table(
    title: str, outcomes: list[Outcome], note: str = "each row is the whole plan solved again"
) -> Section:
    """Return outcomes as a table."""
    return Section(
        title,
        ("if", "the plan costs", "total"),
        tuple((o.what, told(o), money(o.objective)) for o in outcomes),
        frozenset({2}),
        note,
    )


def outcome_data(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """Return outcomes as JSON holds them."""
    return [
        {
            "what": o.what,
            "status": o.status,
            "objective_usd": o.objective if o.status == "optimal" else None,
            "delta_usd": o.delta if o.status == "optimal" else None,
        }
        for o in outcomes
    ]
