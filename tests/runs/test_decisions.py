"""Approvals of a part: by period, and lines approved, changed or refused; the next plan keeps to
them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from planner.case.problems import CaseError
from planner.cli import main
from planner.runs.decisions import Decision, Scope, decided_plan, read_scope, scope_of
from planner.runs.find import find_runs
from planner.runs.read import read_run_table
from tests.helpers import write_case
from tests.model.small import offer, settings, tables
from tests.report.standin import write_standin

Capture = pytest.CaptureFixture[str]


def test_what_is_approved_in_words() -> None:
    lines = (
        Decision("a", "approved"),
        Decision("b", "refused", None, "no"),
        Decision("c", "changed", 3.5, "fewer"),
    )
    scope = Scope(("2027Q1",), lines)
    assert scope.words == "only 2027Q1, 1 line changed, 1 line refused"
    assert scope_of(json.loads(json.dumps(scope.document()))) == scope
    assert (Scope().words, Scope().document(), scope_of({})) == ("", {}, Scope())
    assert [line.words for line in lines] == ["approved", "refused: no", "changed to 3.5: fewer"]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_standin(tmp_path / "outputs" / "demo" / "2027Q1-a", case="demo")


def ordered(run: Path) -> list[tuple[str, str, str]]:
    """Line, action and period of what is ordered."""
    buy = read_run_table(run, "buy_plan")
    buy = buy[buy["order_period"] != ""]
    return list(zip(buy["line_id"], buy["action"], buy["order_period"], strict=True))


def test_the_form_of_a_last_plan(run: Path) -> None:
    line = next(line for line, action, _ in ordered(run) if action == "buy")
    content = decided_plan(run, Scope(lines=(Decision(line, "changed", 7.0, "fewer"),)))
    old = list(csv.DictReader((run / "buy_plan.csv").read_text().splitlines()))
    new = list(csv.DictReader(content.decode().splitlines()))
    assert [row | {"decision": ""} for row in old if row["line_id"] != line] == [
        row for row in new if row["line_id"] != line
    ]
    [mine] = [row for row in new if row["line_id"] == line]
    assert (mine["chips"], mine["decision"]) == ("7", "changed")
    assert decided_plan(run, Scope()) == (run / "buy_plan.csv").read_bytes()


def test_what_is_wrong_with_decisions_is_told_at_its_place(run: Path, tmp_path: Path) -> None:
    lines = {action: line for line, action, _ in reversed(ordered(run))}
    buy = lines["buy"]
    file = tmp_path / "decisions.csv"
    for row, says in (
        (f"{buy},refuse,,,no", "must be one of approved, changed, refused"),
        (f"{buy}x,refused,,,no", "is no line of buy_plan.csv that orders something"),
        (f"{buy},refused,,,", "is needed where a line is refused"),
        (f"{buy},refused,3,,no", "must be blank where a line is refused"),
        (f"{buy},changed,,,no", "is not a number"),
        (f"{buy},changed,-3,,no", "must be at least 0"),
        (f"{buy},changed,,3,no", "must be blank: the line orders chips"),
        (f"{buy},approved,,,\n{buy},approved,,,", "stands in the file twice"),
    ):
        file.write_text(f"line,decision,chips,mw,reason\n{row}\n")
        with pytest.raises(CaseError) as told:
            read_scope(run, (), file)
        assert says in str(told.value.problems[0])
    if "rent" in lines:
        file.write_text(f"line,decision,reason\n{lines['rent']},refused,no\n")
        with pytest.raises(CaseError) as told:
            read_scope(run, (), file)
        assert "can only be approved" in str(told.value.problems[0])
    file.write_text("line,decision,why\n")
    with pytest.raises(CaseError) as told:
        read_scope(run, ("2099Q1",), file)
    assert [problem.code for problem in told.value.problems] == ["bad-period", "unknown-column"]


@pytest.mark.slow
def test_the_next_plan_keeps_to_what_was_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Ten chips at 100 are refused: applied, the next plan takes the dearer ones."""
    monkeypatch.chdir(tmp_path)
    offers = [offer(usd_per_chip=100), offer("dear", usd_per_chip=130)]
    write_case(tmp_path / "case", tables(offers=offers), settings())
    assert main(["run", "case", "--quiet"]) == 0
    [(line, _, period)] = ordered(find_runs(Path("outputs"))[0].folder)
    file = tmp_path / "d.csv"
    file.write_text(f"line,decision,reason\n{line},refused,too cheap\n")
    assert main(["approve", "case", "--by", "me", "--lines", "nowhere.csv"]) == 3
    assert main(["approve", "case", "--by", "me", "--lines", str(file), "--period", period]) == 0
    told = capsys.readouterr()
    assert f"(only {period}, 1 line refused)" in told.out
    assert "Next: planner roll" in told.err
    run = find_runs(Path("outputs"))[0]
    assert run.approval.endswith(f"(only {period}, 1 line refused)")
    assert main(["verify", str(run.folder)]) == 0
    assert main(["apply", str(run.folder)]) == 0
    assert "refused: too cheap" in capsys.readouterr().out
    assert main(["run", "case", "--quiet"]) == 0
    after = find_runs(Path("outputs"))[0].folder
    assert [line.split("@")[0] for line, _, _ in ordered(after)] == ["dear"]
    assert main(["verify", str(after)]) == 0

    # and three of the dear ones, whatever is missing then
    file.write_text(f"line,decision,chips,reason\n{ordered(after)[0][0]},changed,12,more\n")
    assert main(["approve", "case", "--by", "me", "--lines", str(file)]) == 0
    assert main(["apply", str(after)]) == 0
    assert main(["run", "case", "--quiet"]) == 0
    last = find_runs(Path("outputs"))[0].folder
    buy = read_run_table(last, "buy_plan")
    assert list(buy["chips"]) == [12.0] or list(buy["change_reason"]) == [
        "decided: as the approved plan has it"
    ]
    assert main(["verify", str(last)]) == 0


def test_a_changed_line_is_ordered_when_it_was_planned(run: Path) -> None:
    """What a committee cut is paid in its period, as what it did not cut."""
    from planner.actuals import no_actuals
    from planner.case.periods import Calendar, absolute_period
    from planner.roll.approved import decided

    buy = read_run_table(run, "buy_plan")
    line, _, period = next(one for one in ordered(run) if one[1] == "buy")
    calendar = Calendar("quarter", absolute_period(period, "quarter") - 1, 8)
    scope = Scope(lines=(Decision(line, "changed", 7.0, "fewer"),))
    [row] = decided(no_actuals(2), scope, buy, calendar).orders.to_dict("records")
    assert (row["line"], row["period"], row["chips"]) == (line, 1, 7.0)
