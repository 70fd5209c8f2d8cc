"""The list of all runs never takes the place of what somebody else put there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner.cli import main
from planner.report.index import write_index
from planner.runs.folder import safe_name

ROOT = Path(__file__).parents[2]
V1 = ROOT / "tests" / "runs" / "v1"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output folder with a run of the first version."""
    shutil.copytree(V1 / "share", tmp_path / "outputs" / "share")
    return tmp_path / "outputs"


def test_a_page_of_somebody_else_stays(out: Path) -> None:
    (out / "index.html").write_text("<title>My home page</title>")
    assert write_index(out) == out / "planner-index.html"
    assert (out / "index.html").read_text() == "<title>My home page</title>"
    assert write_index(out) == out / "planner-index.html"  # that one is ours, and written again


def test_a_list_of_ours_is_written_again(out: Path) -> None:
    shutil.copy(V1 / "index.html", out / "index.html")  # of the first version
    assert write_index(out) == out / "index.html"
    assert write_index(out) == out / "index.html"


def test_a_link_is_somebody_elses(out: Path, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("mine")
    (out / "index.html").symlink_to(tmp_path / "page.html")
    assert write_index(out) == out / "planner-index.html"
    assert (out / "index.html").is_symlink() and (tmp_path / "page.html").read_text() == "mine"


@pytest.mark.slow
def test_where_both_names_are_taken_the_run_is_written_and_that_told(
    out: Path, capsys: Capture
) -> None:
    for name in ("index.html", "planner-index.html"):
        (out / name).mkdir()
    assert main(["run", str(ROOT / "inputs" / "quickstart"), "--out", str(out)]) == 0
    assert "is not written: files of others are there" in capsys.readouterr().err
    assert not any((out / name).is_file() for name in ("index.html", "planner-index.html"))


@pytest.mark.parametrize("name", ["index.html", "INDEX.HTML", "planner-index.html"])
def test_a_case_called_like_the_list_has_a_folder_of_its_own(name: str) -> None:
    assert safe_name(name) == f"case-{name}"


@pytest.mark.slow
def test_a_case_called_index_html_runs_twice(tmp_path: Path, capsys: Capture) -> None:
    shutil.copytree(ROOT / "inputs" / "quickstart", tmp_path / "case")
    settings = tmp_path / "case" / "case.yaml"
    settings.write_text(settings.read_text().replace("name: quickstart", "name: index.html"))
    for _ in range(2):
        arguments = ["run", str(tmp_path / "case"), "--out", str(tmp_path / "o"), "--quiet"]
        assert main(arguments) == 0, capsys.readouterr().err
    assert len(list((tmp_path / "o" / "case-index.html").iterdir())) == 2
    assert (tmp_path / "o" / "index.html").is_file()
    capsys.readouterr()
    assert main(["show", "index.html", "--out", str(tmp_path / "o")]) == 0
