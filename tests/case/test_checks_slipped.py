"""Rows that have slipped by a cell and still read as something."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.case import read_case
from planner.case.tables import TABLE
from tests.fuzz.damage import Damage, outcome
from tests.fuzz.mutant import TINY
from tests.fuzz.test_meaning import damaged, undamaged, write_book
from tests.helpers import GOOD, Broken, broken, told

SHIPPED = Path(__file__).resolve().parents[2] / "inputs"
LIMIT = {"limit": "air", "scope": "all", "measure": "carbon", "max": "100000"}


def slipped(folder: Path, **cells: str) -> list[str]:
    way = broken(add={"limits": [LIMIT | cells]})
    return [line for line in told(folder, way) if "row-slipped" in line]


ROW = len(GOOD["limits"]) + 2
BROKEN: dict[str, tuple[Broken, list[str]]] = {
    "a year under the penalty": (
        broken(add={"limits": [LIMIT | {"over_usd_per_unit": "2027"}]}),
        [
            f"warning row-slipped limits.csv:{ROW} over_usd_per_unit=2027: makes air soft at "
            "2027 USD over the whole plan, and could be a year of it: period, left of it, is "
            "blank. put every figure under its heading, or accept it in case.yaml"
        ],
    ),
    "a share under the amount": (
        broken(add={"limits": [LIMIT | {"measure": "chips", "max": "0.4"}]}),
        [
            f"warning row-slipped limits.csv:{ROW} max=0.4: allows air 0.4 of chips at most, and "
            "could be a share of it: min_share and max_share stand beside it. put every figure "
            "under its heading, or accept it in case.yaml"
        ],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_rule(tmp_path: Path, name: str) -> None:
    way, messages = BROKEN[name]
    assert [line for line in told(tmp_path, way) if "row-slipped" in line] == messages


@pytest.mark.slow
@pytest.mark.parametrize(
    "cells",
    [
        {"over_usd_per_unit": "1900"},
        {"over_usd_per_unit": "2027.5"},
        {"over_usd_per_unit": "2027", "period": "2027Q1"},
        {},
    ],
    ids=["no year of the plan", "no whole number", "beside a period", "hard"],
)
def test_other_penalties_are_not(tmp_path: Path, cells: dict[str, str]) -> None:
    assert slipped(tmp_path, **cells) == []


@pytest.mark.parametrize("most", ["0", "1.5", "40"])
def test_other_amounts_are_not(tmp_path: Path, most: str) -> None:
    assert slipped(tmp_path, max=most) == []


def test_no_share_stands_beside_the_other() -> None:
    """A cell too many or too few puts a share under the amount, not under the other share."""
    names = [column.name for column in TABLE["limits"].columns]
    at = names.index("max")
    assert names[at - 1 : at + 2] == ["min_share", "max", "max_share"]
    for folder in sorted(SHIPPED.glob("*/limits.csv")):
        header = folder.read_text(encoding="utf-8").splitlines()[0].split(",")
        assert header == [name for name in names if name in header]


def _slipped_at(base: str, table: str, name: str, column: str, cell: str) -> Damage:
    """A cell too many in the row of this name, before the one of this column."""
    lines = [list(line) for line in undamaged(base)[3][table]]
    at = next(i for i, line in enumerate(lines) if line[0] == name)
    lines[at].insert(lines[0].index(column), cell)
    return Damage(table, lines, lines={at + 1})


@pytest.mark.slow
def test_the_year_that_was_found() -> None:
    """A blank before the period of a limit: 2027 is its penalty, and there is no period."""
    damage = _slipped_at(TINY, "limits", "carbon", "period", "")
    damage.rows[1].pop()
    folder, good, _, _ = undamaged(TINY)
    with damaged(folder / "case", damage):
        assert outcome(folder / "case", good, damage) == "warned"
        assert [w.code for w in read_case(folder / "case").warnings] == ["row-slipped"]


@pytest.mark.slow
def test_the_window_that_was_found() -> None:
    """A 1 before the window of batch work in a workbook: the 4 periods are its price."""
    damage = _slipped_at("inputs/gov-cloud", "workloads", "archives", "window_periods", "1")
    folder, _, good, rows = undamaged("inputs/gov-cloud")
    write_book(folder / "book", rows, damage)
    assert outcome(folder / "book", good, damage) == "warned"
    new = {w.name for w in read_case(folder / "book").warnings} - {w.name for w in good.warnings}
    assert [name.split(" ")[0] for name in new] == ["row-slipped"]
