"""Damaged runs: told with what is wrong, exit 6, and no other run, list or later run minds."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest

from planner.cli import main
from planner.runs.find import find_runs
from planner.runs.verify import verify
from tests.runs import damage

ROOT = Path(__file__).parents[2]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with a good run, an approved one, and one of a case without a plan."""
    out = tmp_path_factory.mktemp("made") / "outputs"
    case = str(ROOT / "inputs" / "quickstart")
    assert main(["run", case, "--out", str(out), "--quiet"]) == 0
    run = next((out / "quickstart").iterdir())
    assert main(["approve", str(run), "--by", "me", "--out", str(out)]) == 0
    threefold = ["--set", "demand.chat.*.output_mtok*=3"]
    assert main(["run", case, *threefold, "--out", str(out), "--quiet"]) == 4
    return out


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "outputs")
    return tmp_path / "outputs"


def with_plan(out: Path) -> Path:
    return next(run.folder for run in find_runs(out) if run.status == "optimal")


def without_plan(out: Path) -> Path:
    return next(run.folder for run in find_runs(out) if run.status == "infeasible")


def edit(run: Path, name: str, *place: Any, value: Any = None, gone: bool = False) -> None:
    path = run / name
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(damage.changed(document, place, value, gone=gone)), "utf-8")


def objective(run: Path) -> None:
    edit(run, "plan.json", "objective_usd", value="x")


def no_files(run: Path) -> None:
    edit(run, "manifest.json", "files", gone=True)


def one_byte(run: Path) -> None:
    content = bytearray((run / "solution.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (run / "solution.npz").write_bytes(content)


def no_manifest(run: Path) -> None:
    (run / "manifest.json").unlink()


def no_plan_json(run: Path) -> None:
    (run / "plan.json").unlink()


def empty_table(run: Path) -> None:
    (run / "costs.csv").write_text("")


def cut_table(run: Path) -> None:
    text = (run / "buy_plan.csv").read_text()
    (run / "buy_plan.csv").write_text(text[: len(text) // 2])


def approval(run: Path) -> None:
    edit(run, "approval.json", "approved_utc", value=[1])


def deep(run: Path) -> None:
    (run / "plan.json").write_text("[" * 100_000)


def nothing_left(run: Path) -> None:
    for path in run.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (run / "plan.json").touch()


def folder_for_file(run: Path) -> None:
    (run / "prices.csv").unlink()
    (run / "prices.csv").mkdir()


HARMS = (
    (objective, 'plan.json: objective_usd: "x" is not a number'),
    (no_files, "manifest.json: files is missing"),
    (one_byte, "solution.npz was changed after the run"),
    (no_manifest, "manifest.json is missing"),
    (no_plan_json, "plan.json is missing"),
    (empty_table, "costs.csv was changed after the run"),
    (cut_table, "buy_plan.csv was changed after the run"),
    (approval, "approval.json: approved_utc: [1] is not a text"),
    (deep, "plan.json is nested too deeply"),
    (nothing_left, "plan.json is not a JSON document"),
    (folder_for_file, "prices.csv is missing"),
)


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("harm", "told"), HARMS)
def test_a_damaged_run_fails_with_what_is_wrong(
    out: Path, capsys: Capture, harm: Any, told: str
) -> None:
    run = with_plan(out)
    harm(run)
    assert main(["verify", str(run), "--out", str(out)]) == 6
    text, err = capsys.readouterr()
    assert told in text
    assert "internal error" not in err


@pytest.mark.slow
def test_damaged_runs_keep_no_other_from_being_made_and_listed(
    out: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    good, other = with_plan(out), without_plan(out)
    for number, (harm, _) in enumerate(HARMS):
        harm(shutil.copytree(good, good.with_name(f"{good.name}-{number + 2}")))
    assert main(["run", "inputs/quickstart", "--out", str(out), "--quiet"]) == 0
    assert len(find_runs(out)) == 3 + len(HARMS)
    page = (out / "index.html").read_text(encoding="utf-8")
    assert page.count("<tr>") == 1 + 3 + len(HARMS)
    assert page.count("<td>damaged: ") == 6  # of the others, tables or the approval are harmed
    capsys.readouterr()
    assert main(["ls", "--out", str(out)]) == 0
    text, err = capsys.readouterr()
    assert text.count("  damaged ") == 6 and "internal error" not in err
    assert main(["verify", str(other), "--out", str(out)]) == 0


COMMANDS = (
    ["verify", "RUN"],
    ["show", "RUN"],
    ["show", "RUN", "--json"],
    ["ls"],
    ["explain", "RUN", "line", "buy-blackwell@home@2027Q1"],
    ["report", "RUN"],
    ["approve", "RUN", "--by", "me"],
    ["diff", "RUN", "OTHER"],
)


def judge(arguments: list[str], capsys: Capture, what: str) -> int:
    """Run a command on a damaged run: it ends in a sentence, whatever it is."""
    code = main(arguments)
    text, err = capsys.readouterr()
    told = f"{what}: {' '.join(arguments)} -> {code}\n{text[-500:]}\n{err[-1500:]}"
    assert code in (0, 2, 4, 6, 7, 1 if "The machine refused" in err else 0), told
    assert "internal error" not in err and "Traceback" not in err, told
    assert (text + err).replace("\n", "").isprintable(), told
    return code


def harm_at_random(run: Path, random: Random) -> str:
    """Damage a random file of a run; return what was done."""
    path = random.choice(sorted(p for p in run.rglob("*") if p.is_file()))
    name = path.relative_to(run).as_posix()
    kind = random.randrange(4)
    if kind == 0:
        path.unlink()
    elif kind == 1 or path.suffix not in (".json", ".csv"):
        path.write_bytes(damage.of_bytes(path, random))
    elif path.suffix == ".json":
        path.write_text(damage.of_document(path, random), "utf-8")
    else:
        path.write_text(damage.of_table(path, random), "utf-8")
    return f"{name} by kind {kind}"


def fuzz(made: Path, tmp_path: Path, capsys: Capture, seeds: range, commands: Any) -> int:
    """Damage a run once per seed and run commands on it; return how many verified none the less."""
    held = 0
    for seed in seeds:
        random = Random(seed)
        out = tmp_path / f"{seed}"
        shutil.copytree(made, out)
        run, other = with_plan(out), without_plan(out)
        if seed % 3 == 0:
            run, other = other, run
        done = f"seed {seed}, {harm_at_random(run, random)}"
        if random.random() < 0.5:
            damage.refit(run)
            done += ", manifest made to fit"
        for command in commands:
            names = {"RUN": str(run), "OTHER": str(other)}
            arguments = [*(names.get(word, word) for word in command), "--out", str(out)]
            code = judge(arguments, capsys, done)
            held += command[0] == "verify" and code == 0
        assert len(find_runs(out)) == 2 or not any(
            (run / name).exists() for name in ("plan.json", "manifest.json")
        ), done
        shutil.rmtree(out)
    return held


@pytest.mark.slow
def test_damage_of_any_kind_ends_in_a_sentence(
    made: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    fuzz(made, tmp_path, capsys, range(6), [COMMANDS[0], COMMANDS[1], COMMANDS[3]])


@pytest.mark.full
def test_damage_of_any_kind_ends_in_a_sentence_in_every_command(
    made: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    fuzz(made, tmp_path, capsys, range(100, 300), COMMANDS)


@pytest.mark.slow
def test_a_document_with_another_value_anywhere_is_no_surprise(made: Path, tmp_path: Path) -> None:
    """Every place of plan.json and manifest.json, each with a wrong value: read, or told."""
    run = tmp_path / "outputs" / "quickstart" / with_plan(made).name
    shutil.copytree(with_plan(made), run)
    for name in ("plan.json", "manifest.json", "approval.json"):
        text = (run / name).read_text(encoding="utf-8")
        document = json.loads(text)
        for number, place in enumerate(damage.places(document)):
            value = damage.VALUES[number % len(damage.VALUES)]
            changed = damage.changed(document, place, value, gone=number % 5 == 0)
            (run / name).write_text(json.dumps(changed), encoding="utf-8")
            assert len(find_runs(tmp_path / "outputs")) == 1, (name, place, value)
        (run / name).write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_inputs_that_are_not_those_that_were_planned_are_told(out: Path) -> None:
    """A note in an input changes no figure, and the manifest is made to fit: still not the run."""
    run = with_plan(out)
    path = run / "inputs" / "chips.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("round numbers", "other"), "utf-8")
    damage.refit(run)
    edit(
        run,
        "manifest.json",
        "inputs",
        "chips.csv",
        value=damage.hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    found = {finding.what.partition(":")[0]: finding for finding in verify(run)}
    assert found["files"].ok
    assert found["inputs"].detail == "their SHA-256 is not inputs_sha256 of plan.json"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["report.html", "plan.xlsx", "summary.md", "case.effective.yaml"])
def test_a_document_that_shows_something_else_is_told(
    out: Path, capsys: Capture, name: str
) -> None:
    run = with_plan(out)
    path = run / name
    if name == "plan.xlsx":
        path.write_bytes(path.read_bytes() + b" ")
    else:
        path.write_text(path.read_text(encoding="utf-8") + "\n ", encoding="utf-8")
    damage.refit(run)
    capsys.readouterr()
    assert main(["verify", str(run)]) == 6
    text = capsys.readouterr().out
    assert f"{name} is not what the run makes of its files" in text
    failed = {line.split()[1] for line in text.splitlines() if line.startswith("FAILED")}
    assert failed <= {"approval:", "documents:"}  # the approval is of a plan with another summary


def test_what_cannot_be_read_is_told(out: Path) -> None:
    if os.getuid() == 0:
        pytest.skip("rights do not bind this user")
    run = with_plan(out)
    (run / "costs.csv").chmod(0)
    assert any("costs.csv cannot be read" in finding.detail for finding in verify(run))
