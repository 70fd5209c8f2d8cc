"""Ranges worked out for a few rows and columns are those that HiGHS finds for all of them, and hold
when solved again."""

from __future__ import annotations

from typing import Literal

import highspy
import numpy as np
import pytest
from hypothesis import assume, given, settings

from planner.lp.builder import ProgramBuilder
from planner.lp.highs import LiveModel
from planner.lp.program import Program
from tests.lp.test_lp import bakery, programs


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ["simplex", "ipx"])
@settings(max_examples=100, deadline=None, derandomize=True)
@given(program=programs())
def test_ranges_are_those_of_highs(algorithm: Literal["simplex", "ipx"], program: Program) -> None:
    assume(len(program.data) > 0)  # HiGHS needs no basis for those, and has no ranges
    live = LiveModel(program, algorithm=algorithm)
    solution = live.solve()
    low, high, dearest = live.ranges()
    known = ~np.isnan(low)
    # every row whose dual says something has a range
    assert known[solution.row_dual != 0.0].all() and known.tolist() == (~np.isnan(high)).tolist()
    # HiGHS has none itself where the crossover ends without a step of the simplex
    live.set_option("solver", "simplex")
    assert live.solve().iterations == 0
    status, theirs = live._highs.getRanging()
    assert status == highspy.HighsStatus.kOk
    ends = (
        np.array([theirs.row_bound_dn.value_, theirs.row_bound_up.value_])[:, : program.num_rows]
        * program.row_scale
    )
    assert low[known] == pytest.approx(ends.min(axis=0)[known], rel=1e-6, abs=1e-6)
    assert high[known] == pytest.approx(ends.max(axis=0)[known], rel=1e-6, abs=1e-6)
    cost = (
        np.array(theirs.col_cost_up.value_)[: program.num_columns]
        * program.money_scale
        / program.column_scale
    )
    assert dearest == pytest.approx(cost, rel=1e-6, abs=1e-3)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True)
@given(program=programs())
def test_asking_changes_nothing(program: Program) -> None:
    """Asked twice, and asked between two solves: the same ranges, the same answer, not a step
    more."""
    live = LiveModel(program)
    first, ranges = live.solve(), live.ranges()
    for before, after in zip(ranges, live.ranges(), strict=True):
        assert before.tolist() == pytest.approx(after.tolist(), nan_ok=True)
    again = live.solve()
    assert (again.iterations, again.x.tolist()) == (0, pytest.approx(first.x.tolist())) or not len(
        program.data
    )


def test_only_what_is_asked_for() -> None:
    live = LiveModel(bakery())
    live.solve()
    low, high, dearest = live.ranges(("no such rows",), ("make",))
    assert (
        np.isnan(low).all()
        and np.isnan(high).all()
        and dearest.tolist() == pytest.approx([-5 / 3, -1.5])
    )
    low, high, dearest = live.ranges(("stock",), ())
    assert (low.tolist(), high.tolist()) == (
        pytest.approx([5.0, 10 / 3 + 0.6666666666666667]),
        pytest.approx([30.0, 24.0]),
    ) and np.isnan(dearest).all()


def test_a_program_without_coefficients_has_no_ranges() -> None:
    builder = ProgramBuilder()
    x = builder.columns("x", {"i": np.arange(2)}, 0.0, 5.0)
    builder.rows("r", {"i": np.arange(1)}, -np.inf, 3.0)
    builder.cost(x, [1.0, -2.0])
    live = LiveModel(builder.build())
    assert live.solve().x.tolist() == [0.0, 5.0]
    for values in live.ranges():
        assert np.isnan(values).all()


def test_without_a_basis_there_are_no_ranges() -> None:
    builder = ProgramBuilder()
    x = builder.columns("x", {"i": np.arange(2)}, 0.0, 5.0)
    builder.entries(builder.rows("r", {"i": np.arange(1)}, 3.0, np.inf), x, 1.0)
    builder.cost(x, [1.0, 2.0])
    live = LiveModel(builder.build(), algorithm="ipx")
    live.set_option("run_crossover", "off")
    assert live.solve().status == "optimal"
    for values in live.ranges():
        assert np.isnan(values).all()
