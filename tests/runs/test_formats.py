"""Formats: runs of the first version stay readable and verifiable, and those of a later one say
what they need."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from planner.case.declare import Column, Table
from planner.cli import main
from planner.plan import formats
from planner.plan.formats import FORMAT_VERSION
from planner.plan.tables import PLAN_TABLES
from planner.runs.cells import read_table
from planner.runs.find import find_runs
from planner.runs.read import RunTooNew, read_manifest, read_plan, read_run_table
from planner.runs.verify import verify

V1 = Path(__file__).parent / "v1"
RUNS = sorted(path.parent for path in V1.glob("*/*/plan.json"))
PLANS = [run for run in RUNS if read_plan(run)["status"] == "optimal"]
Capture = pytest.CaptureFixture[str]


def named(run: Path) -> str:
    return f"{run.parent.name}/{run.name}"


def test_there_are_runs_of_the_first_version() -> None:
    assert {run.parent.name for run in RUNS} == {"quickstart", "gov-cloud", "share"}
    assert {read_plan(run)["format_version"] for run in RUNS} == {1}
    assert {read_manifest(run)["versions"]["planner"] for run in RUNS} == {"0.1.0"}


@pytest.mark.parametrize("run", PLANS, ids=named)
def test_every_table_of_the_first_version_is_read(run: Path) -> None:
    """Who adds a column, or a table, to what a run writes says so in ``planner.plan.formats``."""
    for table in PLAN_TABLES:
        later = formats.later_columns(table, 1)
        if not (run / table.path).is_file():
            assert table.name == "site_loss" or len(later) == len(table.columns), table.name
            continue
        frame = read_run_table(run, table.name)
        assert list(frame.columns) == [column.name for column in table.columns], table.name
        header = pd.read_csv(run / table.path, nrows=0).columns
        stated = formats.stated_columns(table) - set(header)
        assert set(frame.columns) - set(header) == later | stated, table.name


@pytest.mark.parametrize("run", RUNS, ids=named)
def test_a_run_of_the_first_version_is_shown_and_listed(run: Path, capsys: Capture) -> None:
    assert main(["show", str(run)]) == 0
    text, err = capsys.readouterr()
    assert ("INFEASIBLE" in text) == (run not in PLANS)
    assert "files  " in text and err == ""
    assert main(["show", str(run), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["format_version"] == 1
    assert [one for one in find_runs(V1) if one.folder == run and not one.wrong]


@pytest.mark.slow
@pytest.mark.parametrize("run", RUNS, ids=named)
def test_a_right_run_of_the_first_version_holds(run: Path, capsys: Capture) -> None:
    if run.parent.name == "share":
        pytest.skip("its plan is not the cheapest")
    findings = verify(run)
    assert [finding for finding in findings if not finding.ok] == []
    assert any(f.note and f.what == "made by planner 0.1.0" for f in findings)
    assert main(["verify", str(run)]) == 0
    text = capsys.readouterr().out
    assert "note    made by planner 0.1.0: judged by planner " in text


@pytest.mark.slow
def test_the_wrong_plan_of_the_first_version_is_found_out(capsys: Capture) -> None:
    """43,712,280.00 USD were called proven: a share of spend, and rentals capped at what work
    needs.  33,333,333.33 USD is right."""
    (run,) = [run for run in RUNS if run.parent.name == "share"]
    assert main(["verify", str(run)]) == 6
    text = capsys.readouterr().out
    assert "the run costs 43,712,280.00 USD, the cheapest 33,333,333.33 USD" in text
    assert "note    fault bounds-not-implied of planner 0.1.0: " in text
    assert "limits.csv (a share of all): at-most-nine-tenths" in text


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The runs of the first version, to be written to."""
    return Path(shutil.copytree(V1, tmp_path / "outputs"))


def newest(out: Path, case: str, status: str = "optimal") -> Path:
    return next(run.folder for run in find_runs(out) if (run.case, run.status) == (case, status))


@pytest.mark.slow
@pytest.mark.parametrize("case", ["quickstart", "gov-cloud"])
def test_a_run_of_the_first_version_is_drawn_again(copy: Path, capsys: Capture, case: str) -> None:
    run = newest(copy, case)
    assert main(["report", str(run), "--out", str(copy)]) == 0
    capsys.readouterr()
    assert main(["verify", str(run)]) == 0  # with the new page and workbook in its manifest


@pytest.mark.slow
def test_an_approval_of_the_first_version_is_kept(copy: Path, capsys: Capture) -> None:
    run = newest(copy, "quickstart")
    (line,) = [one for one in find_runs(copy) if one.folder == run]
    assert (line.approved_by, line.approved_utc) == ("A. Planner", "2026-11-27T11:29:10Z")
    assert main(["ls", "--out", str(copy)]) == 0
    assert "A. Planner, 2026-11-27" in capsys.readouterr().out
    words = {finding.what: finding for finding in verify(run)}
    assert words["approval: by A. Planner, 2026-11-27T11:29:10Z"].ok


@pytest.mark.slow
def test_a_run_of_the_first_version_is_questioned(copy: Path, capsys: Capture) -> None:
    run = newest(copy, "quickstart")
    assert main(["explain", str(run), "line", "buy-blackwell@home@2027Q1"]) == 0
    assert main(["explain", str(newest(copy, "quickstart", "infeasible")), "infeasible"]) == 0
    assert "internal error" not in capsys.readouterr().err


@pytest.mark.slow
def test_a_run_of_the_first_version_is_compared_with_one_of_now(
    copy: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    old = newest(copy, "quickstart")
    assert main(["run", "inputs/quickstart", "--out", str(copy), "--quiet"]) == 0
    new = newest(copy, "quickstart")
    capsys.readouterr()
    assert main(["diff", str(old), str(new)]) == 0
    assert "1.07 million USD" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["plan.json", "manifest.json"])
def test_a_run_of_a_later_version_says_what_it_needs(
    copy: Path, capsys: Capture, name: str
) -> None:
    run = newest(copy, "quickstart")
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    manifest["versions"]["planner"] = "7.8.9"
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    document = json.loads((run / name).read_text(encoding="utf-8"))
    later = {**document, "format_version": FORMAT_VERSION + 1, "objective_usd": {"told": "so"}}
    (run / name).write_text(json.dumps(later), encoding="utf-8")
    told = f"was written in format {FORMAT_VERSION + 1}; this planner reads up to {FORMAT_VERSION}"
    for command in (["show"], ["verify"], ["report"], ["approve", "--by", "me"]):
        if (command[0], name) == ("show", "manifest.json"):
            continue  # it needs no manifest
        assert main([command[0], str(run), *command[1:]]) == 2
        err = capsys.readouterr().err
        assert told in err and "planner 7.8.9 or later" in err
    assert main(["ls", "--out", str(copy)]) == 0
    text, err = capsys.readouterr()
    assert "  newer  " in text and "newer: planner 7.8.9" in err
    with pytest.raises(RunTooNew):
        verify(run)


SMALL = Table(
    "small",
    "A small table.",
    (Column("name", "name", "Name."), Column("usd", "number", "Money.", "USD")),
    key=("name",),
)


def test_a_column_that_came_later_is_blank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "small.csv").write_text("name,old\na,1\nb,2\n")
    with pytest.raises(ValueError, match="does not have the columns of small: name, usd"):
        read_table(SMALL, tmp_path / "small.csv", 1)
    monkeypatch.setattr(formats, "ADDED", {2: {"small": ("usd",)}})
    monkeypatch.setattr(formats, "REMOVED", {2: {"small": ("old",)}})
    frame = read_table(SMALL, tmp_path / "small.csv", 1)
    assert frame["name"].tolist() == ["a", "b"] and frame["usd"].isna().all()
    with pytest.raises(ValueError, match="does not have the columns of small: name, usd"):
        read_table(SMALL, tmp_path / "small.csv", 2)


def test_a_table_that_came_later_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError):
        read_table(SMALL, tmp_path / "small.csv", 1)
    monkeypatch.setattr(formats, "ADDED", {2: {"small": (formats.WHOLE,)}})
    frame = read_table(SMALL, tmp_path / "small.csv", 1)
    assert list(frame.columns) == ["name", "usd"] and len(frame) == 0
