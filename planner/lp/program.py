"""A linear program as named blocks of columns and rows, assembled into sparse arrays.

Coefficients are given in the user's units; ``build`` turns them into the scaled program that solvers see, once::

    a_scaled = a_user x column_scale / row_scale        x_user = x_scaled x column_scale
    c_scaled = c_user x column_scale / money_scale      dual_user = dual_scaled x money_scale / row_scale

A label that is not there raises; nothing is aligned by position or filled with zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

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
    """A scaled linear program: minimise ``cost @ x`` subject to ``row_lower <= A x <= row_upper``, ``column_lower <= x <= column_upper``.

    ``A`` is stored by columns: ``indptr``, ``indices``, ``data``.  Blocks name every column and row.
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

    @property
    def num_columns(self) -> int:
        """Number of columns."""
        return len(self.cost)

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    def column_label(self, column: int) -> str:
        """Return the name of a column: ``use[chip=h100,site=iowa,...]``."""
        return _label(self.column_blocks, self.axes, column)

    def row_label(self, row: int) -> str:
        """Return the name of a row: ``power[site=iowa,period=2027Q1]``."""
        return _label(self.row_blocks, self.axes, row)

    def column_index(self, name: str, **labels: Any) -> int:
        """Return the column of a block with these labels (names or codes); raises ``KeyError`` naming what is missing."""
        return _find(self.column_blocks, self.axes, name, labels)

    def row_index(self, name: str, **labels: Any) -> int:
        """Return the row of a block with these labels (names or codes); raises ``KeyError`` naming what is missing."""
        return _find(self.row_blocks, self.axes, name, labels)


def _label(blocks: tuple[Block, ...], axes: Mapping[str, NDArray[Any]], number: int) -> str:
    for block in blocks:
        if block.first <= number < block.first + block.count:
            at = number - block.first
            parts = [f"{axis}={_text(axes, axis, codes[at])}" for axis, codes in block.labels.items()]
            return f"{block.name}[{','.join(parts)}]"
    raise KeyError(f"{number} is in no block")


def _text(axes: Mapping[str, NDArray[Any]], axis: str, code: Any) -> str:
    if axis in axes and isinstance(code, (int, np.integer)):
        return str(axes[axis][code]) if code >= 0 else "*"
    return str(code)


def _find(blocks: tuple[Block, ...], axes: Mapping[str, NDArray[Any]], name: str, labels: Mapping[str, Any]) -> int:
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


@dataclass(slots=True)
class ProgramBuilder:
    """Collects blocks, coefficients and costs; ``build`` makes the ``Program``."""

    axes: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    _columns: list[tuple[Block, Floats, Floats, Floats]] = field(default_factory=list)
    _rows: list[tuple[Block, Floats, Floats, Floats]] = field(default_factory=list)
    _entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    _costs: list[tuple[Ints, Floats]] = field(default_factory=list)
    _num_columns: int = 0
    _num_rows: int = 0

    def columns(self, name: str, labels: Mapping[str, ArrayLike], lower: ArrayLike, upper: ArrayLike, scale: ArrayLike = 1.0) -> Ints:
        """Add a block of columns; returns their ids."""
        block, ids = self._block(self._columns, name, labels, lower, upper, scale, self._num_columns)
        self._num_columns += block.count
        return ids

    def rows(self, name: str, labels: Mapping[str, ArrayLike], lower: ArrayLike, upper: ArrayLike, scale: ArrayLike = 1.0) -> Ints:
        """Add a block of rows; returns their ids."""
        block, ids = self._block(self._rows, name, labels, lower, upper, scale, self._num_rows)
        self._num_rows += block.count
        return ids

    def _block(self, into: list[Any], name: str, labels: Mapping[str, ArrayLike], lower: ArrayLike, upper: ArrayLike, scale: ArrayLike, first: int) -> tuple[Block, Ints]:
        if any(part[0].name == name for part in into):
            raise ValueError(f"block {name} exists already")
        arrays = {axis: np.asarray(values) for axis, values in labels.items()}
        sizes = {len(values) for values in arrays.values()}
        if len(sizes) != 1:
            raise ValueError(f"block {name}: labels differ in length: {sorted(sizes)}")
        count = sizes.pop()
        block = Block(name, first, count, arrays)
        numbers = []
        for what, values in (("lower", lower), ("upper", upper), ("scale", scale)):
            array = np.broadcast_to(np.asarray(values, dtype=np.float64), (count,))
            if np.isnan(array).any():
                raise ValueError(f"{_label((block,), self.axes, first + int(np.isnan(array).argmax()))}: {what} is missing")
            numbers.append(array)
        if (numbers[0] > numbers[1]).any():
            at = int((numbers[0] > numbers[1]).argmax())
            raise ValueError(f"{_label((block,), self.axes, first + at)}: lower {numbers[0][at]} is above upper {numbers[1][at]}")
        into.append((block, *numbers))
        return block, np.arange(first, first + count, dtype=np.int64)

    def entries(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike) -> None:
        """Add coefficients in user units; duplicates add up."""
        r, c, v = np.broadcast_arrays(np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64), np.asarray(values, dtype=np.float64))
        if not r.size:
            return
        if not np.isfinite(v).all():
            at = int((~np.isfinite(v)).argmax())
            raise ValueError(f"coefficient of {self._name(self._columns, int(c.flat[at]))} in {self._name(self._rows, int(r.flat[at]))} is {v.flat[at]}")
        if r.min() < 0 or r.max() >= self._num_rows or c.min() < 0 or c.max() >= self._num_columns:
            raise ValueError("an entry refers to a row or column that does not exist")
        self._entries.append((r.ravel(), c.ravel(), v.ravel()))

    def cost(self, columns: ArrayLike, values: ArrayLike) -> None:
        """Add to the objective, USD per user unit."""
        c, v = np.broadcast_arrays(np.asarray(columns, dtype=np.int64), np.asarray(values, dtype=np.float64))
        if not np.isfinite(v).all():
            raise ValueError(f"cost of {self._name(self._columns, int(c[(~np.isfinite(v)).argmax()]))} is not a number")
        self._costs.append((c, v))

    def upper_bounds(self) -> Floats:
        """Return the upper bound of every column so far, user units."""
        return np.concatenate([part[2] for part in self._columns]) if self._columns else np.empty(0)

    def _name(self, parts: list[tuple[Block, Floats, Floats, Floats]], number: int) -> str:
        return _label(tuple(part[0] for part in parts), self.axes, number)

    def build(self) -> Program:
        """Return the scaled program."""
        def joined(parts: list[tuple[Block, Floats, Floats, Floats]], which: int) -> Floats:
            return np.concatenate([part[which] for part in parts]) if parts else np.empty(0)

        column_scale, row_scale = joined(self._columns, 3), joined(self._rows, 3)
        cost = np.zeros(self._num_columns)
        for columns, values in self._costs:
            cost += np.bincount(columns, weights=values, minlength=self._num_columns)
        row = np.concatenate([e[0] for e in self._entries]) if self._entries else np.empty(0, np.int64)
        column = np.concatenate([e[1] for e in self._entries]) if self._entries else np.empty(0, np.int64)
        value = np.concatenate([e[2] for e in self._entries]) if self._entries else np.empty(0)
        key = column * max(self._num_rows, 1) + row
        order = np.argsort(key, kind="stable")
        key = key[order]
        start = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.empty(0, np.int64)
        data = np.add.reduceat(value[order], start) if len(key) else value
        row, column = row[order][start], column[order][start]
        keep = data != 0.0
        row, column, data = row[keep], column[keep], data[keep]
        indptr = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=self._num_columns))]).astype(np.int32)
        return Program(
            cost=cost * column_scale / MONEY_SCALE, column_lower=joined(self._columns, 1) / column_scale, column_upper=joined(self._columns, 2) / column_scale,
            row_lower=joined(self._rows, 1) / row_scale, row_upper=joined(self._rows, 2) / row_scale, indptr=indptr, indices=row.astype(np.int32),
            data=data * column_scale[column] / row_scale[row], column_scale=column_scale, row_scale=row_scale, money_scale=MONEY_SCALE,
            column_blocks=tuple(part[0] for part in self._columns), row_blocks=tuple(part[0] for part in self._rows), axes=self.axes,
        )
