"""Whole programs: fixing counts, largest amounts, branch and bound, against every count tried."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from planner.lp.builder import ProgramBuilder
from planner.lp.highs import LiveModel, solve
from planner.lp.program import Program
from planner.lp.whole.branch import Branched
from planner.lp.whole.fixed import divisible, fixed, whole_part
from planner.lp.whole.guide import Guide
from planner.lp.whole.limits import Limits
from planner.lp.whole.most import limited, most
from planner.lp.whole.other import solve_whole_with_pulp
from planner.lp.whole.solve import Whole, solve_whole
from planner.lp.whole.start import singles

EXACT = Limits(gap=1e-9)


def racks(need: float = 100.0, size: float = 72.0, price: float = 3.0) -> Program:
    """Chips come in racks or one by one at twice the price: order = size x racks."""
    builder = ProgramBuilder()
    order = builder.columns("order", {"i": [0]}, 0.0, np.inf, scale=1000.0)
    single = builder.columns("single", {"i": [0]}, 0.0, np.inf, scale=1000.0)
    count = builder.columns("racks", {"i": [0]}, 0.0, np.inf, integer=True)
    row = builder.rows("whole", {"i": [0]}, 0.0, 0.0, scale=1000.0)
    builder.entries(row, order, 1.0)
    builder.entries(row, count, -size)
    needed = builder.rows("need", {"i": [0]}, need, np.inf, scale=1000.0)
    builder.entries(np.repeat(needed, 2), np.concatenate([order, single]), 1.0)
    builder.cost(order, price)
    builder.cost(single, 2 * price)
    return builder.build()


def gate(least: float = 30.0, need: float = 20.0, fee: float = 0.0) -> Program:
    """Zero or at least so many of a cheap offer, no largest amount stated; or a dear one."""
    builder = ProgramBuilder()
    cheap = builder.columns("cheap", {"i": [0]}, 0.0, np.inf)
    dear = builder.columns("dear", {"i": [0]}, 0.0, np.inf)
    placed = builder.columns("placed", {"i": [0]}, 0.0, 1.0, integer=True)
    most_ = builder.rows("opened", {"i": [0]}, -np.inf, np.inf)
    builder.entries(most_, cheap, 1.0)
    builder.switch(most_, placed)
    least_ = builder.rows("least", {"i": [0]}, 0.0, np.inf)
    builder.entries(least_, cheap, 1.0)
    builder.entries(least_, placed, -least)
    needed = builder.rows("need", {"i": [0]}, need, np.inf)
    builder.entries(np.repeat(needed, 2), np.concatenate([cheap, dear]), 1.0)
    builder.cost(cheap, 1e6)
    builder.cost(dear, 2e6)
    builder.cost(placed, fee)
    return builder.build()


def whole(program: Program, limits: Limits = EXACT) -> Whole:
    model = LiveModel(divisible(program))
    relaxed = model.solve()
    start = singles(program, relaxed.x / program.column_scale)
    found = solve_whole(program, relaxed, model.basis(), Guide(lambda _: [start]), limits)
    assert isinstance(found, Whole)
    return found


def test_racks_and_the_rest_one_by_one() -> None:
    """100 chips: a rack of 72 at 3 and 28 at 6 are 384; two racks 432; none 600."""
    found = whole(racks())
    assert found.solution.objective == pytest.approx(384.0)
    assert found.proven.divisible == pytest.approx(300.0)
    assert found.proven.own_bound == pytest.approx(300.0)
    assert found.proven.bound == pytest.approx(384.0)
    assert found.counts.tolist() == [1.0]


def test_a_fixed_count_fixes_what_it_alone_determines() -> None:
    program = racks()
    linear = fixed(program, np.array([1.0]))
    order = program.column_index("order", i=0)
    assert linear.column_lower[order] == linear.column_upper[order] == 0.072
    assert np.isinf(linear.row_upper[program.row_index("whole", i=0)])
    assert not len(linear.integer)
    assert solve(linear).objective == pytest.approx(384.0)
    assert whole_part(program, np.array([72.0, 0.0, 1.0])).tolist() == [1.0]


@pytest.mark.parametrize(
    ("need", "fee", "usd"),
    [
        (20.0, 0.0, 30e6),  # the least order is cheaper than 20 dear ones
        (14.0, 0.0, 28e6),  # here it is not
        (40.0, 0.0, 40e6),
        (40.0, 1e9, 80e6),  # nothing is opened
    ],
)
def test_zero_or_at_least_so_many(need: float, fee: float, usd: float) -> None:
    found = whole(gate(need=need, fee=fee))
    assert found.solution.objective == pytest.approx(usd)
    assert found.proven.bound == pytest.approx(usd, rel=1e-6)


def test_the_most_is_what_the_known_cost_allows() -> None:
    """At a cost of 40 million no plan has more than 40 of the cheap ones."""
    program = gate()
    amounts, sure = most(program, 40e6, threads=1, seed=0)
    assert sure
    assert amounts == pytest.approx([40.0], rel=1e-4)
    assert amounts[0] >= 40.0
    ready = limited(program, amounts)
    assert len(ready.data) == len(program.data) + 1
    row = program.row_index("opened", i=0)
    assert ready.row_upper[row] == 0.0
    assert ready.activity(np.array([40.0, 0.0, 1.0]))[row] <= 0.0


def test_a_switched_row_is_free_for_everything_that_is_linear() -> None:
    """Divisible, 20 cheap ones; and closed, none."""
    program = gate()
    assert solve(divisible(program)).objective == pytest.approx(20e6)
    assert solve(fixed(program, np.array([0.0]))).objective == pytest.approx(40e6)
    assert solve(fixed(program, np.array([1.0]))).objective == pytest.approx(30e6)


def test_a_row_and_a_column_that_do_not_belong_together_are_refused() -> None:
    builder = ProgramBuilder()
    column = builder.columns("y", {"i": [0]}, 0.0, 1.0, integer=True)
    rows = builder.rows("r", {"i": [0, 1]}, -np.inf, np.inf)
    with pytest.raises(ValueError, match="2 rows are switched by 1 columns"):
        builder.switch(rows, column)


def random(seed: int) -> Program:
    """Three offers in racks, of one of them zero or a least order, against a need in two periods
    with a limit on both."""
    draw = np.random.default_rng(seed)
    size, price = draw.integers(2, 9, 3).astype(float), draw.integers(1, 9, 3) * 1e6
    builder = ProgramBuilder()
    t = np.array([0, 1])
    order = [builder.columns(f"order{i}", {"t": t}, 0.0, np.inf) for i in range(3)]
    short = builder.columns("short", {"t": t}, 0.0, np.inf)
    placed = builder.columns("placed", {"t": t}, 0.0, 1.0, integer=True)
    for i in range(3):
        count = builder.columns(f"racks{i}", {"t": t}, 0.0, 2.0, integer=True)
        row = builder.rows(f"whole{i}", {"t": t}, 0.0, 0.0)
        builder.entries(row, order[i], 1.0)
        builder.entries(row, count, -size[i])
        builder.cost(order[i], price[i] * np.array([1.0, 0.9]))
    opened = builder.rows("opened", {"t": t}, -np.inf, np.inf)
    builder.entries(opened, order[0], 1.0)
    builder.switch(opened, placed)
    least = builder.rows("least", {"t": t}, 0.0, np.inf)
    builder.entries(least, order[0], 1.0)
    builder.entries(least, placed, -float(draw.integers(5, 30)))
    need = builder.rows("need", {"t": t}, draw.integers(3, 25, 2).astype(float), np.inf)
    for i in range(3):
        builder.entries(need, order[i], 1.0)
        builder.entries(need[1:], order[i][:1], 1.0)  # chips stay
    builder.entries(need, short, 1.0)
    cap = builder.rows("cap", {"i": [0]}, -np.inf, float(draw.integers(10, 60)))
    builder.entries(np.repeat(cap, 4), np.concatenate(order[:2]), 1.0)
    builder.cost(short, float(draw.integers(5, 20)) * 1e6)
    builder.cost(placed, float(draw.integers(0, 5)) * 1e6)
    return builder.build()


def every_count(program: Program) -> float:
    """The cheapest of all counts, each solved as a linear program."""
    model, best = None, np.inf
    ranges = [range(int(program.column_upper[c]) + 1) for c in program.integer]
    for counts in itertools.product(*ranges):
        linear = fixed(program, np.array(counts, dtype=float))
        if model is None:
            model = LiveModel(linear, threads=1)
        else:
            model.become(linear)
        answer = model.solve()
        if answer.status == "optimal":
            best = min(best, answer.objective)
    return best


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_every_count_tried(seed: int) -> None:
    program = random(seed)
    found, best = whole(program), every_count(program)
    assert found.solution.objective == pytest.approx(best, abs=0.01)
    assert found.proven.bound <= best + 0.01


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_another_solver_finds_the_same(seed: int) -> None:
    program = random(seed)
    ours = whole(program)
    start = singles(program, ours.relaxed.x / program.column_scale)
    theirs = solve_whole_with_pulp(program, ours.relaxed, [start], EXACT, "PULP_CBC_CMD")
    assert not isinstance(theirs, Branched)
    assert theirs.solution.objective == pytest.approx(ours.solution.objective, rel=1e-7)
