"""A quarter as a planner lives it: approved, five inputs that came otherwise, rolled, planned,
compared, sent.  At most ten commands, and no table edited but for news."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from planner.cli import main
from planner.runs.find import find_runs
from planner.runs.read import read_plan

pytestmark = pytest.mark.drawn

SHIPPED = Path(__file__).parents[2] / "inputs"


def told(path: Path, row: int, **cells: str) -> None:
    """Write cells of a table, as a planner would in a spreadsheet."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name, cell in cells.items():
        assert name in frame, f"{path.name} has no column {name}"
        frame.loc[row, name] = cell
    frame.to_csv(path, index=False, lineterminator="\n")


@pytest.mark.full
def test_a_quarter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SHIPPED / "quickstart", "mine")
    assert main(["run", "mine", "--quiet"]) == 0  # made a quarter ago
    steps = 0

    def planner(*words: str) -> str:
        nonlocal steps
        steps += 1
        capsys.readouterr()
        assert main(list(words)) == 0, words
        return capsys.readouterr().out

    planner("approve", "mine", "--by", "ann")
    planner("actuals", "mine", "what-happened")
    # two things went otherwise than planned
    told(Path("what-happened/orders.csv"), 0, chips="16", usd_per_chip="41500")
    told(Path("what-happened/work.csv"), 0, asked="950000", served="930000")
    rolled = planner("roll", "mine", "--actuals", "what-happened")
    assert "Plan against actual" in rolled and "Forecast accuracy" in rolled
    home = Path("mine-2027Q2")
    # and three inputs are news
    told(home / "demand.csv", 0, **{"2027Q3": "990000", "2027Q4": "1040000"})
    told(home / "power.csv", 0, **{"2027Q4": "0.21"})
    told(home / "offers.csv", 0, usd_per_chip="41500")
    planner("check", str(home))
    planner("run", str(home), "--quiet")
    compared = planner("diff")
    for cause in ("2027Q1 has passed", "what really happened", "demand", "prices"):
        assert cause in compared, compared
    planner("approve", str(home), "--by", "ann")
    planner("history", str(home))
    assert steps <= 10
    page = find_runs(Path("outputs"))[0].folder / "report.html"
    sent = page.read_text(encoding="utf-8")
    assert "Plan against actual" in sent and "approved by ann" in sent
    assert read_plan(page.parent)["horizon"]["first"] == "2027Q2"
