"""Tokens of providers on random cases: what more of them can do; against the oracle they stand in
test_ways.py."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given

from planner.case import CaseError
from planner.lp.highs import solve
from planner.model import formulate
from tests.properties.drawn import FEW, SOME, read, settings
from tests.strategies import cases, level

Drawn = tuple[dict[str, list[dict[str, str]]], dict[str, Any]]


def optimum(drawn: Drawn) -> float:
    """The cost of a case; one that cannot be read or met is passed over."""
    try:
        solution = solve(formulate(read(*drawn)).program)
    except CaseError:
        assume(False)
    return solution.objective if solution.status == "optimal" else float("inf")


def changed(drawn: Drawn, table: str, **cells: str) -> Drawn:
    rows = [{**row, **cells} for row in drawn[0][table]]
    return {**drawn[0], table: level(rows)}, drawn[1]


def compare(drawn: Drawn) -> None:
    """Without a least spend: no most costs no more, a most of nothing, work that stays in the house
    and dearer tokens no less."""
    assume("token_offers" in drawn[0])
    free = changed(drawn, "token_offers", min_usd="", missed_usd_per_usd="")
    cost = optimum(free)
    assume(cost < float("inf"))
    room = 1e-7 * max(abs(cost), 1.0)
    assert optimum(changed(free, "token_offers", max_mtok="")) <= cost + room
    assert optimum(changed(free, "token_offers", max_mtok="0")) >= cost - room
    assert optimum(changed(free, "workloads", may_leave_house="")) >= cost - room
    one = {name: rows for name, rows in free[0].items() if name != "token_prices"}, free[1]
    priced = {key: "50" for key in one[0]["token_offers"][0] if key.startswith("usd_per_mtok")}
    base = optimum(one)
    dear = optimum(changed(one, "token_offers", **priced))
    assert dear >= base - 1e-7 * max(abs(base), 1.0)


@given(cases(ways=("tokens",)))
@settings(FEW, max_examples=4)
def test_more_choice_never_costs_more(drawn: Drawn) -> None:
    compare(drawn)


@pytest.mark.full
@given(cases(ways=("tokens",)))
@SOME
def test_more_choice_never_costs_more_on_many(drawn: Drawn) -> None:
    compare(drawn)
