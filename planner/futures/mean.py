"""The mean of scenarios as one case: every figure the mean of theirs, of whole ones the nearest."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.lp.program import Floats


def mean_case(base: Case, cases: Sequence[Case], probability: Floats) -> Case:
    """Return the case that is expected.

    A table in which scenarios have other rows, names or truths is as it is in the base.

    Args:
        base: the case as its own tables say.
        cases: of every scenario.
        probability: of each, (scenarios,).
    """
    tables = {
        name: _mean([case.tables[name] for case in cases], probability, table)
        for name, table in base.tables.items()
    }
    return dataclasses.replace(base, tables=tables, warnings=())


def _mean(frames: Sequence[pd.DataFrame], probability: Floats, base: pd.DataFrame) -> pd.DataFrame:
    if all(frame is frames[0] for frame in frames):
        return frames[0]
    first = frames[0]
    said = [name for name in first.columns if not name.startswith("_")]
    figures = [name for name in said if first[name].dtype.kind in "if"]
    others = [name for name in said if name not in figures]
    if any(len(frame) != len(first) for frame in frames) or any(
        not frame[name].equals(first[name]) for frame in frames for name in others
    ):
        return base
    result = first.copy()
    for name in figures:
        cells = np.stack([frame[name].to_numpy(np.float64) for frame in frames])
        expected = (probability[:, None] * cells).sum(axis=0)
        same = (cells == cells[0]).all(axis=0)
        expected = np.where(same, cells[0], expected)  # infinite ones too
        if first[name].dtype.kind == "i":
            result[name] = np.rint(expected).astype(np.int64)
        else:
            result[name] = expected
    return result
