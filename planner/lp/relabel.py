"""Relabelling: the same column or row in two programs, found by its names and not by its number."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Block, Program

Keys = NDArray[np.uint64]
_MIX = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB], dtype=np.uint64)


def mixed(values: Keys) -> Keys:
    """Return well-spread 64-bit numbers (the finaliser of SplitMix64, Steele, Lea and Flood
    2014)."""
    with np.errstate(over="ignore"):  # arithmetic modulo 2^64 is meant
        z = values + _MIX[0]
        z = (z ^ (z >> np.uint64(30))) * _MIX[1]
        z = (z ^ (z >> np.uint64(27))) * _MIX[2]
        return np.asarray(z ^ (z >> np.uint64(31)), dtype=np.uint64)


def column_keys(program: Program) -> Keys:
    """Return a 64-bit key of every column made from its block and its labels' names: equal names,
    equal keys, in any program."""
    return _keys(program.column_blocks, program.axes)


def row_keys(program: Program) -> Keys:
    """Return a 64-bit key of every row, as ``column_keys`` does."""
    return _keys(program.row_blocks, program.axes)


def same_names(one: Program, other: Program) -> bool:
    """Return whether two programs have the same columns and rows in the same order, by their
    names."""
    axes = one.axes is other.axes or (
        one.axes.keys() == other.axes.keys()
        and all(np.array_equal(names, other.axes[axis]) for axis, names in one.axes.items())
    )
    return (
        axes
        and _same_blocks(one.column_blocks, other.column_blocks)
        and _same_blocks(one.row_blocks, other.row_blocks)
    )


def _same_blocks(some: tuple[Block, ...], others: tuple[Block, ...]) -> bool:
    if some is others:
        return True
    return len(some) == len(others) and all(
        a.name == b.name
        and a.count == b.count
        and a.labels.keys() == b.labels.keys()
        and all(np.array_equal(codes, b.labels[axis]) for axis, codes in a.labels.items())
        for a, b in zip(some, others, strict=True)
    )


def positions(keys: Keys, wanted: Keys) -> NDArray[np.int64]:
    """Return where each wanted key stands in ``keys``, (n,); -1 where it does not."""
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int64)
    order = np.argsort(keys, kind="stable")
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    return np.where(keys[order][at] == wanted, order[at], -1)


def _keys(blocks: tuple[Block, ...], axes: Mapping[str, NDArray[Any]]) -> Keys:
    hashes = {axis: _hashes(names) for axis, names in axes.items()}
    parts = [np.zeros(0, np.uint64)]
    for block in blocks:
        key = np.full(block.count, _hashes([block.name])[0], dtype=np.uint64)
        for axis, codes in block.labels.items():
            key = mixed(key ^ _coded(hashes, axis, codes))
        parts.append(key)
    return np.concatenate(parts)


def _hashes(names: Any) -> Keys:
    return np.array(
        [
            int.from_bytes(blake2b(str(name).encode(), digest_size=8).digest(), "little")
            for name in names
        ],
        dtype=np.uint64,
    )


def _coded(hashes: Mapping[str, Keys], axis: str, codes: NDArray[Any]) -> Keys:
    """Hashes of the labels of a block; codes without names, and the code for "none", stand for
    themselves."""
    if codes.dtype == object:
        return _hashes(codes)
    plain = mixed(codes.astype(np.int64).view(np.uint64))
    if axis not in hashes or not len(hashes[axis]):
        return plain
    return np.where(codes >= 0, hashes[axis][np.maximum(codes, 0)], plain)
