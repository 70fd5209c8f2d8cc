"""Explanations: why this line, why not that offer, what a limit, a milestone or a workload costs.
Every figure is of this plan or a re-solve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from planner.report.diagnosis import diagnosis_summary
from planner.runs.read import read_diagnosis
from planner.study.explain.outcome import Explanation
from planner.study.explain.question import SUBJECTS, Question, answer, question_of
from planner.study.live import reopen

__all__ = ["SUBJECTS", "Explanation", "Question", "answer", "explain", "question_of"]


def explain(folder: Path, what: Question | Sequence[str]) -> Explanation:
    """Return the answer to a question about a run.

    Args:
        folder: the run folder.
        what: a question, or its words, such as ``("limit", "power", "iowa", "2028Q1")``.

    Returns:
        The explanation.

    Raises:
        RunError: for a question that cannot be asked, naming what can.
    """
    if not isinstance(what, Question):
        if list(what) == ["infeasible"]:
            return _infeasible(folder)
        what = question_of(what)
    return answer(reopen(folder), folder, what)


def _infeasible(folder: Path) -> Explanation:
    told = diagnosis_summary(folder)
    facts = dict(told.facts)
    return Explanation(
        "infeasible",
        f"{told.title}: {facts['what conflicts']}; cheapest way out: {facts['cheapest way out']}.",
        told.facts,
        told.sections,
        {"diagnosis": read_diagnosis(folder)},
    )
