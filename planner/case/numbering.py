"""Numbering: rows of equal keys have one number, and so the second of them is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from planner.case.columns import Ints


def numbered(columns: Sequence[Any], sort: bool) -> tuple[Ints, Ints]:
    """Number the distinct rows of columns, in sorted order or in that of their first appearance.

    Args:
        columns: arrays of one length, the most significant first.
        sort: whether the numbers follow the order of the values.

    Returns:
        The number of every row, (n,), and the first row with each number, (numbers,).
    """
    number = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        code, distinct = pd.factorize(column, sort=sort, use_na_sentinel=False)
        number = pd.factorize(number * max(len(distinct), 1) + code, sort=sort)[0].astype(
            np.int64
        )  # at most n, so that the product of two stays whole
    first = np.empty(int(number.max(initial=-1)) + 1, dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return number, first


def again(first: Ints, n: int) -> Ints:
    """Return the rows that repeat an earlier one, by the first row of each, in their order,
    (repeats,)."""
    again = np.ones(n, dtype=bool)
    again[first] = False
    return np.flatnonzero(again)
