"""Whole things of random cases: the planner against the second statement of the model, with counts
that are found and with all of them tried one by one."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from planner.lp.highs import solve
from planner.lp.whole.branch import Branched
from planner.lp.whole.fixed import divisible
from planner.lp.whole.limits import Limits
from planner.lp.whole.solve import solve_whole
from planner.model import formulate
from planner.model.stages import guided
from tests.oracle import solve_gross, state
from tests.properties.drawn import FEW, MANY, read
from tests.strategies import cases

NEAR = Limits(gap=1e-9, threads=1)
"""As near to the best as the solver's tolerances let it come."""
COMBINATIONS = 64
"""Most counts of a case that are tried one by one."""


def best(case: Any) -> tuple[str, float, float]:
    """Status, cost and bound of the planner's plan of a case."""
    formulation = formulate(case)
    program = formulation.program
    relaxed = solve(divisible(program))
    if relaxed.status != "optimal" or not len(program.integer):
        return relaxed.status, relaxed.objective, relaxed.objective
    found = solve_whole(program, relaxed, None, guided(formulation), NEAR)
    if isinstance(found, Branched):
        return found.status, float("nan"), float("nan")
    return "optimal", found.solution.objective, found.proven.bound


def agree(case: Any) -> None:
    """The planner's plan costs what the cheapest of the other statement does, and its bound no
    more."""
    status, cost, bound = best(case)
    told, own, gross = solve_gross(case)
    if status != "optimal":
        assert told == status or status == "error", (told, status)
        assert told != "optimal"
        return
    assert told == "optimal"
    assert abs(cost - own) <= 1e-6 * max(gross, 1.0), (cost, own)
    assert bound <= own + 1e-6 * max(gross, 1.0)


def one_by_one(case: Any) -> bool:
    """The cheapest of all counts, each tried alone, is the planner's; False: they are too many."""
    counts = state(case).counts
    ways = [range(int(most) + 1) for most in counts.values()]
    if not counts or not np.prod([len(way) for way in ways]) <= COMBINATIONS:
        return False
    costs = []
    for chosen in itertools.product(*ways):
        told, usd, gross = solve_gross(case, dict(zip(counts, chosen, strict=True)))
        if told == "optimal":
            costs.append((usd, gross))
    status, cost, bound = best(case)
    assert (status == "optimal") == bool(costs)
    if costs:
        usd, gross = min(costs)
        assert abs(cost - usd) <= 1e-6 * max(gross, 1.0), (cost, usd)
        assert bound <= usd + 1e-6 * max(gross, 1.0)
    return True


@given(cases(whole=("orders",)))
@FEW
def test_orders_agree(drawn: Any) -> None:
    agree(read(*drawn))


@given(cases(whole=("steps",)))
@FEW
def test_steps_agree(drawn: Any) -> None:
    agree(read(*drawn))


@given(cases(whole=("blocks", "opening")))
@FEW
def test_openings_agree(drawn: Any) -> None:
    agree(read(*drawn))


@given(cases(whole=("fabric",)))
@FEW
def test_choices_of_places_agree(drawn: Any) -> None:
    agree(read(*drawn))


@given(cases(whole=("replicas",)))
@FEW
def test_replicas_agree(drawn: Any) -> None:
    agree(read(*drawn))


@pytest.mark.full
@pytest.mark.parametrize(
    "kinds",
    [
        ("orders",),
        ("steps",),
        ("orders", "steps"),
        ("blocks",),
        ("opening",),
        ("fabric",),
        ("replicas",),
        ("blocks", "opening"),
        ("fabric", "replicas"),
        ("orders", "opening"),
        ("steps", "fabric"),
    ],
)
def test_kinds_agree_on_many(kinds: tuple[str, ...]) -> None:
    @given(cases(whole=kinds))
    @MANY
    def draw(drawn: Any) -> None:
        agree(read(*drawn))

    draw()


@pytest.mark.full
@pytest.mark.parametrize("kinds", [("orders",), ("steps",), ("blocks",), ("opening",), ("fabric",)])
def test_kinds_one_by_one(kinds: tuple[str, ...]) -> None:
    """The same with every count tried, on at least thirty cases."""
    tried = 0

    @given(cases(whole=kinds))
    @MANY
    def draw(drawn: Any) -> None:
        nonlocal tried
        if tried < 60:
            tried += one_by_one(read(*drawn))

    draw()
    assert tried >= 30
