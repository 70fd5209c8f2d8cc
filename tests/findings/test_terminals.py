"""Terminals that cannot show every character, are cut off or closed: the plan is written, and told
as well as they can."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from planner.pipeline import run as run_case
from planner.runs.folder import changed_files
from planner.runs.read import read_manifest

ROOT = Path(__file__).parents[2]
QUICKSTART = ROOT / "inputs" / "quickstart"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="another shell there")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """The quickstart case, of which a name needs more than Latin-1."""
    shutil.copytree(QUICKSTART, tmp_path / "case")
    for path in (tmp_path / "case").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("home", "東京-Zürich"), encoding="utf-8")
    return tmp_path / "case"


def shell(script: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of bash in which ``planner`` is ours."""
    ours = f'planner() {{ "{sys.executable}" -m planner "$@"; }}; {script}'
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run(
        ["bash", "-c", ours], capture_output=True, cwd=cwd, env=surroundings, check=False
    )


def written(folder: Path) -> int:
    return len(list((folder / "outputs").glob("*/*/plan.json")))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_an_encoding_without_the_character_degrades_it(case: Path, encoding: str) -> None:
    done = shell("planner run case --no-resolve", case.parent, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode(encoding)
    assert "\\u6771\\u4eac-Z" in text and "optimal and proven" in text
    assert written(case.parent) == 1
    shown = shell("planner show --json", case.parent, PYTHONIOENCODING=encoding)
    assert json.loads(shown.stdout.decode(encoding))["case"] == "quickstart"
    again = shell("planner ls; planner verify quickstart", case.parent, PYTHONIOENCODING=encoding)
    assert again.returncode == 0 and b"internal error" not in again.stderr


@pytest.mark.slow
def test_a_plain_locale_is_no_trouble(case: Path) -> None:
    done = shell("planner run case --no-resolve", case.parent, LC_ALL="C", LANG="C", PYTHONUTF8="0")
    assert (done.returncode, written(case.parent)) == (0, 1), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "script",
    [
        pytest.param(
            "planner run case --no-resolve | head -1; exit ${PIPESTATUS[0]}", marks=pytest.mark.full
        ),
        "planner run case --no-resolve 2>&1 | head -1; exit ${PIPESTATUS[0]}",
        pytest.param(
            "planner run case --no-resolve 2>&1 | true; exit ${PIPESTATUS[0]}",
            marks=pytest.mark.full,
        ),
        "planner run case --no-resolve --json | true; exit ${PIPESTATUS[0]}",
        pytest.param(
            "planner run case --no-resolve --quiet | true; exit ${PIPESTATUS[0]}",
            marks=pytest.mark.full,
        ),
        "planner run case --no-resolve >&-",
        pytest.param("planner run case --no-resolve --json >&-", marks=pytest.mark.full),
        "planner run case --no-resolve 2>&-",
        "planner run case --no-resolve >&- 2>&- <&-",
    ],
)
def test_a_run_is_written_whoever_reads_along(case: Path, script: str) -> None:
    done = shell(script, case.parent)
    assert (done.returncode, written(case.parent)) == (0, 1), done.stderr
    assert b"Traceback" not in done.stderr and b"BrokenPipe" not in done.stderr
    run = next((case.parent / "outputs").glob("*/*/"))
    assert changed_files(run, read_manifest(run)) == []  # nothing was printed into them


@pytest.mark.sampled(2)
@pytest.mark.parametrize("script", ["planner verify RUN | true", "planner verify RUN >&-"])
def test_a_verdict_is_the_exit_code_whoever_reads_along(case: Path, script: str) -> None:
    run = run_case(case, out=case.parent / "outputs").folder
    assert run is not None
    (run / "costs.csv").write_text("")
    script = f"{script.replace('RUN', str(run))}; exit ${{PIPESTATUS[0]}}"
    assert shell(script, case.parent).returncode == 6


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_a_full_disk_behind_stdout_is_told(case: Path) -> None:
    done = shell("planner run case --no-resolve --quiet > /dev/full", case.parent)
    assert (done.returncode, written(case.parent)) == (1, 1)
    assert b"The disk is full" in done.stderr
