"""Names of rows: what each dual value of solution.npz belongs to, without the program."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Program

Arrays = dict[str, NDArray[Any]]


def named_rows(program: Program) -> Arrays:
    """Return the arrays that name every row of a program.

    Args:
        program: the program.

    Returns:
        ``rows``: names of the blocks of rows, (B,); ``rows_first`` and ``rows_count``: where each
        lies, (B,); ``row.<block>.<axis>``: codes of its rows on an axis, (count,), -1 for none; and
        ``axis.<axis>``: the names behind the codes of an axis.
    """
    blocks = program.row_blocks
    arrays: Arrays = {
        "rows": np.array([block.name for block in blocks], dtype=np.str_),
        "rows_first": np.array([block.first for block in blocks], dtype=np.int64),
        "rows_count": np.array([block.count for block in blocks], dtype=np.int64),
    }
    for block in blocks:
        for axis, codes in block.labels.items():
            arrays[f"row.{block.name}.{axis}"] = np.asarray(codes, dtype=np.int32)
    for axis, names in program.axes.items():
        arrays[f"axis.{axis}"] = np.asarray(names, dtype=np.str_)
    return arrays
