"""The run of a case with scenarios: its files, its proof, one scenario, approval, its commands."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from planner.audit import audit
from planner.audit.futures import check_futures
from planner.cli import main
from planner.futures.written import run_futures
from planner.pipeline import run
from planner.reproduce import verify_figures
from planner.runs.approval import StalePlan, approve
from planner.runs.decisions import read_scope
from planner.runs.verify import verify

from .cases import TWO, write

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("futures")
    result = run_futures(write(room / "chance", TWO), out=room / "out")
    assert result.status == "optimal", result.message
    assert result.folder is not None
    return result.folder


def test_figures_by_hand(made: Path) -> None:
    """See ``test_two_demands_by_hand``."""
    told = json.loads((made / "futures.json").read_text(encoding="utf-8"))
    assert told["expected_usd"] == pytest.approx(2_000.0)
    assert told["bound_usd"] == pytest.approx(2_000.0)
    assert told["evpi_usd"] == pytest.approx(600.0)
    assert told["vss_usd"] == pytest.approx(600.0)
    assert told["range_changes_nothing"] is False
    table = pd.read_csv(made / "scenarios.csv")
    assert table["cost_usd"].tolist() == pytest.approx([2_000.0, 2_000.0])
    assert table["regret_usd"].tolist() == pytest.approx([1_000.0, 0.0])
    common = pd.read_csv(made / "common_orders.csv").iloc[0]
    assert (common["chips"], common["core"], common["most_alone"]) == pytest.approx((20, 10, 20))
    assert common["order_period"] == 2097
    buy = pd.read_csv(made / "buy_plan.csv").set_index("line_id")
    assert buy.loc["buy@hall@2097", "chips"] == pytest.approx(20.0)
    assert buy.loc["buy@hall@2097", "in_scenarios"] == "same; more"


def test_it_holds_and_so_does_every_scenario(made: Path) -> None:
    for folder in (made, made / "scenarios" / "same", made / "scenarios" / "more"):
        findings = (*verify(folder), *verify_figures(folder))
        assert [one for one in findings if not one.ok] == []
    assert any(check.name.startswith("futures.common") for check in audit(made).checks)


@pytest.mark.parametrize(
    "name",
    ["evpi_usd", "vss_usd", "expected_usd", "worst_usd", "cvar_usd", "objective_usd", "mean_usd"],
)
def test_a_wrong_figure_fails(made: Path, name: str) -> None:
    path = made / "futures.json"
    text = path.read_text(encoding="utf-8")
    told = json.loads(text)
    path.write_text(json.dumps({**told, name: told[name] + 1.0}), encoding="utf-8")
    try:
        assert f"futures.{name}" in [one.name for one in check_futures(made) if not one.passed]
    finally:
        path.write_text(text, encoding="utf-8")


def test_a_bound_above_the_cost_fails(made: Path) -> None:
    path = made / "futures.json"
    text = path.read_text(encoding="utf-8")
    told = json.loads(text)
    path.write_text(json.dumps({**told, "bound_usd": told["bound_usd"] + 10.0}), encoding="utf-8")
    try:
        assert "futures.bound" in [one.name for one in check_futures(made) if not one.passed]
    finally:
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "check"),
    [
        ("scenarios.csv", "same,0.6,2000", "same,0.6,2100", "futures.cost"),
        ("scenarios.csv", "same,0.6", "same,0.7", "futures.probability"),
        ("scenarios.csv", "same,0.6", "sane,0.6", "futures.names"),
        ("common_orders.csv", "2097,20,", "2097,21,", "futures.common.same"),
    ],
)
def test_what_is_written_wrongly_fails(
    made: Path, file: str, old: str, new: str, check: str
) -> None:
    path = made / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    try:
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert check in [one.name for one in check_futures(made) if not one.passed]
    finally:
        path.write_text(text, encoding="utf-8")


def test_a_wrong_scenario_of_a_line_fails(made: Path) -> None:
    path = made / "buy_plan.csv"
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(text.replace("same; more", "same"), encoding="utf-8")
        assert "buy_plan.in_scenarios" in [one.name for one in audit(made).failed]
    finally:
        path.write_text(text, encoding="utf-8")


def test_what_is_approved_is_the_common_part(made: Path) -> None:
    scope = read_scope(made, (), None)
    assert scope.periods == ("2097",)
    document = approve(made, "cfo", scope=scope)
    assert document["periods"] == ["2097"]
    (made / "approval.json").unlink()
    case = made.parents[2] / "chance" / "power.csv"
    text = case.read_text(encoding="utf-8")
    case.write_text(text.replace("2099,9", "2099,8"), encoding="utf-8")
    with pytest.raises(StalePlan, match=r"power\.csv is different"):
        approve(made, "cfo", scope=scope)
    case.write_text(text, encoding="utf-8")


def test_the_common_part_is_rolled(made: Path, tmp_path: Path) -> None:
    """The 20 chips ordered in 2097 are in flight in the next case; nothing is decided of others,
    and the scenarios go on."""
    assert main(["approve", str(made), "--by", "cfo"]) == 0
    try:
        assert main(["roll", str(made), "--to", str(tmp_path / "next")]) == 0
    finally:
        (made / "approval.json").unlink()
    orders = pd.read_csv(tmp_path / "next" / "orders.csv")
    assert orders["chips"].tolist() == pytest.approx([20.0])
    last = pd.read_csv(tmp_path / "next" / "last_plan" / "buy_plan.csv")
    assert "decision" not in last.columns or last["decision"].isna().all()
    assert (tmp_path / "next" / "scenarios.csv").is_file()
    assert "whole" not in (tmp_path / "next" / "case.yaml").read_text(encoding="utf-8")
    # what was to be revealed is known: the check says where to go on
    assert main(["check", str(tmp_path / "next")]) == 3


def test_commands_tell_of_it(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenarios", str(made.parents[2] / "chance")]) == 0
    told = capsys.readouterr().out
    assert "orders before 2098 are common" in told
    assert "Demand, million output tokens" in told
    assert main(["show", str(made)]) == 0
    told = capsys.readouterr().out
    assert "Planning for the range saves 600.00 USD" in told
    assert "no-regret" not in told and "Common orders" in told
    page = (made / "report.html").read_text(encoding="utf-8")
    assert "Scenarios and the no-regret core" in page
    assert main(["approve", str(made), "--by", "cfo", "--period", "2098"]) != 0


def test_one_scenario_is_the_plain_plan(tmp_path: Path) -> None:
    one = {"scenarios.csv": "scenario,probability\nonly,1\n"}
    folders = [
        run_futures(write(tmp_path / "one", one), out=tmp_path / "a").folder,
        run(write(tmp_path / "none"), out=tmp_path / "b").folder,
    ]
    assert None not in folders
    for name in ("buy_plan.csv", "costs.csv", "fleet.csv", "case.effective.yaml", "summary.md"):
        first, second = ((folder / name).read_bytes() for folder in folders if folder)
        assert first == second, name
