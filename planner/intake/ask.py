"""Questions: what an import does not know, where, what may be answered, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from planner.case.problems import shown
from planner.intake.cell import Sheet, Spot

Mark = Literal["read", "label", "skipped", "checked", "waiting", "question"]

KEEP: Final = "keep"
SKIP: Final = "skip"
FIGURE: Final = "a figure"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: its key in the map, where it stands, and what may be answered.

    ``path`` is where the map is to say it: ``answers``, ``names.KIND``, or ``tables`` for a setting
    of the table, which ``key`` names.
    """

    key: str
    sheet: Sheet
    spots: tuple[Spot, ...]
    value: str
    need: str
    answers: Mapping[str, str]
    """What may be written, and what it does."""
    suggested: str = ""
    path: str = "answers"
    use: int = -1
    """Number of the table in the map, where it is a setting of it."""

    @property
    def place(self) -> str:
        """Where it is: ``file[sheet] D7``."""
        if not self.spots:
            return self.sheet.at
        first, last = min(self.spots), max(self.spots)
        return f"{self.sheet.at} {first}" + (f":{last}" if last != first else "")

    @property
    def sentence(self) -> str:
        """What it asks, on one line."""
        return f"{self.place}{f': {shown(self.value)}' if self.value else ''} {self.need}"

    @property
    def choice(self) -> str:
        """What may be answered, on one line."""
        return "; ".join(
            f"{answer}: {does}" if does else answer for answer, does in self.answers.items()
        )


@dataclass(slots=True)
class Asked:
    """Collects questions, and gives the answers that the map has already."""

    answers: Mapping[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    settled: list[tuple[Question, str]] = field(default_factory=list)

    def ask(self, question: Question) -> str:
        """Return the answer of the map; nothing where there is none yet, or none that fits."""
        given = self.answers.get(question.key, "").strip()
        known = given in question.answers or (FIGURE in question.answers and _number(given))
        if given and known:
            self.settled.append((question, given))
            return given
        if all(question.key != one.key for one in self.questions):
            self.questions.append(question)
        return ""


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
