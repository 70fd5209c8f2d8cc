"""The coarse program: slices merged into one, and where the whole program starts from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.case import read_case
from planner.lp import coarse as module
from planner.lp.builder import ProgramBuilder
from planner.lp.coarse import ALL, busiest_slice, climb, coarse_model, merge_slices
from planner.lp.highs import LiveModel, solve
from planner.lp.merge import merge
from planner.lp.program import Program
from planner.model import formulate
from tests.shipped import DIVISIBLE


def sliced() -> Program:
    """Buy at 3 a chip; use in two slices, which need 4 and 10: ``use <= buy``, ``2 use >=
    need``."""
    builder = ProgramBuilder(
        axes={
            "slice": np.array(["day", "night"], dtype=object),
            "chip": np.array(["a"], dtype=object),
        }
    )
    buy = builder.columns("buy", {"chip": [0]}, 0.0, 100.0)
    use = builder.columns("use", {"chip": [0, 0], "slice": [0, 1]}, 0.0, [50.0, 60.0])
    builder.cost(buy, 3.0)
    builder.cost(use, [0.5, 0.25])
    time = builder.rows("time", {"chip": [0, 0], "slice": [0, 1]}, -np.inf, 0.0)
    builder.entries(time, use, 1.0)
    builder.entries(time, np.repeat(buy, 2), -1.0)
    need = builder.rows("need", {"slice": [0, 1]}, [4.0, 10.0], np.inf)
    builder.entries(need, use, 2.0)
    return builder.build()


def test_by_hand() -> None:
    program = sliced()
    merged, column, row = merge_slices(program)
    assert [(block.name, block.count) for block in merged.column_blocks] == [("buy", 1), ("use", 1)]
    assert column.tolist() == [0, 1, 1] and row.tolist() == [0, 0, 1, 1]
    assert (merged.cost * merged.money_scale).tolist() == pytest.approx([3.0, 0.75])
    assert merged.row_lower.tolist() == [-np.inf, 14.0] and merged.row_upper.tolist() == [
        0.0,
        np.inf,
    ]
    assert merged.column_upper.tolist() == [100.0, 60.0]
    dense = np.zeros((2, 2))
    dense[merged.indices, np.repeat([0, 1], np.diff(merged.indptr))] = merged.data
    assert dense.tolist() == [[-2.0, 2.0], [0.0, 4.0]]
    # the same in both slices: 3.5 chips, used in both; the whole program needs 5 for the night
    assert solve(merged).objective == pytest.approx(3.5 * 3 + 3.5 * 0.75)
    assert solve(program).objective == pytest.approx(5 * 3 + 2 * 0.5 + 5 * 0.25)


def test_what_is_the_same_in_all_slices_stays_apart() -> None:
    builder = ProgramBuilder(axes={"slice": np.array(["day", "night"], dtype=object)})
    builder.columns("train", {"run": [0, 0, 0, 1], "slice": [0, 1, -1, -1]}, 0.0, 1.0)
    merged, column, _ = merge_slices(builder.build())
    assert merged.num_columns == 3 and column[0] == column[1] and len(set(column.tolist())) == 3


def test_the_busiest_slice_stays_apart() -> None:
    """Three slices need 4, 20 and 6, where 2, 4 and 1 come of each: 2, 5 and 6 have to be used."""
    builder = ProgramBuilder(axes={"slice": np.array(["day", "evening", "night"], dtype=object)})
    use = builder.columns("use", {"slice": [0, 1, 2]}, 0.0, 100.0)
    builder.cost(use, [1.0, 2.0, 4.0])
    builder.entries(
        builder.rows("need", {"slice": [0, 1, 2]}, [4.0, 20.0, 6.0], np.inf), use, [2.0, 4.0, 1.0]
    )
    builder.rows("none", {"slice": [0]}, 5.0, np.inf)  # of nothing
    program = builder.build()
    assert busiest_slice(program) == 2
    merged, column, row = merge_slices(program, 2)
    assert column.tolist() == [1, 1, 0] and row.tolist() == [1, 1, 0, 2]
    assert (
        (merged.cost * merged.money_scale).tolist() == [4.0, 3.0]
        and merged.data.tolist() == [1.0, 6.0]
        and merged.row_lower.tolist() == [6.0, 24.0, 5.0]
    )
    # the night apart, then one slice for all of them
    whole, column, _ = merge_slices(merged)
    assert column.tolist() == [0, 0] and (whole.cost * whole.money_scale).tolist() == [7.0]


def test_where_nothing_is_asked_for_no_slice_is_the_busiest() -> None:
    builder = ProgramBuilder(axes={"slice": np.array(["day", "night"], dtype=object)})
    builder.entries(
        builder.rows("most", {"slice": [0, 1]}, -np.inf, 1.0),
        builder.columns("use", {"slice": [0, 1]}, 0.0, 1.0),
        1.0,
    )
    assert busiest_slice(builder.build()) == ALL


@pytest.mark.slow
def test_step_by_step_to_the_same_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WORTHWHILE_COLUMNS", 0)
    monkeypatch.setattr(module, "STEPPED_COLUMNS", 0)
    program = formulate(read_case(Path("inputs/frontier-lab"), DIVISIBLE)).program
    first = coarse_model(program)
    assert first is not None and first.start is not None and first.start.start is None
    assert [step.what for step in (first.start, first)] == [
        "slices merged",
        "all but the busiest slice merged",
    ]
    sizes = [model.model.program.num_columns for model in (first.start, first)]
    assert sizes[0] < sizes[1] < program.num_columns
    assert climb(LiveModel(program, algorithm="simplex"), first).objective == pytest.approx(
        solve(program, algorithm="simplex").objective, rel=1e-9
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gov-cloud", "frontier-lab"])
def test_the_same_optimum_in_fewer_iterations(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WORTHWHILE_COLUMNS", 0)
    program = formulate(read_case(Path("inputs") / name, DIVISIBLE)).program
    cold = solve(program, algorithm="simplex")
    coarse = coarse_model(program)
    assert coarse is not None
    before = coarse.model.solve().iterations
    warm = climb(LiveModel(program, algorithm="simplex"), coarse)
    assert warm.objective == pytest.approx(cold.objective, rel=1e-9)
    assert warm.iterations - before < cold.iterations / 2  # the coarse model is solved already


@pytest.mark.slow
def test_a_large_first_one_is_solved_by_interior_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WORTHWHILE_COLUMNS", 0)
    monkeypatch.setattr(module, "STEPPED_COLUMNS", 0)
    monkeypatch.setattr(module, "INTERIOR_COLUMNS", 0)
    program = formulate(read_case(Path("inputs/frontier-lab"), DIVISIBLE)).program
    first = coarse_model(program)
    assert first is not None and first.start is not None
    solvers = list[str]()
    solve_ = LiveModel.solve
    monkeypatch.setattr(
        LiveModel,
        "solve",
        lambda model, **named: (
            solvers.append(model._highs.getOptionValue("solver")[1]) or solve_(model, **named)
        ),
    )
    climbed = climb(LiveModel(program, algorithm="simplex"), first)
    assert solvers == ["ipx", "simplex", "simplex"]
    assert climbed.objective == pytest.approx(
        solve(program, algorithm="simplex").objective, rel=1e-9
    )


def test_nothing_to_merge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WORTHWHILE_COLUMNS", 0)
    builder = ProgramBuilder(axes={"slice": np.array(["all"], dtype=object)})
    builder.columns("use", {"slice": [0]}, 0.0, 1.0)
    assert coarse_model(builder.build()) is None


def test_small_programs_are_solved_at_once() -> None:
    assert coarse_model(sliced()) is None


def test_a_coarse_program_without_an_optimum_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Merged, the limit of the day and the need of the night contradict each other; apart they do
    not."""
    monkeypatch.setattr(module, "WORTHWHILE_COLUMNS", 0)
    builder = ProgramBuilder(axes={"slice": np.array(["day", "night"], dtype=object)})
    use = builder.columns("use", {"slice": [0, 1]}, [0.0, 8.0], [9.0, 9.0])
    builder.cost(use, 1.0)
    builder.entries(builder.rows("most", {"slice": [0, 1]}, -np.inf, [1.0, 9.0]), use, 1.0)
    program = builder.build()
    coarse = coarse_model(program)
    assert coarse is not None
    assert coarse.model.solve().status == "infeasible"
    assert climb(LiveModel(program), coarse).objective == pytest.approx(8.0)


def test_what_cancels_is_no_coefficient() -> None:
    """0.1 + 0.2 - 0.3 is 5.6e-17, which no solver takes."""
    builder = ProgramBuilder()
    make = builder.columns("make", {"step": [0, 1, 2, 3]}, 0.0, 1.0)
    builder.entries(builder.rows("stock", {"what": [0]}, -1.0, 1.0), make, [0.1, 0.2, -0.3, 5.0])
    merged = merge(builder.build(), np.array([0, 0, 0, 1]), np.array([0]))
    assert merged.indptr.tolist() == [0, 0, 1] and merged.data.tolist() == [5.0]


def test_what_is_left_out() -> None:
    """Without the second column and the first row: what is between the others stays."""
    builder = ProgramBuilder()
    make = builder.columns("make", {"step": [0, 1, 2]}, 0.0, [1.0, 2.0, 3.0])
    builder.cost(make, [1e6, 2e6, 3e6])
    rows = builder.rows("stock", {"what": [0, 1]}, -np.inf, [4.0, 5.0])
    builder.entries(np.repeat(rows, 3), np.tile(make, 2), np.arange(1.0, 7.0))
    merged = merge(builder.build(), np.array([0, -1, 1]), np.array([-1, 0]))
    assert merged.data.tolist() == [4.0, 6.0] and merged.row_upper.tolist() == [5.0]
    assert merged.cost.tolist() == [1.0, 3.0] and merged.column_upper.tolist() == [1.0, 3.0]
    assert [
        (block.first, block.count, block.labels["step"].tolist()) for block in merged.column_blocks
    ] == [(0, 2, [0, 2])]
