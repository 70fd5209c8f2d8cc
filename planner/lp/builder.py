"""A linear program while it is being written: blocks, coefficients and costs, refused where they do
not fit.

A label that is not there raises; nothing is aligned by position or filled with zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.lp.program import MONEY_SCALE, Block, Floats, Ids, Ints, Program, label
from planner.lp.sparse import Chunk, by_columns

LET_THROUGH: Final = 1e-3
"""Of a user's unit: the least that a column of 0 or 1 lets through, where it is more than nothing.
HiGHS drops coefficients below 1e-9, and rows are scaled by up to a thousand."""


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


def let_through(most: ArrayLike) -> Floats:
    """Return the most that columns of 0 or 1 let through, user units, none too small for a solver:
    it may be more than there can be, as the limit that it comes from has a row of its own."""
    amounts = np.asarray(most, dtype=np.float64)
    return np.where(amounts > 0, np.maximum(amounts, LET_THROUGH), amounts)


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


@dataclass(slots=True)
class ProgramBuilder:
    """Collects blocks, coefficients and costs; ``build`` makes the ``Program``."""

    axes: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    weights: Mapping[str, Floats] = field(default_factory=dict)
    _columns: list[tuple[Block, Floats, Floats, Floats]] = field(default_factory=list)
    _rows: list[tuple[Block, Floats, Floats, Floats]] = field(default_factory=list)
    _entries: list[Chunk] = field(default_factory=list)
    _costs: list[tuple[Ids, Floats]] = field(default_factory=list)
    _integer: list[Ints] = field(default_factory=list)
    _switches: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
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
        integer: bool = False,
    ) -> Ints:
        """Add a block of columns; returns their ids, (n,), as many as there are labels.

        Where they are ``integer`` their scaled value is a whole number in a whole plan: ``scale``
        is then the size of one of what is counted.

        Bounds are those of the case alone, infinite where only rows or costs limit a column: a
        bound that seems to follow may not once another limit joins in, and one that binds together
        with a row takes part of the row's price.
        """
        limits = {"lower": lower, "upper": upper, "scale": scale}
        block, ids = self._block(self._columns, name, labels, limits, self._num_columns)
        self._num_columns += block.count
        if integer:
            self._integer.append(ids)
        return ids

    def rows(
        self,
        name: str,
        labels: Mapping[str, ArrayLike],
        lower: ArrayLike,
        upper: ArrayLike,
        scale: ArrayLike = 1.0,
    ) -> Ints:
        """Add a block of rows; returns their ids, (n,), as many as there are labels."""
        limits = {"lower": lower, "upper": upper, "scale": scale}
        block, ids = self._block(self._rows, name, labels, limits, self._num_rows)
        self._num_rows += block.count
        return ids

    def switch(self, rows: ArrayLike, columns: ArrayLike, most: ArrayLike = np.nan) -> None:
        """Let rows hold only where a column is 0: ``A x <= 0`` there, anything where it is 1.

        For limits of which the case states no largest amount; where it states one, that amount is
        the coefficient of the column in an ordinary row, which bounds more tightly.

        Args:
            rows: rows that were added without limits, (n,).
            columns: integer columns between 0 and 1, (n,).
            most: what other rows let through at most, which these need not say again, user units;
                NaN where nothing does.
        """
        r = _ids(rows, "row", self._num_rows).astype(np.int64)
        c = _ids(columns, "column", self._num_columns).astype(np.int64)
        if r.shape != c.shape:
            raise ValueError(f"{len(r)} rows are switched by {len(c)} columns")
        amounts = np.broadcast_to(let_through(most), r.shape)
        self._switches.append((r, c, np.where(np.isfinite(amounts), amounts, np.nan)))

    def _block(
        self,
        into: list[Any],
        name: str,
        labels: Mapping[str, ArrayLike],
        limits: Mapping[str, ArrayLike],
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
        for what, values in limits.items():
            given = np.asarray(values, dtype=np.float64)
            if given.shape not in ((), (1,), (count,)):
                raise ValueError(
                    f"block {name}: {what} has the shape {given.shape}, the labels have {count} "
                    "entries"
                )
            array = np.broadcast_to(given, (count,))
            if np.isnan(array).any():
                raise ValueError(
                    f"{label((block,), self.axes, first + int(np.isnan(array).argmax()))}: "
                    f"{what} is missing"
                )
            numbers.append(array)
        low, high, by = numbers
        if (low > high).any():
            at = int((low > high).argmax())
            raise ValueError(
                f"{label((block,), self.axes, first + at)}: lower {low[at]} is above upper "
                f"{high[at]}"
            )
        wrong = ~((by > 0.0) & np.isfinite(by))
        if wrong.any():
            at = int(wrong.argmax())
            raise ValueError(
                f"{label((block,), self.axes, first + at)}: scale {by[at]} must be above 0 and "
                "finite"
            )
        into.append((block, *numbers))
        return block, np.arange(first, first + count, dtype=np.int64)

    def entries(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike) -> None:
        """Add coefficients in user units, broadcast to (n,); duplicates add up."""
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
        """Add to the objective, USD per user unit, broadcast to (n,)."""
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
        return label(tuple(part[0] for part in parts), self.axes, number)

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
        switched = _joined([rows for rows, _, _ in self._switches])
        most = [amounts for _, _, amounts in self._switches]
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
            integer=np.sort(_joined(self._integer)),
            switches=(
                switched,
                _joined([columns for _, columns, _ in self._switches]),
            ),
            switch_most=(np.concatenate(most) if most else np.empty(0)) / row_scale[switched],
        )
