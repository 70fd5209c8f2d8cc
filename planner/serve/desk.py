"""A desk: one run opened to be moved - its case, its program live in a solver, the answers found so
far.

One solve runs at a time, as the solver is one.  A page's next move ends its earlier one, whether
that waits or runs; the moves of other pages go on.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from planner.case.problems import CaseError
from planner.case.variants import Base, read_base, read_variant
from planner.report.problems import as_data
from planner.runs.basis import read_basis
from planner.runs.inputs import INPUTS, read_overrides
from planner.runs.read import RunError
from planner.serve.move import Move
from planner.serve.move_words import words_of
from planner.serve.picture import frames_of, picture
from planner.study.live import Asked, Live, open_case

KEPT: Final = 2_000
"""Answers that a desk keeps."""
PAGES: Final = 1_000
"""Pages of which a desk remembers the last move."""


class Superseded(Exception):
    """The page that asked has asked for something else since."""


class Desk:
    """One run, opened in the background; questions wait until it is ready.

    Args:
        folder: the run folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._base: Base | None = None
        self._live: Live | None = None
        self._first: dict[str, Any] = {}
        self._answers: OrderedDict[tuple[str, ...], dict[str, Any]] = OrderedDict()
        self._solver, self._state = threading.Lock(), threading.Lock()
        self._last: OrderedDict[str, int] = OrderedDict()
        self._running: tuple[str, int] | None = None
        threading.Thread(target=self._open, daemon=True).start()

    def _open(self) -> None:
        try:
            inputs = self.folder / INPUTS
            try:
                self._base = read_base(inputs, read_overrides(inputs))
            except CaseError as reason:
                raise RunError(
                    f"{inputs} is not a good case any more ({len(reason.problems)} problems). "
                    f"Next: planner verify {self.folder}"
                ) from None
            live = open_case(self._base.case, read_basis(self.folder), threads=1)
            self._live = live
            self._first = self._told(Asked("optimal", live.solution.objective, live.formulation,
                                           live.solution), ())  # fmt: skip
        except BaseException as failure:  # carried over to whoever asks
            self._failure = failure
        finally:
            self._ready.set()

    def _opened(self) -> tuple[Base, Live]:
        """Return the case and its live program, once they are there."""
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        assert self._base is not None
        assert self._live is not None
        return self._base, self._live

    @property
    def base(self) -> Base:
        """The case of the run, as it was read then."""
        return self._opened()[0]

    def first(self) -> dict[str, Any]:
        """Return the answer without any move: the run's plan, with everything divisible."""
        self._opened()
        return self._first

    def ask(
        self, page: str, number: int, moves: Sequence[Move], words: Sequence[str]
    ) -> dict[str, Any]:
        """Return what the case comes to with some moves and further words of ``--set``.

        Args:
            page: which page asks; its earlier questions are dropped.
            number: of its question, rising.
            moves: the moves.
            words: further changes, which see those of the moves.

        Raises:
            Superseded: where the page has asked again meanwhile.
            MoveError: for a move that is none of this case.
            RunError: where the run cannot be opened.
        """
        self._announce(page, number)
        base, live = self._opened()
        begin = time.perf_counter()
        told = (*words_of(base, moves), *words)
        with self._state:
            found = self._answers.get(told) if told else self._first
        if found is not None:
            return {**found, "seconds": time.perf_counter() - begin, "kept": True}
        with self._solver:
            self._begin(page, number)
            begin = time.perf_counter()  # waiting for others is no time of ours
            try:
                answer = self._answer(base, live, told, page, number)
            finally:
                with self._state:
                    self._running = None
        with self._state:
            self._answers[told] = answer
            while len(self._answers) > KEPT:
                self._answers.popitem(last=False)
        return {**answer, "seconds": time.perf_counter() - begin, "kept": False}

    def _announce(self, page: str, number: int) -> None:
        """Note a page's question, and end its earlier one."""
        with self._state:
            self._last[page] = max(number, self._last.get(page, number))
            self._last.move_to_end(page)
            while len(self._last) > PAGES:
                self._last.popitem(last=False)
            running = self._running
            if running is not None and running[0] == page and running[1] < number:
                assert self._live is not None
                self._live.model.stop()

    def _begin(self, page: str, number: int) -> None:
        with self._state:
            self._wanted(page, number)
            assert self._live is not None
            self._live.model.go_on()
            self._running = (page, number)

    def _wanted(self, page: str, number: int) -> None:
        """Raise ``Superseded`` where the page has asked for something else."""
        if self._last.get(page, number) > number:
            raise Superseded

    def _answer(
        self, base: Base, live: Live, words: tuple[str, ...], page: str, number: int
    ) -> dict[str, Any]:
        try:
            case = read_variant(base, words)
        except CaseError as reason:
            wrong = [problem for problem in reason.problems if problem.severity == "error"]
            return {"status": "invalid", "words": [*words], "problems": as_data(wrong[:50])}
        with self._state:
            self._wanted(page, number)
        asked = live.ask(case)
        if asked.status == "limit":  # nothing else limits it
            raise Superseded
        return self._told(asked, words)

    def _told(self, asked: Asked, words: tuple[str, ...]) -> dict[str, Any]:
        """Return an answer as the page is told it."""
        told: dict[str, Any] = {"status": asked.status, "words": [*words]}
        if asked.status != "optimal":
            told["message"] = asked.solution.message
            return told
        assert self._live is not None
        labels = asked.formulation.case.calendar.labels
        return told | {
            "objective_usd": asked.objective,
            "delta_usd": asked.objective - self._live.solution.objective,
            "divisible": asked.formulation.case.whole,
            "periods": [*labels],
            "picture": picture(asked.objective, frames_of(asked), labels),
        }
