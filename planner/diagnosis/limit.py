"""Limits: every figure of the inputs that could give, with the rows of the program it stands in.

A limit is a cell of a table (the MW of a site in a period, the deadline of a milestone) or a fact
(an order in flight).  ``slacks`` say how much it could give and what that is valued at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from planner.lp.conflict import LOWER, UPPER, Parts
from planner.lp.elastic import Slacks
from planner.lp.program import Block
from planner.model import Formulation
from planner.model.index import Floats, Ints

COLUMNS: Final = ("family", "kind", "table", "at", "column", "period", "side")


class Stated(NamedTuple):
    """Which figures of the inputs state some limits: column of a table, what kind of limit they
    are, and on which side."""

    family: str
    kind: str
    table: str
    column: str
    side: int
    """``LOWER``: something must at least be done."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits and what lets them give.

    ``table``: family, kind, table and row position ``at`` in the case (-1: none), column, period
    (-1: all) and side (``LOWER``: something must at least be done) of every limit.  ``slack``:
    limit, variant, period, direction of the change of the cell.
    """

    table: pd.DataFrame
    parts: Parts
    slack: pd.DataFrame
    slacks: Slacks


@dataclass(slots=True)
class LimitList:
    """Collects limits; ``done`` makes the arrays."""

    f: Formulation
    _tables: list[pd.DataFrame] = field(default_factory=list)
    _rows: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)
    _columns: list[tuple[Ints, Ints]] = field(default_factory=list)
    _slacks: list[pd.DataFrame] = field(default_factory=list)
    _entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    _count: int = 0
    _slack_count: int = 0

    def block(self, name: str) -> Block | None:
        """Return the block of rows of this name, None where it is not there or empty."""
        for block in self.f.program.row_blocks:
            if block.name == name and block.count:
                return block
        return None

    def limits(self, stated: Stated, at: ArrayLike, period: ArrayLike) -> Ints:
        """Add limits; returns their numbers, (n,).

        Args:
            stated: which figures state them.
            at: row of each in the table of the case, -1 for none, (n,).
            period: period of each, -1 for all, (n,) or one.
        """
        at = np.asarray(at, dtype=np.int64)
        period = np.broadcast_to(np.asarray(period, dtype=np.int64), at.shape)
        self._tables.append(
            pd.DataFrame(
                {
                    "family": stated.family,
                    "kind": stated.kind,
                    "table": stated.table,
                    "at": at,
                    "column": stated.column,
                    "period": period,
                    "side": stated.side,
                }
            )
        )
        self._count += len(at)
        return np.arange(self._count - len(at), self._count)

    def rows(self, limit: Ints, row: Ints, side: int) -> None:
        """Say which sides of rows belong to limits."""
        self._rows.append((limit, row, np.full(len(row), side, dtype=np.int64)))

    def columns(self, limit: Ints, column: Ints) -> None:
        """Say which columns' bounds belong to limits."""
        self._columns.append((limit, column))

    def slack(
        self,
        limit: Ints,
        variant: str,
        price: ArrayLike,
        most: ArrayLike,
        scale: ArrayLike,
        period: ArrayLike = -1,
    ) -> Ints:
        """Add slacks of limits, (n,); returns their numbers, (n,).

        Args:
            limit: the limit of each, (n,).
            variant: which of several ways to let it give.
            price: USD per unit that gives, (n,) or one, as the others below.
            most: units that can give.
            scale: units that one of the solver's stands for.
            period: period of each, -1 for all.
        """
        numbers: list[tuple[str, ArrayLike]] = [
            ("price", price),
            ("most", most),
            ("scale", scale),
            ("period", period),
        ]
        frame = pd.DataFrame(
            {
                "limit": limit,
                "variant": variant,
                **{
                    name: np.broadcast_to(np.asarray(values), limit.shape)
                    for name, values in numbers
                },
            }
        )
        self._slacks.append(frame)
        self._slack_count += len(frame)
        return np.arange(self._slack_count - len(frame), self._slack_count)

    def gives(self, slack: Ints, row: Ints, coefficient: ArrayLike) -> None:
        """Let slacks into rows."""
        self._entries.append(
            (slack, row, np.broadcast_to(np.asarray(coefficient, dtype=np.float64), row.shape))
        )

    def done(self) -> Limits:
        """Return the limits as arrays."""
        table = (
            pd.concat(
                [pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS}), *self._tables],
                ignore_index=True,
            )
            if self._tables
            else pd.DataFrame(columns=list(COLUMNS))
        )
        slack = (
            pd.concat(self._slacks, ignore_index=True)
            if self._slacks
            else pd.DataFrame(columns=["limit", "variant", "price", "most", "scale", "period"])
        )

        def joined(parts: Sequence[Sequence[Ints]], which: int) -> Ints:
            return (
                np.concatenate([part[which] for part in parts]).astype(np.int64)
                if parts
                else np.empty(0, np.int64)
            )

        parts = Parts(
            self._count,
            joined(self._rows, 0),
            joined(self._rows, 1),
            joined(self._rows, 2),
            joined(self._columns, 0),
            joined(self._columns, 1),
        )
        value = (
            np.concatenate([entry[2] for entry in self._entries]) if self._entries else np.empty(0)
        )
        slacks = Slacks(
            slack=joined([entry[:2] for entry in self._entries], 0),
            row=joined([entry[:2] for entry in self._entries], 1),
            coefficient=value,
            price=slack["price"].to_numpy(dtype=np.float64),
            most=slack["most"].to_numpy(dtype=np.float64),
            scale=slack["scale"].to_numpy(dtype=np.float64),
        )
        return Limits(
            table.astype({"at": np.int64, "period": np.int64, "side": np.int64}),
            parts,
            slack,
            slacks,
        )


def grouped(*keys: Ints) -> tuple[Ints, Ints]:
    """Return for rows with these keys (row indices of the first of each group, group of every
    row)."""
    _, first, inverse = np.unique(np.stack(keys), axis=1, return_index=True, return_inverse=True)
    return first, inverse.ravel()


__all__ = ["LOWER", "UPPER", "LimitList", "Limits", "Stated", "grouped"]
