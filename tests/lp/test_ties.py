"""Ties: the answer that the preferences choose, the same from every algorithm and seed, at the same
cost."""

from __future__ import annotations

import numpy as np
import pytest

from planner.lp.builder import ProgramBuilder
from planner.lp.certificate import certify
from planner.lp.highs import LiveModel
from planner.lp.program import Program
from planner.lp.ties import settle_ties, spread

SHOPS = {"shop": np.array(["north", "south", "west"], dtype=object)}


def three_shops() -> Program:
    """Buy 6 at 2 USD from three shops of which each has 4: every split of 6 costs 12."""
    builder = ProgramBuilder(axes=SHOPS)
    buy = builder.columns("buy", {"shop": np.arange(3)}, 0.0, 4.0)
    need = builder.rows("need", {"what": np.array(["bread"], dtype=object)}, 6.0, np.inf)
    builder.entries(np.repeat(need, 3), buy, 1.0)
    builder.cost(buy, 2e6)
    return builder.build()


@pytest.mark.parametrize(
    ("weights", "expected"),
    [([1, 2, 3], [4, 2, 0]), ([3, 2, 1], [0, 2, 4]), ([2, 1, 3], [2, 4, 0])],
)
@pytest.mark.parametrize("algorithm", ["simplex", "ipx"])
def test_the_preference_decides(
    weights: list[float], expected: list[float], algorithm: str
) -> None:
    program = three_shops()
    model = LiveModel(program, algorithm=algorithm)  # type: ignore[arg-type]
    first = model.solve()
    settled = settle_ties(model, first, [np.array(weights, dtype=float)])
    assert settled.x == pytest.approx(expected, abs=1e-9)
    assert settled.objective == pytest.approx(12e6, rel=1e-12)
    assert (
        certify(program, settled).gap <= 1e-9
    )  # the duals of the first answer prove the chosen one
    again = model.solve()  # the model is the program again
    assert (again.status, again.objective) == ("optimal", pytest.approx(12e6))


def test_a_second_preference_decides_what_the_first_leaves() -> None:
    """North and south are equally dear to the first, and both dearer than west; the second prefers
    south."""
    model = LiveModel(three_shops())
    settled = settle_ties(
        model, model.solve(), [np.array([2.0, 2.0, 1.0]), np.array([2.0, 1.0, 3.0])]
    )
    assert settled.x == pytest.approx([0.0, 2.0, 4.0], abs=1e-9)


def test_no_preference_changes_the_cost() -> None:
    """The cheap shop is taken in full although the preference would rather not."""
    builder = ProgramBuilder(axes=SHOPS)
    buy = builder.columns("buy", {"shop": np.arange(3)}, 0.0, 4.0)
    need = builder.rows("need", {"what": np.array(["bread"], dtype=object)}, 6.0, np.inf)
    builder.entries(np.repeat(need, 3), buy, 1.0)
    builder.cost(buy, [1e6, 2e6, 2e6])
    model = LiveModel(builder.build())
    settled = settle_ties(model, model.solve(), [np.array([100.0, 2.0, 1.0])])
    assert settled.x == pytest.approx([4.0, 0.0, 2.0], abs=1e-9)
    assert settled.objective == pytest.approx(8e6)


def test_spread_follows_names_not_numbers() -> None:
    program = three_shops()
    assert (
        len(set(spread(program))) == 3
        and (spread(program) >= 0).all()
        and (spread(program) < 1).all()
    )
    builder = ProgramBuilder(axes={"shop": np.array(["east", *SHOPS["shop"]], dtype=object)})
    builder.columns("buy", {"shop": np.arange(4)}, 0.0, 4.0)
    assert spread(builder.build())[1:] == pytest.approx(spread(program), abs=0)
