"""A desk: its answers are those of the commands, exactly, and the next move ends the last one."""

from __future__ import annotations

import csv
import threading
from pathlib import Path

import pytest

from planner.pipeline import run
from planner.runs.read import read_plan
from planner.serve.desk import Desk, Superseded
from planner.serve.move import read_move
from planner.serve.picture import picture, read_frames
from planner.serve.room import Room, opened
from planner.study.sweep import sweep
from tests.helpers import write_case
from tests.model.small import demand, offer, settings, tables

ROOT = Path(__file__).parents[2]
MOVES = [
    "demand~case~~~~x0.95",
    "power~site~home~2028Q1~~x1.1",
    "supply~offer~buy-blackwell~~~x2",
    "price~offer~buy-blackwell~2027Q3~2027Q4~x0.8",
]


@pytest.fixture(scope="module")
def desk(folder: Path) -> Desk:
    return Desk(folder)


@pytest.mark.slow
def test_answers_are_those_of_the_sweep(desk: Desk, folder: Path, tmp_path: Path) -> None:
    """To the last digit: the same case, the same program, from the same basis."""
    found = [desk.ask("p", n, [read_move(text)], []) for n, text in enumerate(MOVES)]
    file = tmp_path / "variants.csv"
    with file.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["variant", "set"])
        for text, answer in zip(MOVES, found, strict=True):
            rows.writerows([text, word] for word in answer["words"])
    swept = {one.variant.name: one for one in sweep(folder, file).swept}
    for text, answer in zip(MOVES, found, strict=True):
        if not answer["words"]:
            continue
        one = swept[text]
        assert answer["status"] == one.status, text
        if one.status == "optimal":
            assert answer["objective_usd"] == pytest.approx(one.objective, rel=1e-12), text
            assert answer["delta_usd"] == pytest.approx(one.delta, abs=0.01), text
    assert sum(answer["status"] == "optimal" for answer in found) == 4


@pytest.mark.slow
def test_an_answer_is_what_a_run_of_the_same_words_says(desk: Desk, tmp_path: Path) -> None:
    """The picture too: cost, cash, chips ordered, power used and what is unserved, table by
    table."""
    move = read_move("demand~case~~~~x0.93")
    answer = desk.ask("p", 100, [move], [])
    result = run(
        ROOT / "inputs" / "quickstart",
        overrides=[*answer["words"], "case.whole=no"],
        out=tmp_path,
    )
    assert result.folder is not None
    plan = read_plan(result.folder)
    assert answer["objective_usd"] == pytest.approx(plan["objective_usd"], rel=1e-9)
    told, written = (
        answer["picture"],
        picture(plan["objective_usd"], read_frames(result.folder), answer["periods"]),
    )
    assert told.keys() == written.keys()
    for name in ("cash_usd", "commit_now_usd", "terms", "categories"):
        assert told[name] == pytest.approx(written[name], rel=1e-6, abs=0.02), name
    assert sum(told["cash_usd"]) == pytest.approx(plan["totals"]["cash_usd"], abs=0.02)
    for name in ("chips", "power", "supply", "short"):
        assert [one["name"] for one in told[name]] == [one["name"] for one in written[name]]
    for one, other in zip(told["power"], written["power"], strict=True):
        assert one["used"] == pytest.approx(other["used"], abs=1e-6)
        assert one["limit"] == pytest.approx(other["limit"], abs=1e-9)


def test_the_first_picture_is_that_of_the_run(desk: Desk, folder: Path) -> None:
    told = opened(Room(folder.parent.parent), folder)
    assert told["picture"]["objective_usd"] == pytest.approx(read_plan(folder)["objective_usd"])
    if not told["whole"]:
        first = desk.first()["picture"]
        assert first["cash_usd"] == pytest.approx(told["picture"]["cash_usd"], abs=0.02)
        assert [o["offer"] for o in first["lines"]] == [
            o["offer"] for o in told["picture"]["lines"]
        ]


def test_an_answer_is_kept(desk: Desk) -> None:
    move = read_move("demand~case~~~~x0.97")
    first = desk.ask("p", 200, [move], [])
    again = desk.ask("q", 1, [move], [])
    assert again["kept"]
    assert {**again, "seconds": 0, "kept": 0} == {**first, "seconds": 0, "kept": 0}


def test_what_makes_no_good_case_is_told_with_its_problems(desk: Desk) -> None:
    answer = desk.ask("p", 300, [], ["power.nowhere.*=1"])
    assert answer["status"] == "invalid"
    assert "nowhere" in answer["problems"][0]["need"]


def test_what_cannot_be_met_has_no_plan(desk: Desk) -> None:
    answer = desk.ask("p", 301, [read_move("demand~case~~~~x1000")], [])
    assert answer["status"] == "infeasible"


def test_a_question_that_was_overtaken_is_dropped(desk: Desk) -> None:
    desk.first()
    desk.ask("r", 7, [], [])
    with pytest.raises(Superseded):
        desk.ask("r", 6, [read_move("demand~case~~~~x0.913")], [])
    assert desk.ask("s", 6, [read_move("demand~case~~~~x0.913")], [])["status"] == "optimal"


def test_the_next_move_ends_a_solve_that_runs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver itself is stopped: here one that never ends by itself."""
    desk.first()
    live = desk._live
    assert live is not None
    began, stop = threading.Event(), live.model.stop
    stopped = threading.Event()

    def endless(case: object) -> object:
        began.set()
        assert stopped.wait(20)
        return type("Asked", (), {"status": "limit"})()

    def stopping() -> None:
        stop()
        stopped.set()

    monkeypatch.setattr(live.model, "stop", stopping)
    monkeypatch.setattr(type(live), "ask", lambda self, case: endless(case))
    outcome: list[object] = []

    def ask() -> None:
        try:
            outcome.append(desk.ask("t", 1, [read_move("demand~case~~~~x0.917")], []))
        except Superseded as reason:
            outcome.append(reason)

    thread = threading.Thread(target=ask)
    thread.start()
    assert began.wait(20)
    monkeypatch.undo()
    monkeypatch.setattr(live.model, "stop", stopping)
    answer = desk.ask("t", 2, [read_move("demand~case~~~~x0.919")], [])
    thread.join(20)
    assert isinstance(outcome[0], Superseded)
    assert answer["status"] == "optimal"
    again = desk.ask("u", 1, [read_move("demand~case~~~~x0.917")], [])
    assert again["status"] == "optimal"  # what was stopped is not what is kept


@pytest.mark.full
def test_of_whole_things_both_sides_are_divisible(tmp_path: Path) -> None:
    """Racks of 8 for 10 chips of work, at 100 USD each: whole 1,600, divisible 1,000; a tenth more
    work is 1,100, and costs 100 more."""
    case = tables(offers=[offer(usd_per_chip=100, lot_size=8)], demand=demand(10, 10))
    result = run(write_case(tmp_path / "case", case, settings()), out=tmp_path / "out")
    assert result.folder is not None
    told = opened(Room(tmp_path / "out"), result.folder)
    assert told["whole"]
    assert told["picture"]["objective_usd"] == pytest.approx(1600)
    racks = Desk(result.folder)
    first = racks.first()
    assert first["divisible"]
    assert first["objective_usd"] == pytest.approx(1000)
    more = racks.ask("p", 1, [read_move("demand~case~~~~x1.1")], [])
    assert more["objective_usd"] == pytest.approx(1100)
    assert more["delta_usd"] == pytest.approx(100)
