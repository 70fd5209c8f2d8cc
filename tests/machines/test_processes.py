"""Processes of our own: one that is killed costs its question only, and what ends every process is
told of."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.machines.executor import ask
from planner.machines.job import Job, WorkerLost
from planner.machines.processes import TRIES, Processes
from planner.machines.serial import Serial
from planner.machines.versions import differences, versions
from tests.machines import jobs


@pytest.mark.slow
def test_a_killed_process_costs_its_question_only(tmp_path: Path) -> None:
    killed: list[int] = []

    def kill() -> None:
        while not killed:
            for path in tmp_path.glob("begun-*"):
                pid = int(path.name.split("-")[2])
                if pid != os.getpid() and not killed:
                    killed.append(pid)
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)

    killer = threading.Thread(target=kill)
    killer.start()
    with Processes(3) as here:
        answers = ask(here, Job(jobs.opened, jobs.answer, tmp_path), range(16))
        killer.join()
        assert all(worker.process.poll() is None for worker in here._workers)
    assert [square for square, _ in answers] == [at * at for at in range(16)]
    assert len(list(tmp_path.glob("begun-*"))) == 17
    assert killed[0] not in {pid for _, pid in answers}


@pytest.mark.slow
def test_what_ends_every_process_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(WorkerLost, match="signal 9"), Processes(2) as here:
        ask(here, Job(jobs.opened, jobs.answer, tmp_path), _slowly("die"))
    assert len(list(tmp_path.glob("opened-*"))) == TRIES
    assert all(worker.process.poll() is not None for worker in here._workers)


def _slowly(question: object) -> Iterator[object]:
    """A question that a worker takes before this process would."""
    yield question
    for _ in range(100):
        time.sleep(0.1)
        yield 1


def test_one_after_the_other(tmp_path: Path) -> None:
    here = Serial()
    job = Job(jobs.opened, jobs.answer, tmp_path)
    assert ask(here, job, [2]) + ask(here, job, [3]) == [(4, os.getpid()), (9, os.getpid())]
    assert len(list(tmp_path.glob("opened-*"))) == 1
    with pytest.raises(LookupError, match="wrong"):
        ask(here, job, ["wrong"])


def test_versions_that_differ_are_named() -> None:
    mine = versions()
    assert differences(mine, mine) == ""
    there = tuple((name, "0.0" if name == "numpy" else found) for name, found in mine)
    assert differences(mine, there) == f"numpy 0.0 there, {dict(mine)['numpy']} here"
