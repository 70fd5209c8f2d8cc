"""Plan against actual as it is told: sections of roll.md, the page and the workbook of the next
run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from planner.actuals import read_actuals
from planner.actuals.history import history_files, past_of
from planner.case import read_case
from planner.pipeline import run
from planner.report.history import read_history
from planner.report.past import history_sections
from tests.actuals.conftest import ROOT
from tests.actuals.test_reading import LINE, write

TOLD = {
    "orders": f"line,chips,usd_per_chip,arrives\n{LINE},16,41000,2027Q4",
    "work": "workload,period,chip,asked,served,chip_hours\nchat,2027Q1,hopper,940000,900000,270000",
    "cash": "term,period,usd\nenergy,2027Q1,21000.01",
}


def test_sections(tmp_path: Path, quickstart: Path) -> None:
    past = past_of(quickstart, read_actuals(write(tmp_path / "a", **TOLD), quickstart, 3))
    (tmp_path / "history").mkdir()
    for name, content in history_files(past, tmp_path / "nowhere").items():
        (tmp_path / name).write_bytes(content)
    sections = history_sections(read_history(tmp_path))
    assert [part.title for part in sections] == [
        "Plan against actual, by term of cost",
        "By line",
        "By workload",
        "By site",
        "In their own units",
        "Measured throughput",
        "Forecast accuracy",
    ]
    line = dict(zip(sections[1].header, sections[1].rows[0], strict=True))
    assert line == {
        "line": LINE,
        "planned, thousand USD": "800.00",
        "actual, thousand USD": "0.00",
        "variance, thousand USD": "-800.00",
        "quantity, thousand USD": "-160.00",
        "price, thousand USD": "16.00",
        "timing, thousand USD": "-656.00",
    }
    assert [row[0] for row in sections[0].rows] == ["chips", "energy", "all"]
    amounts = ("line", LINE, "2027Q1", "amount", "chips", "20", "16", "-20 %")
    assert amounts in sections[4].rows
    assert sections[5].rows == (
        (
            "assistant", "interactive", "hopper", "925.9", "92.6 %", "1", "0.9259",
            "throughput.csv:2 calibration",
            "throughput.assistant.interactive.hopper.calibration=0.9259",
        ),
    )  # fmt: skip
    # 933,120 was forecast, and 940,000 asked for
    assert sections[6].rows == (("chat", "all", "1", "-0.7 %", "0.7 %"),)


@pytest.mark.slow
def test_the_next_run_tells_the_past(tmp_path: Path, quickstart: Path) -> None:
    case = tmp_path / "next"
    shutil.copytree(ROOT / "inputs" / "quickstart", case)
    (case / "history").mkdir()
    past = past_of(quickstart, read_actuals(write(tmp_path / "a", **TOLD), quickstart, 3))
    for name, content in history_files(past, tmp_path / "nowhere").items():
        (case / name).write_bytes(content)
    read = read_case(case)
    assert [w.name for w in read.warnings] == []
    variances = read["past_variances"]
    parts = variances[["quantity_usd", "price_usd", "timing_usd"]].sum(axis=1)
    assert (variances["actual_usd"] - variances["planned_usd"] - parts).abs().max() < 1e-6
    found = run(case, out=tmp_path / "out").folder
    assert found is not None
    page = (found / "report.html").read_text(encoding="utf-8")
    assert page.index("Plan against actual") < page.index("Measured throughput")
    assert "Forecast accuracy" in page
    assert LINE in page
    sheet = CalamineWorkbook.from_path(str(found / "plan.xlsx")).get_sheet_by_name("Past")
    rows = {str(row[0]): row for row in sheet.to_python() if row}
    assert "Forecast accuracy" in rows
    # of chips at 40,000 USD 16 of 20 came, 1,000 USD dearer, all of them later
    assert rows[LINE][1:7] == [800000, 0, -800000, -160000, 16000, -656000]
    without = (quickstart / "report.html").read_text(encoding="utf-8")
    assert "Plan against actual" not in without
