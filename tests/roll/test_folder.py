"""The folder that a roll writes: whole or not at all, the user's own files as they were."""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
import yaml

from planner.case import read_case
from planner.cli import main
from planner.pipeline import run as plan
from planner.roll import roll as rolling
from planner.roll.roll import roll
from planner.roll.rolled import Rolled, Ways
from planner.runs.approval import approve
from planner.runs.decisions import read_scope
from planner.runs.read import RunError
from tests.runs.damage import refit

SHIPPED = Path(__file__).parents[2] / "inputs"


def approved(base: Path, name: str = "quickstart") -> tuple[Path, Path]:
    """Return a copy of a shipped case and an approved run of it."""
    case = base / name
    shutil.copytree(SHIPPED / name, case)
    folder = plan(case, out=base / "outputs").folder
    assert folder is not None
    approve(folder, "ann")
    return case, folder


def cells(path: Path) -> list[list[str]]:
    return [line.split(",") for line in path.read_text().splitlines()]


@pytest.mark.slow
def test_quickstart(tmp_path: Path) -> None:
    """What was bought in 2027Q3 and Q4 is fleet, at what was paid; the rest is as it was."""
    case, run = approved(tmp_path)
    (case / "notes-of-mine.txt").write_text("mine")
    rolled = roll(run, Ways(by=4))
    assert rolled.folder == tmp_path / "quickstart-2028Q1"
    later = read_case(rolled.folder)
    assert (later.calendar.labels[0], later.calendar.count) == ("2028Q1", 8)
    fleet = later["fleet"]
    bought = fleet[fleet["lot"] != ""]
    assert list(bought["chips"]) == [20, 20] and list(bought["usd_per_chip"]) == [40000, 40000]
    assert sorted(later.calendar.label(int(t)) for t in bought["in_service"]) == [
        "2027Q3",
        "2027Q4",
    ]
    assert (rolled.folder / "notes-of-mine.txt").read_text() == "mine"
    assert {path.name for path in (rolled.folder / "history/2027Q1").iterdir()} >= {
        "plan.json",
        "approval.json",
        "buy_plan.csv",
    }
    told = (rolled.folder / "roll.md").read_text()
    for change in rolled.changes:
        assert change.file in told
        assert all(part in told for part in change.new.split(" | ") if change.what != "cell")


@pytest.mark.slow
def test_the_users_tables_stay_theirs(tmp_path: Path) -> None:
    """Order of rows and columns, notes and sources stay, and whatever nobody touched is the same
    byte for byte."""
    case, run = approved(tmp_path, "power-bound")
    before = {p.name: p.read_bytes() for p in case.iterdir() if p.is_file()}
    rolled = roll(run, Ways(keep_end=True))
    assert {p.name: p.read_bytes() for p in case.iterdir() if p.is_file()} == before
    changed = {change.file for change in rolled.changes}
    for name, content in before.items():
        same = (rolled.folder / name).read_bytes() == content
        assert same == (name not in changed), name
    wide, new = cells(case / "demand.csv"), cells(rolled.folder / "demand.csv")
    assert [row[:2] for row in wide] == [row[:2] for row in new]
    assert len(rolled.changes) == len(set(rolled.changes))


@pytest.mark.slow
def test_nothing_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case, run = approved(tmp_path)
    out = str(tmp_path / "outputs")
    (tmp_path / "mine").mkdir()
    assert main(["roll", str(case), "--to", str(tmp_path / "mine"), "--out", out]) == 2
    assert "is there already, and is not written over" in capsys.readouterr().err
    assert not list((tmp_path / "mine").iterdir())
    assert main(["roll", str(case), "--out", out]) == 0
    assert main(["roll", str(case), "--out", out]) == 2
    assert main(["roll", str(run), "--by", "40", "--keep-end", "--out", out]) == 2
    assert "there is nothing left to plan" in capsys.readouterr().err
    assert main(["roll", str(case), "--to", str(case / "next"), "--out", out]) == 2
    assert "lies in the case that is rolled" in capsys.readouterr().err


@pytest.mark.slow
def test_only_what_was_approved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a case its newest approved run is rolled, however many came later; a run that nobody
    approved is not."""
    case, run = approved(tmp_path)
    out = str(tmp_path / "outputs")
    later = plan(case, out=tmp_path / "outputs").folder
    assert later is not None and later != run
    assert main(["roll", str(later), "--out", out]) == 2
    assert "is not approved: only what was approved has been ordered" in capsys.readouterr().err
    assert main(["roll", str(case), "--out", out, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert Path(told["run"]) == run and told["start"] == "2027Q2"


@pytest.mark.slow
def test_news_are_carried_and_state_is_not(tmp_path: Path) -> None:
    """Inputs that changed since the plan are carried as they are; what is held is written by the
    roll, so a fleet changed by hand is refused."""
    case, run = approved(tmp_path)
    demand = case / "demand.csv"
    demand.write_text(demand.read_text().replace("933120", "940000"))
    header, *rows = cells(case / "milestones.csv")
    moved = [header, [""] * len(header), *rows]  # every row stands one lower
    (case / "milestones.csv").write_text("\n".join(",".join(row) for row in moved))
    rolled = roll(run, Ways(to=tmp_path / "next"))
    assert rolled.news == ("demand", "milestones")
    assert read_case(rolled.folder)["milestones"]["done_flop"].iloc[0] >= 0
    fleet = case / "fleet.csv"
    header, first = cells(fleet)[:2]
    more = [
        cell if name != "in_service" else "2024Q1" for name, cell in zip(header, first, strict=True)
    ]
    fleet.write_text(fleet.read_text() + ",".join(more) + "\n")
    with pytest.raises(RunError, match=r"fleet of .* has changed since this plan was made"):
        roll(run, Ways(to=tmp_path / "other"))
    assert not (tmp_path / "other").exists()


@pytest.mark.slow
def test_where_the_plan_starts_is_the_rolls(tmp_path: Path) -> None:
    """A last plan that was put beside the case is written anew; another start is refused."""
    case, run = approved(tmp_path)
    (case / "last_plan").mkdir()
    shutil.copy(run / "buy_plan.csv", case / "last_plan")
    rolled = roll(run, Ways(to=tmp_path / "next"))
    assert rolled.news == ()
    assert cells(rolled.folder / "last_plan/buy_plan.csv")[0][:3] == [
        "offer",
        "site",
        "order_period",
    ]
    settings = case / "case.yaml"
    settings.write_text(settings.read_text().replace("start: 2027Q1", "start: 2027Q2"))
    with pytest.raises(RunError, match=r"start in the settings of .* has changed since this plan"):
        roll(run, Ways(to=tmp_path / "other"))


@pytest.mark.slow
def test_a_case_that_is_gone_is_rolled_from_what_the_run_copied(tmp_path: Path) -> None:
    case, run = approved(tmp_path)
    one = roll(run, Ways(to=tmp_path / "one"))
    shutil.rmtree(case)
    two = roll(run, Ways(to=tmp_path / "two"))
    assert one.rest_usd == two.rest_usd
    assert (tmp_path / "one/fleet.csv").read_bytes() == (tmp_path / "two/fleet.csv").read_bytes()


@pytest.mark.slow
def test_values_of_another_plan(tmp_path: Path) -> None:
    """A solution that does not cost what the plan says is not carried on."""
    _, run = approved(tmp_path)
    arrays = dict(np.load(run / "solution.npz"))
    np.savez_compressed(run / "solution.npz", **(arrays | {"x": arrays["x"] * 1.01}))
    with pytest.raises(RunError, match=r"solution\.npz was changed after the run"):
        roll(run, Ways(to=tmp_path / "next"))
    refit(run)
    approve(run, "who approves what was made to fit")
    with pytest.raises(RunError, match="they are not of one run"):
        roll(run, Ways(to=tmp_path / "next"))
    assert not (tmp_path / "next").exists()


@pytest.mark.slow
def test_a_workbook_stays_one(tmp_path: Path) -> None:
    """A case that is one workbook becomes a folder with the workbook in it: the same cells
    change."""
    case, run = approved(tmp_path)
    book = xlsxwriter.Workbook(str(tmp_path / "mine.xlsx"))
    sheet = book.add_worksheet("case")
    settings = yaml.safe_load((case / "case.yaml").read_text())
    for number, (key, value) in enumerate(settings.items()):
        sheet.write_row(number, 0, [key, value])
    for path in case.glob("*.csv"):
        sheet = book.add_worksheet(path.stem)
        with path.open(newline="") as stream:
            for number, row in enumerate(csv.reader(stream)):
                for column, cell in enumerate(row):
                    sheet.write(number, column, _typed(cell))
    book.close()
    folder = plan(tmp_path / "mine.xlsx", out=tmp_path / "books").folder
    assert folder is not None
    approve(folder, "ann")
    rolled = roll(folder, Ways(by=4))
    assert rolled.folder == tmp_path / "mine-2028Q1"
    one, other = read_case(rolled.folder), read_case(roll(run, Ways(by=4)).folder)
    for name in ("fleet", "demand", "milestones", "power"):
        pd.testing.assert_frame_equal(
            one[name].drop(columns=["_file", "_row", "_blank"]),
            other[name].drop(columns=["_file", "_row", "_blank"]),
            check_like=True,
        )


def _typed(cell: str) -> str | float:
    try:
        return float(cell)
    except ValueError:
        return cell


def _roll(run: Path, target: Path) -> Rolled:
    return roll(run, Ways(to=target))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("after", [0.0, 0.05, 0.1, 0.2, 0.4])
def test_killed_at_any_moment(
    after: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old case is untouched, and the new one whole or not there."""
    case, run = approved(tmp_path)
    before = {p.name: p.read_bytes() for p in case.iterdir() if p.is_file()}
    slow = rolling.publish

    def publish(partial: Path, name: str) -> Path:
        time.sleep(0.3)
        return slow(partial, name)

    monkeypatch.setattr(rolling, "publish", publish)
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_roll, args=(run, tmp_path / "next"))
    process.start()
    time.sleep(after + 0.2)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert {p.name: p.read_bytes() for p in case.iterdir() if p.is_file()} == before
    if (tmp_path / "next").exists():
        read_case(tmp_path / "next")
        assert (tmp_path / "next/roll.md").is_file()
        return
    assert not [p for p in tmp_path.iterdir() if p.name.startswith("next")]
    monkeypatch.setattr(rolling, "publish", slow)
    assert roll(run, Ways(to=tmp_path / "next")).folder.is_dir()
    assert not list(tmp_path.glob(".partial-*"))


@pytest.mark.slow
def test_what_was_decided(tmp_path: Path) -> None:
    """A line that was changed is ordered so, one that was refused is not, and what was decided of
    lines that lie ahead is in the next last plan."""
    case = tmp_path / "quickstart"
    shutil.copytree(SHIPPED / "quickstart", case)
    run = plan(case, out=tmp_path / "outputs").folder
    assert run is not None
    first, second = "buy-blackwell@home@2027Q1", "buy-blackwell@home@2027Q2"
    (tmp_path / "lines.csv").write_text(
        f"line,decision,chips,reason\n{first},changed,16,two racks\n{second},refused,,too dear\n"
    )
    scope = read_scope(run, (), tmp_path / "lines.csv")
    approve(run, "ann", scope=scope)
    rolled = roll(run, Ways(by=1))
    orders = read_case(rolled.folder)["orders"]
    assert list(orders["order"]) == ["buy-blackwell-home-2027Q1"]
    assert list(orders["chips"]) == [16]
    header, *rows = cells(rolled.folder / "last_plan/buy_plan.csv")
    decided = [row for row in rows if row[header.index("decision")]]
    assert [(row[0], row[2], row[-1]) for row in decided] == [
        ("buy-blackwell", "2027Q2", "refused")
    ]
    amounts = rolled.past.comparison.amounts
    assert set(amounts.loc[amounts["kind"] == "line", "name"]) == {first}
