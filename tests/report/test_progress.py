"""Progress: phases timed and told once, live lines on a terminal only, nothing when quiet."""

from __future__ import annotations

import io
import re
import time

import pytest

from planner.report import progress as module
from planner.report.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_each_phase_is_told_with_its_time_and_what_it_noted() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    with progress.phase("formulate"):
        progress.note("12 columns")
    with progress.phase("prove", last=False):
        time.sleep(0.02)
    with progress.phase("prove"):
        pass
    assert re.fullmatch(r"  formulate 0\.\d\d s  12 columns\n  prove     0\.\d\d s\n", stream.getvalue())
    assert list(progress.seconds) == ["formulate", "prove"]
    assert progress.seconds["prove"] >= 0.02
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z ", line) for line in progress.log)


def test_quiet_keeps_the_log_and_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    with progress.phase("read"):
        pass
    progress.say("hello")
    assert [line.split(" ", 1)[1].split()[0] for line in progress.log] == ["read", "hello"]
    assert capsys.readouterr() == ("", "")


def slow(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(module, "LOG_SECONDS", 0.01)
    monkeypatch.setenv("TERM", "xterm")
    progress = Progress(stream)
    with progress.phase("solve"):
        progress.note("iteration 7")
        time.sleep(0.15)
    return stream.getvalue()


def test_a_long_phase_is_live_on_a_terminal_and_its_line_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    text = slow(Terminal(), monkeypatch)
    assert text.startswith("\r\x1b[2K  solve     0.0")
    assert "iteration 7" in text
    assert re.search(r"\r\x1b\[2K  solve     0\.1\d s  iteration 7\n$", text)


def test_a_long_phase_writes_plain_lines_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    text = slow(io.StringIO(), monkeypatch)
    assert "\x1b" not in text
    assert "\r" not in text
    assert text.count("iteration 7\n") >= 2


def test_an_interrupted_phase_still_counts() -> None:
    progress = Progress()

    def interrupted() -> None:
        with progress.phase("solve"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "solve" in progress.seconds
