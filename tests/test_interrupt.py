"""A run on a terminal, from outside: the live line while HiGHS works, Ctrl-C in the middle of it,
and a stdout that stays empty."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shipped import divisible

ROOT = Path(__file__).parents[1]

SLOWLY = """
import sys, time
from planner import solving
from planner.cli import main
from planner.lp import highs, watch
from planner.report import progress
hear = watch.Watch.hear
slow = sys.argv.pop(1)
def slowly(self, kind, message, out, into, data):
    branching = int(kind) in watch._BRANCHING
    time.sleep(0.1 if branching == (slow == "branching") and (branching or self.iteration) else 0.0)
    hear(self, kind, message, out, into, data)
watch.Watch.hear = slowly
watch.TELL_SECONDS = progress.LIVE_SECONDS = 0.05
highs.WATCHED_COLUMNS = solving.RACE_COLUMNS = 0
sys.exit(main(["run", "case", "--json", *sys.argv[1:]]))
"""
"""Makes every iteration last, or what branch and bound tells: some hundred of them are more than
enough time to interrupt."""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no such terminals there")
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--algorithm", "simplex"], ["simplex: iteration "]),
        (["--algorithm", "ipx"], ["ipx: iteration ", " MUSD, gap "]),
        ([], ["simplex: iteration ", "ipx: iteration "]),
        (
            [
                "--algorithm=simplex",
                "--set=case.whole=yes",
                "--set=case.run.whole_gap=1e-9",
                "--set=chips.*.lot_size=72",
            ],
            ["branch and bound"],
        ),
    ],
)
def test_ctrl_c_while_the_solver_works(tmp_path: Path, options: list[str], told: list[str]) -> None:
    """The race is what runs without ``--algorithm``."""
    slow = "branching" if told == ["branch and bound"] else "iterations"
    divisible("gov-cloud", tmp_path).rename(tmp_path / "case")
    mine, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", SLOWLY, slow, *options],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
    )
    os.close(theirs)
    seen, sent = "", False
    while True:
        try:
            piece = os.read(mine, 10_000)
        except OSError:  # Linux says so at the end of a terminal
            break
        if not piece:
            break
        seen += piece.decode()
        if not sent and all(text in seen for text in told):
            process.send_signal(signal.SIGINT)
            sent = True
    out, _ = process.communicate(timeout=60)
    os.close(mine)
    assert sent, seen
    assert (process.returncode, out) == (130, b""), seen
    assert seen.endswith(
        "Interrupted. Nothing half-written is left, earlier runs are as they were.\r\n"
    )
    assert [path.is_dir() for path in (tmp_path / "outputs").rglob("*")] == [
        True
    ]  # the case's folder, without a run
