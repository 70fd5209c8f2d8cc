"""What a unit of work costs beside the last plan of the case and beside the market."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small case in an empty folder, planned once."""
    monkeypatch.chdir(tmp_path)
    assert main(["init", "mine"]) == 0
    assert main(["run", "mine"]) == 0
    return tmp_path / "mine"


def run(capsys: Capture, *more: str) -> list[str]:
    """The remarks of another run."""
    capsys.readouterr()
    assert main(["run", "mine", *more]) == 0
    said = capsys.readouterr().err.splitlines()
    return [line.removeprefix("remark   ") for line in said if line.startswith("remark")]


@pytest.mark.slow
def test_the_same_plan_again_is_no_remark(case: Path, capsys: Capture) -> None:
    assert run(capsys) == []


@pytest.mark.slow
def test_a_cost_far_from_the_last_plan_is_told(case: Path, capsys: Capture) -> None:
    """A chip at ten times its price: what is trained on it costs ten times as much."""
    offers = case / "offers.csv"
    offers.write_text(offers.read_text().replace(",40000,", ",400000,"))
    told = run(capsys)
    assert any(line.startswith("workload chat: ") and " times" in line for line in told)
    assert all("planner diff" in line for line in told)
    assert run(capsys) == [], "the run before is the last plan now"


@pytest.mark.slow
def test_a_cost_far_from_the_market_is_told(case: Path, capsys: Capture) -> None:
    """A rack's chips that cost 100 times as much an hour as any that is rented."""
    offers = case / "offers.csv"
    offers.write_text(offers.read_text().replace(",40000,", ",40000000,"))
    told = run(capsys)
    assert any("USD per chip-hour, where the market asks 0.36" in line for line in told)
