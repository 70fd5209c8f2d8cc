"""Progress: which phase a run is in and how long each took, on stderr and for run.log."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, TextIO

from planner.report.terminal import is_terminal
from planner.report.words import duration, printable

PATIENCE_SECONDS: Final = 2.0
"""A phase that takes longer shows a live line on a terminal, once a second."""
LOG_SECONDS: Final = 10.0
"""Elsewhere it writes a line this often."""


class Progress:
    """Times the phases of a run; prints them to ``stream`` (``None`` prints nothing) and keeps the log.

    The one object of a run that changes: phases are entered with :meth:`phase`, messages given with :meth:`say`, and what a
    running phase has to tell (iterations, gap) with :meth:`note`, from any thread.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream
        self.seconds: dict[str, float] = {}
        self.log: list[str] = []
        self._live = stream is not None and is_terminal(stream)
        self._note = ""
        self._shown = False

    def say(self, text: str) -> None:
        """Print one message and log it."""
        self.record(text)
        if self.stream is not None:
            self._clear()
            print(text, file=self.stream, flush=True)

    def record(self, text: str) -> None:
        """Log one message without printing it."""
        self.log.append(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}Z {printable(text)}")

    def note(self, text: str) -> None:
        """Set what the running phase tells about itself."""
        self._note = printable(text)

    def _clear(self) -> None:
        if self._shown and self.stream is not None:
            self.stream.write("\r\x1b[2K")
            self._shown = False

    def _watch(self, name: str, start: float, done: threading.Event) -> None:
        wait = PATIENCE_SECONDS if self._live else LOG_SECONDS
        while not done.wait(wait) and self.stream is not None:
            line = f"  {name:<10}{duration(time.perf_counter() - start)}  {self._note}".rstrip()
            if self._live:
                self.stream.write(f"\r\x1b[2K{line}")
                self._shown, wait = True, 1.0
            else:
                self.stream.write(f"{line}\n")
            self.stream.flush()

    @contextlib.contextmanager
    def phase(self, name: str, *, last: bool = True) -> Iterator[None]:
        """Time a phase; with ``last=False`` it is taken up again later and only then printed as finished."""
        start, done, self._note = time.perf_counter(), threading.Event(), ""
        watcher = None if self.stream is None else threading.Thread(target=self._watch, args=(name, start, done), daemon=True)
        if watcher is not None:
            watcher.start()
        try:
            yield
        finally:
            done.set()
            if watcher is not None:
                watcher.join()
            self._clear()
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
        if last:
            self.say(f"  {name:<10}{duration(self.seconds[name])}" + (f"  {self._note}" if self._note else ""))
