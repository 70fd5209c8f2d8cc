"""A linear program as named blocks of columns and rows, assembled into sparse arrays.

Coefficients are given in the user's units; ``build`` turns them into the scaled program that
solvers see, once::

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
from numpy.typing import ArrayLike, NDArray

from planner.lp.sparse import Chunk, by_columns

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

    @property
    def num_columns(self) -> int:
        """Number of columns."""
        return len(self.cost)

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    def entry_columns(self) -> Ints:
        """Return the column of every coefficient, as ``indices`` has its row."""
        return np.repeat(np.arange(self.num_columns), np.diff(self.indptr))

    def activity(self, x: Floats) -> Floats:
        """Return ``A x``, the left-hand side of every row, scaled."""
        return np.asarray(
            np.bincount(
                self.indices,
                weights=self.data * np.repeat(x, np.diff(self.indptr)),
                minlength=self.num_rows,
            ),
            dtype=np.float64,
        )

    def pull(self, y: Floats) -> Floats:
        """Return ``A'y``, what multipliers of the rows make of every column, scaled."""
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
        return _label(self.column_blocks, self.axes, column)

    def row_label(self, row: int) -> str:
        """Return the name of a row: ``power[site=iowa,period=2027Q1]``."""
        return _label(self.row_blocks, self.axes, row)

    def column_index(self, name: str, **labels: Any) -> int:
        """Return the column of a block with these labels (names or codes); raises ``KeyError``
        naming what is missing."""
        return _find(self.column_blocks, self.axes, name, labels)

    def row_index(self, name: str, **labels: Any) -> int:
        """Return the row of a block with these labels (names or codes); raises ``KeyError`` naming
        what is missing."""
        return _find(self.row_blocks, self.axes, name, labels)


def _label(blocks: tuple[Block, ...], axes: Mapping[str, NDArray[Any]], number: int) -> str:
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


def _ids(given: ArrayLike, what: str, count: int) -> Ids:
    """Return ids as an array of whole numbers; raises ``ValueError`` naming the first that is
    fractional or does not exist."""
    ids = np.asarray(given)
    if not ids.size:
        return ids.astype(np.int64)
    if ids.dtype.kind not in "iu":
        if ids.dtype.kind != "f":
            raise ValueError(f"{what} ids must be whole numbers, not {ids.dtype}")
        broken = ids[~(np.floor(ids) == ids)]  # a missing id is broken too
        if broken.size:
            raise ValueError(f"{what} {broken.flat[0]} is not a whole number")
    if ids.min() < 0 or ids.max() >= count:
        raise ValueError(
            f"{what} {ids[(ids < 0) | (ids >= count)].flat[0]} does not exist: there are {count}"
        )
    return ids if ids.dtype.kind in "iu" else ids.astype(np.int64)


@dataclass(slots=True)
class ProgramBuilder:
    """Collects blocks, coefficients and costs; ``build`` makes the ``Program``."""

    axes: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    weights: Mapping[str, Floats] = field(default_factory=dict)
    _columns: list[tuple[Block, Floats, Floats, Floats]] = field(default_factory=list)
    _rows: list[tuple[Block, Floats, Floats, Floats]] = field(default_factory=list)
    _entries: list[Chunk] = field(default_factory=list)
    _costs: list[tuple[Ids, Floats]] = field(default_factory=list)
    _num_columns: int = 0
    _num_rows: int = 0
    _built: bool = False

    def columns(
        self,
        name: str,
        labels: Mapping[str, ArrayLike],
        lower: ArrayLike,
        upper: ArrayLike,
        scale: ArrayLike = 1.0,
    ) -> Ints:
        """Add a block of columns; returns their ids.

        Bounds are those of the case alone, infinite where only rows or costs limit a column: a
        bound that seems to follow may not once another limit joins in, and one that binds together
        with a row takes part of the row's price.
        """
        block, ids = self._block(
            self._columns, name, labels, lower, upper, scale, self._num_columns
        )
        self._num_columns += block.count
        return ids

    def rows(
        self,
        name: str,
        labels: Mapping[str, ArrayLike],
        lower: ArrayLike,
        upper: ArrayLike,
        scale: ArrayLike = 1.0,
    ) -> Ints:
        """Add a block of rows; returns their ids."""
        block, ids = self._block(self._rows, name, labels, lower, upper, scale, self._num_rows)
        self._num_rows += block.count
        return ids

    def _block(
        self,
        into: list[Any],
        name: str,
        labels: Mapping[str, ArrayLike],
        lower: ArrayLike,
        upper: ArrayLike,
        scale: ArrayLike,
        first: int,
    ) -> tuple[Block, Ints]:
        if any(part[0].name == name for part in into):
            raise ValueError(f"block {name} exists already")
        arrays = {axis: np.asarray(values) for axis, values in labels.items()}
        sizes = {axis: values.size if values.ndim == 1 else -1 for axis, values in arrays.items()}
        if len(set(sizes.values())) != 1 or -1 in sizes.values():
            shapes = ", ".join(f"{axis} {values.shape}" for axis, values in arrays.items())
            raise ValueError(
                f"block {name}: labels differ in length: {shapes}"
                if arrays
                else f"block {name} has no labels"
            )
        count = sizes.popitem()[1]
        block = Block(name, first, count, arrays)
        numbers = []
        for what, values in (("lower", lower), ("upper", upper), ("scale", scale)):
            given = np.asarray(values, dtype=np.float64)
            if given.shape not in ((), (1,), (count,)):
                raise ValueError(
                    f"block {name}: {what} has the shape {given.shape}, the labels have {count} "
                    "entries"
                )
            array = np.broadcast_to(given, (count,))
            if np.isnan(array).any():
                raise ValueError(
                    f"{_label((block,), self.axes, first + int(np.isnan(array).argmax()))}: "
                    f"{what} is missing"
                )
            numbers.append(array)
        low, high, by = numbers
        if (low > high).any():
            at = int((low > high).argmax())
            raise ValueError(
                f"{_label((block,), self.axes, first + at)}: lower {low[at]} is above upper "
                f"{high[at]}"
            )
        wrong = ~((by > 0.0) & np.isfinite(by))
        if wrong.any():
            at = int(wrong.argmax())
            raise ValueError(
                f"{_label((block,), self.axes, first + at)}: scale {by[at]} must be above 0 and "
                "finite"
            )
        into.append((block, *numbers))
        return block, np.arange(first, first + count, dtype=np.int64)

    def entries(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike) -> None:
        """Add coefficients in user units; duplicates add up."""
        r, c, v = (
            _ids(rows, "row", self._num_rows),
            _ids(columns, "column", self._num_columns),
            np.asarray(values, dtype=np.float64),
        )
        try:
            r, c, v = np.broadcast_arrays(r, c, v)
        except ValueError:
            where = (
                f"{self._name(self._columns, int(c.flat[0]))} in "
                f"{self._name(self._rows, int(r.flat[0]))}"
                if c.size and r.size
                else "nothing"
            )
            raise ValueError(
                f"coefficients from {where} on: {r.shape} rows, {c.shape} columns and {v.shape} "
                "values do not fit together"
            ) from None
        r, c, v = r.reshape(-1), c.reshape(-1), v.reshape(-1)  # a constant stays one number
        if not np.isfinite(v).all():
            at = int((~np.isfinite(v)).argmax())
            raise ValueError(
                f"coefficient of {self._name(self._columns, int(c[at]))} in "
                f"{self._name(self._rows, int(r[at]))} is {v[at]}"
            )
        if len(v):
            self._entries.append((r.astype(np.int32), c.astype(np.int32), v))

    def cost(self, columns: ArrayLike, values: ArrayLike) -> None:
        """Add to the objective, USD per user unit."""
        c, v = _ids(columns, "column", self._num_columns), np.asarray(values, dtype=np.float64)
        try:
            c, v = (array.reshape(-1) for array in np.broadcast_arrays(c, v))
        except ValueError:
            raise ValueError(
                f"costs from {self._name(self._columns, int(c.flat[0])) if c.size else 'nothing'} "
                f"on: {c.shape} columns and {v.shape} values do not fit together"
            ) from None
        if not np.isfinite(v).all():
            raise ValueError(
                f"cost of {self._name(self._columns, int(c[(~np.isfinite(v)).argmax()]))} is not "
                "a number"
            )
        self._costs.append((c, v))

    def _name(self, parts: list[tuple[Block, Floats, Floats, Floats]], number: int) -> str:
        return _label(tuple(part[0] for part in parts), self.axes, number)

    def build(self) -> Program:
        """Return the scaled program; the coefficients are handed over to it, so a builder builds
        once.

        Raises:
            ValueError: on a second call.
            OverflowError: for more coefficients than a solver can count.
        """
        if self._built:
            raise ValueError("this program has been built already")
        self._built = True

        def joined(parts: list[tuple[Block, Floats, Floats, Floats]], which: int) -> Floats:
            return np.concatenate([part[which] for part in parts]) if parts else np.empty(0)

        column_scale, row_scale = joined(self._columns, 3), joined(self._rows, 3)
        cost = np.zeros(self._num_columns)
        while self._costs:  # what is written is freed before the coefficients need their room
            np.add.at(cost, *self._costs.pop(0))
        indptr, indices, data = by_columns(self._entries, column_scale, row_scale)
        cost *= column_scale
        cost /= MONEY_SCALE
        lower, upper, row_lower, row_upper = (
            joined(self._columns, 1),
            joined(self._columns, 2),
            joined(self._rows, 1),
            joined(self._rows, 2),
        )
        lower /= column_scale
        upper /= column_scale
        row_lower /= row_scale
        row_upper /= row_scale
        return Program(
            cost=cost,
            column_lower=lower,
            column_upper=upper,
            row_lower=row_lower,
            row_upper=row_upper,
            indptr=indptr,
            indices=indices,
            data=data,
            column_scale=column_scale,
            row_scale=row_scale,
            money_scale=MONEY_SCALE,
            column_blocks=tuple(part[0] for part in self._columns),
            row_blocks=tuple(part[0] for part in self._rows),
            axes=self.axes,
            weights=self.weights,
        )
