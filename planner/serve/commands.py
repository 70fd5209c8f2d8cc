"""Commands that the page has run: the same that it shows, each a process of its own.

They outlive the server, so that a run which is being saved is saved even where the server is
killed; what they tell goes to files, which need nobody who reads them.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

KEPT: Final = 200
"""Commands that are remembered."""
TAIL: Final = 4_000
"""Characters of the last that a command told."""


def shown(words: Sequence[str]) -> str:
    """Return a command as a shell takes it."""
    return shlex.join(["planner", *words])


@dataclass(slots=True)
class Command:
    """A command that was started."""

    words: tuple[str, ...]
    folder: Path
    """Where its files are."""
    code: int | None = None
    """Its exit code; None while it runs or waits."""
    started: float = field(default_factory=time.time)

    def told(self) -> dict[str, Any]:
        """Return where it stands."""
        return {
            "command": shown(self.words),
            "code": self.code,
            "seconds": time.time() - self.started,
            "said": _tail(self.folder / "stderr"),
        }

    def result(self) -> dict[str, Any]:
        """Return where it ended, with what it printed: the one JSON document, or lines."""
        text = (self.folder / "stdout").read_text(encoding="utf-8", errors="replace")
        try:
            document: Any = json.loads(text)
        except ValueError:
            document = None
        return {**self.told(), "printed": text[-TAIL:], "document": document}


@dataclass(slots=True)
class Commands:
    """The commands of a server, by number."""

    known: dict[str, Command] = field(default_factory=dict)
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="planner-serve-")))
    lock: threading.Lock = field(default_factory=threading.Lock)
    count: int = 0

    def start(self, words: Sequence[str]) -> str:
        """Start a command; return its number."""
        with self.lock:
            self.count += 1
            number = str(self.count)
            folder = self.home / number
            folder.mkdir()
            command = Command(tuple(words), folder)
            self.known[number] = command
            for old in [key for key, one in self.known.items() if one.code is not None][:-KEPT]:
                del self.known[old]
        process = _started(command)

        def wait() -> None:
            command.code = process.wait()

        threading.Thread(target=wait, daemon=True).start()
        return number

    def run(self, words: Sequence[str], seconds: float = 60.0) -> dict[str, Any]:
        """Run a short command to its end; return its result."""
        number = self.start(words)
        command, end = self.known[number], time.monotonic() + seconds
        while command.code is None and time.monotonic() < end:
            time.sleep(0.02)
        return command.result()


def _started(command: Command) -> subprocess.Popen[bytes]:
    """Start the process of a command in a session of its own, so that what ends the server does not
    end it."""
    path = f"sys.path[:] = {sys.path!r}"
    program = f"import sys; {path}; from planner.cli import main; sys.exit(main())"
    with (
        (command.folder / "stdout").open("wb") as printed,
        (command.folder / "stderr").open("wb") as said,
    ):
        return subprocess.Popen(
            [sys.executable, "-c", program, *command.words],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=said,
            start_new_session=True,
        )


def _tail(path: Path) -> str:
    """Return the last that stands in a file of messages; of a line that was written over, its last
    state."""
    text = path.read_text(encoding="utf-8", errors="replace")[-TAIL:]
    return "\n".join(line.rsplit("\r", 1)[-1] for line in text.split("\n"))
