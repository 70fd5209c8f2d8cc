"""Algorithms without a basis, and those that are not installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner import pipeline
from planner.case import read_case
from planner.lp import pool as module
from planner.lp.certificate import certify
from planner.lp.finish import finished
from planner.lp.highs import LiveModel
from planner.lp.pool import has_algorithm
from planner.model import formulate
from planner.solving import Options, SolverUnknown, check_solver
from tests.shipped import DIVISIBLE

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_an_answer_of_a_first_order_method_is_finished() -> None:
    """Its residual is 1.6e-6; from there the simplex reaches a corner that is proven."""
    program = formulate(read_case(ROOT / "inputs" / "gov-cloud", DIVISIBLE)).program
    model = LiveModel(program, algorithm="pdlp")
    rough = model.solve(time_limit_s=60.0)
    assert rough.status == "optimal" and model.basis() is None
    found = finished(model, rough)
    certificate = certify(program, found)
    assert abs(certificate.gap) <= 1e-9 and certificate.max_row_residual <= 1e-8
    assert found.objective == pytest.approx(rough.objective, rel=1e-5)
    assert model.basis() is not None


@pytest.mark.slow
def test_whatever_the_algorithm_the_plan_is_the_same(tmp_path: Path) -> None:
    costs = [
        pipeline.run(
            ROOT / "inputs" / "quickstart", out=tmp_path, options=Options(algorithm=algorithm)
        )
        for algorithm in ("simplex", "pdlp")
    ]
    assert [result.status for result in costs] == ["optimal", "optimal"]
    one, other = (result.plan for result in costs)
    assert one is not None and other is not None
    for name, table in one.tables.items():
        if name in ("buy_plan", "allocation", "costs", "rentals"):
            shown = [column for column in table.columns if not column.endswith("_usd")]
            assert table[shown[:6]].equals(other.tables[name][shown[:6]]), name


def test_an_algorithm_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "has_algorithm", lambda _: False)
    with pytest.raises(SolverUnknown, match="highspy-extras"):
        check_solver("highs", "hipo")


@pytest.mark.parametrize("algorithm", ["simplex", "ipx", "pdlp"])
def test_algorithms_that_are_there(algorithm: Any, capfd: pytest.CaptureFixture[str]) -> None:
    check_solver("highs", algorithm)
    assert not has_algorithm("nosuch")
    assert capfd.readouterr() == ("", "")


def test_an_algorithm_of_another_solver_is_refused() -> None:
    with pytest.raises(SolverUnknown, match="leave --algorithm out"):
        check_solver("pulp:PULP_CBC_CMD", "ipx")
