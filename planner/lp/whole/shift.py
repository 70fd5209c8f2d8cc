"""Shift: counts moved until limits hold that they share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Ints

Floats = NDArray[np.float64]


def shift(
    number: Floats, value: Floats, entry: Ints, row: Ints, weight: Floats, excess: Floats
) -> None:
    """Take from counts what limits have too much of, or add what they lack, in place, those that
    are furthest beyond the divisible answer first.

    Args:
        number: the counts, (n,).
        value: the divisible answer, (n,).
        entry: the count behind each coefficient, (entries,).
        row: its limit, (entries,).
        weight: what one more takes of it, (entries,); only what is above 0 is moved.
        excess: what every limit has too much of, below 0 what it lacks, (limits,).
    """
    wrong = (excess[row] != 0.0) & (weight > 0)
    entry, row, weight = entry[wrong], row[wrong], weight[wrong]
    if not len(entry):
        return
    down = excess[row] > 0
    beyond = number[entry] - value[entry]
    order = np.lexsort((np.where(down, -beyond, beyond), row))
    entry, row, weight, down = entry[order], row[order], weight[order], down[order]
    room = np.where(down, number[entry], np.inf)
    # of each limit as much as it lacks, from the first of its racks to the last
    can = np.where(down, room * weight, np.maximum(np.abs(excess[row]), weight))
    first = np.concatenate([[True], row[1:] != row[:-1]])
    total = np.cumsum(can)
    start = np.flatnonzero(first)
    before = total - can - np.repeat((total - can)[start], np.diff(np.append(start, len(row))))
    left = np.maximum(np.abs(excess[row]) - before, 0.0)
    step = np.minimum(np.ceil(left / weight - 1e-9), room)
    change = np.zeros(len(number))
    np.add.at(change, entry, np.where(down, -step, step))
    number += change
    np.maximum(number, 0.0, out=number)
