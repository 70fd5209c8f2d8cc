"""``planner throughput``: a preview, rows written into the user's own tables, and what it says
where it cannot."""

from __future__ import annotations

import csv
import shutil
import socket
from pathlib import Path

import pytest

from planner.case import read_case
from planner.cli import main
from planner.sizing import kernels

ROOT = Path(__file__).parents[2]
LAB = ROOT / "inputs" / "frontier-lab"
ASK = [
    "--model",
    "openai/gpt-oss-120b",
    "--tier",
    "interactive",
    "--isl",
    "8000",
    "--osl",
    "1000",
]


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case, with neither the extra nor a network."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr("planner.sizing.best.installed", lambda: False)
    monkeypatch.setattr(kernels, "installed", lambda: False)
    monkeypatch.setattr(kernels, "version", lambda: "")
    shutil.copytree(LAB, tmp_path / "lab")
    return tmp_path / "lab"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_preview_writes_nothing(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path.name: path.read_bytes() for path in lab.iterdir()}
    assert main(["throughput", str(lab), *ASK, "--chips", "h200,b200,gb200"]) == 0
    told = capsys.readouterr()
    assert "Would change" in told.out and "Nothing was written" in told.err
    assert "pip install 'planner[sizing]'" in told.err
    for words in ("h200", "measured", "gb200", "roofline"):
        assert words in told.out
    assert {path.name: path.read_bytes() for path in lab.iterdir()} == before


def test_rows_are_written_and_read(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = (lab / "throughput.csv").read_text().splitlines()
    command = ["throughput", str(lab), *ASK, "--chips", "h200,gb200", "--yes"]
    assert main(command) == 0
    new = (lab / "throughput.csv").read_text().splitlines()
    # the old rows stand as they were, with blanks in the columns that came
    assert [line.startswith(was) for was, line in zip(old, new, strict=False)] == [True] * len(old)
    added = rows(lab / "throughput.csv")[-2:]
    assert [row["chip"] for row in added] == ["h200", "gb200"]
    assert added[0]["source"].startswith("InferenceX")
    assert added[1]["source"].startswith("assumption:")
    for row in added:
        assert float(row["low"]) < float(row["output_tok_per_s"]) < float(row["high"])
        assert row["chips_per_replica"] == "1"
    assert rows(lab / "models.csv")[0]["params_b"] == "117"
    case = read_case(lab)
    assert not any(problem.severity == "error" for problem in case.warnings)
    capsys.readouterr()
    assert main(command) == 0  # and again: nothing is left to change
    assert "says all of this already" in capsys.readouterr().err


def test_a_row_that_is_there_is_changed_in_place(lab: Path) -> None:
    names = "titan"
    size = ["--params-b", "1000", "--active-b", "50", "--as", names]
    ask = ["--model", "titan-9", "--tier", "standard", "--isl", "2000", "--osl", "500"]
    before = rows(lab / "throughput.csv")
    assert main(["throughput", str(lab), *ask, *size, "--chips", "b200", "--yes"]) == 0
    after = rows(lab / "throughput.csv")
    assert len(after) == len(before)
    at = next(i for i, r in enumerate(before) if (r["model"], r["chip"]) == (names, "b200"))
    assert after[at]["kw_active"] == before[at]["kw_active"]
    assert after[at]["output_tok_per_s"] != before[at]["output_tok_per_s"]
    assert int(after[at]["chips_per_replica"]) >= 7  # 1000 GB in 0.9 x 180


def test_other_rows_of_the_model_get_the_chips_that_hold_it(lab: Path) -> None:
    """62 GB of weights: a TPU v6e of 32 GB holds 28.8, so three of them; blank would be one."""
    size = ["--as", "core", "--isl", "2000", "--osl", "500", "--tier", "interactive"]
    ask = ["throughput", str(lab), "--model", "gpt-oss-120b", *size, "--chips", "b200", "--yes"]
    assert main(ask) == 0
    held = {
        (row["tier"], row["chip"]): row["chips_per_replica"]
        for row in rows(lab / "throughput.csv")
        if row["model"] == "core"
    }
    assert {held[key] for key in held if key[1] == "tpu-v6e"} == {"3"}
    assert held["interactive", "b200"] == "1" and "" not in held.values()
    assert read_case(lab)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--chips", "h2000"], "h2000 is no chip of"),
        (["--model", "titan-9"], "Next: say how large it is with --params-b"),
        (["--tpot", "0"], "must be above 0"),
    ],
)
def test_what_it_says(
    lab: Path, more: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["throughput", str(lab), *ASK, *more]) == 2
    assert words in capsys.readouterr().err
