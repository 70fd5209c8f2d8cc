"""The search for whole things: tighter limits, dives and the tree, against every count tried."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from planner.lp.builder import ProgramBuilder
from planner.lp.certificate import certify
from planner.lp.highs import LiveModel, solve
from planner.lp.program import Program
from planner.lp.whole.dive import counted, dive
from planner.lp.whole.fixed import divisible, fixed
from planner.lp.whole.guide import COUNTED, Guide
from planner.lp.whole.limits import Limits
from planner.lp.whole.solve import Whole, solve_whole
from planner.lp.whole.start import judged, singles, undecided
from planner.lp.whole.tight import multiples, tightened
from planner.lp.whole.tree import Node, Tree


def racks(supply: float, sizes: tuple[float, ...] = (72.0, 8.0), need: float = 90.0) -> Program:
    """Two offers share a supply, the small racks are dearer; what is short costs 100 a chip."""
    builder = ProgramBuilder()
    n = len(sizes)
    order = builder.columns("order", {"i": range(n)}, 0.0, np.inf, scale=1000.0)
    short = builder.columns("short", {"i": [0]}, 0.0, np.inf, scale=1000.0)
    count = builder.columns("racks", {"i": range(n)}, 0.0, np.inf, integer=True)
    row = builder.rows("whole", {"i": range(n)}, 0.0, 0.0, scale=1000.0)
    builder.entries(row, order, 1.0)
    builder.entries(row, count, -np.array(sizes))
    have = builder.rows("supply", {"i": [0]}, -np.inf, supply, scale=1000.0)
    builder.entries(np.repeat(have, n), order, 1.0)
    needed = builder.rows("need", {"i": [0]}, need, np.inf, scale=1000.0)
    builder.entries(np.repeat(needed, n + 1), np.concatenate([order, short]), 1.0)
    builder.cost(order, np.arange(3.0, 3.0 + n))
    builder.cost(short, 100.0)
    return builder.build()


def cheapest(program: Program, most: int) -> float:
    """The cheapest of all counts up to ``most``."""
    costs = [
        solve(fixed(program, np.array(counts, dtype=float))).objective
        for counts in itertools.product(range(most + 1), repeat=len(program.integer))
    ]
    return float(np.nanmin(costs))


def bound(program: Program) -> float:
    linear = divisible(program)
    return certify(linear, solve(linear)).bound


def test_a_limit_that_everything_meets_in_racks_is_rounded() -> None:
    """79 chips of racks of 8 are 72; of racks of 72 and 8 also, their greatest step is 8."""
    for sizes in ((8.0,), (72.0, 8.0)):
        program = racks(79.0, sizes)
        tight = tightened(program)
        row = program.row_index("supply", i=0)
        assert tight.row_upper[row] * 1000.0 == pytest.approx(72.0)
        # 72 chips at 3, 18 short
        assert bound(tight) == pytest.approx(72 * 3 + 18 * 100)
        assert bound(program) == pytest.approx(79 * 3 + 11 * 100)
    exact = racks(72.0)
    assert tightened(exact).row_upper.tolist() == exact.row_upper.tolist()


def test_a_limit_with_something_divisible_in_it_stays() -> None:
    program = racks(79.0)
    need = program.row_index("need", i=0)
    assert tightened(program).row_lower[need] == program.row_lower[need]
    found = multiples(program)
    order = program.column_index("order", i=0)
    assert found.of[order] == program.column_index("racks", i=0)
    assert found.by[order] == pytest.approx(0.072)


@pytest.mark.parametrize("supply", [20.0, 71.0, 79.0, 100.0, 150.0])
@pytest.mark.parametrize("need", [7.0, 64.0, 90.0])
def test_tighter_limits_cost_no_plan(supply: float, need: float) -> None:
    program = racks(supply, need=need)
    best = cheapest(program, 13)
    assert bound(program) <= bound(tightened(program)) + 1e-6
    assert bound(tightened(program)) <= best + 1e-6


def test_a_dive_keeps_within_what_is_shared_and_gives_its_bounds_back() -> None:
    """79 chips: one rack of 72 to the nearest; the two of 8 that would be nearest do not fit."""
    program = tightened(racks(79.0))
    model = LiveModel(divisible(program))
    answer = model.solve()
    found = dive(
        program,
        model,
        answer.x / program.column_scale,
        np.array([0, 1]),
        lambda x, _: singles(program, x),
        counted(program),
    )
    assert found is not None
    counts, ended = found
    assert counts.tolist() == [1.0, 0.0]
    assert ended.objective == pytest.approx(72 * 3 + 18 * 100)
    assert model.solve().objective == pytest.approx(answer.objective)


def gates(fees: tuple[float, ...], most: float = 100.0) -> Program:
    """Offers that are opened for a fee, one of which must be; 10 are needed, each can have 6."""
    builder = ProgramBuilder()
    n = len(fees)
    use = builder.columns("use", {"i": range(n)}, 0.0, 6.0)
    dear = builder.columns("dear", {"i": [0]}, 0.0, np.inf)
    opened = builder.columns("open", {"i": range(n)}, 0.0, 1.0, integer=True)
    row = builder.rows("opened", {"i": range(n)}, -np.inf, np.inf)
    builder.entries(row, use, 1.0)
    builder.switch(row, opened, most)
    needed = builder.rows("need", {"i": [0]}, 10.0, np.inf)
    builder.entries(np.repeat(needed, n + 1), np.concatenate([use, dear]), 1.0)
    builder.cost(use, 1.0)
    builder.cost(dear, 20.0)
    builder.cost(opened, np.array(fees))
    return builder.build()


@pytest.mark.parametrize("fees", [(10.0, 20.0, 30.0), (200.0, 50.0, 90.0), (70.0, 70.0, 1.0)])
def test_the_tree_alone_proves_what_is_opened(fees: tuple[float, ...]) -> None:
    program = gates(fees)
    tight = tightened(program)
    model = LiveModel(divisible(tight))
    answer = model.solve()
    root = Node(
        certify(divisible(tight), answer).bound,
        0,
        tight.column_lower,
        tight.column_upper,
        answer.x,
        model.basis(),
    )
    grown = Tree(tight, model, Guide(), Limits(1e-9), lambda _: None).grow(root)
    best = cheapest(program, 1)
    assert grown.cost == pytest.approx(best)
    assert grown.bound == pytest.approx(best, rel=1e-6)
    assert grown.bound <= best + 1e-6
    assert grown.nodes > 0


@pytest.mark.parametrize("need", [60.0, 100.0, 150.0])
def test_the_tree_tries_counts_below_and_above(need: float) -> None:
    """100 chips: a rack of 72 and four of 8 for 344; divisible they are 1.4 racks for 300."""
    program = racks(1000.0, need=need)
    tight = tightened(program)
    model = LiveModel(divisible(tight))
    answer = model.solve()
    own = certify(divisible(tight), answer).bound
    x = answer.x / program.column_scale
    root = Node(own, 0, tight.column_lower, tight.column_upper, x, model.basis())
    guide = Guide(ranks=np.full(2, COUNTED))
    grown = Tree(tight, model, guide, Limits(1e-9), lambda _: None).grow(root)
    best = cheapest(program, 20)
    assert own < best - 1.0
    assert grown.counts is not None
    assert grown.cost == pytest.approx(best)
    assert grown.bound == pytest.approx(best, rel=1e-6)
    assert grown.bound <= best + 1e-6


def test_the_most_that_is_stated_elsewhere_needs_no_search_for_it() -> None:
    program = gates((10.0, 20.0, 30.0), most=6.0)
    unknown = dataclasses.replace(program, switch_most=np.full(3, np.nan))
    assert bound(tightened(program)) > bound(tightened(unknown)) + 1.0
    found = solve_whole(program, solve(divisible(program)), None, Guide(), Limits(1e-9))
    assert isinstance(found, Whole)
    assert found.proven.cost == pytest.approx(cheapest(program, 1)) == pytest.approx(40.0)


def test_what_is_used_is_judged_by_how_much_of_it_there_is() -> None:
    """A least order of 30 of which 20 are there: two thirds; half is enough, all is not."""
    builder = ProgramBuilder()
    order = builder.columns("order", {"i": [0]}, 0.0, np.inf)
    placed = builder.columns("placed", {"i": [0]}, 0.0, 1.0, integer=True)
    least = builder.rows("least", {"i": [0]}, 0.0, np.inf)
    builder.entries(least, order, 1.0)
    builder.entries(least, placed, -30.0)
    row = builder.rows("opened", {"i": [0]}, -np.inf, np.inf)
    builder.entries(row, order, 1.0)
    builder.switch(row, placed)
    program = builder.build()
    x = np.array([20.0, 0.0])
    assert judged(program, x, np.array([0.5])).tolist() == [1.0]
    assert judged(program, x, np.array([1.0])).tolist() == [0.0]
    assert undecided(program, x) == pytest.approx([1 / 6])
    assert judged(program, np.zeros(2), np.array([0.0])).tolist() == [0.0]
    assert np.isinf(undecided(program, np.array([30.0, 0.0]))).all()
