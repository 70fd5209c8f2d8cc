"""The README's quarter is what its commands give."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from planner.actuals import history_files, past_of, read_actuals
from planner.actuals.compare import view
from planner.actuals.split import PARTS
from planner.actuals.template import write_template
from planner.pipeline import run
from planner.roll.roll import roll
from planner.roll.rolled import Ways
from planner.runs.approval import approve

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ACTUALS = ROOT / "inputs" / "frontier-lab-2027Q1-actuals"
ROWS = re.findall(r"^\| (buy-\S+@\S+@2027Q1) \|((?: -?[0-9.]+ \|){6})", README, flags=re.MULTILINE)


def test_the_quarter_is_told() -> None:
    assert len(ROWS) == 3
    assert "inputs/frontier-lab-2027Q1-actuals" in README


@pytest.mark.slow
def test_the_quarter_is_what_the_roll_says(tmp_path: Path) -> None:
    case = tmp_path / "frontier-lab"
    shutil.copytree(ROOT / "inputs" / "frontier-lab", case)
    folder = run(case, out=tmp_path / "outputs").folder
    assert folder is not None
    past = past_of(folder, read_actuals(ACTUALS, folder))
    lines = view(past.comparison.ledger, "line").set_index("name")
    for name, cells in ROWS:
        told = [float(cell) for cell in cells.split("|")[:-1]]
        found = lines.loc[name, ["planned_usd", "actual_usd", "variance_usd", *PARTS]] / 1e6
        assert told == pytest.approx(found.tolist(), rel=0.05, abs=0.011)
    ledger = past.comparison.ledger
    parts = ledger[list(PARTS)].sum().sum()
    assert ledger["actual_usd"].sum() - ledger["planned_usd"].sum() == pytest.approx(
        parts, abs=0.005
    )
    measured = past.throughput.set_index(["model", "tier", "chip"])["measured_calibration"]
    assert measured["titan", "interactive", "gb200"] == pytest.approx(1.039, rel=0.01)
    assert set(history_files(past, case)) == {
        f"history/{name}.csv" for name in ("variances", "amounts", "throughput", "forecasts")
    }
    # the template has a row for everything that the example tells
    write_template(folder, tmp_path / "template")
    for path in sorted(ACTUALS.glob("*.csv")):
        assert (tmp_path / "template" / path.name).is_file()
    approve(folder, "A. Planner")
    rolled = roll(folder, Ways(actuals=ACTUALS, to=tmp_path / "next"))
    told = (rolled.folder / "roll.md").read_text(encoding="utf-8")
    for title in (
        "Plan against actual, by term of cost",
        "Measured throughput",
        "Forecast accuracy",
    ):
        assert f"## {title}" in told
    orders = (rolled.folder / "orders.csv").read_text(encoding="utf-8").splitlines()
    assert next(row for row in orders if row.startswith("PO-2611,")).split(",")[3] == "2027Q3"
