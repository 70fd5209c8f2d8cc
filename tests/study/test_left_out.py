"""What an earlier run's inputs said and the case says no more."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from planner.cli import main
from planner.pipeline import run
from planner.report.markdown import markdown
from planner.study.diff import compare
from planner.study.diff_told import as_data, document
from planner.study.left_out import left_out, texts_of

ROOT = Path(__file__).resolve().parents[2]
COOLING = "cooling of chips.csv is not there any more: a blank means air"
LIQUID = "liquid_mw of power.csv is not there any more: a blank means all of it"


def without(folder: Path, table: str, column: str) -> None:
    """Drop a column of a table, or the rows of a measure."""
    path = folder / f"{table}.csv"
    lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    at = lines[0].index(column) if column in lines[0] else -1
    kept = [line for line in lines if at >= 0 or line[1] != column]
    rows = [[cell for i, cell in enumerate(line) if i != at or at < 0] for line in kept]
    path.write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")


def test_columns_measures_and_tables(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    shutil.copytree(ROOT / "inputs" / "power-bound", folder)
    before = texts_of(folder, ())
    assert left_out(before, before) == []
    without(folder, "chips", "cooling")
    without(folder, "power", "liquid_mw")
    (folder / "power_projects.csv").unlink()
    found = left_out(before, texts_of(folder, ()))
    assert COOLING in found
    assert LIQUID in found
    assert any(line.startswith("power_projects.csv is not there any more: ") for line in found)
    assert len(found) == 3
    assert left_out(texts_of(folder, ()), before) == []  # what is new is no loss


def test_what_said_what_a_blank_says_is_not_missed(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    shutil.copytree(ROOT / "inputs" / "quickstart", folder)
    set_ = ["chips.*.cooling=air", "chips.*.annual_attrition=0", "chips.*.note=x"]
    before = texts_of(folder, set_[:1] + set_[2:])
    for column in ("cooling", "note"):
        without(folder, "chips", column)
    assert left_out(before, texts_of(folder, ())) == []


def test_a_share_that_changes_sides_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    shutil.copytree(ROOT / "inputs" / "frontier-lab", folder)
    before, path = texts_of(folder, ()), folder / "limits.csv"
    path.write_text(path.read_text().replace("spend,,,0.92,", "spend,0.92,,,"), encoding="utf-8")
    assert left_out(before, texts_of(folder, ())) == [
        "max_share of limits.csv is not there any more: a blank means none",
        "nvidia-concentration of limits.csv has 0.92 as min_share now, and had it as max_share",
    ]
    path.write_text(path.read_text().replace("0.92", "0.9"), encoding="utf-8")
    assert len(left_out(before, texts_of(folder, ()))) == 1  # another figure is another limit


@pytest.mark.slow
def test_diff_and_check_tell_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "inputs" / "quickstart", tmp_path / "case")
    first = run("case").folder
    assert main(["check", "case"]) == 0
    assert "remark" not in capsys.readouterr().err
    without(tmp_path / "case", "chips", "cooling")
    assert main(["check", "--strict", "case"]) == 0  # a remark is no warning
    assert f"remark   {COOLING} (it is in {first})" in capsys.readouterr().err
    assert main(["check", "--json", "case"]) == 0
    assert json.loads(capsys.readouterr().out)["left_out"] == [COOLING]
    assert main(["check", "--out", "elsewhere", "case"]) == 0
    assert "remark" not in capsys.readouterr().err
    second = run("case").folder
    assert first is not None
    assert second is not None
    found = compare(first, second)
    assert as_data(found)["left_out"] == [COOLING]
    assert COOLING in markdown(document(found)).replace("\\", "")
    assert compare(second, first).left_out == ()
