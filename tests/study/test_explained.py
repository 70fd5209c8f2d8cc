"""The page that answers, and approvals: recorded, shown, refused when the case has moved on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from planner.cli import main
from planner.runs.verify import verify
from planner.study.explained import write_explained

pytestmark = pytest.mark.drawn

ROOT = Path(__file__).parents[2]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "inputs" / "quickstart", "case")
    assert main(["run", "case", "--quiet"]) == 0
    return Path(capsys.readouterr().out.strip())


@pytest.mark.slow
def test_the_page_answers(folder: Path) -> None:
    page = write_explained(folder).read_text(encoding="utf-8")
    assert "without it the plan costs" in page or "without it there is no plan" in page
    assert "One Mtok of chat costs" in page and "its deadline" in page
    assert all(finding.ok for finding in verify(folder))  # the run itself is as it was


@pytest.mark.slow
def test_an_approval_is_recorded_and_shown(folder: Path, capsys: Capture) -> None:
    assert main(["approve", str(folder), "--by", "A. Planner", "--note", "as <agreed>"]) == 0
    assert "approved by A. Planner" in capsys.readouterr().out
    document = json.loads((folder / "approval.json").read_text(encoding="utf-8"))
    assert document["by"] == "A. Planner" and document["objective_usd"] == pytest.approx(
        1_070_072.0
    )
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "approved by A. Planner" in page and "as &lt;agreed&gt;" in page
    who = f"A. Planner, {document['approved_utc'][:10]}"  # below the head "approval"
    assert who in Path("outputs/index.html").read_text(encoding="utf-8")
    assert all(finding.ok for finding in verify(folder))
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert main(["report", str(folder)]) == 0  # page and workbook again: the same bytes
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_a_stale_plan_is_refused(folder: Path, capsys: Capture) -> None:
    table = Path("case/offers.csv")
    table.write_text(table.read_text(encoding="utf-8").replace("40000", "41000"), encoding="utf-8")
    assert main(["approve", str(folder), "--by", "me"]) == 7
    assert (
        "the case has changed since this plan was made: offers.csv is different"
        in capsys.readouterr().err
    )
    assert not (folder / "approval.json").exists()
    shutil.rmtree("case")
    assert main(["approve", str(folder), "--by", "me"]) == 7
    assert "not there any more" in capsys.readouterr().err


@pytest.mark.slow
def test_a_plan_that_was_changed_is_refused(folder: Path, capsys: Capture) -> None:
    (folder / "buy_plan.csv").write_text("nothing", encoding="utf-8")
    assert main(["approve", str(folder), "--by", "me"]) == 7
    assert "buy_plan.csv was changed after the run" in capsys.readouterr().err


@pytest.mark.slow
def test_the_last_approved_run_is_compared_with(folder: Path, capsys: Capture) -> None:
    assert main(["approve", str(folder), "--by", "me"]) == 0
    assert main(["run", "case", "--quiet", "--set", "offers.*.usd_per_chip*=1.1"]) == 0
    assert main(["run", "case", "--quiet", "--set", "offers.*.usd_per_chip*=1.2"]) == 0
    what_if = capsys.readouterr().out.splitlines()[-1]
    assert main(["diff", what_if, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["from"] == str(folder)
