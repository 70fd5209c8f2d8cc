"""Files of whole programs: other solvers read counts, and what opens something, as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import highspy
import pulp
import pytest

from planner.case import read_case
from planner.cli import main
from planner.export import export_program
from planner.pipeline import run
from planner.solving import Options
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, settings, tables

WHOLE = settings()
GATE = {"min_order": 30.0, "usd_per_order": 50.0}


def case(folder: Path, need: float = 50.0, **cells: Any) -> Path:
    """Racks of 8 with a least order and a fee; or one by one at three times the price."""
    return write_case(
        folder / "case",
        tables(
            chips=[chip(lot_size=8)],
            demand=demand(need, need + 3),
            offers=[
                offer(usd_per_chip=100, **(GATE | cells)),
                offer("one", usd_per_chip=300, lot_size=1),
            ],
        ),
        WHOLE,
    )


def by_highs(path: Path) -> float:
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("mip_rel_gap", 0.0)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(highs.getObjectiveValue()) * 1e6


def by_cbc(path: Path) -> float:
    _, problem = pulp.LpProblem.fromMPS(str(path))
    problem.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0.0))
    assert pulp.LpStatus[problem.status] == "Optimal"
    return float(pulp.value(problem.objective)) * 1e6


@pytest.mark.parametrize(
    ("need", "usd"),
    [
        (50.0, 50 + 5600),  # seven racks serve both years
        (14.0, 50 + 3200),  # the least order is four racks
        (6.0, 6 * 300 + 3 * 300),  # and dearer than nine one by one
    ],
)
@pytest.mark.parametrize("form", ["mps", "lp"])
def test_files_say_what_is_whole(tmp_path: Path, form: str, need: float, usd: float) -> None:
    folder, path = case(tmp_path, need), tmp_path / f"case.{form}"
    export_program(read_case(folder), form, path)
    assert by_highs(path) == pytest.approx(usd)
    if form == "mps":
        assert by_cbc(path) == pytest.approx(usd)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("need", [50.0, 14.0, 6.0])
def test_another_solver_makes_the_same_plan(tmp_path: Path, need: float) -> None:
    folder = case(tmp_path, need)
    ours = run(folder, out=tmp_path / "ours")
    theirs = run(folder, out=tmp_path / "cbc", options=Options(solver="pulp:PULP_CBC_CMD"))
    assert ours.plan is not None
    assert theirs.plan is not None, theirs.message
    assert theirs.plan.summary["objective_usd"] == pytest.approx(
        ours.plan.summary["objective_usd"], rel=1e-3
    )
    assert theirs.status == "optimal", theirs.message


def test_a_largest_amount_that_follows_from_no_plan_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An order of 90 at the least, of which the limit on chips has room for 60."""
    folder = write_case(
        tmp_path / "case",
        tables(
            chips=[chip(lot_size=8)],
            demand=demand(40, 40),
            offers=[offer(usd_per_chip=100, min_order=90)],
            power=[{"site": "home", "period": 2025 + t, "mw": 0.05} for t in range(2)],
            limits=[{"limit": "few", "measure": "chips", "scope": "all", "max": 60}],
        ),
        WHOLE,
    )
    path = tmp_path / "case.mps"
    assert main(["export", str(folder), str(path)]) == 4
    assert "--set case.whole=no" in capsys.readouterr().err
    assert not path.exists()
    assert main(["export", str(folder), str(path), "--set", "case.whole=no"]) == 0
    assert path.exists()
