"""What multipliers prove where columns have no bound of their own."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from planner.lp.builder import ProgramBuilder
from planner.lp.certificate import certify
from planner.lp.duality import NONE, least
from planner.lp.highs import solve
from planner.lp.implied import implied_upper
from planner.lp.program import Program


def chain(length: int = 4, first: float = 12.0) -> Program:
    """``x_0 <= first``; each next one at most half of the one before; ``y`` is bound by nothing;
    ``z`` and ``u`` by each other alone: ``z <= u`` and ``u <= z``."""
    builder = ProgramBuilder()
    x = builder.columns("x", {"n": np.arange(length)}, 0.0, np.inf, scale=2.0)
    others = builder.columns("other", {"n": np.arange(3)}, 0.0, np.inf)
    start = builder.rows("start", {"n": [0]}, -np.inf, first, scale=3.0)
    half = builder.rows("half", {"n": np.arange(1, length)}, 0.0, np.inf, scale=5.0)
    pair = builder.rows("pair", {"n": [0, 1]}, -np.inf, 0.0)
    builder.entries(start, x[:1], 1.0)
    builder.entries(half, x[:-1], 0.5)
    builder.entries(half, x[1:], -1.0)
    builder.entries(pair, others[1:], 1.0)
    builder.entries(pair, others[:0:-1], -1.0)
    builder.cost(x, -1e6)
    return builder.build()


def test_bounds_follow_from_rows_step_by_step() -> None:
    program = chain()
    found = implied_upper(program, np.ones(program.num_columns, dtype=bool)) * program.column_scale
    assert found[:4] == pytest.approx([12.0, 6.0, 3.0, 1.5])
    assert np.isinf(found[4:]).all(), "a bound that rests on itself is none"


def test_a_bound_of_its_own_stays() -> None:
    program = chain()
    own = dataclasses.replace(program, column_upper=np.array([1.0, *[np.inf] * 6]))
    found = implied_upper(own, np.ones(own.num_columns, dtype=bool)) * own.column_scale
    assert found[:2] == pytest.approx([2.0, 1.0])


def test_only_what_is_wanted_is_looked_for() -> None:
    program = chain(60)
    wanted = np.arange(program.num_columns) == 1
    found = implied_upper(program, wanted)
    assert np.isfinite(found[:2]).all() and np.isinf(found[10:]).all()


def test_a_lower_limit_bounds_what_is_taken_away() -> None:
    """``4 <= a - b`` and ``a <= 10``: ``b <= 6``."""
    builder = ProgramBuilder()
    pair = builder.columns("pair", {"n": [0, 1]}, [1.0, 0.0], [10.0, np.inf])
    row = builder.rows("row", {"n": [0]}, 4.0, np.inf)
    builder.entries(row, pair, [1.0, -1.0])
    program = builder.build()
    assert implied_upper(program, np.ones(2, dtype=bool)) == pytest.approx([10.0, 6.0])


def test_the_bound_holds_for_any_multipliers() -> None:
    """Whatever is proposed, nothing cheaper than the bound exists."""
    program = chain()
    best = -22.5  # millions
    random = np.random.default_rng(0)
    for _ in range(50):
        y = np.concatenate([-random.uniform(0, 3, 1), random.uniform(0, 3, 3), [0.0, 0.0]])
        proven = least(program, program.cost, y)
        assert proven.endless == NONE
        assert proven.rows.sum() + proven.columns.sum() <= best + 1e-9
    optimal = solve(program)
    certificate = certify(program, optimal)
    assert certificate.bound == pytest.approx(best * 1e6)
    assert certificate.gap <= 1e-9


def test_what_has_no_bound_proves_nothing() -> None:
    program = chain()
    worse = dataclasses.replace(program, cost=np.append(program.cost[:4], [-1.0, 0.0, 0.0]))
    proven = least(worse, worse.cost, np.zeros(6))
    assert worse.column_label(proven.endless) == "other[n=0]"
    certificate = certify(worse, solve(program))
    assert certificate.unproven == "other[n=0]"
    assert certificate.bound == -np.inf


def test_rounding_is_no_reduced_cost() -> None:
    """Columns whose terms cancel to the last digits lean on nothing."""
    builder = ProgramBuilder()
    column = builder.columns("c", {"n": [0]}, 0.0, np.inf)
    rows = builder.rows("r", {"n": np.arange(10)}, 0.0, np.inf)
    builder.entries(rows, np.repeat(column, 10), 0.1)
    builder.cost(column, 1e6)
    program = builder.build()
    y = np.full(10, 1.0)
    assert program.cost[0] - program.pull(y)[0] != 0.0
    assert least(program, program.cost, y).endless == NONE
    assert least(program, program.cost, y * (1 + 1e-9)).endless == 0


def test_what_an_answer_costs_bounds_what_it_can_have() -> None:
    """Two USD a unit of ``a``, ten million for all: five million of it, and of ``b``, which is at
    most ``a``; what is paid for other things, at least a million of ``c``, is not left for it."""
    builder = ProgramBuilder()
    a, b, c = builder.columns("good", {"n": np.arange(3)}, [0.0, 0.0, 1e6], np.inf)
    row = builder.rows("at most", {"n": [0]}, -np.inf, 0.0)
    builder.entries(np.repeat(row, 2), np.array([b, a]), np.array([1.0, -1.0]))
    builder.cost([a, c], [2.0, 4.0])
    program = builder.build()
    wanted = np.ones(3, dtype=bool)
    assert np.isinf(implied_upper(program, wanted)).all()
    assert implied_upper(program, wanted, 10.0) == pytest.approx([3e6, 3e6, 2.5e6])
    earning = dataclasses.replace(program, cost=program.cost * np.array([1.0, 1.0, -1.0]))
    assert np.isinf(implied_upper(earning, wanted, 10.0)).all()


def test_duals_that_are_off_by_rounding_prove_what_a_cheaper_answer_would_cost() -> None:
    """``a >= 1`` at one USD a unit (a million units), ``b <= a``, ``b >= 1``: a dual of ``b`` that
    is off by 1e-10 leaves it a reduced cost below zero, and no row bounds it."""
    builder = ProgramBuilder()
    a, b = builder.columns("good", {"n": np.arange(2)}, 0.0, np.inf, scale=1e6)
    rows = builder.rows("row", {"n": np.arange(2)}, [-np.inf, 1e6], [0.0, np.inf], scale=1e6)
    builder.entries(np.array([rows[0], rows[0], rows[1]]), np.array([b, a, b]), [1.0, -1.0, 1.0])
    builder.cost([a], [1.0])
    program = builder.build()
    solution = solve(program)
    off = dataclasses.replace(solution, row_dual=np.array([-1.0, 1.0 + 1e-10]))
    assert least(program, program.cost, np.array([-1.0, 1.0 + 1e-10])).endless != NONE
    certificate = certify(program, off)
    assert certificate.unproven == "" and 0 <= certificate.gap < 1e-8
    wrong = dataclasses.replace(solution, x=solution.x * 2)
    assert certify(program, dataclasses.replace(wrong, row_dual=off.row_dual)).gap > 0.4
