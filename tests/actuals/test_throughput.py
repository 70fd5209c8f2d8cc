"""Measured throughput, the calibration that follows, and how good forecasts were, by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.actuals import read_actuals
from planner.actuals.accuracy import accuracy
from planner.actuals.history import history_files, past_of
from planner.actuals.planned import planned_of
from planner.actuals.throughput import as_override, measured
from planner.case import read_case
from tests.actuals.conftest import ROOT
from tests.actuals.test_compare import of
from tests.actuals.test_reading import LINE, write


def test_calibration(tmp_path: Path, quickstart: Path) -> None:
    work = "workload,period,chip,served,chip_hours\nchat,2027Q1,hopper,900000,270000"
    actuals = read_actuals(write(tmp_path / "a", work=work), quickstart)
    planned = planned_of(quickstart, 1)
    found = measured(planned, actuals)
    # 900,000 Mtok at 1,000 tokens/s are 250,000 chip-hours: 250 / 270 = 0.9259 of it was reached
    assert found.iloc[0].tolist() == [
        "assistant", "interactive", "hopper", 900000, 270000, pytest.approx(250000), 1, 0.9259,
        "throughput.csv:2 calibration",
    ]  # fmt: skip
    override = as_override("assistant", "interactive", "hopper", 0.9259)
    assert override == "throughput.assistant.interactive.hopper.calibration=0.9259"
    table = read_case(ROOT / "inputs" / "quickstart", [override])["throughput"]
    assert dict(zip(table["chip"], table["calibration"], strict=True)) == {
        "hopper": 0.9259,
        "blackwell": 1,
    }


def test_without_chips_each_takes_its_planned_share(tmp_path: Path, quickstart: Path) -> None:
    work = "workload,period,served,chip_hours\nchat,2027Q3,1430784,{hours}"
    planned = planned_of(quickstart, 3)
    plan = planned.work[(planned.work["work"] == "chat") & (planned.work["period"] == 2)]
    assert set(plan["chip"]) == {"hopper", "blackwell"}
    told = work.format(hours=plan["chip_hours"].sum() / 0.8)
    actuals = read_actuals(write(tmp_path / "a", work=told), quickstart, 3)
    found = measured(planned, actuals)
    assert sorted(found["chip"]) == ["blackwell", "hopper"]
    assert found["measured_calibration"].tolist() == pytest.approx([0.8, 0.8])
    assert found["served_mtok"].sum() == pytest.approx(1430784)


def test_what_is_not_measured_proposes_nothing(tmp_path: Path, quickstart: Path) -> None:
    work = "workload,period,served,chip_hours\nchat,2027Q1,900000,"
    actuals = read_actuals(write(tmp_path / "a", work=work), quickstart)
    assert measured(planned_of(quickstart, 1), actuals).empty


def test_accuracy() -> None:
    forecasts = pd.DataFrame(
        [
            ("chat", 0, 0, 110.0, 100.0),
            ("chat", 0, 1, 150.0, 200.0),
            ("chat", 1, 1, 210.0, 200.0),
            ("chat", 1, 2, 300.0, np.nan),
            ("code", 0, 0, 5.0, 0.0),
        ],
        columns=["workload", "plan", "period", "forecast", "asked"],
    )
    # off by 10, -50 and 10 of 500
    assert accuracy(forecasts).to_numpy().tolist() == [["chat", -1, 3, -0.06, 0.14]]
    assert accuracy(forecasts, by_lead=True).to_numpy().tolist() == [
        ["chat", 0, 2, pytest.approx(20 / 300), pytest.approx(20 / 300)],
        ["chat", 1, 1, -0.25, 0.25],
    ]


def test_history_grows(tmp_path: Path, quickstart: Path) -> None:
    case = tmp_path / "case"
    (case / "history").mkdir(parents=True)
    told = write(
        tmp_path / "a",
        work="workload,period,asked,served,chip_hours\nchat,2027Q1,940000,900000,270000",
        orders=f"line,chips\n{LINE},16",
    )
    past = past_of(quickstart, read_actuals(told, quickstart))
    assert of(past.comparison, "term", "energy")[2] == 810
    for name, content in history_files(past, case).items():
        (case / name).write_bytes(content)
    lines = (case / "history" / "forecasts.csv").read_text().splitlines()
    assert lines[:3] == [
        "plan,workload,period,forecast,asked",
        "2027Q1,chat,2027Q1,933120,940000",
        "2027Q1,chat,2027Q2,943488,",
    ]
    assert (case / "history" / "throughput.csv").read_text().splitlines()[1:] == [
        "2027Q1,assistant,interactive,hopper,900000,270000,250000,1,0.9259,"
        "throughput.csv:2 calibration"
    ]
    variances = (case / "history" / "variances.csv").read_text().splitlines()
    assert variances[1] == (
        "2027Q1,workload,chat,energy,2027Q1,home,19440.00,20250.00,-690.00,1500.00,0.00"
    )
    # the same quarter once more, told later: what was forecast of it is known now
    told = write(tmp_path / "b", work="workload,period,asked\nchat,2027Q2,950000")
    past = past_of(quickstart, read_actuals(told, quickstart, 2))
    lines = history_files(past, case)["history/forecasts.csv"].decode().splitlines()
    assert lines[2] == "2027Q1,chat,2027Q2,943488,950000"
    assert len(lines) == 1 + 8 + 8
