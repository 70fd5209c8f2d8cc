"""Rows that have slipped by a cell and still read as something."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.test_meaning import judged
from tests.helpers import GOOD, Broken, broken, told

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
    )
}


@pytest.mark.parametrize("name", BROKEN)
def test_rule(tmp_path: Path, name: str) -> None:
    way, messages = BROKEN[name]
    assert [line for line in told(tmp_path, way) if "row-slipped" in line] == messages


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


@pytest.mark.parametrize(("seed", "book"), [(11352, False), (20634, True)])
def test_the_slips_that_were_found(seed: int, book: bool) -> None:
    assert judged(seed, book=book)[0] == "warned"
