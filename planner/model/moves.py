"""Moves: lots of the fleet that an offer may take to another site."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import texts, whole
from planner.model.index import Index, Ints
from planner.model.lots import FLEET, Lots, windows


def list_moves(case: Case, index: Index, lots: Lots) -> pd.DataFrame:
    """Return every relocation of a fleet lot that would still serve at its new site."""
    offers = case["offers"]
    window = windows(case, index, ("relocate",))
    if window.empty:
        return pd.DataFrame(
            {
                name: np.empty(0, dtype=np.int64)
                for name in ("row", "site", "period", "chip", "from", "lead", "lot", "leaves")
            }
        )
    window["from"] = -1
    if len(window):
        window["from"] = index.code("site", texts(offers, "from_site")[window["row"]])
    window["lead"] = whole(offers, "lead_periods")[window["row"]]
    fleet = np.flatnonzero(lots.origin == FLEET)
    frame = pd.DataFrame(
        {
            "lot": fleet,
            "chip": lots.chip[fleet],
            "from": lots.site[fleet],
            "leaves": lots.leaves[fleet],
        }
    )
    moves = window.merge(frame, on=["chip", "from"])
    moves = moves[
        (moves["period"] + moves["lead"] < np.minimum(moves["leaves"], index.T))
        & (moves["site"] != moves["from"])
    ]
    return moves.sort_values(["row", "site", "lot", "period"], ignore_index=True)


def spans(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return (which, period) for every period of every span ``first <= t < last``."""
    sizes = np.maximum(last - first, 0)
    which = np.repeat(np.arange(len(first)), sizes)
    return which, np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[which]
