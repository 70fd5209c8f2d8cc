"""Periods that a roll repeated are told until their mark is taken out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

MARK = "as filed; rolled: 2027Q4 copied from 2027Q3"

BROKEN = {
    "a period that the roll repeated": (
        broken(("power", 3, "note", MARK), ("power", 7, "note", MARK)),
        [
            "warning rolled-copy power.csv:5 note=: "
            "marks figures that the roll repeated: 2027Q4 copied from 2027Q3 (rows: 2). state what "
            "is expected in these periods, and take the mark out of the note",
        ],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_told(name: str, tmp_path: Path) -> None:
    way, expected = BROKEN[name]
    assert isinstance(way, Broken)
    assert told(tmp_path, way) == expected
