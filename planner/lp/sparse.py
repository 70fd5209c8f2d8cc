"""A sparse matrix by columns, put together from chunks of entries in one pass and without a sort of
the whole.

Chunks are written in the order of their rows, each entry to the next free place of its column.  So
columns come out sorted as they are, but for those that meet a row twice or in a chunk of another
order: these few are sorted and added up afterwards.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int32]
Chunk = tuple[Indices, Indices, Floats]
"""Rows, columns and values of some entries, of equal length."""

PIECE: Final = 1 << 15
"""Entries placed at a time."""
WORD: Final = 64
"""Bits of a sort key."""


def by_columns(
    chunks: list[Chunk], column_scale: Floats, row_scale: Floats
) -> tuple[Indices, Indices, Floats]:
    """Return ``indptr``, ``indices`` and ``data`` of a scaled matrix by columns: rows ascending,
    duplicates added up, zeros left out.

    Args:
        chunks: the entries in user units; the list is emptied, so that memory is freed on the way.
        column_scale: factor of every column, (columns,).
        row_scale: divisor of every row, (rows,).

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
        rising = _strictly_rising(column)
        for first in range(0, len(row), PIECE):  # a loop over pieces that fit the processor's cache
            here = slice(first, first + PIECE)
            if not rising:
                order = _order(row[here], column[here])
                r, c, scaled = row[here][order], column[here][order], value[here][order]
                scaled *= column_scale[c]
                scaled /= row_scale[r]
                _place(r, c, scaled, free, indices, data)
                continue
            at = free[column[here]]
            indices[at] = row[here]
            scaled = value[here] * column_scale[column[here]]
            scaled /= row_scale[row[here]]
            data[at] = scaled
            free[column[here]] += 1
    return _tidy(indptr, indices, data)


def _place(
    row: Indices,
    column: Indices,
    scaled: Floats,
    free: Indices,
    indices: Indices,
    data: Floats,
) -> None:
    """Write entries sorted by column, which may meet a column several times, to the next free
    places of their columns."""
    first = np.flatnonzero(np.concatenate([[True], column[1:] != column[:-1]]))
    length = np.diff(first, append=len(column)).astype(np.int32)
    mine = column[first]
    at = np.repeat(free[mine] - first.astype(np.int32), length)
    at += np.arange(len(column), dtype=np.int32)
    indices[at] = row
    data[at] = scaled
    free[mine] += length


def _count(counts: NDArray[np.int64], column: Indices) -> None:
    """Add the number of entries of every column to ``counts``, one place on."""
    if not len(column):
        return
    low = int(column.min())
    found = np.bincount(column - low)
    counts[low + 1 : low + 1 + len(found)] += found


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
    """Return the matrix with rows ascending in every column, duplicates added up and zeros left
    out."""
    if not len(indices):
        return indptr, indices, data
    unsorted = np.zeros(len(indices), dtype=bool)
    np.less_equal(indices[1:], indices[:-1], out=unsorted[1:])
    unsorted[indptr[:-1][indptr[:-1] < len(indices)]] = (
        False  # the first of a column has none before it
    )
    drop = []
    if unsorted.any():
        touched = np.zeros(len(indptr) - 1, dtype=bool)
        touched[np.searchsorted(indptr, np.flatnonzero(unsorted), side="right") - 1] = True
        some = np.flatnonzero(touched).astype(np.int32)
        del unsorted, touched
        ends = np.cumsum(np.diff(indptr)[some], dtype=np.int64)
        cuts = np.unique(np.searchsorted(ends, np.arange(PIECE, ends[-1], PIECE)))
        drop = [
            _sort_columns(columns, indptr, indices, data)
            for columns in np.split(some, cuts[cuts > 0])
        ]  # a loop over pieces, as above
    keep = data != 0.0
    keep[np.concatenate([np.zeros(0, dtype=np.intp), *drop])] = False
    if keep.all():
        return indptr, indices, data
    gone = np.flatnonzero(~keep)
    return (
        indptr - np.searchsorted(gone, indptr).astype(np.int32),
        _squeeze(indices, keep),
        _squeeze(data, keep),
    )


def _sort_columns(
    columns: Indices, indptr: Indices, indices: Indices, data: Floats
) -> NDArray[np.intp]:
    """Sort some columns by row and add up what meets a row twice, in place; return the places that
    are free then."""
    length = np.diff(indptr)[columns].astype(np.int64)
    column = np.repeat(np.arange(len(columns), dtype=np.int32), length)
    at = np.arange(len(column)) + np.repeat(indptr[columns] - np.cumsum(length) + length, length)
    order = _order(indices[at], column)
    row, value = indices[at][order], data[at][order]
    start = np.concatenate([[True], (row[1:] != row[:-1]) | (column[1:] != column[:-1])])
    first = np.flatnonzero(start)
    indices[at], data[at] = row, value
    data[at[first]] = np.add.reduceat(value, first)
    free: NDArray[np.intp] = at[~start]
    return free


def _squeeze(array: NDArray[Any], keep: NDArray[np.bool_]) -> NDArray[Any]:
    """Return the kept entries, moved forward in place."""
    end = 0
    for first in range(0, len(array), PIECE):
        part = array[first : first + PIECE][keep[first : first + PIECE]]
        array[end : end + len(part)] = part
        end += len(part)
    return array[:end]
