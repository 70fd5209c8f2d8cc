"""Origins: where the chips of a lot come from, and the columns that every lot has."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.audit.files import NO_PERIOD

FLEET, COMMITTED, NEW, MOVED = 0, 1, 2, 3
"""Where the chips of a lot come from."""


def blank(n: int) -> dict[str, Any]:
    """Return the columns of n lots, with what most of them have."""
    return {
        "line": np.full(n, "", dtype=object),
        "origin": np.zeros(n, np.int64),
        "chip": np.zeros(n, np.int64),
        "site": np.zeros(n, np.int64),
        "ordered": np.full(n, NO_PERIOD),
        "born": np.zeros(n, np.int64),
        "first": np.zeros(n, np.int64),
        "leaves": np.zeros(n, np.int64),
        "chips": np.zeros(n),
        "attrition": np.zeros(n),
        "owned": np.zeros(n, bool),
        "price": np.zeros(n),
        "paid": np.zeros(n, np.int64),
        "deposit": np.zeros(n),
        "hourly": np.zeros(n),
        "may_retire": np.zeros(n, bool),
        "purchase": np.zeros(n, bool),
        "row": np.zeros(n, np.int64),
        "counted": np.zeros(n, np.int64),
    }
