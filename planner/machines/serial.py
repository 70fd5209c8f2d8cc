"""One question after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from planner.machines.job import Job


class Serial:
    """Answers in the order of the questions; what was opened last stays open for the next job of
    the same kind."""

    def __init__(self) -> None:
        self._job: Job | None = None
        self._state: Any = None

    def each(
        self, job: Job, questions: Iterable[Any], tick: Callable[[], None]
    ) -> Iterator[tuple[int, Any]]:
        """See ``Executor``."""
        for at, question in enumerate(questions):
            if self._job is not job:
                self._job, self._state = job, job.opened(job.base, True)
            yield at, job.answer(self._state, question)
            tick()
