"""A run without a plan: what it writes, how it is told, listed and verified."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from planner import pipeline
from planner.cli import main
from planner.exits import INFEASIBLE, INPUTS, OK, UNPROVEN, USAGE
from planner.report.diagnosis import diagnosis_sections
from planner.report.page import no_plan
from planner.runs.read import RunError
from tests.diagnosis.conflicts import planted
from tests.helpers import write_case

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def stuck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a case that has no plan: too little power at home_a in 2025."""
    monkeypatch.chdir(tmp_path)
    case = planted(1, "power")
    write_case(tmp_path / "case", case.text(), case.settings)
    return tmp_path


def the_run(folder: Path) -> Path:
    (run,) = (folder / "outputs" / "small").iterdir()
    return run


@pytest.mark.slow
def test_an_infeasible_run_is_written_told_and_ends_with_4(stuck: Path, capsys: Capture) -> None:
    assert main(["run", "case"]) == INFEASIBLE
    out, err = capsys.readouterr()
    assert "power at site home_a: 0.0068 MW in 2025" in out
    assert "power.csv:2" in out
    assert "add 0.0068 MW at home_a in 2025" in out
    assert "--set 'power.home_a.2025.mw=0.0136'" in out
    assert "There is no plan of case. Next: take one of the ways out" in err
    run = the_run(stuck)
    assert {path.name for path in run.iterdir()} == {
        "plan.json",
        "diagnosis.json",
        "conflict.csv",
        "repairs.csv",
        "summary.md",
        "report.html",
        "solution.npz",
        "inputs",
        "case.effective.yaml",
        "manifest.json",
        "run.log",
    }
    plan = json.loads((run / "plan.json").read_text())
    assert (plan["status"], plan["objective_usd"]) == ("infeasible", None)
    told = (run / "summary.md").read_text()
    assert told.startswith("# Plan of small: there is none\n")
    assert "add 0.0068 MW at home\\_a in 2025" in told or "add 0.0068 MW at home_a in 2025" in told


@pytest.mark.slow
def test_it_is_shown_listed_and_verified(stuck: Path, capsys: Capture) -> None:
    assert main(["run", "case", "--quiet"]) == INFEASIBLE
    assert capsys.readouterr().out == f"{Path('outputs', 'small', the_run(stuck).name)}\n"
    assert main(["show"]) == OK
    assert "INFEASIBLE" in capsys.readouterr().out
    assert main(["ls", "--json"]) == OK
    (line,) = json.loads(capsys.readouterr().out)
    assert (line["status"], line["objective_usd"], line["gap"]) == ("infeasible", None, None)
    assert main(["ls"]) == OK
    assert "infeasible" in capsys.readouterr().out
    assert main(["verify", "small"]) == OK
    assert "ok      infeasible: no plan meets all limits" in capsys.readouterr().out


@pytest.mark.slow
def test_as_json_it_is_one_document_with_the_diagnosis(stuck: Path, capsys: Capture) -> None:
    assert main(["run", "case", "--json", "--quiet"]) == INFEASIBLE
    document = json.loads(capsys.readouterr().out)
    assert (document["status"], document["exit_code"]) == ("infeasible", INFEASIBLE)
    assert document["diagnosis"]["repairs"][0]["changes"][0]["override"].startswith(
        "power.home_a.2025.mw="
    )
    kinds = {item["kind"] for item in document["diagnosis"]["conflicts"][0]}
    assert "mw" in kinds
    assert kinds & {"online", "batch"}


@pytest.mark.slow
def test_a_proof_that_does_not_hold_is_found(stuck: Path, capsys: Capture) -> None:
    assert main(["run", "case", "--quiet"]) == INFEASIBLE
    run = the_run(stuck)
    with np.load(run / "solution.npz") as stored:
        multipliers = stored["infeasible"]
    np.savez_compressed(run / "solution.npz", infeasible=-multipliers)
    capsys.readouterr()
    assert main(["verify", str(run)]) == UNPROVEN
    out = capsys.readouterr().out
    assert "FAILED  infeasible: no plan meets all limits" in out
    assert "solution.npz was changed after the run" in out


@pytest.mark.slow
def test_the_sections_of_a_diagnosis(stuck: Path) -> None:
    result = pipeline.run(stuck / "case", out=stuck / "outputs")
    assert (result.status, result.plan) == ("infeasible", None)
    assert result.folder is not None
    sections = diagnosis_sections(result.folder)
    assert [section.title for section in sections] == [
        "What conflicts",
        "Ways out, cheapest first, each planned anew",
        "What each changes",
    ]
    for section in sections:
        assert {len(row) for row in section.rows} == {len(section.header)}


@pytest.mark.slow
def test_a_run_with_a_plan_has_no_diagnosis(stuck: Path) -> None:
    result = pipeline.run(
        stuck / "case", overrides=["power.home_a.2025.mw=1"], out=stuck / "outputs"
    )
    assert result.status == "optimal"
    assert result.folder is not None
    with pytest.raises(RunError, match="has a plan"):
        diagnosis_sections(result.folder)


@pytest.mark.slow
def test_relaxing_power_says_by_how_much_and_plans(stuck: Path, capsys: Capture) -> None:
    assert main(["run", "case", "--relax", "power"]) == OK
    out, err = capsys.readouterr()
    assert "optimal and proven" in out
    assert "power home_a 2025 mw: 0.0068 -> 0.0136" in err
    assert (
        the_run(stuck) / "inputs" / "overrides.txt"
    ).read_text() == "power.home_a.2025.mw=0.0136\n"


@pytest.mark.slow
def test_relaxing_what_is_not_the_matter(stuck: Path, capsys: Capture) -> None:
    assert main(["run", "case", "--relax", "budgets"]) == INFEASIBLE
    assert "no amount of budgets is enough" in capsys.readouterr().err
    assert not (stuck / "outputs").exists()
    assert main(["run", "case", "--relax", "chips"]) == USAGE
    assert main(["run", "case", "--set", "power.home_a.2025.mw=1", "--relax", "power"]) == OK
    assert "nothing had to give" in capsys.readouterr().err


def test_what_is_wrong_in_the_inputs_comes_first(stuck: Path) -> None:
    assert main(["run", "case", "--set", "power.nowhere.2025.mw=1", "--relax", "power"]) == INPUTS


@pytest.mark.slow
def test_where_the_search_ended_early_is_said(stuck: Path, capsys: Capture) -> None:
    """Below what conflicts and below the ways out, in summary.md as on the page."""
    assert main(["run", "case", "--quiet"]) == INFEASIBLE
    run = the_run(stuck)
    told = " ".join(section.note or "" for section in diagnosis_sections(run))
    assert "without any one of them the others can" in told
    assert "came to its end" not in told
    path = run / "diagnosis.json"
    document = json.loads(path.read_text())
    assert document["explained"] and not document["ended"]
    for change, said in (
        ({"ended": True}, "There may be more conflicts: the search came to its end."),
        ({"explained": False}, "the search for these came to its end"),
        ({"untried": 3}, "3 more ways out may exist"),
        ({"minimal": [False]}, "whether each of them is needed was not found out"),
    ):
        path.write_text(json.dumps({**document, **change}))
        told = " ".join(section.note or "" for section in diagnosis_sections(run))
        assert said in told
        page = " ".join(sheet.note for section in no_plan(run) for sheet in section.sheets)
        assert said in page
