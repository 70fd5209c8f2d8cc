"""Progress: phases timed and told once, live lines on a terminal only, a line every ten seconds
elsewhere, nothing when quiet."""

from __future__ import annotations

import io
import os
import re
import threading
import time

import pytest

from planner.report import progress as module
from planner.report.progress import Progress, rows


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Awaited(io.StringIO):
    """A stream that knows when it was written to."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def write(self, text: str) -> int:
        self.written.set()
        return super().write(text)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_each_phase_is_told_with_its_time_and_what_it_noted() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    with progress.phase("formulate"):
        progress.note("12 columns")
    with progress.phase("prove", last=False):
        time.sleep(0.02)
    with progress.phase("prove"):
        pass
    assert re.fullmatch(
        r"  formulate 0\.\d\d s  12 columns\n  prove     0\.\d\d s\n", stream.getvalue()
    )
    assert list(progress.seconds) == ["formulate", "prove"]
    assert progress.seconds["prove"] >= 0.02
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z ", line) for line in progress.log)


def test_quiet_keeps_the_log_and_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    with progress.phase("read"):
        progress.tick("read", 10.0)
    progress.say("hello")
    assert [line.split(" ", 1)[1].split()[0] for line in progress.log] == ["read", "read", "hello"]
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_the_running_phase_in_place(terminal: Terminal) -> None:
    """Every tick takes back what the last one showed; the end of the phase is a line of its own."""
    times = iter([100.0, 103.5])
    progress = Progress(terminal, clock=lambda: next(times))
    with progress.phase("solve"):
        progress.note("simplex: iteration 7")
        progress.tick("solve", 1.0)
        progress.note("simplex: iteration 9")
        progress.tick("solve", 2.0)
    assert (
        terminal.getvalue()
        == "  solve     1.00 s  simplex: iteration 7\r\x1b[2K  solve     2.00 s  simplex: "
        "iteration 9\r\x1b[2K  solve     3.50 s  simplex: iteration 9\n"
    )
    assert len(progress.log) == 1


def test_several_rows_are_taken_back_too(terminal: Terminal) -> None:
    progress = Progress(terminal)
    progress.note(
        "simplex: iteration 11,204 (at 9,871: 28,013.06 MUSD, 12 infeasible) | ipx: iteration 12"
    )
    progress.tick("solve", 1.0)
    progress.say("found")
    assert terminal.getvalue() == (
        "  solve     1.00 s  simplex: iteration 11,204 (at 9,871: 28,013.06 MUSD, 12\n            "
        "        infeasible)\n                    ipx: iteration 12"
        "\r\x1b[2K\x1b[1A\x1b[2K\x1b[1A\x1b[2Kfound\n"
    )


@pytest.mark.parametrize("width", [1, 5, 20, 79, 200])
def test_no_row_is_wider_than_the_terminal(width: int) -> None:
    note = (
        "simplex: iteration 11,204 (at 9,871: 28,013.06 MUSD, 12 infeasible) | ipx: iteration 12: "
        "28,013.06 MUSD, gap 1.0e+00 | " + "x" * 500
    )
    shown = rows("  solve     1.00 s", note, width)
    assert 1 <= len(shown) <= module.MOST_ROWS
    assert all(len(row) <= width for row in shown)
    assert rows("  solve     1.00 s", "", 79) == ["  solve     1.00 s"]


def test_a_log_gets_a_line_every_ten_seconds() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    with progress.phase("solve"):
        for second in range(1, 36):
            progress.note(f"iteration {second}")
            progress.tick("solve", second + 0.01)
        told = stream.getvalue()
    assert (
        told == "  solve     10.01 s  iteration 10\n  solve     20.01 s  iteration 20\n  solve     "
        "30.01 s  iteration 30\n"
    )
    assert [line.split("Z ")[1] for line in progress.log][:3] == told.splitlines()


def test_the_next_phase_counts_its_ten_seconds_anew() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    with progress.phase("solve"):
        progress.tick("solve", 25.0)
    with progress.phase("ties"):
        progress.tick("ties", 9.9)
        progress.tick("ties", 10.1)
    assert [line.split()[0] for line in stream.getvalue().splitlines()] == [
        "solve",
        "solve",
        "ties",
        "ties",
    ]


def test_a_running_phase_ticks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIVE_SECONDS", 0.001)
    monkeypatch.setattr(module, "LOG_SECONDS", 0.001)
    stream = Awaited()
    progress = Progress(stream)
    with progress.phase("solve"):
        assert stream.written.wait(60.0)
    assert stream.getvalue().startswith("  solve     0.")


def test_a_stream_that_broke_silences_the_watch_and_not_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(module, "LIVE_SECONDS", 0.001)
    Progress(Broken())._watch(
        "solve", -10.0, threading.Event()
    )  # returns, although nobody says that the phase is over


@pytest.mark.skipif(os.name == "nt", reason="no such terminals there")
def test_on_a_terminal_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    mine, theirs = os.openpty()
    with os.fdopen(theirs, "w") as stream:
        progress = Progress(stream)
        progress.note("ipx: iteration 12, gap 1.0e-03")
        progress.tick("solve", 3.0)
        assert os.read(mine, 1000) == b"  solve     3.00 s  ipx: iteration 12, gap 1.0e-03"
    os.close(mine)


def test_an_interrupted_phase_still_counts() -> None:
    progress = Progress()

    def interrupted() -> None:
        with progress.phase("solve"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "solve" in progress.seconds
