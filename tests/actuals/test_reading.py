"""Actuals read from a folder: as planned where nothing is told, and every fault with its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.actuals import no_actuals, read_actuals
from planner.actuals.actuals import NAMES
from planner.actuals.template import write_template
from planner.case.problems import CaseError

LINE = "buy-blackwell@home@2027Q1"


def write(folder: Path, **tables: str) -> Path:
    """Write tables of actuals, a header and rows each, cells parted by commas."""
    folder.mkdir(exist_ok=True)
    for name, text in tables.items():
        lines = [line.strip() for line in text.strip().splitlines()]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def told(folder: Path, run: Path, by: int = 1) -> list[str]:
    """Return every problem: code, place and value."""
    with pytest.raises(CaseError) as caught:
        read_actuals(folder, run, by)
    assert all(problem.need and problem.fix for problem in caught.value.problems)
    return [f"{p.code} {p.place} {p.value}".rstrip() for p in caught.value.problems]


def test_nothing_told_is_as_planned(tmp_path: Path, quickstart: Path) -> None:
    actuals = read_actuals(write(tmp_path / "empty"), quickstart)
    assert not actuals
    for name in NAMES:
        empty, other = getattr(actuals, name), getattr(no_actuals(1), name)
        assert list(empty.columns) == list(other.columns)
        assert len(empty) == 0


def test_what_is_told(tmp_path: Path, quickstart: Path) -> None:
    folder = write(
        tmp_path / "told",
        orders=f"""
            line,chips,usd_per_chip,arrives,note
            {LINE},16,41000,2027Q4,a late rack
            buy-blackwell@home@2027Q2,,,,as planned
            buy-blackwell@home@2028Q2,8,,,beside the plan
        """.replace("2028Q2,8", "2027Q3,8"),
        fleet="chip,site,in_service,chips\nhopper,home,,118",
        work="workload,period,chip,asked,served,chip_hours\nchat,2027Q1,hopper,930000,,250000",
        milestones="milestone,period,flop\nmodel-2,2027Q2,0",
        power="site,2027Q1,2027Q2\nhome,0.28,",
        cash="term,period,usd\nenergy,2027Q1,20000\nenergy,2027Q2,",
    )
    (folder / "notes.txt").write_text("from Ann")
    actuals = read_actuals(folder, quickstart, by=3)
    orders = actuals.orders.set_index("line")
    assert orders.loc[LINE, ["offer", "site", "period", "chips"]].tolist() == [
        "buy-blackwell", "home", 0, 16,
    ]  # fmt: skip
    assert orders.loc[LINE, "arrives"] == 3
    assert np.isnan(orders.loc["buy-blackwell@home@2027Q2", "chips"])
    assert orders["planned"].all()
    assert actuals.fleet[["chip", "chips"]].to_numpy().tolist() == [["hopper", 118]]
    assert actuals.fleet["in_service"].isna().all()
    assert actuals.work[["period", "asked", "chip_hours"]].to_numpy().tolist() == [
        [0, 930000, 250000]
    ]
    assert actuals.power[["site", "project", "period", "mw"]].to_numpy().tolist() == [
        ["home", "", 0, 0.28]
    ]
    assert actuals.cash[["term", "period", "usd"]].to_numpy().tolist() == [["energy", 0, 20000]]


def test_bought_beside_the_plan(tmp_path: Path, quickstart: Path) -> None:
    line = "buy-blackwell@home@2027Q4"
    folder = write(tmp_path / "beside", orders=f"line,chips\n{line},8")
    orders = read_actuals(folder, quickstart, by=4).orders
    row = orders.iloc[0]
    assert (row["offer"], row["site"], row["period"], row["chips"]) == (
        "buy-blackwell", "home", 3, 8,
    )  # fmt: skip
    assert not row["planned"]
    assert told(write(folder, orders=f"line,chips\n{line},"), quickstart, 4) == [
        "missing-value beside/orders.csv:2 chips"
    ]


BROKEN = {
    "no such line": ("orders", "line,chips\nbuy-hopper@home@2027Q1,3", ["line-unknown line"]),
    "of the next plan": (
        "orders",
        "line,chips\nbuy-blackwell@home@2027Q2,3",
        ["period-not-passed line"],
    ),
    "before the plan": (
        "orders",
        "line,chips\nbuy-blackwell@home@2026Q4,3",
        ["period-not-passed line"],
    ),
    "a lot of the fleet": (
        "orders",
        "line,chips\nfleet:hopper:2025Q1@home,100",
        ["line-counted line"],
    ),
    "ordered later": ("orders", f"line,period\n{LINE},2027Q2", ["period-not-passed period"]),
    "arrives before": ("orders", f"line,arrives\n{LINE},2026Q4", ["arrives-early arrives"]),
    "MW of chips": ("orders", f"line,mw\n{LINE},3", ["not-its-unit mw"]),
    "a price per hour": (
        "orders",
        f"line,usd_per_chip_hour\n{LINE},3",
        ["no-such-price usd_per_chip_hour"],
    ),
    "a lot to come": (
        "fleet",
        "chip,site,in_service,chips\nhopper,home,2027Q2,3",
        ["bad-period in_service"],
    ),
    "counted twice": (
        "fleet",
        "chip,site,in_service,chips\nhopper,home,,3\nhopper,home,2025Q1,3",
        ["told-twice in_service"],
    ),
    "work twice": (
        "work",
        "workload,period,chip,served\nchat,2027Q1,,3\nchat,2027Q1,hopper,3",
        ["told-twice chip"],
    ),
    "asked twice": (
        "work",
        "workload,period,chip,asked\nchat,2027Q1,blackwell,3\nchat,2027Q1,hopper,3",
        ["told-twice asked"],
    ),
    "work to come": ("work", "workload,period,served\nchat,2027Q2,3", ["period-not-passed period"]),
    "no such workload": (
        "work",
        "workload,period,served\nchatt,2027Q1,3",
        ["unknown-name workload"],
    ),
    "no such term": ("cash", "term,period,usd\nresidual,2027Q1,3", ["not-allowed term"]),
    "no number": ("cash", "term,period,usd\nenergy,2027Q1,TBD", ["bad-number usd"]),
    "no such column": ("cash", "term,period,eur\nenergy,2027Q1,3", ["unknown-column eur"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken(tmp_path: Path, quickstart: Path, name: str) -> None:
    table, text, expected = BROKEN[name]
    found = told(write(tmp_path / "broken", **{table: text}), quickstart)
    assert [f"{one.split(' ')[0]} {one.split(' ')[2]}" for one in found] == expected
    assert all(f"broken/{table}.csv:" in one for one in found)


def test_other_files_are_told(tmp_path: Path, quickstart: Path) -> None:
    folder = write(tmp_path / "more", order="line\nx")
    assert told(folder, quickstart) == ["unknown-table more/order.csv"]
    assert told(tmp_path / "nowhere", quickstart) == [f"unreadable {tmp_path / 'nowhere'}"]


def test_the_template_says_as_planned(tmp_path: Path, quickstart: Path) -> None:
    folder = tmp_path / "template"
    names = write_template(quickstart, folder, by=2)
    assert names == ["orders.csv", "fleet.csv", "work.csv", "power.csv", "cash.csv"]
    assert (folder / "orders.csv").read_text().splitlines()[1] == (
        f'{LINE},,,,,,,,"planned: 20 chips, in service 2027Q3"'
    )
    actuals = read_actuals(folder, quickstart, by=2)
    for name, columns in (
        ("orders", ["chips", "mw", "usd_per_chip", "paid_share", "arrives"]),
        ("work", ["asked", "served", "chip_hours"]),
        ("fleet", ["chips"]), ("power", ["mw"]), ("cash", ["usd"]),
    ):  # fmt: skip
        assert getattr(actuals, name)[columns].isna().all(axis=None)
    with pytest.raises(FileExistsError):
        write_template(quickstart, folder, by=2)
