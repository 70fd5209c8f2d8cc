"""Bridges and explanations are the same wherever they are solved: here, in processes that share no
folder with us, on a cluster."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

from planner import pipeline
from planner.machines.executor import ask, executor
from planner.machines.job import Job
from planner.machines.where import Where
from planner.runs.parcel import RunFolder
from planner.study.diff import compare
from planner.study.explain import Question
from planner.study.explained import answers, asked_why, opened_run
from tests.study.test_sweep import case, run

__all__ = ["case", "run"]
CHANGES = (
    "demand.*.*.output_mtok*=1.2",
    "offers.buy.usd_per_chip*=1.1",
    "power.home.*.mw*=1.5",
    "case.discount_rate=0.1",
)


@pytest.mark.slow
def test_a_bridge_is_the_same_from_anywhere(case: Path, run: Path, tmp_path: Path) -> None:
    other = pipeline.run(case, overrides=CHANGES, out=tmp_path)
    assert other.folder is not None
    here = compare(run, other.folder).bridge
    assert len(here.steps) == 4 and here.solves == 2**4 - 2
    assert compare(run, other.folder, Where(2)).bridge == here


@pytest.mark.slow
def test_explanations_are_the_same_from_anywhere(run: Path) -> None:
    told: list[str] = []
    here = answers(run, told.append)
    assert sum(map(len, here.values())) == len(told) >= 2
    assert answers(run, told.append, Where(2)) == here


@pytest.mark.slow
def test_a_run_travels_with_its_files(run: Path, tmp_path: Path) -> None:
    """A worker far away sees nothing of our disk: the folder is gone before it is opened there."""
    copy = tmp_path / run.name
    shutil.copytree(run, copy)
    packed = pickle.dumps(RunFolder(copy))
    shutil.rmtree(copy)
    there = pickle.loads(packed)
    question = Question("demand", ("1.1",))
    far, near = (asked_why(opened_run(one, False), question) for one in (there, RunFolder(run)))
    assert far == near
    room = there.path.parent
    del there
    assert not room.exists()


@pytest.mark.full
def test_a_cluster_explains_the_same(run: Path) -> None:
    pytest.importorskip("distributed")
    job = Job(opened_run, asked_why, RunFolder(run))
    questions = [Question("demand", ("1.1",)), Question("throughput", ())]
    with executor() as here, executor(cluster="local:2") as far:
        assert ask(here, job, questions) == ask(far, job, questions)
