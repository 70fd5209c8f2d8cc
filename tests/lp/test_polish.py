"""Duals of what nobody uses, by pencil."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from planner.lp.builder import ProgramBuilder
from planner.lp.certificate import certify
from planner.lp.highs import solve
from planner.lp.polish import polished
from planner.lp.program import Program


def halls(other: float = 7.0) -> Program:
    """Ten are needed: rooms at 2 in one hall or at ``other`` in another, through a lobby each."""
    builder = ProgramBuilder()
    rent = builder.columns("rent", {"hall": [0, 1]}, 0.0, np.inf, scale=10.0)
    open_ = builder.columns("open", {"hall": [0, 1]}, 0.0, np.inf)
    use = builder.columns("use", {"hall": [0, 1]}, 0.0, np.inf)
    lobby = builder.rows("lobby", {"hall": [0, 1]}, -np.inf, 0.0, scale=4.0)
    room = builder.rows("room", {"hall": [0, 1]}, -np.inf, 0.0)
    need = builder.rows("need", {"n": [0]}, 10.0, 10.0)
    builder.entries(lobby, open_, 1.0)
    builder.entries(lobby, rent, -1.0)
    builder.entries(room, use, 1.0)
    builder.entries(room, open_, -1.0)
    builder.entries(np.repeat(need, 2), use, 1.0)
    builder.cost(rent, [2e6, other * 1e6])
    return builder.build()


@pytest.mark.parametrize("dear", [2.0, 3.0, 5.0, 7.0])
def test_what_nobody_uses_has_the_least_price(dear: float) -> None:
    """Any price from 2 to 7 is optimal for the other hall; only at 2 would it come in."""
    program = halls()
    found = solve(program)
    given = dataclasses.replace(found, row_dual=np.array([-2.0, -dear, -2.0, -dear, 2.0]) * 1e6)
    assert certify(program, given).gap == pytest.approx(0.0)
    told = polished(program, given)
    assert told.row_dual / 1e6 == pytest.approx([-2.0, -2.0, -2.0, -2.0, 2.0])
    assert told.reduced_cost[1] / 1e6 == pytest.approx(5.0)
    assert certify(program, told).bound == pytest.approx(20e6)
    assert told.x is given.x


def test_what_is_used_keeps_its_price() -> None:
    program = halls(2.0)
    found = solve(program)
    told = polished(program, found)
    used = found.x[4:] > 0
    assert (told.row_dual[:2][used] / 1e6) == pytest.approx(-2.0)
    assert certify(program, told).gap == pytest.approx(0.0)
