"""A linear program as named blocks of columns and rows, assembled into sparse arrays.

Coefficients are given in the user's units; :mod:`planner.lp.builder` turns them into the scaled
program that solvers see, once::

    a_scaled = a_user x column_scale / row_scale        x_user = x_scaled x column_scale
    c_scaled = c_user x column_scale / money_scale
    dual_user = dual_scaled x money_scale / row_scale

A label that is not there raises; nothing is aligned by position or filled with zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ids = NDArray[np.integer[Any]]

MONEY_SCALE: Final = 1e6
"""Money is counted in millions inside the solver."""


@dataclass(frozen=True, slots=True)
class Block:
    """A named run of columns or rows with one array of labels per axis."""

    name: str
    first: int
    count: int
    labels: Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Program:
    """A scaled linear program: minimise ``cost @ x`` subject to ``row_lower <= A x <= row_upper``,
    ``column_lower <= x <= column_upper``.

    ``A`` is stored by columns: ``indptr``, ``indices``, ``data``.  Blocks name every column and
    row.
    """

    cost: Floats
    column_lower: Floats
    column_upper: Floats
    row_lower: Floats
    row_upper: Floats
    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    data: Floats
    column_scale: Floats
    row_scale: Floats
    money_scale: float
    column_blocks: tuple[Block, ...]
    row_blocks: tuple[Block, ...]
    axes: Mapping[str, NDArray[Any]]
    weights: Mapping[str, Floats] = field(default_factory=dict)
    """By axis, how much of the whole each of its names stands for, where they differ in that: a
    slice for its share of the hours."""
    integer: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """Columns whose scaled value is a whole number in a whole plan, ascending; everything that
    reads a program as a linear one leaves them free (:mod:`planner.lp.whole`)."""
    switches: tuple[Ints, Ints] = field(
        default_factory=lambda: (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    )
    """Rows that hold only where a column of 0 or 1 is 0, and that column: ``A x <= 0`` there, free
    where it is 1.  A linear program has these rows free."""
    switch_most: Floats = field(default_factory=lambda: np.empty(0))
    """The most that each of them lets through as the case states it elsewhere, scaled; NaN where
    nothing is stated."""

    counted: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """Columns that count whole things, where their counts were fixed."""
    chosen: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """Columns that are as whole counts were chosen, where these were fixed."""

    @property
    def num_columns(self) -> int:
        """Number of columns."""
        return len(self.cost)

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    def whole_columns(self) -> NDArray[np.bool_]:
        """Return which columns are ``integer``, (columns,)."""
        found = np.zeros(self.num_columns, dtype=bool)
        found[self.integer] = True
        return found

    def entry_columns(self) -> Ints:
        """Return the column of every coefficient, (entries,), as ``indices`` has its row."""
        return np.repeat(np.arange(self.num_columns), np.diff(self.indptr))

    def activity(self, x: Floats) -> Floats:
        """Return ``A x``, the left-hand side of every row, scaled, (rows,)."""
        return np.asarray(
            np.bincount(
                self.indices,
                weights=self.data * np.repeat(x, np.diff(self.indptr)),
                minlength=self.num_rows,
            ),
            dtype=np.float64,
        )

    def pull(self, y: Floats) -> Floats:
        """Return ``A'y``, what multipliers of the rows make of every column, scaled, (columns,)."""
        return np.asarray(
            np.bincount(
                self.entry_columns(),
                weights=self.data * y[self.indices],
                minlength=self.num_columns,
            ),
            dtype=np.float64,
        )

    def column_label(self, column: int) -> str:
        """Return the name of a column: ``use[chip=h100,site=iowa,...]``."""
        return label(self.column_blocks, self.axes, column)

    def row_label(self, row: int) -> str:
        """Return the name of a row: ``power[site=iowa,period=2027Q1]``."""
        return label(self.row_blocks, self.axes, row)

    def column_index(self, name: str, **labels: Any) -> int:
        """Return the column of a block with these labels (names or codes); raises ``KeyError``
        naming what is missing."""
        return _find(self.column_blocks, self.axes, name, labels)

    def row_index(self, name: str, **labels: Any) -> int:
        """Return the row of a block with these labels (names or codes); raises ``KeyError`` naming
        what is missing."""
        return _find(self.row_blocks, self.axes, name, labels)


def label(blocks: tuple[Block, ...], axes: Mapping[str, NDArray[Any]], number: int) -> str:
    """Return the name of a column or row by its number: ``block[axis=name, ...]``."""
    for block in blocks:
        if block.first <= number < block.first + block.count:
            at = number - block.first
            parts = [
                f"{axis}={_text(axes, axis, codes[at])}" for axis, codes in block.labels.items()
            ]
            return f"{block.name}[{','.join(parts)}]"
    raise KeyError(f"{number} is in no block")


def _text(axes: Mapping[str, NDArray[Any]], axis: str, code: Any) -> str:
    if axis in axes and isinstance(code, (int, np.integer)):
        return str(axes[axis][code]) if code >= 0 else "*"
    return str(code)


def _find(
    blocks: tuple[Block, ...],
    axes: Mapping[str, NDArray[Any]],
    name: str,
    labels: Mapping[str, Any],
) -> int:
    for block in blocks:
        if block.name != name:
            continue
        match = np.ones(block.count, dtype=bool)
        for axis, wanted in labels.items():
            if axis not in block.labels:
                raise KeyError(f"block {name} has no axis {axis}; it has {', '.join(block.labels)}")
            codes = block.labels[axis]
            code = wanted
            if axis in axes and isinstance(wanted, str):
                found = np.flatnonzero(np.asarray(axes[axis], dtype=object) == wanted)
                if not len(found):
                    raise KeyError(f"{axis} has no {wanted!r}")
                code = found[0]
            match &= codes == code
        hits = np.flatnonzero(match)
        if len(hits) != 1:
            text = ", ".join(f"{axis}={wanted}" for axis, wanted in labels.items())
            raise KeyError(f"block {name} has {len(hits)} entries with {text}")
        return block.first + int(hits[0])
    raise KeyError(f"no block {name}; there are {', '.join(block.name for block in blocks)}")
