"""What lines are said to have been planned to cost is what the plan says they cost, on cases with
every kind of offer."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.actuals import history_files, past_of, read_actuals
from planner.actuals.bought import line_variances
from planner.actuals.compare import compare
from planner.actuals.planned import planned_of
from planner.actuals.split import PARTS
from planner.actuals.template import write_template
from planner.pipeline import run
from tests.actuals.conftest import ROOT
from tests.shipped import divisible

BOUGHT = ("chips", "prepaid", "rental", "power_projects", "relocation")
"""Terms that only lines pay; contracts of the fleet run on without one."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param("frontier-lab", marks=pytest.mark.full), "gov-cloud", "power-bound"]
)
def test_lines_cost_what_the_plan_says(tmp_path: Path, name: str) -> None:
    frontier = name == "frontier-lab"  # which takes its time
    case = divisible(name, tmp_path) if frontier else ROOT / "inputs" / name
    found = run(case, out=tmp_path / "out").folder
    assert found is not None
    by = 8
    planned = planned_of(found, by)
    write_template(found, tmp_path / "told", by)
    actuals = read_actuals(tmp_path / "told", found, by)
    ledger = line_variances(planned, actuals)
    lines = ledger.groupby(["term", "period"])["planned_usd"].sum()
    costs = planned.costs.groupby(["term", "period"])["nominal_usd"].sum()
    asked = [key for key in costs.index if key[0] in BOUGHT]
    assert lines[asked].to_numpy() == pytest.approx(costs[asked].to_numpy(), rel=1e-6, abs=0.02)
    assert {key for key in lines.index if key[0] in BOUGHT} == set(asked)
    # told as planned: nothing varies, and all cash is there once
    comparison = compare(planned, actuals)
    assert comparison.ledger[list(PARTS)].abs().max(axis=None) < 0.005
    for column in ("planned_usd", "actual_usd"):
        assert comparison.ledger[column].sum() == pytest.approx(costs.sum(), abs=0.5)
    assert set(history_files(past_of(found, actuals), tmp_path)) == {
        "history/variances.csv",
        "history/amounts.csv",
        "history/forecasts.csv",
    }
