"""Killed while it writes: the tables of a case are the old or the new, whole, and the next apply
finishes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import planner
from planner.case import CaseError, read_case
from planner.case.folder import JOURNAL
from planner.cli import main
from planner.edit import finish, replace_files

ROOT = Path(__file__).parents[2]
CHANGES = ("demand.chat.*.output_mtok*=0.99", "chips.*.kw_peak*=0.99", "sites.home.pue=1.24")
Capture = pytest.CaptureFixture[str]
Contents = dict[str, bytes]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no such processes there")


@pytest.fixture(scope="module")
def what_if(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A what-if of quickstart that changes three of its tables."""
    home = tmp_path_factory.mktemp("killed")
    result = planner.run(ROOT / "inputs" / "quickstart", overrides=CHANGES, out=home)
    assert result.status == "optimal" and result.folder is not None, result.message
    return result.folder


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "inputs" / "quickstart", tmp_path / "case"))


def contents(case: Path) -> Contents:
    files = (path for path in case.rglob("*") if path.is_file())
    return {path.relative_to(case).as_posix(): path.read_bytes() for path in files}


def applied(what_if: Path, case: Path) -> int:
    return main(["apply", str(what_if), "--case", str(case)])


def in_child(work: Callable[[], Any]) -> int:
    """Start work in a process of its own; return its id."""
    child = os.fork()
    if child:
        return child
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1), os.dup2(null, 2)
        work()
        os._exit(0)
    finally:
        os._exit(99)


def die_at(count: int, home: Path) -> None:
    """Be killed at a step of writing into a folder: as a file of it is flushed, renamed or
    removed, or a folder of it made or removed."""
    left = [count]

    def deadly(step: Callable[..., Any]) -> Callable[..., Any]:
        def taken(*args: Any, **more: Any) -> Any:
            left[0] -= isinstance(args[0], int) or str(args[0]).startswith(str(home))
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*args, **more)

        return taken

    for name in ("fsync", "rename", "replace", "rmdir", "mkdir", "unlink", "chmod"):
        setattr(os, name, deadly(getattr(os, name)))


def judge(what_if: Path, case: Path, old: Contents, new: Contents, told: str) -> str:
    """Judge a case after its apply was killed, and apply again; return what it was found as."""
    if (case / JOURNAL).is_dir():
        with pytest.raises(CaseError) as refused:
            read_case(case)
        assert "apply --finish" in str(refused.value.problems[0]), told
        assert applied(what_if, case) == 7, told
        assert main(["apply", "--finish", str(case)]) == 0, told
        state = "begun"
    else:
        read_case(case)
        shown = {name: text for name, text in contents(case).items() if not name.startswith(".")}
        state = "old" if shown == old else "new" if shown == new else "neither"
        assert state != "neither", told
        for path in case.glob(".*"):
            os.utime(path, (0, 0))  # ten minutes later
        assert applied(what_if, case) == (0 if state == "old" else 7), told
    assert contents(case) == new, told
    return state


@pytest.mark.slow
def test_killed_at_any_step(tmp_path: Path) -> None:
    """At every file that is flushed, every folder made and every renaming, one after the other: an
    edit of three files, one of them in a folder of its own."""
    old = {"a.csv": b"1", "b.csv": b"2", "last_plan/c.csv": b"3", "d.csv": b"4"}
    new = old | dict.fromkeys(list(old)[:3], b"new")
    seen: list[str] = []
    for step in range(1, 60):
        home = tmp_path / f"{step}"
        for name, content in old.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_bytes(content)
        child = in_child(lambda at=step, home=home: (die_at(at, home), replace_files(home, new)))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        begun = (home / JOURNAL).is_dir()
        shown = {name: text for name, text in contents(home).items() if not name.startswith(".")}
        assert begun or shown in (old, new), step
        seen.append("begun" if begun else "old" if shown == old else "new")
        if begun:
            finish(home)
            assert contents(home) == new and not (home / JOURNAL).exists(), step
        for path in home.glob(".*"):
            os.utime(path, (0, 0))  # ten minutes later
        replace_files(home, new)
        assert contents(home) == new, step
        if code == 0:
            break
        assert code == -9
    assert seen == sorted(seen, key=["old", "begun", "new"].index)
    assert seen.count("old") > 5 and seen.count("begun") > 3 and code == 0, seen


@pytest.mark.full
def test_killed_at_two_hundred_random_moments(
    what_if: Path, case: Path, tmp_path: Path, capsys: Capture
) -> None:
    old = contents(case)
    whole = Path(shutil.copytree(case, tmp_path / "whole"))
    began = time.monotonic()
    os.waitpid(in_child(lambda: applied(what_if, whole)), 0)
    longest, new = time.monotonic() - began, contents(whole)
    assert new != old
    draw, seen = random.Random(11), []
    for trial in range(200):
        here = Path(shutil.copytree(case, tmp_path / f"{trial}"))
        child = in_child(lambda here=here: applied(what_if, here))
        time.sleep(draw.uniform(0.0, longest))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        seen.append(judge(what_if, here, old, new, f"trial {trial}"))
        shutil.rmtree(here)
    assert "old" in seen, seen
    capsys.readouterr()
