"""What is kept of a state: every button is a command, run as it is shown."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.runs.approval import read_approval
from planner.runs.read import read_plan
from planner.runs.verify import verify
from planner.study.sweep import sweep
from planner.study.variants import read_variants
from tests.serve.served import TOKEN, Served, served, start

INPUTS = Path(__file__).parents[2] / "inputs"
UP = "demand~case~~~~x0.95"


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Served]:
    with served(home / "out") as found:
        yield found


def newest(server: Served) -> dict[str, Any]:
    return dict(server.ask("list", {})[1]["runs"][0])


def ended(server: Served, started: dict[str, Any]) -> dict[str, Any]:
    """Wait for a command."""
    for _ in range(1200):
        _, found = server.ask("job", {"job": started["job"]})
        if found["code"] is not None:
            return dict(found)
        time.sleep(0.1)
    raise AssertionError("the command does not end")


def test_a_state_becomes_a_variant_of_a_sweep(server: Served, home: Path) -> None:
    at = newest(server)["at"]
    question = {"at": at, "moves": [UP], "words": ["case.discount_rate=0.08"], "file": "v.csv"}
    status, first = server.ask("variant", {**question, "name": "less, at 8 %"})
    assert status == 200
    status, _ = server.ask("variant", {**question, "name": 'again "so"', "moves": []})
    assert status == 200
    found = read_variants(Path(first["file"]))
    assert [(one.name, one.overrides) for one in found] == [
        ("less, at 8 %", ("demand.*.*.output_mtok*=0.95", "case.discount_rate=0.08")),
        ('again "so"', ("case.discount_rate=0.08",)),
    ]
    assert Path(first["file"]).parent == home / "out" / at[0]
    assert shlex.split(first["command"])[:2] == ["planner", "sweep"]
    _, answer = server.ask("move", {**question, "page": "p", "number": 1})
    swept = sweep(home / "out" / Path(*at), Path(first["file"])).swept[0]
    assert answer["delta_usd"] == pytest.approx(swept.delta, abs=0.01)
    for wrong in ("v.txt", "../v.csv", "/tmp/v.csv", "", "a/b.csv", ".v.csv"):
        assert server.ask("variant", {**question, "name": "x", "file": wrong})[0] == 422
    assert server.ask("variant", {**question, "name": "less, at 8 %"})[0] == 422
    assert server.ask("variant", {**question, "name": " "})[0] == 422
    assert server.ask("variant", {"at": at, "name": "x", "file": "v.csv"})[0] == 422


def test_names_are_no_options_and_no_paths(server: Served, home: Path) -> None:
    """A case that is named like an option is still a case."""
    from planner.serve.moving import path_word

    assert path_word("--out") == "./--out"
    at = newest(server)["at"]
    status, answer = server.ask("approve", {"at": at, "by": " ", "note": ""})
    assert status == 422
    assert "name" in answer["error"]
    for case in (str(home), "/etc", "..", str(home / "case" / ".."), ""):
        assert server.ask("plan", {"case": case})[0] == 422


@pytest.mark.full
def test_from_a_state_to_an_approved_plan(server: Served, home: Path) -> None:
    """Saved as a what-if, applied to the case, planned, approved: each as the command would."""
    before = newest(server)
    _, answer = server.ask("move", {"at": before["at"], "moves": [UP], "page": "p", "number": 9})
    _, started = server.ask("save", {"at": before["at"], "moves": [UP]})
    assert "--set 'demand.*.*.output_mtok*=0.95'" in started["command"]
    assert started["command"].startswith(answer["command"])
    assert ended(server, started)["code"] == 0
    saved = newest(server)
    assert saved["what_if"] == "demand.*.*.output_mtok*=0.95"
    plan = read_plan(Path(saved["folder"]))
    whole = plan.get("whole")
    free = plan["objective_usd"] if whole is None else whole["divisible_usd"]
    assert answer["objective_usd"] == pytest.approx(free, rel=1e-9)

    _, refused = server.ask("approve", {"at": saved["at"], "by": "Ada"})
    assert refused["code"] == 7
    demand = (home / "case" / "demand.csv").read_bytes()
    _, listed = server.ask("apply", {"at": saved["at"]})
    assert listed["code"] == 0
    assert not listed["document"]["applied"]
    assert (home / "case" / "demand.csv").read_bytes() == demand
    _, written = server.ask("apply", {"at": saved["at"], "write": True})
    assert written["document"]["changes"] == listed["document"]["changes"]
    assert (home / "case" / "demand.csv").read_bytes() != demand

    _, stale = server.ask("approve", {"at": before["at"], "by": "Ada"})
    assert stale["code"] == 7
    _, started = server.ask("plan", {"case": str(home / "case")})
    assert ended(server, started)["code"] == 0
    planned = newest(server)
    assert planned["what_if"] is None
    _, approved = server.ask(
        "approve", {"at": planned["at"], "by": "--note", "note": "after <b>the</b> meeting"}
    )
    assert approved["code"] == 0, approved["said"]
    document = read_approval(Path(planned["folder"]))
    assert document is not None
    assert (document["by"], document["note"]) == ("--note", "after <b>the</b> meeting")

    _, started = server.ask("compare", {"first": before["at"], "second": planned["at"]})
    told = ended(server, started)
    assert told["code"] == 0
    assert sum(step["usd"] for step in told["document"]["bridge"]) == pytest.approx(
        told["document"]["after_usd"] - told["document"]["before_usd"], abs=0.01
    )


@pytest.mark.full
def test_a_workbook_is_dropped_asked_about_and_written(tmp_path: Path) -> None:
    """The shipped workbook, with the answers that a person gives: as the command reads it."""
    from planner.cli import main

    case, book = tmp_path / "case", INPUTS / "workbooks" / "forecast-2027Q1.xlsx"
    given = "--chips h200,gb200 --models gpt-oss-120b,llama-3.1-405b --sites texas,sweden"
    assert (
        main(
            [
                "init",
                str(case),
                *given.split(),
                *["--clouds", "aws", "--start", "2027Q1", "--periods", "8"],
            ]
        )
        == 0
    )
    with served(tmp_path / "out", (case,)) as server:
        own = {"Origin": f"http://{server.host}", "X_Planner_Token": TOKEN}
        name = {"X_File_Name": "forecast%202027.xlsx"}
        status, _, told = server.send("POST", "/api/drop", book.read_bytes(), **own, **name)
        assert status == 200
        file = json.loads(told)["file"]
        before = (case / "demand.csv").read_bytes()
        question = {"case": str(case), "file": file}
        read = ended(server, server.ask("import", question)[1])
        assert read["code"] == 3
        asked = read["document"]["questions"]
        assert {one["value"] for one in asked} >= {"Llama 405B", "TBD"}
        assert (case / "demand.csv").read_bytes() == before
        text = server.ask("map", {"case": str(case)})[1]["text"]
        answers = re.sub(r'"([^"]+) \?"', r"\1", text)
        answers = answers.replace('"?"', "skip").replace(": ?", ": skip")
        server.ask("answer-map", {"case": str(case), "text": answers})
        understood = ended(server, server.ask("import", question)[1])
        assert understood["document"]["questions"] == [], understood["document"]["questions"]
        assert understood["document"]["changes"]
        assert (case / "demand.csv").read_bytes() == before
        written = ended(server, server.ask("import", {**question, "write": True})[1])
        assert written["code"] == 0, written["said"]
        assert (case / "demand.csv").read_bytes() != before


@pytest.mark.full
@pytest.mark.parametrize("seconds", [0.0, 0.7, 2.0])
def test_a_run_that_is_being_saved_outlives_the_server(
    home: Path, tmp_path: Path, seconds: float
) -> None:
    """The server is killed while it saves, early or late: the run is there all the same."""
    out = tmp_path / "out"
    shutil.copytree(home / "out", out)
    before = {path.name for path in (out / "quickstart").iterdir()}
    process, address = start(out, 0)
    port, token = int(address.split(":")[2].split("/")[0]), address.split("#token=")[1]
    at = address.split("/run/")[1].split("#")[0].split("/")
    status, started = Served(port).ask("save", {"at": at, "moves": [UP]}, X_Planner_Token=token)
    assert status == 200, started
    time.sleep(seconds)
    process.kill()
    process.wait()
    for _ in range(900):
        made = {path.name for path in (out / "quickstart").iterdir()} - before
        done = [name for name in made if not name.startswith(".")]
        if done:
            break
        time.sleep(0.1)
    assert all(finding.ok for finding in verify(out / "quickstart" / done[0]))
    assert read_plan(out / "quickstart" / done[0])["what_if"]["set"] == [
        "demand.*.*.output_mtok*=0.95"
    ]
