"""Replays of random cases with every feature: a policy with perfect forecasts executes what was
best, and none executes less."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits

from planner.case import Case, read_case
from planner.case.problems import CaseError
from planner.replay.history import AMOUNTS, History
from planner.replay.replay import replay
from planner.runs.read import RunError
from tests.helpers import write_case
from tests.replay.test_replay import policy
from tests.strategies import Tables, cases


def known(case: Case) -> History:
    """A history that comes as the case says, known from the start."""
    demand = case["demand"]
    columns = tuple(name for name in AMOUNTS if (demand[name].to_numpy() > 0).any())
    actual = demand[list(columns)].to_numpy(dtype=np.float64)
    return History(
        columns, actual, {}, np.broadcast_to(actual, (case.calendar.count, *actual.shape))
    )


def judged(drawn: tuple[Tables, dict[str, Any]]) -> str:
    """Play perfect and wrong forecasts on a case; returns what became of it."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            case = read_case(write_case(Path(scratch) / "case", *drawn), ("case.whole=no",))
        except CaseError:
            return "refused"
    history = known(case)
    try:
        best, (perfect, *wrong) = replay(
            case,
            history,
            [policy(), policy(reserve=0.3), policy(reserve=0.05), policy(buy="on_demand")],
        )
    except RunError:
        return "no plan"
    room = 1e-6 * max(abs(best.cost), 1.0)
    assert perfect.status == "optimal" and perfect.faults == ()
    assert abs(perfect.cost - best.cost) <= room
    for one in wrong:
        assert one.status in ("optimal", "infeasible")
        if one.status == "optimal":
            assert one.faults == () and one.cost >= best.cost - room
    return "played"


@pytest.mark.slow
@limits(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_knowing_everything_costs_least(drawn: tuple[Tables, dict[str, Any]]) -> None:
    judged(drawn)


@pytest.mark.full
def test_hundred_and_twenty_of_them() -> None:
    told: list[str] = []

    @limits(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(cases())
    def play(drawn: tuple[Tables, dict[str, Any]]) -> None:
        told.append(judged(drawn))

    play()
    print({word: told.count(word) for word in set(told)})
    assert told.count("played") >= 120
