"""Names of files and keys, cells and texts of a run folder and of inputs are printed harmlessly by
every command: no control character reaches a terminal, and no name makes a line of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.cli import main
from tests.runs.damage import refit

ROOT = Path(__file__).parents[2]
EVIL = "a\x1b[31mRED\x07\u202e\x9b2J\nok    audit: 137 checks\rok  "
"""Colour, bell, right to left, a control sequence of eight bits, a line of its own, and one over
the present one."""
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good run and one without a plan."""
    out = tmp_path_factory.mktemp("made") / "outputs"
    case = str(ROOT / "inputs" / "quickstart")
    assert main(["run", case, "--out", str(out), "--quiet"]) == 0
    threefold = ["--set", "demand.chat.*.output_mtok*=3"]
    assert main(["run", case, *threefold, "--out", str(out), "--quiet"]) == 4
    return out


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "outputs"))


def runs(out: Path) -> tuple[Path, Path]:
    """The run with a plan, and the one without."""
    first, second = sorted((out / "quickstart").iterdir(), key=lambda run: len(list(run.iterdir())))
    return second, first


def edited(run: Path, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads((run / name).read_text(encoding="utf-8"))
    change(document)
    (run / name).write_text(json.dumps(document), encoding="utf-8")


def a_file(run: Path) -> None:
    (run / EVIL).write_text("")


def a_missing_file(run: Path) -> None:
    edited(run, "manifest.json", lambda document: document["files"].update({EVIL: {}}))


def keys(run: Path) -> None:
    edited(run, "plan.json", lambda document: document["totals"].update({EVIL: EVIL}))
    edited(run, "plan.json", lambda d: d["totals"]["discounted_usd_by_term"].update({EVIL: EVIL}))


def key_names(run: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        document["totals"]["worst_served"] |= {EVIL: 0.5}
        document["totals"]["discounted_usd_by_term"] |= {EVIL: 0.5}
        document["proof"] = {
            "faults": [EVIL],
            "audit": {
                "ok": False,
                "checks": 1,
                "failed": [{"check": EVIL, "where": EVIL, "limit": EVIL}],
            },
        }

    edited(run, "plan.json", change)


def texts(run: Path) -> None:
    edited(
        run, "plan.json", lambda d: d.update(case=EVIL, description=EVIL, overrides=[EVIL, EVIL])
    )
    edited(run, "manifest.json", lambda d: d.update(started_utc=EVIL, case_folder=EVIL))
    edited(run, "manifest.json", lambda d: d["versions"].update(planner=EVIL, highspy=EVIL))
    edited(run, "manifest.json", lambda d: d["inputs"].update({EVIL: EVIL}))


def status(run: Path) -> None:
    edited(run, "plan.json", lambda document: document.update(status=EVIL))
    edited(run, "plan.json", lambda document: document["horizon"].update(first=EVIL))


def cells(run: Path) -> None:
    header, *rows = (run / "buy_plan.csv").read_text(encoding="utf-8").splitlines()
    rows = [row.replace("blackwell", f"blackwell{EVIL}") for row in rows]
    lines = ['"' + row.replace(",", '","') + '"' for row in rows]
    (run / "buy_plan.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")


def header(run: Path) -> None:
    text = (run / "costs.csv").read_text(encoding="utf-8")
    (run / "costs.csv").write_text(text.replace("term", f'"{EVIL}"', 1), encoding="utf-8")


def approval(run: Path) -> None:
    document = {
        "format_version": 2,
        "by": EVIL,
        "note": EVIL,
        "approved_utc": EVIL,
        "case": EVIL,
        "objective_usd": 1.0,
        "plan_sha256": EVIL,
    }
    (run / "approval.json").write_text(json.dumps(document), encoding="utf-8")


def inputs(run: Path) -> None:
    path = run / "inputs" / "chips.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("blackwell", f'"{EVIL}"').replace("note", f'"{EVIL}"'), "utf-8")


def overrides(run: Path) -> None:
    (run / "inputs" / "overrides.txt").write_text(EVIL, encoding="utf-8")


def an_input_file(run: Path) -> None:
    (run / "inputs" / f"{EVIL}.csv").write_text(EVIL)


def diagnosis(run: Path) -> None:
    def change(document: Any) -> None:
        if isinstance(document, dict):
            for key, value in document.items():
                if isinstance(value, str):
                    document[key] = EVIL
                else:
                    change(value)
        elif isinstance(document, list):
            for value in document:
                change(value)

    if (run / "diagnosis.json").is_file():
        edited(run, "diagnosis.json", change)


HARMS = (
    a_file,
    a_missing_file,
    keys,
    key_names,
    texts,
    status,
    cells,
    header,
    approval,
    inputs,
    overrides,
    an_input_file,
    diagnosis,
)
COMMANDS = (
    ["verify", "RUN"],
    ["verify", "RUN", "--json"],
    ["show", "RUN"],
    ["show", "RUN", "--json"],
    ["ls"],
    ["ls", "--json"],
    ["explain", "RUN", "line", "buy-blackwell@home@2027Q1"],
    ["explain", "RUN", "infeasible"],
    ["diff", "RUN", "OTHER"],
    ["diff", "OTHER", "RUN", "--md"],
    ["report", "RUN"],
    ["approve", "RUN", "--by", EVIL],
)


def judge(arguments: list[str], capsys: Capture) -> None:
    main(arguments)
    for text in capsys.readouterr():
        assert text.replace("\n", "").isprintable(), (arguments, text)
        assert not any(line.startswith("ok    audit: 137") for line in text.splitlines()), text
        assert "internal error" not in text, (arguments, text)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("harm", [a_file, key_names, approval])
def test_a_hostile_run_forges_no_line(
    out: Path, capsys: Capture, harm: Callable[[Path], None]
) -> None:
    run = runs(out)[0]
    harm(run)
    refit(run)
    for command in (
        ["verify", str(run)],
        ["show", str(run)],
        ["ls"],
        ["approve", str(run), "--by", EVIL],
    ):
        judge([*command, "--out", str(out)], capsys)


@pytest.mark.full
@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("planned", [True, False])
def test_a_hostile_run_forges_no_line_in_any_command(
    out: Path, capsys: Capture, harm: Callable[[Path], None], planned: bool
) -> None:
    judge_all(out, capsys, harm, planned)


def judge_all(out: Path, capsys: Capture, harm: Callable[[Path], None], planned: bool) -> None:
    run = runs(out)[0 if planned else 1]
    other = Path(shutil.copytree(runs(out)[0], out / "quickstart" / "other"))
    try:
        harm(run)
    except (KeyError, FileNotFoundError):
        pytest.skip("a run without a plan has no such key or table")
    refit(run)
    for command in COMMANDS:
        names = {"RUN": str(run), "OTHER": str(other)}
        arguments = [*(names.get(word, word) for word in command), "--out", str(out)]
        judge(arguments, capsys)


@pytest.mark.slow
def test_a_hostile_folder_forges_no_line(out: Path, capsys: Capture) -> None:
    run = runs(out)[0]
    evil = run.with_name(EVIL.replace("/", ""))
    run.rename(evil)
    for arguments in (["ls"], ["verify", str(evil)], ["show", str(evil)], ["report", str(evil)]):
        judge([*arguments, "--out", str(out)], capsys)
    judge(["show", "nothing", "--out", str(out)], capsys)
    (evil / "plan.json").unlink()
    for arguments in (["ls"], ["verify", str(evil)], ["show", str(evil)], ["report", str(evil)]):
        judge([*arguments, "--out", str(out)], capsys)


@pytest.mark.slow
@pytest.mark.parametrize("name", [EVIL, "\udcff\udcfe"])
def test_a_hostile_case_forges_no_line(tmp_path: Path, capsys: Capture, name: str) -> None:
    folder = tmp_path / name
    shutil.copytree(ROOT / "inputs" / "quickstart", folder)
    out = str(tmp_path / "outputs")
    for command in (
        ["check", str(folder)],
        ["catalog", str(folder)],
        ["run", str(folder), "--out", out],
        ["run", str(folder), "--out", out, "--set", f"{EVIL}=1"],
        ["run", str(folder), "--out", out, "--solver", EVIL],
        ["export", str(folder), str(tmp_path / f"{name}.mps")],
        ["show", "--out", out],
        ["ls", "--out", out],
        ["init", str(folder)],
        ["init", str(tmp_path / f"{name}-2")],
        ["check", str(tmp_path / f"{name}-3")],
        [EVIL],
        ["show", "--out", out, EVIL],
    ):
        judge(command, capsys)
    (folder / "demand.csv").write_text(f'workload,period,"{EVIL}"\nchat,"{EVIL}",1\n')
    (folder / f"{EVIL}.csv").write_text("")
    for command in (["check", str(folder)], ["run", str(folder), "--out", out]):
        judge(command, capsys)
