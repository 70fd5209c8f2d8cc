"""What a solver says of a program without an answer is told only once it is confirmed."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from planner.lp import confirm as module
from planner.lp.builder import ProgramBuilder
from planner.lp.confirm import confirmed, falling, runaway
from planner.lp.highs import LiveModel, solve
from planner.lp.program import Program


def trade(sells: float, wanted: float = 1.0, most: float = np.inf) -> Program:
    """Buy goods at 2 each and sell them again at ``sells``; some are wanted, one good costs
    nothing."""
    builder = ProgramBuilder(axes={"good": np.array(["gold", "air"], dtype=object)})
    buy = builder.columns("buy", {"good": [0, 1]}, 0.0, [most, np.inf], scale=[10.0, 1.0])
    sell = builder.columns("sell", {"good": [0]}, 0.0, np.inf)
    stock = builder.rows("stock", {"good": [0]}, -np.inf, 0.0, scale=4.0)
    need = builder.rows("need", {"good": [0]}, wanted, np.inf)
    builder.entries([stock[0], stock[0], need[0]], [sell[0], buy[0], buy[0]], [1.0, -1.0, 1.0])
    builder.cost([buy[0], sell[0]], [2e6, -sells * 1e6])
    return builder.build()


def test_a_direction_in_which_the_cost_falls() -> None:
    way = falling(trade(3.0))
    assert way is not None
    assert way.max() == 1.0
    assert way[0] * 10.0 == pytest.approx(way[2])  # sold is what is bought
    assert trade(3.0).column_label(runaway(trade(3.0), way)) == "sell[good=gold]"


@pytest.mark.parametrize("program", [trade(2.0), trade(1.0), trade(3.0, most=5.0)])
def test_no_gain_and_a_bound_are_no_such_direction(program: Program) -> None:
    assert falling(program) is None
    assert solve(program).status == "optimal"


@pytest.mark.parametrize("algorithm", ["simplex", "ipx"])
def test_a_program_without_end_is_told(algorithm: Any) -> None:
    model = LiveModel(trade(3.0), algorithm=algorithm)
    found = model.solve()
    assert found.status == "unbounded"
    assert confirmed(model, found) == (model, found)


@pytest.mark.parametrize("algorithm", ["simplex", "ipx"])
def test_a_program_without_an_answer_is_told(algorithm: Any) -> None:
    model = LiveModel(trade(1.0, wanted=7.0, most=6.0), algorithm=algorithm)
    found = model.solve()
    assert found.status == "infeasible"
    assert confirmed(model, found) == (model, found)


@pytest.mark.parametrize("word", ["infeasible", "unbounded"])
def test_a_wrong_word_is_not_passed_on(word: Any) -> None:
    """The second answer stands where it needs no confirmation."""
    model = LiveModel(trade(1.0))
    said = dataclasses.replace(model.solve(), status=word)
    told = confirmed(model, said)[1]
    assert told.status == "optimal"
    assert told.objective == pytest.approx(1e6)


def test_what_nobody_can_prove_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    model = LiveModel(trade(3.0))
    said = model.solve()
    monkeypatch.setattr(module, "falling", lambda _: None)
    told = confirmed(model, said)[1]
    assert told.status == "error"
    assert told.message.endswith("no proof of it was found")


def test_without_an_answer_the_cost_does_not_fall() -> None:
    """A direction alone is not enough: there must be a point to go from."""
    program = trade(3.0)
    model = LiveModel(dataclasses.replace(program, column_upper=np.array([0.0, np.inf, np.inf])))
    said = dataclasses.replace(model.solve(), status="unbounded")
    assert confirmed(model, said)[1].status == "infeasible"
