"""Instants: positions in periods as they are written in a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.columns import Floats, Texts

if TYPE_CHECKING:
    from planner.case.case import Case


def instants(case: Case, at: Floats, *, end: bool) -> Texts:
    """Return instants (positions in periods) as the label of the period that they end or begin in,
    (n,); a date inside a period as `in 2027Q1`."""
    whole = np.abs(at - np.rint(at)) < 1e-9
    period = np.where(whole, np.rint(at) - (1 if end else 0), np.floor(at)).astype(np.int64)
    out = np.empty(len(at), dtype=object)
    out[:] = [
        ("" if exact else "in ") + case.calendar.label(int(t))
        for t, exact in zip(period, whole, strict=True)
    ]
    return out
