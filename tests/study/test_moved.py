"""Plans that start in different periods: in money of the later start, each cause in its own
step."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.cli import main
from planner.runs.find import find_runs
from tests.helpers import write_case
from tests.model.small import demand, offer, power, settings, tables
from tests.shipped import divisible

pytestmark = pytest.mark.drawn

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def approved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    """Ten chips bought for 1,000 in 2025 serve all of three years at 10 % a year; approved."""
    monkeypatch.chdir(tmp_path)
    case = tables(
        power=power(periods=3), demand=demand(10, 10, 10), offers=[offer(usd_per_chip=100)]
    )
    write_case(tmp_path / "case", case, settings(3, discount_rate=0.1))
    assert main(["run", "case", "--quiet"]) == 0
    assert main(["approve", "case", "--by", "me"]) == 0
    capsys.readouterr()
    return find_runs(Path("outputs"))[0].folder


def rolled(*more: str) -> Path:
    assert main(["roll", "case", "--to", "next", *more]) == 0
    return Path("next")


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, text
    path.write_text(text.replace(old, new), encoding="utf-8")


def compared(capsys: Capture) -> dict[str, Any]:
    assert main(["run", "next", "--quiet"]) == 0
    capsys.readouterr()
    assert main(["diff", "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    total = round(document["after_usd"] * 100) - round(document["before_usd"] * 100)
    assert sum(round(step["usd"] * 100) for step in document["bridge"]) == total
    return document


def steps(document: dict[str, Any]) -> dict[str, float]:
    return {step["inputs"]: step["usd"] for step in document["bridge"]}


@pytest.mark.slow
def test_nothing_happened_and_nothing_changed(approved: Path, capsys: Capture) -> None:
    rolled("--keep-end")
    document = compared(capsys)
    assert document["from"] == str(approved)
    assert document["before_usd"] == pytest.approx(1100.0)
    assert steps(document) == {"2025 has passed": -1100.0}
    assert document["after_usd"] == pytest.approx(0.0, abs=0.01)
    assert (document["decisions"], document["inputs"], document["left_out"]) == ([], [], [])
    [done] = document["done"]
    assert (done["line_id"], done["amount"]) == ("buy@home@2025", 10.0)
    assert done["actual"] is None
    assert document["moved"]["shared"] == ["2026", "2027"]


@pytest.mark.slow
def test_what_was_really_done_stands_beside_what_was_planned(
    approved: Path, capsys: Capture
) -> None:
    """Of ten chips eight came."""
    Path("told").mkdir()
    Path("told/orders.csv").write_text("line,chips\nbuy@home@2025,8\n", encoding="utf-8")
    rolled("--actuals", "told")
    [done] = compared(capsys)["done"]
    assert (done["line_id"], done["amount"], done["actual"]) == ("buy@home@2025", 10.0, 8.0)
    assert main(["diff"]) == 0
    [line] = [row for row in capsys.readouterr().out.splitlines() if "buy@home@2025" in row]
    assert line.split()[2:4] == ["10", "8"], line


@pytest.mark.slow
def test_every_cause_stands_in_its_own_step(approved: Path, capsys: Capture) -> None:
    """Two of the ten chips never came, chips cost 110, twelve are asked for, and there is a year
    more: 4 x 110 in 2026.  Demand and prices share what they change together."""
    home = rolled()
    replaced(home / "fleet.csv", ",10", ",8")
    replaced(home / "offers.csv", "100", "110")
    replaced(home / "demand.csv", "w,2026,10", "w,2026,12")
    replaced(home / "demand.csv", "w,2027,10", "w,2027,12")
    document = compared(capsys)
    assert document["before_usd"] == pytest.approx(1100.0)
    assert document["after_usd"] == pytest.approx(440.0)
    found = steps(document)
    assert list(found)[:2] == ["2025 has passed", "what really happened"]
    assert found == {
        "2025 has passed": pytest.approx(-1100.0),
        "what really happened": pytest.approx(200.0),
        "demand": pytest.approx(210.0),
        "prices": pytest.approx(30.0),
    }
    [line] = document["decisions"]
    assert (line["line_id"], line["new"]) == ("buy@home@2026", 4.0)
    assert "offers.usd_per_chip of buy" in line["reason"]
    changed = {(one["table"], one["row"], one["column"]) for one in document["inputs"]}
    assert ("demand", "w 2026", "output_mtok") in changed
    assert ("offers", "buy", "usd_per_chip") in changed
    assert {table for table, _, _ in changed} == {"demand", "offers", "fleet"}
    assert not any("2028" in row or "2025" in row for table, row, _ in changed if table == "demand")
    assert main(["diff"]) == 0
    told = capsys.readouterr().out
    assert "in money of the start of 2026, over 2026 to 2027" in told
    assert "Done in 2025" in told
    assert main(["report", "next", "--vs", str(approved)]) == 0


@pytest.mark.slow
def test_new_periods_are_a_step_of_their_own(approved: Path, capsys: Capture) -> None:
    """In 2028, a leap year, twenty are asked for: near ten more chips, at 10 % less each year."""
    home = rolled()
    replaced(home / "demand.csv", "w,2028,10", "w,2028,20")
    document = compared(capsys)
    found = steps(document)
    assert found.pop("2025 has passed") == pytest.approx(-1100.0)
    chips = 20 * 8760 / 8784 - 10
    assert found == {"new periods at the end": pytest.approx(100 * chips / 1.1**2, abs=0.01)}
    assert document["inputs"] == []


@pytest.mark.slow
def test_a_what_if_is_carried_on_with_what_it_changes(approved: Path, capsys: Capture) -> None:
    """A what-if of twelve for 1,200: against it, the case as rolled has ten chips of twelve, and
    asks for ten."""
    assert main(["run", "case", "--quiet", "--set", "demand.w.*.output_mtok=12"]) == 0
    what_if = find_runs(Path("outputs"))[0].folder
    rolled("--keep-end")
    assert main(["run", "next", "--quiet"]) == 0
    later = find_runs(Path("outputs"))[0].folder
    capsys.readouterr()
    assert main(["diff", str(what_if), str(later), "--json"]) == 0
    assert steps(json.loads(capsys.readouterr().out)) == {
        "2025 has passed": pytest.approx(-1320.0),
        "what really happened": pytest.approx(200.0),
        "demand": pytest.approx(-200.0),
    }


INPUTS = Path(__file__).parents[2] / "inputs"


@pytest.mark.full
def test_planted_causes_of_frontier_lab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """A quarter on, more coding is asked for and a hall is late: each stands in its own step, and
    the reasons of decisions name nothing else."""
    monkeypatch.chdir(tmp_path)
    divisible("frontier-lab", tmp_path).rename("case")
    assert main(["run", "case", "--quiet"]) == 0
    assert main(["approve", "case", "--by", "me"]) == 0
    home = rolled()
    columns(home / "demand.csv", "coding,", lambda cells: [f"{float(c) * 1.1:.0f}" for c in cells])
    columns(home / "power.csv", "lulea,", lambda cells: [cells[0], *cells[:-1]])
    document = compared(capsys)
    found = steps(document)
    assert list(found) == ["2027Q1 has passed", "demand", "power", "new periods at the end"]
    assert found["demand"] > 1e8 and found["power"] > 1e6
    assert {one["table"] for one in document["inputs"]} == {"demand", "power"}
    for line in document["decisions"]:
        named = {part.split(".")[0] for part in line["reason"].split(", ")}
        assert named <= {"demand", "power", "follows from the changes elsewhere"}


def columns(path: Path, begins: str, change: Callable[[list[str]], list[str]]) -> None:
    """Change the figures below periods of the rows that begin so."""
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    periods = [i for i, name in enumerate(header.split(",")) if name[:2] == "20"]
    for number, row in enumerate(rows):
        cells = row.split(",")
        filled = [i for i in periods if cells[i]] if row.startswith(begins) else []
        for i, cell in zip(
            filled, change([cells[i] for i in filled]) if filled else (), strict=True
        ):
            cells[i] = cell
        rows[number] = ",".join(cells)
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
