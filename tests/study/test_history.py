"""The history of a case: its approved plans in money of one date, and what was asked for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from planner.cli import main
from planner.report.page.fan import fan
from planner.runs.find import find_runs
from planner.study.history import read_history
from planner.study.history_told import as_data, paid
from tests.helpers import write_case
from tests.model.small import demand, power, settings, tables

Capture = pytest.CaptureFixture[str]


def test_a_fan_draws_what_each_plan_says() -> None:
    plans = {"a": np.array([1.0, 2.0, np.nan]), "b": np.array([np.nan, 3.0, 4.0])}
    chart = fan(
        "T", ("2025", "2026", "2027"), plans, "chips", ("real", np.array([1.5] + [np.nan] * 2))
    )
    assert chart.header == ("period", "a", "b", "real")
    assert chart.rows == (("2025", "1", "", "1.5"), ("2026", "2", "3", ""), ("2027", "", "4", ""))
    assert chart.svg.count("<polygon") == 2  # two pieces of line; one figure alone is a mark
    for drawing in (chart.svg, chart.narrow):
        assert "2026  b: 3 chips" in drawing
    assert 'viewBox="0 0 350 ' in chart.narrow


@pytest.mark.slow
def test_two_plans_of_a_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Ten chips in 2025; the next case, a year on, holds them and buys five more."""
    monkeypatch.chdir(tmp_path)
    three = tables(power=power(periods=3), demand=demand(10, 10, 10))
    write_case(tmp_path / "case", three, settings(3, discount_rate=0.1))
    assert main(["run", "case", "--quiet"]) == 0
    assert main(["approve", "case", "--by", "me"]) == 0
    first = find_runs(Path("outputs"))[0].folder
    held = {"chip": "a", "site": "home", "in_service": "2025", "chips": "10"}
    later = tables(demand=demand(15, 15), fleet=[held])
    for row in (row for rows in later.values() for row in rows if "period" in row):
        row["period"] = int(row["period"]) + 1
    write_case(tmp_path / "next", later, settings(2, start="2026", discount_rate=0.1))
    kept = tmp_path / "next" / "history" / "2025"
    shutil.copytree(first, kept)
    (kept.parent / "forecasts.csv").write_text(
        "plan,workload,period,forecast,asked\n2025,w,2025,10,12\n2025,w,2026,10,\n"
    )
    assert main(["run", "next", "--quiet"]) == 0
    capsys.readouterr()
    assert main(["history", "next"]) == 0
    told = capsys.readouterr().out
    assert "2 plans, 2025 to 2026" in told and "not approved yet" in told
    demands, accuracy = told.split("Demand as forecast and as it came")[1].split(
        "Forecast accuracy"
    )
    assert demands.split("\n")[2].split() == ["w", "Mtok", "2025", "10", "12"]
    assert ["2026", "10", "15"] in [line.split()[2:5] for line in demands.split("\n")]
    assert accuracy.split("\n")[2].split() == ["w", "all", "1", "-16.7", "%", "16.7", "%"]
    found = read_history("next", Path("outputs"))
    one, two = paid(found)
    assert (one["start"], one["approval"][:14], two["approval"]) == (
        "2025",
        "approved by me",
        "not approved yet",
    )
    assert two["to_pay_usd"] == pytest.approx(two["objective_usd"], abs=0.02)
    passed = found.plans[0].costs
    passed = passed.loc[passed["period"] == "2025", "discounted_usd"].sum()
    assert one["to_pay_usd"] == pytest.approx(1.1 * (one["objective_usd"] - passed), abs=0.02)
    data = as_data(found)
    assert data["periods"] == ["2025", "2026", "2027"]
    [work] = data["demand"]
    assert work["asked"] == [12.0, None, None]
    assert work["plans"]["plan of 2025"][0] == 10.0
    page = Path("outputs/small/history.html").read_text(encoding="utf-8")
    assert "Demand of w" in page and "asked for" in page
    assert main(["history", "--json"]) == 0
    assert [plan["start"] for plan in json.loads(capsys.readouterr().out)["plans"]] == [
        "2025",
        "2026",
    ]
