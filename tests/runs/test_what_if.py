"""What-ifs are what-ifs: said wherever a run is shown, never what a bare command takes, never
approved; applied, they become the plan."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from planner.case.files import WORKBOOK
from planner.cli import main
from planner.runs.find import find_run, find_runs
from planner.runs.read import RunError, read_plan
from planner.runs.what_if import LONGEST, WhatIf, asked, what_if_of
from tests.helpers import write_case
from tests.report.standin import write_standin

Capture = pytest.CaptureFixture[str]
CHANGE = "demand.chat*=0.5"


def test_what_it_changes_in_words() -> None:
    assert WhatIf(("a=1", "b=2")).words == "a=1; b=2"
    assert WhatIf((), ("power",)).words == "relaxed power (nothing had to give)"
    assert WhatIf(("a=1",), ("power",), ("p=3",)).words == "a=1; relaxed power (p=3)"
    many = WhatIf(tuple(f"demand.chat.{i}*=1.1" for i in range(20))).words
    assert len(many) < LONGEST + 20
    assert many.endswith("... (20 changes)")


def test_a_run_is_one_by_what_it_holds() -> None:
    told = asked(("a=1",), ("power",), ("p=3",), "f0").document()
    assert told == {
        "overrides": ["a=1", "p=3"],
        "what_if": {"set": ["a=1"], "relax": ["power"], "given": ["p=3"]},
        "inputs_sha256": "f0",
    }
    assert what_if_of(told) == WhatIf(("a=1",), ("power",), ("p=3",))
    assert asked((), (), (), "f0").document() == {"overrides": [], "inputs_sha256": "f0"}
    assert what_if_of({"overrides": ["a=1"]}) == WhatIf(("a=1",))  # older than the mark
    assert what_if_of({"overrides": []}) is None
    assert asked((), ("power",), (), "f0").what_if == WhatIf((), ("power",))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A plan, and a newer what-if of an older planner, without the mark."""
    out = tmp_path / "outputs"
    for name, day, overrides in (("2027Q1-a", 1, []), ("2027Q1-b", 2, ["demand*=2"])):
        moment = {"started_utc": f"2026-11-0{day}T00:00:00Z"}
        write_standin(out / "demo" / name, manifest=moment, case="demo", overrides=overrides)
    return out


def test_a_bare_command_takes_the_newest_plan(out: Path) -> None:
    for text in (None, "demo"):
        found = find_run(text, out)
        assert found.folder.name == "2027Q1-a"
        assert [run.folder.name for run in found.passed] == ["2027Q1-b"]
    assert find_run("2027Q1-b", out).folder.name == "2027Q1-b"
    assert read_plan(out / "demo" / "2027Q1-b")["what_if"]["set"] == ["demand*=2"]
    assert read_plan(out / "demo" / "2027Q1-a")["what_if"] is None


def test_where_there_are_only_what_ifs(out: Path) -> None:
    shutil.rmtree(out / "demo" / "2027Q1-a")
    write_standin(out / "demo" / "2027Q1-a", case="demo", overrides=["demand*=3"])
    with pytest.raises(RunError, match=r"^All runs of demo under .* are what-ifs: .*2027Q1-b, .*"
                       r"planner run demo$"):  # fmt: skip
        find_run("demo", out)


def test_a_case_folder_means_the_runs_made_from_it(tmp_path: Path) -> None:
    """A case and the one that comes a quarter later have one name."""
    out, homes = tmp_path / "outputs", [tmp_path / name for name in ("q1", "q2", "q3")]
    for home in homes:
        home.mkdir()
        (home / "case.yaml").write_text("name: demo\n")
    for day, home in ((1, homes[0]), (2, homes[1])):
        told = {"started_utc": f"2026-11-0{day}T00:00:00Z", "case_folder": str(home)}
        write_standin(out / "demo" / home.name, manifest=told, case="demo")
    assert find_run(str(homes[0]), out).folder.name == "q1"
    assert find_run(str(homes[1]), out).folder.name == "q2"
    assert find_run("demo", out).folder.name == "q2"
    with pytest.raises(RunError, match=r"^No run was made from .*q3; those of demo were made from "
                       r".*q2, .*q1\. Next: planner run .*q3$"):  # fmt: skip
        find_run(str(homes[2]), out)
    shutil.rmtree(homes[0])  # moved: its runs are found by the name
    assert find_run(str(homes[2]), out).folder.name == "q1"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_case(tmp_path / "case")
    return tmp_path


def newest() -> Path:
    return find_runs(Path("outputs"))[0].folder


@pytest.mark.slow
def test_a_what_if_is_told_everywhere_and_applied(here: Path, capsys: Capture) -> None:
    """From a question to the plan: asked, shown, not approved, applied, planned, approved."""
    assert main(["run", "case", "--quiet"]) == 0
    plan = newest()
    assert main(["run", "case", "--set", CHANGE]) == 0
    asked_run = newest()
    said = capsys.readouterr()
    assert f"what-if {CHANGE}: not the plan of the case" in " ".join(said.out.split())
    assert f"Next: make it the plan: planner apply {asked_run}" in said.err
    assert (asked_run / "summary.md").read_text().splitlines()[4].startswith("| what-if | demand")
    page = (asked_run / "report.html").read_text()
    assert f'<p class="kind asis">What-if, not the plan of the case: {CHANGE}</p>' in page
    assert '<p class="kind">Capacity plan</p>' in (plan / "report.html").read_text()
    assert "what-if: demand.chat" in Path("outputs/index.html").read_text()

    assert main(["ls"]) == 0
    assert f"what-if: {CHANGE}" in capsys.readouterr().out
    assert main(["ls", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    mark = {"set": [CHANGE], "relax": [], "given": []}
    assert [run["what_if"] for run in listed] == [mark, None]
    assert main(["show", "--json"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["folder"] == str(plan)
    assert f"the newest run that is no what-if (1 newer: {asked_run})" in shown.err
    assert main(["show", str(asked_run), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["what_if"] == mark
    assert main(["verify", str(asked_run)]) == 0

    assert main(["approve", str(asked_run), "--by", "me"]) == 7
    assert f"planner apply {asked_run}" in capsys.readouterr().err
    before = {path.name: path.read_bytes() for path in Path("case").glob("*.*")}
    assert main(["apply", str(asked_run), "--dry-run"]) == 0
    assert "demand.csv    2  output_mtok  100000  50000" in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in Path("case").glob("*.*")} == before
    assert main(["apply", str(asked_run), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["applied"]
    assert len(told["changes"]) == 4
    changed = {p.name for p in Path("case").glob("*.*") if p.read_bytes() != before[p.name]}
    assert changed == {"demand.csv"}

    assert main(["run", "case", "--quiet"]) == 0
    after = newest()
    assert read_plan(after)["objective_usd"] == read_plan(asked_run)["objective_usd"]
    assert (after / "buy_plan.csv").read_bytes() == (asked_run / "buy_plan.csv").read_bytes()
    assert main(["approve", "case", "--by", "me"]) == 0
    capsys.readouterr()
    assert main(["apply", str(asked_run)]) == 7
    assert "demand.csv is different" in capsys.readouterr().err


@pytest.mark.slow
def test_what_cannot_be_applied(here: Path, capsys: Capture) -> None:
    assert main(["run", "case", "--quiet"]) == 0
    plan = newest()
    assert main(["apply", str(plan)]) == 2
    assert "is no what-if: it changes nothing" in capsys.readouterr().err
    assert main(["run", "case", "--quiet", "--relax", "power"]) == 0
    relaxed = newest()
    assert read_plan(relaxed)["what_if"] == {"set": [], "relax": ["power"], "given": []}
    assert main(["apply", str(relaxed)]) == 2
    assert "it changes no cell" in capsys.readouterr().err
    assert main(["verify", str(relaxed)]) == 0
    assert main(["diff", str(relaxed)]) == 0  # against the plan
    assert f"from  {plan}" in capsys.readouterr().out
    assert main(["apply"]) == 2
    assert main(["apply", "--finish", "case"]) == 0
    assert "Nothing was cut short" in capsys.readouterr().err
    assert WORKBOOK not in {path.name for path in Path("case").glob("*.*")}
