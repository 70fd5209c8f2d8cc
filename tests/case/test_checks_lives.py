"""Rules about how long chips serve and when they can work. Each case breaks the good one and is
told so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

WORKS = {
    "window": "works",
    "site": "ohio",
    "slice": "night",
    "from": "2027Q2",
    "to": "2027Q2",
    "availability": "0.5",
}

BROKEN: dict[str, tuple[Broken, list[str]]] = {
    "nothing wrong": (
        broken(
            ("chips", 0, "technical_life_years", "4"),
            ("chips", 1, "technical_life_years", "6"),
            add={"availability": [WORKS]},
        ),
        [],
    ),
    "technical life below the economic one": (
        broken(
            ("chips", 0, "technical_life_years", "3"), ("chips", 1, "technical_life_years", "6")
        ),
        [
            (
                "error life-shorter chips.csv:2 technical_life_years=3: must be at least "
                "economic_life_years (4): h100 cannot be paid for longer than it serves. correct "
                "one of the two"
            ),
        ],
    ),
    "slice unknown": (
        broken(add={"availability": [WORKS | {"slice": "noon"}]}),
        [
            (
                "error slice-unknown availability.csv:2 slice=noon: must be a slice of case.yaml "
                "(day, night). correct the name, or leave it blank for every slice"
            ),
        ],
    ),
    "window that ends before it begins": (
        broken(add={"availability": [WORKS | {"to": "2027Q1"}]}),
        [
            (
                "error window-ends-first availability.csv:2 to=2027Q1: must not be before from. "
                "correct one of the two"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
