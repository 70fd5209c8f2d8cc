"""Edges: alarms whose figure lies on its threshold, to the digits that are written, may be raised
or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from planner.audit.tolerance import RELATIVE

EDGE: Final = 1e-9
"""Share of a threshold within which a written figure is on it: twelve digits are written."""


def beyond(
    figure: ArrayLike, threshold: ArrayLike, off: ArrayLike = 0.0
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where a figure may be beyond a threshold, and where it surely is.

    Args:
        figure: the figures.
        threshold: what they are compared with.
        off: by how much the figures may be off, beside the last written digits.

    Returns:
        ``figure > threshold - edge`` and ``figure > threshold + edge``, in the figures' shape.
    """
    value, least = np.asarray(figure, dtype=np.float64), np.asarray(threshold, dtype=np.float64)
    edge = EDGE * np.abs(least) + np.asarray(off, dtype=np.float64)
    return np.asarray(value > least - edge), np.asarray(value > least + edge)


def settled(own: pd.DataFrame, told: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return the alarms that the plan must raise: all that are sure, and of those on an edge what
    it did raise.

    Args:
        own: alarms by ``keys``, with ``amount`` and ``sure``.
        told: the alarms that are written, likewise.
        keys: columns that name an alarm.
    """
    named = dict.fromkeys(keys, object)
    edge = own[~own["sure"].astype(bool)].reset_index(names="at").astype(named)
    known = told[[*keys, "amount"]].astype(named)
    pairs = edge.merge(known, on=list(keys), suffixes=("", "_told"))
    near = (pairs["amount"] - pairs["amount_told"]).abs() <= RELATIVE * pairs[
        "amount"
    ].abs() + 0.011
    raised = own.index.isin(pairs.loc[near, "at"])
    return own[own["sure"].astype(bool) | raised]
