"""Columns: those of a typed table as arrays, and the positions of names in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Texts = NDArray[np.object_]


def texts(frame: pd.DataFrame, column: str) -> Texts:
    """Return a text column as an object array, (n,)."""
    return frame[column].to_numpy(dtype=object)


def numbers(frame: pd.DataFrame, column: str) -> Floats:
    """Return a number, integer or period column as float64, (n,); NaN where it is blank without a
    default."""
    return frame[column].to_numpy(dtype=np.float64)


def whole(frame: pd.DataFrame, column: str) -> Ints:
    """Return a period or integer column that is always filled as int64, (n,)."""
    return frame[column].to_numpy(dtype=np.int64)


def flags(frame: pd.DataFrame, column: str) -> Bools:
    """Return a yes/no column, (n,)."""
    return frame[column].to_numpy(dtype=bool)


def codes(names: Collection[Any], wanted: Collection[Any]) -> Ints:
    """Return the position of every wanted name in ``names``, -1 where it is not there,
    (len(wanted),)."""
    position = {name: i for i, name in enumerate(names)}
    return np.fromiter(
        (position.get(name, -1) for name in wanted), dtype=np.int64, count=len(wanted)
    )


def keys(frame: pd.DataFrame, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return the rows of a few columns as tuples, [n]."""
    return list(zip(*(texts(frame, column) for column in columns), strict=True))


def members(names: Texts, groups: Texts) -> Bools:
    """Return which of ``names`` each tuple of ``groups`` contains, (len(groups), len(names)); other
    names are left out."""
    table = np.zeros((len(groups), len(names)), dtype=bool)
    row, name = exploded(groups)
    at = codes(names, name)
    table[row[at >= 0], at[at >= 0]] = True
    return table


def exploded(groups: Texts) -> tuple[Ints, Texts]:
    """Return (position, name) for every name in every tuple of ``groups``."""
    sizes = np.fromiter(map(len, groups), dtype=np.int64, count=len(groups))
    flat = np.empty(int(sizes.sum()), dtype=object)
    flat[:] = [name for group in groups for name in group]
    return np.repeat(np.arange(len(groups)), sizes), flat
