"""Damaged runs carried on: roll and apply take nothing from a run that is not as it was written,
and leave the case alone; a history of them ends in a sentence."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from planner.cli import main
from planner.runs.approval import RENDERED
from planner.runs.find import find_runs
from planner.runs.folder import file_hash, files_of
from tests.fuzz.mutant import ROOT
from tests.runs import damage
from tests.runs.test_damage import harm_at_random, judge

Capture = pytest.CaptureFixture[str]
CHANGES = (
    "demand.chat.*.output_mtok*=0.99",
    "chips.*.kw_peak*=0.99",
    "sites.home.pue=1.24",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of quickstart, an approved run of it of which a line was refused, and a
    what-if that changes three of its tables."""
    home = tmp_path_factory.mktemp("carried")
    case, out = home / "case", str(home / "outputs")
    shutil.copytree(ROOT / "inputs" / "quickstart", case)
    assert main(["run", str(case), "--out", out, "--quiet"]) == 0
    lines = home / "decided.csv"
    line = "buy-blackwell@home@2027Q1"
    lines.write_text(f"line,decision,chips,reason\n{line},refused,,too dear\n")
    approve = ["approve", "quickstart", "--by", "me", "--out", out, "--lines", str(lines)]
    assert main(approve) == 0
    sets = [word for text in CHANGES for word in ("--set", text)]
    assert main(["run", str(case), *sets, "--out", out, "--quiet"]) == 0
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A copy of it, and where the case was is nothing any more: runs name it by ``--case``."""
    return Path(shutil.copytree(made, tmp_path / "home"))


def approved(home: Path) -> Path:
    return next(run.folder for run in find_runs(home / "outputs") if run.what_if is None)


def what_if(home: Path) -> Path:
    return next(run.folder for run in find_runs(home / "outputs") if run.what_if is not None)


def contents(case: Path) -> dict[str, bytes]:
    files = (path for path in case.rglob("*") if path.is_file())
    return {path.relative_to(case).as_posix(): path.read_bytes() for path in files}


def hashed(run: Path) -> dict[str, str]:
    """SHA-256 of the files of a run that its manifest lists."""
    return {name: file_hash(path) for name, path in files_of(run).items()}


def carried(home: Path, run: Path, capsys: Capture, what: str) -> dict[str, int]:
    """Carry a run on by every command that does; return their exit codes. What fails leaves
    nothing behind."""
    case, new = home / "case", home / "next"
    before, codes = contents(case), {}
    for command in (
        ["roll", str(run), "--to", str(new)],
        ["apply", str(run), "--case", str(case)],
        ["history", "quickstart"],
    ):
        codes[command[0]] = judge([*command, "--out", str(home / "outputs")], capsys, what)
        if command[0] == "roll":
            assert new.exists() == (codes["roll"] == 0), what
        elif command[0] == "apply" and codes["apply"] != 0:
            assert contents(case) == before, what
    return codes


def test_of_a_changed_input_nothing_is_carried_on(made: Path, home: Path, capsys: Capture) -> None:
    """Half of the fleet, in the inputs of the run alone, with its case gone: 120 chips are held,
    and a roll that says 60 was wrong."""
    run = approved(home)
    path = run / "inputs" / "fleet.csv"
    path.write_text(path.read_text().replace(",120,", ",60,"))
    told = "inputs/fleet.csv was changed after the run"
    (made / "case").rename(made / "moved")
    try:
        assert main(["roll", str(run), "--to", str(home / "next")]) == 6
        assert told in capsys.readouterr().err
        damage.refit(run)
        assert main(["roll", str(run), "--to", str(home / "next")]) == 6
        assert "approval.json is of another plan" in capsys.readouterr().err
    finally:
        (made / "moved").rename(made / "case")
    assert not (home / "next").exists()


def test_of_other_overrides_nothing_is_applied(home: Path, capsys: Capture) -> None:
    """A tenth of the demand, written into the what-if wherever it says what it changes."""
    run, before = what_if(home), contents(home / "case")
    for name in ("plan.json", "manifest.json", "inputs/overrides.txt"):
        text = (run / name).read_text(encoding="utf-8")
        (run / name).write_text(text.replace("=0.99", "=0.1"), encoding="utf-8")
    assert main(["apply", str(run), "--case", str(home / "case")]) == 6
    assert "plan.json was changed after the run" in capsys.readouterr().err
    assert contents(home / "case") == before


def fuzz(made: Path, tmp_path: Path, capsys: Capture, seeds: range) -> None:
    """Damage a run once a seed and carry it on: nothing is taken of it unless its files were made
    to fit, and of an approved one not even then."""
    for seed in seeds:
        draw = random.Random(seed)
        home = Path(shutil.copytree(made, tmp_path / f"{seed}"))
        run = approved(home) if seed % 2 else what_if(home)
        whole = hashed(run)
        done = f"seed {seed}, {harm_at_random(run, draw)}"
        same = whole == hashed(run)
        fits = draw.random() < 0.3
        if fits:
            damage.refit(run)
        codes = carried(home, run, capsys, done)
        if not same and not fits:
            assert codes["roll"] and codes["apply"], (done, codes)
        shown = {name for name in whole if whole[name] != hashed(run).get(name)} <= set(RENDERED)
        if not shown and seed % 2 and (run / "approval.json").exists():
            assert codes["roll"], (done, codes)
        shutil.rmtree(home)


@pytest.mark.slow
def test_a_damaged_run_is_not_carried_on(made: Path, tmp_path: Path, capsys: Capture) -> None:
    fuzz(made, tmp_path, capsys, range(8))


@pytest.mark.full
def test_two_hundred_damaged_runs_are_not_carried_on(
    made: Path, tmp_path: Path, capsys: Capture
) -> None:
    fuzz(made, tmp_path, capsys, range(100, 300))
