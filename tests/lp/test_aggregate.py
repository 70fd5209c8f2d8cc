"""What is alike in a program becomes one, and the answer of the smaller program answers the whole
one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from planner.lp import aggregate as module
from planner.lp import coarse
from planner.lp import signs as signs_module
from planner.lp.aggregate import Alike, find_alike
from planner.lp.builder import ProgramBuilder
from planner.lp.certificate import certify
from planner.lp.coarse import climb, coarse_model
from planner.lp.highs import LiveModel, Progress, solve
from planner.lp.program import Program
from planner.lp.signs import DROPPED, signed
from planner.lp.solution import Solution
from tests.lp.lifting import lift

Matrix = NDArray[np.float64]
Ints = NDArray[np.int64]

MUSD = 1e6
"""What the solver counts in: prices are so much, to be large beside its tolerance."""


def recovered(program: Program, alike: Alike) -> Solution:
    """Return the answer of the whole program from that of the smaller one, once proven to be
    one."""
    small, whole = solve(alike.program), solve(program)
    assert small.status == whole.status == "optimal"
    answer = lift(program, alike, small)
    proof = certify(program, answer)
    assert answer.objective == pytest.approx(whole.objective, rel=1e-9, abs=1e-6)
    assert (
        abs(proof.objective - proof.bound) <= 1e-9 * max(abs(proof.objective), MUSD)
        and max(proof.max_row_residual, proof.max_bound_residual) <= 1e-9
    )
    return answer


def shops(cost: list[float], upper: list[float], need: float = 6.0) -> Program:
    """Buy bread, so much in each of some shops at most."""
    builder = ProgramBuilder()
    buy = builder.columns("buy", {"shop": np.arange(len(cost))}, 0.0, upper, scale=2.0)
    builder.entries(builder.rows("need", {"what": [0]}, need, np.inf, scale=4.0), buy, 1.0)
    builder.cost(buy, np.array(cost) * MUSD)
    return builder.build()


def test_equal_columns() -> None:
    """Two shops at 2 and one at 3, each with 2: of 5, both cheap ones sell 2 and the dear one 1;
    one more costs 3, another cheap shop's bread saves 1."""
    program = shops([2.0, 3.0, 2.0], [2.0, 2.0, 2.0], need=5.0)
    alike = find_alike(program)
    assert alike is not None
    assert alike.column.tolist() == [0, 1, 0] and alike.program.num_columns == 2
    answer = recovered(program, alike)
    assert answer.x == pytest.approx([2.0, 1.0, 2.0]) and answer.objective == pytest.approx(
        11.0 * MUSD
    )
    assert answer.row_dual / MUSD == pytest.approx(
        [3.0]
    ) and answer.reduced_cost / MUSD == pytest.approx([-1.0, 0.0, -1.0])


def test_what_differs_in_a_bound_or_a_cost_stays_apart() -> None:
    assert find_alike(shops([2.0, 2.1], [4.0, 4.0])) is None
    assert find_alike(shops([2.0, 2.0], [4.0, 4.5])) is None


def test_what_is_computed_in_two_ways_is_the_same() -> None:
    """Wherever a number lies in the raster: 0.1 + 0.2 and 0.3 are one price, and so are a hundred
    thousand others and what rounding makes of them."""
    assert find_alike(shops([0.1 + 0.2, 0.3], [4.0, 4.0])) is not None
    values = np.exp(np.random.default_rng(0).normal(0.0, 5.0, 100_000)) * np.where(
        np.arange(100_000) % 2, 1.0, -1.0
    )
    edges = np.ldexp(
        1.0 + (np.arange(1, 2_000) * 2 + 1) * 2.0 ** (DROPPED - 53), 0
    )  # where rounding goes either way
    values = np.concatenate([values, edges, -edges])
    signs = signed(
        np.concatenate(
            [
                values,
                values * (1.0 + 3 * np.finfo(float).eps),
                values * (1.0 - 3 * np.finfo(float).eps),
            ]
        )
    ).reshape(3, -1)
    assert (signs == signs[0]).all()
    assert len(set(signed(values * 1.0).tolist())) == len(values)
    apart = signed(np.concatenate([edges, edges * (1.0 + 1e-10)])).reshape(2, -1)
    assert (apart[0] != apart[1]).all()
    assert len(set(signed(np.array([0.0, -0.0, np.inf, -np.inf])).tolist())) == 3


def test_little_is_left_alone() -> None:
    program = shops([2.0, 2.0, *range(3, 21)], [4.0] * 20)
    assert find_alike(program) is None  # one column of twenty
    assert find_alike(program, saved=0.05) is not None


def sliced(weights: dict[str, Any], night: float = 1.0) -> Program:
    """Buy chips at 30; use them by day, a quarter of the time, and by night, at 8 for all of the
    time; they must do 10 at all times."""
    share = np.array([0.25, 0.75])
    builder = ProgramBuilder(
        axes={"slice": np.array(["day", "night"], dtype=object)}, weights=weights
    )
    buy = builder.columns("buy", {"chip": [0]}, 0.0, 100.0)
    use = builder.columns("use", {"slice": [0, 1]}, 0.0, np.inf)
    builder.cost(buy, 30.0 * MUSD)
    builder.cost(use, 8.0 * share * MUSD)
    time = builder.rows("time", {"slice": [0, 1]}, -np.inf, 0.0)
    builder.entries(time, use, 1.0)
    builder.entries(time, np.repeat(buy, 2), -1.0)
    need = builder.rows(
        "need", {"slice": [0, 1]}, 10.0 * share * np.array([1.0, night]), np.inf, scale=share
    )
    builder.entries(need, use, 2.0 * share)
    return builder.build()


def test_slices_of_proportional_data() -> None:
    program = sliced({"slice": np.array([0.25, 0.75])})
    alike = find_alike(program)
    assert alike is not None
    assert alike.column.tolist() == [0, 1, 1] and alike.row.tolist() == [0, 0, 1, 1]
    answer = recovered(program, alike)
    assert answer.x == pytest.approx([5.0, 5.0, 5.0]) and answer.objective == pytest.approx(
        (5 * 30 + 5 * 8) * MUSD
    )
    assert answer.row_dual / MUSD == pytest.approx(
        [-7.5, -22.5, 19.0, 19.0]
    )  # chip time is worth more where there is more of it, work the same everywhere


def test_slices_of_other_data() -> None:
    weights = {"slice": np.array([0.25, 0.75])}
    assert find_alike(sliced(weights, night=1.1)) is None
    assert find_alike(sliced({})) is None  # a third of the cost, for all it knows
    assert find_alike(sliced({"slice": np.array([0.5, 0.5])})) is None


def halls(space: list[float], have: float = 3.0) -> Program:
    """Chips in two halls, of ``space`` each, beside ``have`` that stand there already and count for
    both; all are to do 10, at 2 each."""
    builder = ProgramBuilder()
    there = builder.columns("there", {"what": [0]}, have, have, scale=10.0)
    buy = builder.columns("buy", {"hall": [0, 1]}, 0.0, 5.0)
    builder.cost(buy, 2.0 * MUSD)
    builder.cost(there, 1.0 * MUSD)
    rows = builder.rows("space", {"hall": [0, 1]}, -np.inf, space)
    builder.entries(np.concatenate([rows, rows]), np.concatenate([buy, there, there]), 1.0)
    need = builder.rows("need", {"what": [0]}, 10.0, np.inf, scale=5.0)
    builder.entries(np.repeat(need, 3), np.concatenate([buy, there]), 1.0)
    return builder.build()


def test_fixed_columns_and_rows_that_never_bind_drop_out() -> None:
    """Halls with room for 100 and for 1,000 are alike where 8 is the most that they can hold."""
    program = halls([100.0, 1_000.0])
    alike = find_alike(program)
    assert alike is not None
    assert alike.column.tolist() == [-1, 0, 0] and alike.row.tolist() == [-1, -1, 0]
    assert (alike.program.num_columns, alike.program.num_rows) == (1, 1)
    answer = recovered(program, alike)
    assert answer.x == pytest.approx([3.0, 3.5, 3.5]) and answer.objective == pytest.approx(
        (3 * 1 + 7 * 2) * MUSD
    )
    assert answer.row_dual / MUSD == pytest.approx([0.0, 0.0, 2.0])
    assert answer.reduced_cost / MUSD == pytest.approx(
        [-1.0, 0.0, 0.0]
    )  # another that stands there would cost 1 and save 2


def test_what_cancels_is_the_same() -> None:
    """Room for 0.3 beside what stands there, 0.1 and 0.2 here and 0.3 there, is no room in
    either."""
    builder = ProgramBuilder()
    there = builder.columns("there", {"what": [0, 1, 2]}, [0.1, 0.2, 0.3], [0.1, 0.2, 0.3])
    buy = builder.columns("buy", {"hall": [0, 1]}, 0.0, 5.0)
    builder.cost(buy, 2.0 * MUSD)
    rows = builder.rows("space", {"hall": [0, 1]}, -np.inf, 0.3)
    builder.entries(rows[[0, 0, 1, 0, 1]], np.concatenate([there, buy]), 1.0)
    alike = find_alike(builder.build())
    assert alike is not None
    assert alike.column.tolist() == [-1, -1, -1, 0, 0] and alike.program.row_upper.tolist() == [0.0]


def test_rows_that_can_bind_stay() -> None:
    """Room for 8, all that there could be, binds without a price; room for 6 in one hall does not
    in the other."""
    alike = find_alike(halls([8.0, 8.0]))
    assert alike is not None
    assert alike.row.tolist() == [0, 0, 1]
    program = halls([6.0, 100.0], have=4.0)
    assert find_alike(program, saved=0.5) is None
    every = find_alike(program, saved=0.0)
    assert (
        every is not None
        and every.column.tolist() == [-1, 0, 1]
        and every.row.tolist() == [0, -1, 1]
    )
    recovered(program, every)


def test_equal_signs_are_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were all signs equal, no class would be trusted."""
    monkeypatch.setattr(module, "mixed", np.zeros_like)
    monkeypatch.setattr(signs_module, "mixed", np.zeros_like)
    assert find_alike(shops([2.0, 3.0], [4.0, 4.0])) is None
    assert find_alike(shops([2.0, 2.0], [4.0, 5.0])) is None
    ring = planted(np.array([[1.0]]), 4, [2], seed=0)
    assert find_alike(ring) is not None  # here they are right
    entry = dataclasses.replace(ring, data=np.where(np.arange(len(ring.data)) == 0, 1.5, ring.data))
    assert find_alike(entry) is None
    assert (
        find_alike(dataclasses.replace(ring, row_upper=ring.row_upper + np.arange(4) / 8)) is None
    )
    fewer = ring.indptr - (np.arange(5) > 2)  # the third column meets no row
    assert (
        find_alike(
            dataclasses.replace(
                ring,
                indptr=fewer,
                indices=np.delete(ring.indices, 2),
                data=np.delete(ring.data, 2),
                row_upper=ring.row_upper - 0.5,
            )
        )
        is None
    )


def planted(
    base: Matrix,
    copies: int,
    shifts: Sequence[int],
    seed: int,
    shared: int = 0,
    weights: Sequence[float] = (),
) -> Program:
    """Return a feasible, bounded program in which columns and rows stand ``copies`` times each, in
    random order, but for the last ``shared`` of both.

    Args:
        base: coefficients of a program, (rows, columns).
        copies: how many of each.
        shifts: copy ``k`` of a row meets the copies ``k + shift`` of a column.
        seed: of the rest.
        shared: so many of the last columns and rows stand once.
        weights: of every copy; left out: they are equal, which shifts need.
    """
    draw = np.random.default_rng(seed)
    weight = np.array(weights) if len(weights) else np.ones(copies)
    (rows, row_copy), (columns, column_copy) = (
        spread_out(count, copies, shared, draw) for count in base.shape
    )
    dense = np.zeros((len(rows), len(columns)))
    for (i, (row, k)), (j, (column, m)) in product(
        enumerate(zip(rows, row_copy, strict=True)),
        enumerate(zip(columns, column_copy, strict=True)),
    ):
        if k >= 0 and m >= 0:
            dense[i, j] = base[row, column] * sum((k + shift) % copies == m for shift in shifts)
        else:
            dense[i, j] = base[row, column] * (weight[m] if m >= 0 else 1.0)
    value, cost = (
        draw.integers(0, 4, base.shape[1]).astype(float),
        draw.integers(-3, 9, base.shape[1]).astype(float),
    )
    level = np.round(dense @ value[columns], 9)  # 1 less than 1 must be 0
    builder = ProgramBuilder(weights={"copy": weight})
    x = builder.columns("x", {"copy": column_copy}, 0.0, value[columns] + 2.0)
    builder.cost(x, MUSD * cost[columns] * np.where(column_copy >= 0, weight[column_copy], 1.0))
    row = builder.rows("row", {"copy": row_copy}, level - 1.0, level + 1.0)
    i, j = np.nonzero(dense)
    builder.entries(row[i], x[j], dense[i, j])
    return builder.build()


def spread_out(
    count: int, copies: int, shared: int, draw: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return which of ``count`` things each entry is a copy of, and which copy, -1 for the shared
    ones, in random order."""
    own = count - shared
    thing = np.concatenate([np.repeat(np.arange(own), copies), np.arange(own, count)])
    copy = np.concatenate([np.tile(np.arange(copies), own), np.full(shared, -1)])
    order = draw.permutation(len(thing))
    return thing[order], copy[order]


NUMBER = st.sampled_from([0.0, 0.0, 1.0, 1.0, -1.0, 0.3, 2.5, -1.7])


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    data=st.data(),
    shape=st.tuples(st.integers(2, 5), st.integers(2, 5)),
    copies=st.integers(2, 5),
    shared=st.integers(0, 1),
    weighted=st.booleans(),
    seed=st.integers(0, 99),
)
def test_planted_copies_are_found(
    data: st.DataObject, shape: tuple[int, int], copies: int, shared: int, weighted: bool, seed: int
) -> None:
    base = np.array(
        data.draw(st.lists(NUMBER, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    ).reshape(shape)
    weights = (
        data.draw(
            st.lists(st.sampled_from([0.1, 0.25, 1 / 3, 2.0]), min_size=copies, max_size=copies)
        )
        if weighted
        else []
    )
    shifts = (
        [0]
        if weighted
        else data.draw(st.lists(st.integers(0, copies - 1), min_size=1, max_size=2, unique=True))
    )
    program = planted(base, copies, shifts, seed, shared, weights)
    alike = find_alike(program, saved=0.0)
    assert alike is not None
    assert alike.program.num_columns <= shape[1] and alike.program.num_rows <= shape[0]
    recovered(program, alike)


def test_slices_are_merged_in_what_is_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two shops that are alike by day and by night, which are not: four columns, two classes, one
    coarse column; each starts from the one before."""
    monkeypatch.setattr(coarse, "WORTHWHILE_COLUMNS", 0)
    builder = ProgramBuilder(
        axes={"slice": np.array(["day", "night"], dtype=object)},
        weights={"slice": np.array([0.5, 0.5])},
    )
    shop, time = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    buy = builder.columns("buy", {"shop": shop, "slice": time}, 0.0, 4.0)
    builder.cost(buy, np.array([2.0, 3.0, 2.0, 3.0]) * MUSD)
    builder.entries(builder.rows("need", {"slice": [0, 1]}, [4.0, 6.0], np.inf)[time], buy, 1.0)
    program = builder.build()
    start = coarse_model(program)
    assert start is not None and start.start is not None
    assert (start.exact, start.start.exact) == (True, False)
    assert (
        start.column.tolist() == [0, 1, 0, 1]
        and start.start.column.tolist() == [0, 0]
        and start.start.row.tolist() == [0, 0]
    )

    told: list[str] = []
    plain = LiveModel.solve

    def tells(
        model: LiveModel, *, time_limit_s: float | None = None, progress: Progress | None = None
    ) -> Solution:
        assert progress is not None
        progress("start")
        return plain(model, time_limit_s=time_limit_s)

    monkeypatch.setattr(LiveModel, "solve", tells)
    answer = climb(LiveModel(program, algorithm="simplex"), start, progress=told.append)
    assert told == ["slices merged, start", "what is alike merged, start", "start"]
    assert answer.objective == pytest.approx((4 * 2 + 6 * 3) * MUSD)
    start.stop()  # harmless where none runs
    assert (
        climb(
            LiveModel(program, algorithm="simplex"), coarse_model(program), progress=told.append
        ).status
        == "optimal"
    )
