"""A question about a run, as a value; the words of a command line are one way to make it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from planner.runs.read import RunError
from planner.study.explain.capex import explain_capex
from planner.study.explain.commitment import explain_commitment
from planner.study.explain.gains import explain_gains
from planner.study.explain.idle import explain_idle
from planner.study.explain.limit import explain_limit
from planner.study.explain.line import explain_line
from planner.study.explain.milestone import explain_milestone
from planner.study.explain.offer import explain_offer
from planner.study.explain.outcome import Explanation
from planner.study.explain.rent import explain_rent
from planner.study.explain.row import explain_row
from planner.study.explain.scaled import explain_demand, explain_throughput
from planner.study.explain.slip import explain_slip
from planner.study.explain.tokens import explain_tokens
from planner.study.explain.which_limit import LIMIT_WORDS
from planner.study.explain.workload import explain_workload
from planner.study.live import Live


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a run: a subject and what it names, such as ``Question("limit", ("power",
    "iowa", "2028Q1"))``."""

    subject: str
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The words of the command line."""
        return " ".join((self.subject, *self.names))


Answer = Callable[[Live, Path, Sequence[str]], Explanation]


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that can be asked about: its words, how many names it takes, and who answers."""

    name: str
    words: str
    answer: Answer
    least: int = 0
    most: int = 1_000


SUBJECTS: Final[tuple[Subject, ...]] = (
    Subject("line", "line LINE_ID", lambda live, at, n: explain_line(live, at, n[0]), 1, 1),
    Subject("offer", "offer OFFER [PERIOD]", lambda live, at, n: explain_offer(live, at, *n), 1, 2),
    Subject(
        "limit",
        LIMIT_WORDS,
        lambda live, at, n: explain_limit(live, at, list(n)),
    ),
    Subject(
        "milestone", "milestone NAME", lambda live, at, n: explain_milestone(live, at, n[0]), 1, 1
    ),
    Subject(
        "workload", "workload NAME", lambda live, at, n: explain_workload(live, at, n[0]), 1, 1
    ),
    Subject("tokens", "tokens WORKLOAD", lambda live, at, n: explain_tokens(live, at, n[0]), 1, 1),
    Subject(
        "commitment",
        "commitment NAME",
        lambda live, at, n: explain_commitment(live, at, n[0]),
        1,
        1,
    ),
    Subject("demand", "demand [FACTOR...]", explain_demand),
    Subject("throughput", "throughput [CHIP]", explain_throughput),
    Subject("capex", "capex USD_PER_YEAR", explain_capex),
    Subject("slip", "slip chip|site|milestone NAME PERIODS", explain_slip),
    Subject("rent", "rent", explain_rent),
    Subject("idle", "idle", explain_idle),
    Subject("gains", "gains", explain_gains, 0, 0),
    Subject("row", "row ROWS LABELS", lambda live, at, n: explain_row(live, n)),
)
"""All that can be asked of a plan, in the order in which it is told."""
BY_NAME: Final = {subject.name: subject for subject in SUBJECTS}


def question_of(words: Sequence[str]) -> Question:
    """Return the question that words ask.

    Raises:
        RunError: for a question that cannot be asked, naming what can.
    """
    subject = BY_NAME.get(words[0]) if words else None
    if subject is None or not subject.least <= len(words) - 1 <= subject.most:
        raise RunError(f"what is to be explained? One of: {asked()}")
    return Question(subject.name, tuple(words[1:]))


def asked() -> str:
    """Return the words of everything that can be asked, of a run without a plan too."""
    return ", ".join([*(subject.words for subject in SUBJECTS), "infeasible"])


WHOLE: Final = (
    "what is solved again is solved with racks and choices divisible, the plan it is compared with "
    "too: differences are exact; figures of the plan itself are with its racks and choices as they "
    "are"
)
"""What an answer about a plan of whole things says of itself."""


def answer(live: Live, folder: Path, question: Question) -> Explanation:
    """Return the answer to a question.

    Args:
        live: the run, reopened.
        folder: its folder.
        question: the question.

    Raises:
        RunError: where what it names is not in the case.
    """
    told = BY_NAME[question.subject].answer(live, folder, question.names)
    if not len(live.formulation.program.integer):
        return told
    return replace(told, facts=(*told.facts, ("whole things", WHOLE)))
