"""What a sweep keeps: whoever is interrupted goes on, and nothing kept is taken for what it is
not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.machines.where import Where
from planner.study import kept as module
from planner.study.asking import Result
from planner.study.kept import Kept
from planner.study.sweep import sweep
from tests.study.test_sweep import VARIANTS, case, plain, run, write_file

__all__ = ["case", "run"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What is looked at of a run folder."""
    found = tmp_path / "run"
    (found / "inputs").mkdir(parents=True)
    (found / "inputs" / "case.yaml").write_text("name: x\n")
    (found / "solution.npz").write_bytes(b"x")
    return found


RESULT = Result("optimal", 0.1 + 0.2, (("a", 1 / 3), ("b", 2.0)), 0.5)
NONE = Result("infeasible", float("nan"), (), 0.25)


def test_an_answer_is_kept_to_the_last_bit(folder: Path) -> None:
    Kept(folder).keep(("x.y.z=1",), RESULT)
    Kept(folder).keep(("x.y.z=2",), NONE)
    assert Kept(folder).find(("x.y.z=1",)) == RESULT
    assert str(Kept(folder).find(("x.y.z=2",))) == str(NONE)  # NaN is not itself
    assert Kept(folder).find(("x.y.z=3",)) is None
    assert Kept(folder).find(("x.y.z=1", "x.y.z=2")) is None


@pytest.mark.parametrize("changed", ["input", "solution", "version", "result", "torn"])
def test_what_has_changed_is_not_taken(
    folder: Path, changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Kept(folder).keep(("x.y.z=1",), RESULT)
    (path,) = Kept(folder).folder.iterdir()
    if changed == "input":
        (folder / "inputs" / "case.yaml").write_text("name: y\n")
    elif changed == "solution":
        (folder / "solution.npz").write_bytes(b"y")
    elif changed == "version":
        monkeypatch.setattr(module, "versions", lambda: (("planner", "0"),))
    elif changed == "result":
        document = json.loads(path.read_text())
        document["result"]["objective_usd"] += 1.0
        path.write_text(json.dumps(document))
    else:
        path.write_text(path.read_text()[:-20])
    assert Kept(folder).find(("x.y.z=1",)) is None


@pytest.mark.parametrize("status", ["limit", "error"])
def test_what_ended_without_an_answer_is_not_kept(folder: Path, status: str) -> None:
    Kept(folder).keep((), Result(status, float("nan"), (), 1.0))
    assert Kept(folder).find(()) is None


@pytest.mark.slow
def test_an_interrupted_sweep_goes_on(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_file(tmp_path / "v.csv", VARIANTS)
    whole = sweep(run, file, Where(1))
    for path in Kept(run).folder.iterdir():
        path.unlink()
    kept: list[object] = []
    keep = Kept.keep
    monkeypatch.setattr(Kept, "keep", lambda *given: (keep(*given), kept.append(given[1]))[0])

    def interrupt(words: str) -> None:
        if len(kept) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(run, file, Where(1), interrupt)
    again = sweep(run, file, Where(1), resume=True)
    assert plain(again) == plain(whole) and again.objective == whole.objective
    assert len(kept) == len(set(kept)) == 1 + len(VARIANTS)
    assert plain(sweep(run, file, Where(1), resume=True)) == plain(whole)
    assert len(kept) == 1 + len(VARIANTS)  # nothing was left to solve
