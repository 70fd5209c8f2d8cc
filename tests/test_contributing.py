"""CONTRIBUTING.md: every place that its worked examples name is there, and a limit takes six
files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PLACES = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", TEXT, flags=re.MULTILINE)


def test_there_are_examples_of_all_five() -> None:
    heads = re.findall(r"^## (An? .+)$", TEXT, flags=re.MULTILINE)
    assert heads == [
        "A limit",
        "An equation",
        "An input column",
        "An output column",
        "An explanation",
    ]
    for head in heads:
        section = TEXT.split(f"\n## {head}\n")[1].split("\n## ")[0]
        assert re.search(r"^\| `([^`]+)` \| `([^`]+)` \|", section, flags=re.MULTILINE), head


@pytest.mark.parametrize(("path", "anchor"), PLACES, ids=lambda part: part)
def test_a_place_of_an_example_is_there(path: str, anchor: str) -> None:
    assert anchor in (ROOT / path).read_text(encoding="utf-8")


def test_rooms_that_are_named_are_there() -> None:
    rooms = re.findall(r"`(planner/[\w/.]+)`", TEXT)
    assert rooms
    assert [room for room in rooms if not (ROOT / room).exists()] == []


def test_a_limit_takes_six_code_files() -> None:
    """Where the network fabrics stand in the planner, in all: the files that the example names."""
    section = TEXT.split("\n## A limit\n")[1].split("\n## ")[0]
    named = set(re.findall(r"^\| `(planner/[^`]+)` \|", section, flags=re.MULTILINE))
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "planner").rglob("*.py")
        if "fabrics" in path.read_text(encoding="utf-8")
    }
    assert found == named
    assert len(named) == 6
