"""Tables edited on the page: checked as ``planner check`` does, written as ``planner apply``
does."""

from __future__ import annotations

import csv
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from planner.case.load import read_case
from planner.case.problems import CaseError
from planner.case.write import differences
from planner.report.problems import as_data
from planner.serve.commands import Commands
from planner.serve.room import Refused, Room
from planner.serve.sheets import edit, table, tables
from planner.serve.taking import import_file, take
from tests.case.test_messages import workbook

INPUTS = Path(__file__).parents[2] / "inputs"


class Desk:
    """A case of its own, and questions about its tables."""

    def __init__(self, home: Path, case: str) -> None:
        self.case = home / "case"
        shutil.copytree(INPUTS / case, self.case)
        self.room, self.commands = Room(home / "out", (self.case,)), Commands()

    def ask(self, what: Any, **question: Any) -> dict[str, Any]:
        return dict(what(self.room, self.commands, {"case": str(self.case), **question}))

    def edit(self, **question: Any) -> dict[str, Any]:
        return self.ask(edit, **{"digest": self.ask(tables)["digest"], **question})

    @property
    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.case.iterdir() if path.is_file()}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, "quickstart")


def test_a_table_is_shown_as_it_is_written(desk: Desk) -> None:
    told = desk.ask(table, table="power")
    assert told["header"][:3] == ["site", "measure", "2027Q1"]
    assert told["rows"][0][:4] == [2, "home", "mw", "0.28"]
    assert {one["name"] for one in told["columns"]} >= {"site", "mw", "liquid_mw"}
    settings = desk.ask(table, table="case")
    assert ["name", "quickstart"] in [row[1:] for row in settings["rows"]]
    assert desk.ask(table, table="limits")["rows"] == []
    listed = {one["name"]: one["rows"] for one in desk.ask(tables)["tables"]}
    assert listed["power"] == 1
    assert listed["limits"] is None


def test_what_is_wrong_is_told_in_the_words_of_the_check(desk: Desk) -> None:
    """The same messages at the same cells as of the case with these very cells."""
    wrong = {
        "power": {"cells": [[2, "2027Q2", "abc"]]},
        "offers": {"cells": [[2, "lead_periods", "-1"], [2, "chip", "blackwel"]]},
    }
    before = desk.files
    told = desk.edit(edits=wrong, write=True)
    assert not told["written"]
    assert told["errors"]
    assert desk.files == before
    assert desk.edit(edits=wrong, write=True, anyway=True)["written"]
    with pytest.raises(CaseError) as found:
        read_case(desk.case)
    assert told["problems"] == as_data(found.value.problems)
    assert {(one["file"], one["row"], one["column"]) for one in told["problems"]} >= {
        ("power.csv", 2, "2027Q2"),
        ("offers.csv", 2, "lead_periods"),
    }


EDITS = {
    "power": {"cells": [[2, "2028Q1", "0.3"]]},
    "demand": {"cells": [[2, "2027Q3", "1234.5"]]},
    "offers": {"cells": [[2, "usd_per_chip", "39000"], [2, "deposit_share", "0.1"]]},
    "limits": {
        "added": [
            {
                "limit": 'cap "x.y"',
                "scope": "all",
                "measure": "carbon",
                "max": "5e9",
                "note": "a, b",
            }
        ]
    },
}


def test_what_is_written_is_what_the_words_of_the_command_say(desk: Desk, tmp_path: Path) -> None:
    shutil.copytree(desk.case, tmp_path / "before")
    told = desk.edit(edits=EDITS, settings={"discount_rate": "0.09"}, write=True)
    assert told["written"], told["problems"]
    assert told["changes"][0].startswith("case.yaml")
    words = shlex.split(told["command"])[3:]
    assert set(words[::2]) == {"--set"}
    assert differences(read_case(desk.case), read_case(tmp_path / "before", words[1::2])) == ()
    assert (desk.case / "README.md").read_bytes() == (INPUTS / "quickstart/README.md").read_bytes()


def test_a_row_is_taken_out(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "frontier-lab")
    shutil.copytree(desk.case, tmp_path / "before")
    row = desk.ask(table, table="limits")["rows"][0][0]
    told = desk.edit(edits={"limits": {"dropped": [row]}}, write=True)
    assert told["written"], told["problems"]
    words = shlex.split(told["command"])[3:]
    assert differences(read_case(desk.case), read_case(tmp_path / "before", words[1::2])) == ()


def test_what_somebody_else_has_changed_is_not_written_over(desk: Desk) -> None:
    digest = desk.ask(tables)["digest"]
    other = desk.edit(edits={"power": {"cells": [[2, "2027Q1", "0.29"]]}}, write=True)
    assert other["written"]
    before = desk.files
    with pytest.raises(Refused, match="somebody else"):
        desk.edit(digest=digest, edits=EDITS, write=True)
    assert desk.files == before


def test_a_workbook_is_edited_in_its_sheets(desk: Desk, tmp_path: Path) -> None:
    with (desk.case / "power.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))
    (desk.case / "power.csv").unlink()
    workbook(desk.case / "case.xlsx", {"power": rows})
    assert desk.ask(table, table="power")["file"] == "case.xlsx[power]"
    told = desk.edit(edits={"power": {"cells": [[2, "2027Q2", "0.27"]]}}, write=True)
    assert told["written"], told["problems"]
    assert told["changes"] == ["case.xlsx[power]:2 2027Q2: 0.28 -> 0.27"]
    assert desk.ask(table, table="power")["rows"][0][4] == "0.27"


@pytest.mark.parametrize(
    "edits",
    [
        [],
        {"nothing": {}},
        {"power": []},
        {"power": {"cells": [[2, "mw"]]}},
        {"power": {"cells": [["2", "mw", "1"]]}},
        {"power": {"cells": [[2, "mw", 1]]}},
        {"power": {"cells": [[2, "mw", "a\nb"]]}},
        {"power": {"added": ["x"]}},
        {"../power": {}},
    ],
)
def test_what_is_no_edit_is_refused(desk: Desk, edits: object) -> None:
    before = desk.files
    with pytest.raises(Refused):
        desk.edit(edits=edits, write=True)
    assert desk.files == before


@pytest.mark.parametrize("name", ["..", "/etc", "", "case/../case", "out"])
def test_no_case_but_those_of_runs_is_touched(desk: Desk, name: str) -> None:
    for what in (tables, table, edit):
        with pytest.raises(Refused):
            what(desk.room, desk.commands, {"case": name, "table": "power", "digest": ""})


def test_a_dropped_file_lies_under_the_runs_whatever_it_is_called(desk: Desk) -> None:
    for name in ("..%2F..%2Fx.csv", "%2Fetc%2Fa.xlsx", "C%3A%5Cx.csv", "--out.csv", ".x.csv"):
        kept = Path(take(desk.room, name, b"a,b\n")["file"])
        assert kept.parent.parent == desk.room.out / ".dropped"
        assert kept.read_bytes() == b"a,b\n"
    for name in ("x.exe", "x", "", "..", "x.csv.py", "a" * 300 + ".csv"):
        with pytest.raises(Refused):
            take(desk.room, name, b"")
    for file in ("/etc/passwd", "x.csv", str(desk.case / "power.csv"), ""):
        with pytest.raises(Refused):
            desk.ask(import_file, file=file)
