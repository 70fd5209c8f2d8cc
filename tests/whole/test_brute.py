"""Whole plans of random cases against all counts tried, by a statement of the model and a search
that share nothing with the planner's."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from planner.audit import audit
from planner.pipeline import run
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, tables
from tests.model.small import settings as small
from tests.properties.drawn import FEW
from tests.properties.drawn_whole import KINDS as DRAWN
from tests.strategies import cases
from tests.whole.compared import Compared

KINDS = tuple((kind,) for kind in DRAWN)
PAIRS = tuple(itertools.combinations(DRAWN, 2))


def compare(kinds: Sequence[tuple[str, ...]], count: int, what: str) -> Compared:
    """Draw so many cases of each of some kinds together, and compare each."""
    compared = Compared()
    for together in kinds:

        @given(cases(whole=together))
        @settings(FEW, max_examples=count)
        def draw(drawn: Any) -> None:
            getattr(compared, what)(drawn)

        draw()
    return compared


@pytest.mark.slow
def test_the_cheapest_of_all_counts() -> None:
    compared = compare(KINDS, 4, "solve")
    assert compared.outcome["same"] >= 10, compared
    assert compared.counted >= 5, compared


@pytest.mark.full
def test_two_hundred_cases_are_the_cheapest_of_all_counts() -> None:
    """Every kind alone and in pairs."""
    alone, together = compare(KINDS, 28, "solve"), compare(PAIRS, 10, "solve")
    assert alone.outcome["same"] + together.outcome["same"] >= 220, (alone, together)
    assert alone.counted + together.counted >= 100, (alone, together)


@pytest.mark.full
def test_runs_are_the_cheapest_of_all_counts() -> None:
    """With all files: the audit finds the plan in them, at the cost that is stated, and `verify`
    passes."""
    alone, together = compare(KINDS, 8, "run"), compare(PAIRS, 3, "run")
    assert alone.outcome["same"] + together.outcome["same"] >= 60, (alone, together)


def test_two_orders_that_are_cancelled_have_no_line(tmp_path: Path) -> None:
    """Nothing is needed, to cancel is free: neither order has a line, and the audit knows."""
    order = {"chip": "a", "site": "home", "arrives": 2025, "chips": 10, "usd_per_chip": 100}
    order |= {"paid_share": 0, "cancel_fee_share": 0}
    case = tables(
        chips=[chip(lot_size=4)],
        orders=[order | {"order": "one"}, order | {"order": "two"}],
        demand=demand(3, 3),
        offers=[offer(usd_per_chip=10)],
    )
    result = run(write_case(tmp_path / "case", case, small()), out=tmp_path)
    assert result.status == "optimal", result.message
    assert result.plan is not None
    assert result.plan.summary["objective_usd"] == pytest.approx(40.0)
    assert result.folder is not None
    assert audit(result.folder).ok
