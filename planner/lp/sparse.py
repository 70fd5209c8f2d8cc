"""A sparse matrix by columns, put together from chunks of entries in one pass and without a sort of the whole.

Chunks are written in the order of their rows, each entry to the next free place of its column.  So columns come out sorted as they are, but
for those that meet a row twice or in a chunk of another order: these few are sorted and added up afterwards.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int32]
Chunk = tuple[Indices, Indices, Floats]
"""Rows, columns and values of some entries, of equal length."""

WORD: Final = 64
"""Bits of a sort key."""


def by_columns(chunks: list[Chunk], column_scale: Floats, row_scale: Floats) -> tuple[Indices, Indices, Floats]:
    """Return ``indptr``, ``indices`` and ``data`` of a scaled matrix by columns: rows ascending, duplicates added up, zeros left out.

    Args:
        chunks: the entries in user units; the list is emptied, so that memory is freed on the way.
        column_scale: factor of every column.
        row_scale: divisor of every row.

    Raises:
        OverflowError: for more entries than 32-bit positions can count.
    """
    chunks.sort(key=lambda chunk: int(chunk[0].min()), reverse=True)  # the last is taken first
    counts = np.zeros(len(column_scale) + 1, dtype=np.int64)
    for _, column, _ in chunks:
        _count(counts, column)
    np.cumsum(counts, out=counts)
    if counts[-1] > np.iinfo(np.int32).max:
        raise OverflowError(f"{counts[-1]:,} coefficients are more than a solver can count")
    indptr = counts.astype(np.int32)
    del counts
    free = indptr[:-1].copy()
    indices, data = np.empty(indptr[-1], dtype=np.int32), np.empty(indptr[-1])
    while chunks:
        row, column, value = chunks.pop()
        if _strictly_rising(column):
            at = free[column]
            free[column] += 1
        else:
            order = _order(row, column)
            row, column, value = row[order], column[order], value[order]
            first = np.flatnonzero(np.concatenate([[True], column[1:] != column[:-1]]))
            length = np.diff(first, append=len(column))
            at = np.repeat((free[column[first]] - first).astype(np.int32), length)
            at += np.arange(len(column), dtype=np.int32)
            free[column[first]] += length.astype(np.int32)
        indices[at] = row
        scaled = value * column_scale[column]
        scaled /= row_scale[row]
        data[at] = scaled
    return _tidy(indptr, indices, data)


def _count(counts: NDArray[np.int64], column: Indices) -> None:
    """Add the number of entries of every column to ``counts``, one place on."""
    if not len(column):
        return
    low = int(column.min())
    found = np.bincount(column - low)
    counts[low + 1:low + 1 + len(found)] += found


def _strictly_rising(values: Indices) -> bool:
    """Return whether every value is greater than the one before."""
    return bool((values[1:] > values[:-1]).all())


def _order(row: Indices, column: Indices) -> NDArray[np.int64]:
    """Return the order of entries by column, then row, then as they came."""
    bits = [int(column.max()).bit_length(), int(row.max()).bit_length(), len(row).bit_length()]
    key = column.astype(np.uint64)
    key <<= np.uint64(bits[1])
    key |= row.astype(np.uint64)
    if sum(bits) > WORD:
        return np.argsort(key, kind="stable")
    # with the position in the key a plain sort does, several times as fast as one that keeps track
    key <<= np.uint64(bits[2])
    key |= np.arange(len(row), dtype=np.uint64)
    key.sort()
    key &= np.uint64((1 << bits[2]) - 1)
    return key.view(np.int64)


def _tidy(indptr: Indices, indices: Indices, data: Floats) -> tuple[Indices, Indices, Floats]:
    """Return the matrix with rows ascending in every column, duplicates added up and zeros left out."""
    if not len(indices):
        return indptr, indices, data
    unsorted = np.concatenate([[False], indices[1:] <= indices[:-1]])
    unsorted[indptr[:-1][indptr[:-1] < len(indices)]] = False  # the first of a column has none before it
    drop = np.zeros(0, dtype=np.intp)
    if unsorted.any():
        touched = np.zeros(len(indptr) - 1, dtype=bool)
        touched[np.searchsorted(indptr, np.flatnonzero(unsorted), side="right") - 1] = True
        some = np.flatnonzero(touched)
        length = np.diff(indptr)[some].astype(np.int64)
        column = np.repeat(np.arange(len(some), dtype=np.int32), length)
        at = np.arange(len(column)) + np.repeat(indptr[some] - np.cumsum(length) + length, length)
        order = _order(indices[at], column)
        row, value = indices[at][order], data[at][order]
        start = np.concatenate([[True], (row[1:] != row[:-1]) | (column[1:] != column[:-1])])
        first = np.flatnonzero(start)
        indices[at], data[at] = row, value
        data[at[first]] = np.add.reduceat(value, first)
        drop = at[~start]
    keep = data != 0.0
    keep[drop] = False
    if keep.all():
        return indptr, indices, data
    kept = np.concatenate([[0], np.cumsum(keep)])[indptr].astype(np.int32)
    return kept, indices[keep], data[keep]
