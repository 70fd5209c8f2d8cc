"""The remaining plan is the same: what lies ahead of an approved plan is ordered, held, powered and
served by the next one as it was planned, and at the cost that was left.  (Of equally cheap ways to
share out work over chips that are there, another may be taken.)"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.pipeline import run as plan
from planner.roll.roll import roll
from planner.roll.rolled import Ways
from planner.runs.approval import approve
from planner.runs.read import read_plan, read_run_table
from planner.runs.verify import verify
from tests.shipped import divisible

SHIPPED = Path(__file__).parents[2] / "inputs"


def ordered(run: Path, since: str) -> pd.Series:
    """Return chips and MW ordered from a period on, by offer, site and period."""
    lines = read_run_table(run, "buy_plan")
    ahead = lines[(lines["status"] == "new") & (lines["order_period"] >= since)]
    ahead = ahead[ahead["action"].isin(["buy", "lease", "reserve", "build_power"])]
    amount = pd.to_numeric(ahead["chips"]).fillna(0) + pd.to_numeric(ahead["mw"]).fillna(0)
    return amount.groupby([ahead["offer"], ahead["site"], ahead["order_period"]]).sum()


def by_period(run: Path, table: str, columns: list[str], value: str, since: str) -> pd.Series:
    """Return a written amount from a period on, by some columns."""
    frame = read_run_table(run, table)
    frame = frame[frame["period"] >= since]
    return pd.to_numeric(frame[value]).groupby([frame[name] for name in columns]).sum()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "quickstart",
        "power-bound",
        pytest.param("gov-cloud", marks=pytest.mark.full),
        pytest.param("frontier-lab", marks=pytest.mark.full),
    ],
)
def test_shipped(name: str, tmp_path: Path) -> None:
    case, out = divisible(name, tmp_path), tmp_path / "outputs"
    first = plan(case, out=out).folder
    assert first is not None
    approve(first, "ann")
    rolled = roll(first, Ways(keep_end=True))
    second = plan(rolled.folder, out=out).folder
    assert second is not None
    found = read_plan(second)
    assert found["status"] == "optimal" and all(finding.ok for finding in verify(second))
    assert found["objective_usd"] == pytest.approx(rolled.rest_usd, rel=1e-9)
    since = rolled.move.calendar_after.labels[0]
    pd.testing.assert_series_equal(
        ordered(first, since), ordered(second, since), rtol=1e-6, atol=1e-5, check_names=False
    )
    for table, columns, value in (
        ("demand_coverage", ["workload", "period"], "short"),
        ("fleet", ["chip", "site", "period"], "held"),
        ("power", ["site", "period"], "used_mw"),
    ):
        pd.testing.assert_series_equal(
            by_period(first, table, columns, value, since),
            by_period(second, table, columns, value, since),
            rtol=1e-6,
            atol=1e-3,
            check_names=False,
        )
