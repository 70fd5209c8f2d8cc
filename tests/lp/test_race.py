"""The race: both algorithms find the same optimum, the winner is taken, and the loser is
stopped."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from planner import pipeline, solving
from planner.case import read_case
from planner.lp.certificate import certify
from planner.lp.highs import solve
from planner.lp.race import race
from planner.model import formulate
from tests.lp.test_lp import bakery
from tests.shipped import DIVISIBLE

ROOT = Path(__file__).parents[2]


def test_the_winner_has_the_optimum() -> None:
    model, solution = race(bakery())
    assert solution.objective == pytest.approx(-24.8) and model.algorithm in ("simplex", "ipx")


def test_one_thread_runs_one_algorithm() -> None:
    assert race(bakery(), threads=1)[0].algorithm == "simplex"


@pytest.mark.slow
def test_a_case_too_large_for_one_algorithm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the threshold at nothing every run is a race, with the same proven plan."""
    program = formulate(read_case(ROOT / "inputs" / "gov-cloud", DIVISIBLE)).program
    before = threading.active_count()
    model, solution = race(program)
    assert (
        solution.objective == pytest.approx(solve(program).objective, rel=1e-9)
        and certify(program, solution).gap <= 1e-9
    )
    assert model.solve().iterations <= 1  # it stands at the optimum, ready for questions
    monkeypatch.setattr(solving, "RACE_COLUMNS", 0)
    result = pipeline.run(ROOT / "inputs" / "gov-cloud", overrides=DIVISIBLE, out=tmp_path)
    assert result.status == "optimal" and result.plan is not None
    assert result.plan.summary["objective_usd"] == pytest.approx(solution.objective, rel=1e-9)
    assert threading.active_count() <= before + 1


@pytest.mark.slow
def test_a_limit_ends_both() -> None:
    program = formulate(read_case(ROOT / "inputs" / "frontier-lab", DIVISIBLE)).program
    assert race(program, time_limit_s=0.2)[1].status == "limit"
