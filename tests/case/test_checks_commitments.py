"""Rules about commitments. Each case breaks the good one and is told so, in full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.helpers import Broken, broken, told


def plan(**cells: Any) -> dict[str, Any]:
    row = {
        "commitment": "plan",
        "provider": "cloud",
        "offers": "rent",
        "discount": 0.3,
        "term_periods": 4,
        "source": "assumption",
        "as_of": "2026-11-01",
    }
    return {"commitments": [{name: str(cell) for name, cell in (row | cells).items()}]}


BROKEN: dict[str, tuple[Broken, list[str]]] = {
    "nothing wrong": (broken(add=plan()), []),
    "not on demand": (
        broken(add=plan(offers="rent;hold")),
        [
            (
                "error commitment-offer commitments.csv:2 offers=hold; rent: must name "
                "on-demand offers: others have their price by their own contract. take "
                "the others out"
            ),
        ],
    ),
    "no amount": (
        broken(add=plan(signed="2027Q1")),
        [
            (
                "error commitment-amount commitments.csv:2 usd_per_hour=: needs the "
                "USD an hour of plan, which is signed. fill it in, or clear signed"
            ),
        ],
    ),
    "an amount of its own": (
        broken(add=plan(usd_per_hour=100)),
        [
            (
                "error commitment-amount commitments.csv:2 usd_per_hour=100: must be "
                "blank: plan is not signed, and the plan decides how much it is. clear "
                "it, or say in signed from which period on it is in force"
            ),
        ],
    ),
    "ends before it begins": (
        broken(add=plan(first_order="2027Q3", last_order="2027Q2")),
        [
            (
                "error commitment-window commitments.csv:2 last_order=2027Q2: must not "
                "be before first_order (2027Q3). correct one of the two"
            ),
        ],
    ),
    "no discount": (
        broken(add=plan(discount="")),
        [
            (
                "error missing-value commitments.csv:2 discount=: must be given: Share "
                "off the on-demand price of what it covers.. fill the cell"
            ),
        ],
    ),
    "of nothing": (
        broken(add=plan(counts_in="plane")),
        [
            (
                "error unknown-name commitments.csv:2 counts_in=plane: is not in "
                "commitments.csv. did you mean plan?"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
