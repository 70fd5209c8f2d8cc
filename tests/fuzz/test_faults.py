"""Faults of the machine: killed, interrupted, disk full at any write, no right to write, two runs
at once."""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from planner.cli import main
from tests.fuzz.mutant import ROOT

QUICKSTART = ROOT / "inputs" / "quickstart"
Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no such processes there")

NEST = """
import os, signal, sys, time
from planner.cli import main
import planner.pipeline, planner.lp.highs, highspy, pandas
import planner.audit, planner.report.write, planner.report.summary
for line in sys.stdin:
    number, delay = line.split()
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1), os.dup2(null, 2)
        os._exit(main(["run", "case"]))
    began, done = time.monotonic(), (0, 0)
    while time.monotonic() - began < float(delay) and done[0] == 0:
        time.sleep(0.001)
        done = os.waitpid(child, os.WNOHANG)
    if done[0] == 0:
        os.kill(child, int(number))
        done = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(done[1]), time.monotonic() - began, flush=True)
"""
"""Starts runs of a case from a process that has everything imported, and signals each after its
delay."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with a copy of the quickstart case in ``case``."""
    shutil.copytree(QUICKSTART, tmp_path / "case")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def good_run(capsys: Capture) -> Path:
    assert main(["run", "case", "--quiet"]) == 0
    return Path(capsys.readouterr().out.strip())


def listed(capsys: Capture) -> set[Path]:
    assert main(["ls", "--json"]) == 0
    return {Path(run["folder"]) for run in json.loads(capsys.readouterr().out)}


def hidden(runs: Path) -> list[Path]:
    return [path for path in runs.iterdir() if path.name.startswith(".")]


def signalled(here: Path, number: int, delays: list[float]) -> tuple[list[int], list[float]]:
    """Exit codes of runs that got a signal after a delay each, minus its number where it killed
    them; and the seconds they lived."""
    with subprocess.Popen(
        [sys.executable, "-c", NEST],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as nest:
        out, _ = nest.communicate("".join(f"{number} {delay}\n" for delay in delays))
    ended = [line.split() for line in out.splitlines()]
    return [int(code) for code, _ in ended], [float(seconds) for _, seconds in ended]


def random_kills(here: Path, capsys: Capture, count: int) -> None:
    seed = secrets.randbelow(1 << 32)
    draw = random.Random(seed)
    old = good_run(capsys)
    (code,), (longest,) = signalled(here, 9, [60.0])
    assert code == 0
    codes, _ = signalled(here, 9, [draw.uniform(0.0, longest) for _ in range(count)])
    told = f"seed {seed}: {codes}"
    assert len(codes) == count and set(codes) <= {-9, 0} and codes.count(-9) > count // 4, told
    runs = listed(capsys)
    whole = {path for path in old.parent.iterdir() if not path.name.startswith(".")}
    assert {path.resolve() for path in runs} == {path.resolve() for path in whole}, told
    assert 2 + codes.count(0) <= len(whole) <= 2 + count, (
        told
    )  # one killed after its renaming is whole
    for run in whole:
        assert main(["verify", str(run)]) == 0, told
    capsys.readouterr()
    assert main(["show", "quickstart", "--json"]) == 0
    capsys.readouterr()
    for path in hidden(old.parent):
        assert main(["show", str(path)]) == 2 and main(["verify", str(path)]) == 2, told
        os.utime(path, (0, 0))  # a minute later
    good_run(capsys)
    assert hidden(old.parent) == [], told


@pytest.mark.full
def test_a_hundred_random_kills(here: Path, capsys: Capture) -> None:
    random_kills(here, capsys, 100)


@pytest.mark.full
def test_forty_random_interrupts(here: Path, capsys: Capture) -> None:
    old = good_run(capsys)
    # not sooner: before `main` is reached an interrupt is Python's own to tell
    codes, _ = signalled(here, 2, [random.uniform(0.15, 0.8) for _ in range(40)])
    assert set(codes) <= {130, 0} and 130 in codes, codes
    assert hidden(old.parent) == []
    assert main(["verify", str(old)]) == 0


class Disk:
    """A disk that is full from the n-th write on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, full_from: int) -> None:
        self.writes, self.full_from, opened = 0, full_from, io.open

        def write(target: Any, data: Any) -> Any:
            self.writes += 1
            if self.writes >= self.full_from:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return target.write(data)

        class File:
            def __init__(self, target: Any) -> None:
                self.target = target

            def __getattr__(self, name: str) -> Any:
                return getattr(self.target, name)

            def write(self, data: Any) -> Any:
                return write(self.target, data)

            def __enter__(self) -> File:
                return self

            def __exit__(self, *_: object) -> None:
                self.target.close()

            def __iter__(self) -> Any:
                return iter(self.target)

        def open_(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
            target = opened(file, mode, *rest, **more)
            return (
                File(target)
                if set(mode) & set("wxa")
                and ".partial-" in str(file)
                and not str(file).endswith(".lock")
                else target
            )

        monkeypatch.setattr(io, "open", open_)
        monkeypatch.setattr(builtins, "open", open_)


def full_disk(capsys: Capture, full_from: int, old: Path) -> int:
    """Run on a disk that is full from a write on; return how many writes there were."""
    with pytest.MonkeyPatch.context() as patch:
        disk = Disk(patch, full_from)
        code = main(["run", "case"])
    out, err = capsys.readouterr()
    if disk.writes < full_from:
        assert code == 0, err
        return disk.writes
    assert (code, out) == (1, ""), err
    assert "The disk is full (No space left on device" in err and "Traceback" not in err
    assert list(old.parent.iterdir()) == [old]
    return disk.writes


@pytest.mark.full
def test_a_disk_that_fills_up_at_any_write(here: Path, capsys: Capture) -> None:
    old = good_run(capsys)
    writes = full_disk(capsys, 1 << 40, old)
    assert writes > 30
    shutil.rmtree(next(path for path in old.parent.iterdir() if path != old))
    for full_from in (1, writes // 3, 2 * writes // 3, writes):
        full_disk(capsys, full_from, old)
    assert main(["verify", str(old)]) == 0


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no folder that nobody may write")
def test_an_output_folder_that_nobody_may_write(here: Path, capsys: Capture) -> None:
    assert main(["run", "case", "--out", "/proc/self/runs"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and "Nothing half-written is left" in err and "Next: " in err.splitlines()[-1]


@pytest.mark.slow
def test_two_runs_at_once_are_two_whole_runs(here: Path, capsys: Capture) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "planner", "run", "case", "--quiet"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=here,
            env=environment,
        )
        for _ in range(2)
    ]
    ended = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    folders = {Path(out.strip()) for out, _ in ended}
    assert len(folders) == 2 and listed(capsys) == folders
    for folder in folders:
        assert main(["verify", str(folder)]) == 0
    assert not hidden(next(iter(folders)).parent)
