"""Progress: which phase a run is in, how long each takes and what it tells, on stderr and for
run.log."""

from __future__ import annotations

import contextlib
import os
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final, TextIO

from planner.report.terminal import is_terminal
from planner.words import duration, lines, printable

LIVE_SECONDS: Final = 1.0
"""On a terminal the running phase is shown anew this often, in place."""
LOG_SECONDS: Final = 10.0
"""In a log, and in run.log, it writes a line this often."""
MOST_ROWS: Final = 6
"""A terminal too narrow for the line shows it in up to this many rows."""


class Progress:
    """Times the phases of a run; prints them to ``stream`` (``None`` prints nothing) and keeps the
    log.

    The one object of a run that changes: phases are entered with :meth:`phase`, messages given with
    :meth:`say`, and what a running phase has to tell (iterations, gap) with :meth:`note`, from any
    thread.
    """

    def __init__(
        self, stream: TextIO | None = None, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.stream = stream
        self.seconds: dict[str, float] = {}
        self.log: list[str] = []
        self._clock = clock
        self._live = stream is not None and is_terminal(stream)
        self._note = ""
        self._rows = 0
        self._due = LOG_SECONDS
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        """Print one message and log it."""
        with self._lock:
            self.record(text)
            with contextlib.suppress(OSError, ValueError):  # nobody reads: the run goes on
                if self.stream is not None:
                    self._clear()
                    print(lines(text), file=self.stream, flush=True)

    def record(self, text: str) -> None:
        """Log one message without printing it."""
        self.log.append(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}Z {printable(text)}")

    def note(self, text: str) -> None:
        """Set what the running phase tells about itself; `` | `` stands between several that run at
        once."""
        self._note = printable(text)

    def tick(self, name: str, elapsed: float) -> None:
        """Tell where the running phase is: on a terminal in place, elsewhere with a line whenever
        ``LOG_SECONDS`` have passed."""
        head, note = f"  {name:<10}{duration(elapsed)}", self._note
        with self._lock:
            if elapsed >= self._due:
                self._due = (elapsed // LOG_SECONDS + 1) * LOG_SECONDS
                line = f"{head}  {note}".rstrip()
                self.record(line)
                if self.stream is not None and not self._live:
                    print(line, file=self.stream, flush=True)
            if self.stream is not None and self._live:
                self._clear()
                shown = rows(head, note, _width(self.stream))
                self.stream.write("\n".join(shown))
                self.stream.flush()
                self._rows = len(shown)

    def _clear(self) -> None:
        """Take back what a terminal shows of the running phase."""
        if self._rows and self.stream is not None:
            self.stream.write("\r\x1b[2K" + "\x1b[1A\x1b[2K" * (self._rows - 1))
            self._rows = 0

    def _watch(self, name: str, start: float, done: threading.Event) -> None:
        with contextlib.suppress(
            OSError, ValueError
        ):  # nobody reads any more: the run goes on, and only tells nothing
            while not done.wait(LIVE_SECONDS):
                self.tick(name, self._clock() - start)

    @contextlib.contextmanager
    def phase(self, name: str, *, last: bool = True) -> Iterator[None]:
        """Time a phase; with ``last=False`` it is taken up again later and only then printed as
        finished."""
        start, done, self._note, self._due = self._clock(), threading.Event(), "", LOG_SECONDS
        watcher = threading.Thread(target=self._watch, args=(name, start, done), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()
            with contextlib.suppress(OSError, ValueError):
                self._clear()
            self.seconds[name] = self.seconds.get(name, 0.0) + self._clock() - start
        if last:
            self.say(
                f"  {name:<10}{duration(self.seconds[name])}"
                + (f"  {self._note}" if self._note else "")
            )


def rows(head: str, note: str, width: int) -> list[str]:
    """Return what a terminal shows of a running phase: one row, or where that is too narrow
    several, so that none is wrapped by the terminal.

    Args:
        head: the phase and its time.
        note: what it tells.
        width: characters of a row.
    """
    whole = f"{head}  {note}".rstrip()
    if len(whole) <= width:
        return [whole]
    indent = " " * min(len(head) + 2, width // 2)
    wrapped = [
        row for part in note.split(" | ") for row in textwrap.wrap(part, width - len(indent))
    ][:MOST_ROWS]
    return [
        f"{(head if at == 0 else '').ljust(len(indent))}{row}"[:width]
        for at, row in enumerate(wrapped)
    ]


def _width(stream: TextIO) -> int:
    """Return how many characters a row of the terminal holds, less the last, where some wrap."""
    with contextlib.suppress(OSError, ValueError):
        columns = os.get_terminal_size(stream.fileno()).columns
        if columns > 0:
            return columns - 1
    return 79
