"""Duals: the dual values of solution.npz by the names that stand beside them.

That they are dual values of the case is proven elsewhere: the bound of ``planner verify`` is made
of them and meets the cost.  Here they are what written worths and causes must follow from.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.facts import Facts, Floats
from planner.audit.verdict import Check, failure
from planner.plan.stored import stored_arrays

_LIMIT: Final = "dual values of every row with the names of the rows"
NOISE: Final = 1e-9
"""A dual value below this is the solver's noise; a worth of it is written as 0."""


@dataclass(frozen=True, slots=True)
class Duals:
    """Blocks of rows: codes of each row on its axes, in the order of the inputs, and ``usd``.

    ``usd`` is d(cost) / d(right-hand side): USD discounted to the start of the plan, per unit.
    """

    blocks: Mapping[str, pd.DataFrame]

    def __getitem__(self, block: str) -> pd.DataFrame:
        """Return a block of rows; one without rows or axes where the program has none."""
        return self.blocks.get(block, pd.DataFrame({"usd": np.empty(0)}))

    def table(self, block: str, shape: tuple[int, ...], *axes: str) -> tuple[Floats, NDArray[Any]]:
        """Return a block summed into a table of a shape over some of its axes, discounted USD per
        unit, and where it has rows; both of that shape."""
        sums, there = np.zeros(shape), np.zeros(shape, bool)
        rows = self[block]
        if len(rows):
            at = tuple(rows[axis].to_numpy(dtype=np.int64) for axis in axes)
            np.add.at(sums, at, rows["usd"].to_numpy(dtype=np.float64))
            there[at] = True
        return sums, there


def read_duals(folder: Path, facts: Facts) -> tuple[Duals | None, Check]:
    """Return the named dual values of a run; None where solution.npz has none that can be read.

    Args:
        folder: the run folder.
        facts: the inputs, for the order of the names.

    Returns:
        The duals, and the check that they could be read.
    """
    name = "files.solution.npz"
    try:
        arrays = stored_arrays(folder / "solution.npz")
        arrays.pop("x", None)
        blocks = _blocks(arrays, facts)
    except (OSError, ValueError, KeyError, IndexError, zipfile.BadZipFile, EOFError) as error:
        return None, failure(name, f"solution.npz cannot be read: {error!r}", _LIMIT)
    return Duals(blocks), Check(name, True, 0.0, f"{len(blocks)} blocks of rows", _LIMIT)


def _blocks(arrays: Mapping[str, NDArray[Any]], facts: Facts) -> dict[str, pd.DataFrame]:
    """Return the blocks of rows with their codes turned into those of the inputs."""
    usd = arrays["row_dual"]
    if usd.dtype != np.float64 or not np.isfinite(usd).all():
        raise ValueError("row_dual holds something that is no number")
    indices = {
        "chip": facts.chip,
        "site": facts.site,
        "slice": facts.slice,
        "offer": facts.offer,
        "workload": facts.workload,
        "milestone": facts.milestone,
        "period": pd.Index([facts.label(t) for t in range(facts.T)]),
    }
    indices["lost"] = facts.site
    code: dict[str, NDArray[np.int64]] = {}
    for axis, index in indices.items():
        named = arrays.get(f"axis.{'site' if axis == 'lost' else axis}")
        if named is not None:
            code[axis] = np.append(index.get_indexer(pd.Index(named.astype(object))), -1)
    blocks = {}
    for block, first, count in zip(
        arrays["rows"], arrays["rows_first"], arrays["rows_count"], strict=True
    ):
        columns: dict[str, Any] = {"usd": usd[first : first + count]}
        if len(columns["usd"]) != count:
            raise ValueError(f"row_dual has too few values for {block}")
        for key, codes in arrays.items():
            if key.startswith(f"row.{block}."):
                axis = key.rpartition(".")[2]
                columns[axis] = code[axis][codes] if axis in code else codes
                names = arrays.get(f"axis.{axis}")
                if axis not in code and names is not None and axis != "lot":
                    # -1 for none
                    columns[f"{axis}_name"] = np.append(names.astype(object), "")[codes]
        blocks[str(block)] = pd.DataFrame(columns)
    return blocks
