"""What the second best place of a run costs, by solving again: the plan, the page and the answer
tell it."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.pipeline import run
from planner.runs.read import read_plan
from planner.runs.verify import verify
from planner.study.explain import explain
from tests.helpers import write_case
from tests.model.small import settings
from tests.model.test_fabric_choice import case_of, run_of

pytestmark = pytest.mark.drawn


@pytest.mark.slow
def test_the_runner_up_is_told(tmp_path: Path) -> None:
    """Eight chips of b at home are 480 USD; the best away are 8 x 80, the best of a 8 x 90."""
    rows = case_of(run_of(), mw=0.02)
    told = settings(run={"whole_gap": 1e-9})
    result = run(write_case(tmp_path / "case", rows, told), out=tmp_path)
    assert result.status == "optimal", result.message
    assert result.folder is not None
    choices = {one["axis"]: one for one in read_plan(result.folder)["whole"]["choices"]}
    assert choices["site"] == {
        "milestone": "run",
        "axis": "site",
        "chosen": "home",
        "runner_up": "away",
        "runner_up_usd": 160.0,
    }
    assert choices["chip"]["chosen"] == "b"
    assert choices["chip"]["runner_up_usd"] == 240.0
    answer = explain(result.folder, ["milestone", "run"])
    assert answer.data["choices"] == list(choices.values())
    words = "at home, as the plan chose; away, the runner-up, costs"
    assert any(words in value for _, value in answer.facts)
    for page in ("summary.md", "report.html"):
        assert words in (result.folder / page).read_text(encoding="utf-8")
    assert all(finding.ok for finding in verify(result.folder))


@pytest.mark.slow
def test_a_run_with_no_other_place_says_so(tmp_path: Path) -> None:
    """Power away is enough for two of the eight chips of type b."""
    rows = case_of(run_of(chips="b"), mw=0.02)
    for row in rows["power"]:
        row["mw"] = "0.004" if row["site"] == "away" else row["mw"]
    result = run(write_case(tmp_path / "case", rows, settings()), out=tmp_path)
    assert result.folder is not None
    (choice,) = read_plan(result.folder)["whole"]["choices"]
    assert (choice["chosen"], choice["runner_up"]) == ("home", "")
    assert choice["runner_up_usd"] is None
