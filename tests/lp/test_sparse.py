"""Entries in any order and in any chunks make the same matrix as adding them up one by one; what
cannot be an entry is refused by name."""

from __future__ import annotations

from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.lp import sparse
from planner.lp.builder import ProgramBuilder
from planner.lp.sparse import by_columns

ENTRY = st.tuples(st.integers(0, 4), st.integers(0, 6), st.integers(-2, 2))


@pytest.mark.slow
@given(
    chunks=st.lists(st.lists(ENTRY, min_size=1, max_size=12), max_size=6),
    rising=st.booleans(),
    piece=st.sampled_from([1, 2, 5, sparse.PIECE]),
)
def test_any_chunks_make_the_matrix_of_a_plain_sum(
    chunks: list[list[tuple[int, int, int]]], rising: bool, piece: int
) -> None:
    """``rising`` keeps one entry of each column in a chunk, in order: the common case, which is not
    sorted; pieces of any size come to the same."""
    if rising:
        chunks = [
            sorted({entry[1]: entry for entry in chunk}.values(), key=lambda entry: entry[1])
            for chunk in chunks
        ]
    column_scale, row_scale = 2.0 ** np.arange(7), 4.0 ** np.arange(5)
    dense = np.zeros((5, 7))
    for chunk in chunks:
        for row, column, value in chunk:
            dense[row, column] += value
    dense = dense * column_scale / row_scale[:, None]
    parts = [tuple(np.array(part) for part in zip(*chunk, strict=True)) for chunk in chunks]
    with mock.patch.object(sparse, "PIECE", piece):
        indptr, indices, data = by_columns(
            [(r.astype(np.int32), c.astype(np.int32), v.astype(float)) for r, c, v in parts],
            column_scale,
            row_scale,
        )
    row, column = np.nonzero(dense.T)[1], np.nonzero(dense.T)[0]
    assert indices.tolist() == row.tolist()
    assert np.repeat(np.arange(7), np.diff(indptr)).tolist() == column.tolist()
    assert data.tolist() == dense[row, column].tolist()
    assert indptr.dtype == indices.dtype == np.int32


def small() -> tuple[ProgramBuilder, Any, Any]:
    builder = ProgramBuilder(axes={"good": np.array(["bread", "beer"], dtype=object)})
    return (
        builder,
        builder.columns("make", {"good": np.arange(2)}, 0.0, 1.0),
        builder.rows("stock", {"good": np.arange(1)}, 0.0, 1.0),
    )


@pytest.mark.parametrize(
    ("rows", "columns", "values", "complaint"),
    [
        ([0], [2], 1.0, "column 2 does not exist: there are 2"),
        ([0], [-1], 1.0, "column -1 does not exist"),
        ([1], [0], 1.0, "row 1 does not exist: there are 1"),
        ([0.5], [0], 1.0, "row 0.5 is not a whole number"),
        ([0], [np.nan], 1.0, "column nan is not a whole number"),
        ([0], [True], 1.0, "column ids must be whole numbers, not bool"),
        (
            [0],
            [0, 1],
            [1.0, 2.0, 3.0],
            r"coefficients from make\[good=bread\] in stock\[good=bread\] on: \(1,\) rows, \(2,\) "
            r"columns and \(3,\) values do not fit",
        ),
    ],
)
def test_entries_that_cannot_be_are_refused(
    rows: list[Any], columns: list[Any], values: Any, complaint: str
) -> None:
    builder, _, _ = small()
    with pytest.raises(ValueError, match=complaint):
        builder.entries(rows, columns, values)


@pytest.mark.parametrize(
    ("columns", "values", "complaint"),
    [
        ([2], 1.0, "column 2 does not exist"),
        ([-1], 1.0, "column -1 does not exist"),
        ([0.5], 1.0, "column 0.5 is not a whole number"),
        (
            [0, 1],
            [1.0, 2.0, 3.0],
            r"costs from make\[good=bread\] on: \(2,\) columns and \(3,\) values do not fit",
        ),
    ],
)
def test_costs_that_cannot_be_are_refused(columns: list[Any], values: Any, complaint: str) -> None:
    builder, _, _ = small()
    with pytest.raises(ValueError, match=complaint):
        builder.cost(columns, values)


@pytest.mark.parametrize("scale", [0.0, -1.0, np.inf])
@pytest.mark.parametrize("add", ["columns", "rows"])
def test_a_scale_is_above_zero_and_finite(add: str, scale: float) -> None:
    builder, _, _ = small()
    with pytest.raises(
        ValueError, match=rf"more\[good=beer\]: scale {scale} must be above 0 and finite"
    ):
        getattr(builder, add)("more", {"good": np.arange(2)}, 0.0, 1.0, scale=[1.0, scale])


def test_a_length_that_does_not_fit_names_its_block() -> None:
    builder, _, _ = small()
    with pytest.raises(
        ValueError, match=r"block more: upper has the shape \(3,\), the labels have 2 entries"
    ):
        builder.columns("more", {"good": np.arange(2)}, 0.0, [1.0, 2.0, 3.0])
    with pytest.raises(
        ValueError, match=r"block more: labels differ in length: good \(2,\), day \(\)"
    ):
        builder.columns("more", {"good": np.arange(2), "day": 3}, 0.0, 1.0)
    with pytest.raises(ValueError, match="block more has no labels"):
        builder.rows("more", {}, 0.0, 1.0)


def test_costs_of_a_column_add_up_and_a_builder_builds_once() -> None:
    builder, make, _ = small()
    builder.cost(make[[0, 0, 1]], [1e6, 2e6, 5e6])
    builder.cost(make, 1e6)
    builder.entries([], [], [])
    program = builder.build()
    assert (
        program.cost.tolist() == [4.0, 6.0]
        and len(program.data) == 0
        and program.indptr.tolist() == [0, 0, 0]
    )
    with pytest.raises(ValueError, match="built already"):
        builder.build()
