"""More ways to get capacity, of random cases: the planner against the second statement of the
model, and more room that never costs more."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from planner.case import CaseError
from planner.case.case import Case
from planner.lp.highs import solve
from planner.model import formulate
from planner.study.live import with_rows
from tests.helpers import write_case
from tests.properties.drawn import FEW, SOME, read, settings
from tests.properties.drawn_ways import WAYS
from tests.properties.test_oracle import agree
from tests.properties.test_whole_kinds import agree as whole_agree
from tests.roll.nextcase import NoPlan
from tests.roll.test_nothing_changes import check
from tests.strategies import cases

SIX = settings(FEW, max_examples=6)


def cost(case: Case) -> float:
    """The cheapest plan's cost, USD; infinite where there is none."""
    solution = solve(formulate(case).program)
    return solution.objective if solution.status == "optimal" else np.inf


def with_column(case: Case, table: str, column: str, change: Callable[[Any], Any]) -> Case:
    """The case with a column changed in all rows."""
    return with_rows(
        case, table, np.arange(len(case[table])), **{column: change(case[table][column].to_numpy())}
    )


ROOM: dict[str, list[tuple[str, str, Callable[[Any], Any]]]] = {
    "growth": [
        ("growth", "seed", lambda v: v + 2.0),
        ("growth", "max_growth", lambda v: v + 0.5),
        ("growth", "before", lambda v: v + 1.0),
    ],
    "least": [
        ("limits", "min", lambda v: 0.5 * v),
        ("limits", "over_usd_per_unit", lambda v: 0.5 * v),
        ("limits", "max", lambda v: 2.0 * v),
    ],
    "commitments": [
        ("commitments", "discount", lambda v: v + 0.1 * (1.0 - v)),
        ("commitments", "max_usd_per_hour", lambda v: 2.0 * v),
    ],
    "contracts": [
        ("site_contracts", "usd_per_kw_month", lambda v: 0.5 * v),
        ("site_contracts", "extend_usd_per_kw_month", lambda v: 0.5 * v),
    ],
    "availability": [
        ("availability", "availability", lambda v: np.minimum(v + 0.2, 1.0)),
    ],
}
"""Changes that give a plan more room, by way."""


@pytest.mark.parametrize("way", WAYS)
def test_a_way_agrees(way: str) -> None:
    @given(cases(ways=(way,)))
    @SIX
    def draw(drawn: Any) -> None:
        agree(read(*drawn))

    draw()


@pytest.mark.full
@pytest.mark.parametrize("way", WAYS)
def test_a_way_agrees_on_many(way: str) -> None:
    @given(cases(ways=(way,)))
    @SOME
    def draw(drawn: Any) -> None:
        agree(read(*drawn))

    draw()


@pytest.mark.full
def test_all_ways_agree_together() -> None:
    @given(cases(ways=tuple(WAYS)))
    @SOME
    def draw(drawn: Any) -> None:
        agree(read(*drawn))

    draw()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("way", ROOM)
def test_more_room_never_costs_more(way: str) -> None:
    @given(cases(ways=(way,)))
    @SIX
    def draw(drawn: Any) -> None:
        case = read(*drawn)
        before = cost(case)
        for table, column, change in ROOM[way]:
            after = cost(with_column(case, table, column, change))
            assert after <= before + 1e-6 * max(abs(before), 1.0) or np.isinf(before), column

    draw()


def rolled(base: Path, way: str, count: int) -> int:
    """Roll so many random cases; return how many have a plan."""
    done: list[str] = []

    @settings(FEW, max_examples=count)
    @given(cases(ways=(way,)))
    def draw(drawn: Any) -> None:
        tables, said = drawn
        folder = write_case(base / str(len(list(base.iterdir()))), tables, said)
        with contextlib.suppress(CaseError, NoPlan):
            check(folder, Counter())
            done.append(folder.name)

    draw()
    return len(done)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("way", WAYS)
def test_a_way_that_is_rolled_costs_the_same(way: str, tmp_path: Path) -> None:
    assert rolled(tmp_path, way, 4) >= 1


@pytest.mark.full
@pytest.mark.parametrize("way", WAYS)
def test_a_way_that_is_rolled_costs_the_same_in_many(way: str, tmp_path: Path) -> None:
    assert rolled(tmp_path, way, 60) >= 20


@given(cases(whole=("blocks",), ways=("contracts",)))
@SIX
def test_whole_extensions_agree(drawn: Any) -> None:
    whole_agree(read(*drawn))


@pytest.mark.full
@given(cases(whole=("blocks",), ways=("contracts",)))
@SOME
def test_whole_extensions_agree_on_many(drawn: Any) -> None:
    whole_agree(read(*drawn))
