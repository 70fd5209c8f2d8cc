"""The two streams that a command writes to, whatever they are: closed, cut off, or unable to show
every character."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable
from typing import Any, TextIO

from planner.words import lines


def settle_streams() -> None:
    """Make stdout and stderr something that can be written to.

    A descriptor that was closed before the start becomes the null device: otherwise the first file
    of the run would take its number, and whatever is printed would go into that file.  A character
    that the encoding does not have is written as its escape.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(ValueError, OSError):
                stream.reconfigure(errors="backslashreplace")


def echo(text: str, *, end: str = "\n") -> None:
    """Print text on stdout, control characters escaped; that nobody reads any more is no error."""
    with reader_may_leave():
        sys.stdout.write(lines(text) + end)


def say(text: str) -> None:
    """Print a message on stderr, control characters escaped; where nobody reads it, it is lost and
    the command goes on."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(lines(text) + "\n")
        sys.stderr.flush()


def show(printer: Callable[[Any, TextIO], None], content: Any) -> None:
    """Print content with a printer of :mod:`planner.report.terminal` on stdout."""
    from planner.report.terminal import is_terminal

    if is_terminal(sys.stdout):
        printer(content, sys.stdout)
        return
    text = io.StringIO()
    printer(content, text)
    echo(text.getvalue(), end="")


def print_json(document: Any) -> None:
    """Print one JSON document on stdout; what a terminal would act on or the stream cannot show is
    written as an escape of JSON."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeError:
        text = json.dumps(document, indent=2, allow_nan=False)
    if not text.replace("\n", "").isprintable():
        text = "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
    with reader_may_leave():
        sys.stdout.write(text + "\n")


@contextlib.contextmanager
def reader_may_leave() -> Any:
    """Write to stdout as long as anybody reads: whoever left has seen enough."""
    try:
        yield
    except BrokenPipeError:
        drop_stdout()


def flush_stdout() -> None:
    """Write what is still to be written; raises ``OSError`` where the disk behind it is full."""
    with reader_may_leave():
        sys.stdout.flush()


def drop_stdout() -> None:
    """Send what is still to be written to nowhere, so that ending does not fail a second time."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
