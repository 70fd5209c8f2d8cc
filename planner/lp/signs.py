"""Signs: a whole number for every value, column or row, the same for what is the same."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Block
from planner.lp.relabel import Keys, mixed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAME: Final = 5e-14
"""Numbers this close, relative, are the same: they are one number computed in two ways."""
DROPPED: Final = 16
"""Bits of a number that are not looked at."""
EDGE: Final = 512
"""So many units of the last bit from the edge of a step are more than ``SAME``."""


def signed(values: Floats) -> Keys:
    """Return a sign for every value, (n,): one for all that are the same, another for what is
    further than ``2 ** (DROPPED - 52)`` from it.

    Values are rounded to a raster of their leading bits.  Those at the edge of a step, where the
    same number computed in two ways may fall to either side, are few: they are sorted, and what is
    the same as its neighbour takes its sign.
    """
    bits = (values + 0.0).view(np.int64) + (1 << DROPPED - 1)  # to the nearest; minus zero is zero
    step, within = bits >> DROPPED, bits & (1 << DROPPED) - 1
    edge = np.flatnonzero((within < EDGE) | (within >= (1 << DROPPED) - EDGE))
    if len(edge):
        edge = edge[np.argsort(values[edge])]
        there = values[edge]
        lead = np.maximum.accumulate(
            np.where(
                np.abs(np.diff(there, prepend=-np.inf)) > SAME * np.abs(there),
                np.arange(len(edge)),
                0,
            )
        )
        step[edge] = step[edge[lead]]
    return step.view(np.uint64)


def blended(blocks: tuple[Block, ...], *values: Floats) -> Keys:
    """Return a colour for every column or row made from its block and its values."""
    colour = np.repeat(np.arange(len(blocks), dtype=np.uint64), [block.count for block in blocks])
    for value in values:
        colour = mixed(colour) + signed(value)
    return mixed(colour)


def added(signs: Keys, end: Ints) -> Keys:
    """Return the sum, modulo 2^64, of each run of signs up to the ends, (ends,)."""
    running = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(signs, dtype=np.uint64)])
    return np.asarray(np.diff(running[np.concatenate([[0], end])]), dtype=np.uint64)
