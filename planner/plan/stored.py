"""Stored values: the arrays of solution.npz, read within limits."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MOST_BYTES: Final = 1_000_000_000
"""More than the values of the largest program that is solved take; an archive packs a thousand
times as much, and reading it would take the machine's memory."""


def stored_arrays(path: Path, *names: str) -> dict[str, NDArray[Any]]:
    """Return arrays of solution.npz by name; all of them without a name.

    Raises:
        ValueError: where they unpack to more than a run writes, or are no arrays.
        KeyError: where one is missing.
        OSError: where the file cannot be read; other errors of ``zipfile`` where it is damaged.
    """
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MOST_BYTES:
        raise ValueError(f"it unpacks to {unpacked:,} bytes, more than {MOST_BYTES:,}")
    with np.load(path, allow_pickle=False) as stored:
        return {name: np.asarray(stored[name]) for name in names or stored.files}
