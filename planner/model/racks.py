"""Racks: chips are ordered, kept, moved and given up in whole racks.

::

    order[v]    = size x racks[v] (+ rest[v] x part[v])                    row ``whole_held``
    held[v,t]   = alive[v,t] x (size x racks[v,t] + rest[v] x part[v,t])   row ``whole_held``
    move[f,v,t] = alive[v,t] x (size x racks + rest[v] x part)             row ``whole_move``
    part[v,t] + parts moved <= part[v,t-1]                                 row ``part_stays``

``racks`` are whole numbers and ``part`` is 0 or 1: the last rack of a lot that is no multiple of
its racks stays or goes as it is.  Racks are counted as they were ordered: chips that fail leave
theirs in place.  Lots that are what they are (fleet, orders in flight, frozen orders) need no count
of their own; where everything is divisible, or a rack has one chip, nothing is added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import numbers
from planner.model.aging import alive
from planner.model.draft import Draft
from planner.model.holding import CHIPS, Holding
from planner.model.index import Floats, Index, Ints
from planner.model.lots import COMMITTED, FLEET, NEW, Lots

CLOSE = 1e-9
"""Of a rack: less of it is rounding."""
ROLLED: Final = 1e-6
"""Of a rack: a lot this near to whole racks is whole racks. A rolled plan states what is left of a
lot and of its racks with twelve digits, so that chips are no multiple of them to the last one."""


def rack_sizes(case: Case, index: Index, lots: Lots) -> Floats:
    """Return the chips of a rack of every lot, (V,): its own, of new ones the offer's. Of a lot
    that is whole racks but for rounding (``ROLLED``) the racks are its chips in equal parts."""
    size = np.ones(len(lots))
    for origin, table in ((FLEET, "fleet"), (COMMITTED, "orders"), (NEW, "offers")):
        mine = lots.origin == origin
        size[mine] = numbers(case[table], "lot_size")[lots.row[mine]]
    given = (lots.origin != NEW) & (size != 1) & np.isfinite(lots.upper)
    racks = np.rint(np.divide(lots.upper, size, out=np.zeros_like(size), where=given))
    near = given & (racks >= 1) & (np.abs(lots.upper - racks * size) <= ROLLED * size)
    return np.divide(lots.upper, racks, out=size, where=near)


def whole_and_rest(chips: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Return how many whole racks make chips, and the chips of the last one that is not full; up to
    what sums of double numbers are off."""
    racks = np.floor(chips / size + CLOSE)
    rest = chips - racks * size
    return racks, np.where(rest > CLOSE * size, rest, 0.0)


def add_racks(draft: Draft, lots: Lots, holding: Holding) -> None:
    """Add counts of racks for everything that the plan decides, where it is to be whole.

    Args:
        draft: the program being written.
        lots: its lots.
        holding: their columns.
    """
    if not draft.whole:
        return
    size = rack_sizes(draft.case, draft.index, lots)
    mine = size != 1
    open_ = mine & (lots.lower < lots.upper)
    finite = np.isfinite(lots.upper)
    rest = whole_and_rest(np.where(finite, lots.upper, 0.0), size)[1]
    rest = np.where((lots.origin == NEW) & open_, 0.0, rest)
    lot = np.flatnonzero(open_)
    chains, moves = holding.chains, holding.moves
    chains = chains[mine[chains["lot"].to_numpy(dtype=np.int64)]]
    moves = moves[mine[moves["lot"].to_numpy(dtype=np.int64)]]
    ordered = pd.DataFrame({"lot": lot, "period": -1, "column": holding.order[lot]})
    kept = pd.concat([ordered, chains[["lot", "period", "column"]]], ignore_index=True)
    moved = moves[["lot", "period", "column", "row", "site"]].reset_index(drop=True)
    racks = Racks(draft, lots, size, rest)
    parts = racks.count("racks", "part", "whole_held", kept)
    gone = racks.count("racks_moved", "part_moved", "whole_move", moved)
    _part_stays(draft, kept.assign(part=parts), moved.assign(part=gone))


@dataclass(frozen=True, slots=True)
class Racks:
    """Sizes of racks and last racks of lots, and the program that counts them."""

    draft: Draft
    lots: Lots
    size: Floats
    """Chips of a rack, (V,)."""
    rest: Floats
    """Chips of the last rack where it is not full, (V,); else 0."""

    def count(self, racks: str, part: str, rows: str, what: pd.DataFrame) -> Ints:
        """Add the counts of what columns hold: ``column = alive x (size x racks + rest x part)``.

        Args:
            racks: name of the columns that count racks.
            part: name of those of last racks.
            rows: name of the rows.
            what: lot, period (-1: as ordered) and column; of moves also row (of offers.csv) and
                site.

        Returns:
            The column of the last rack, -1 where the lot has none, (n,).
        """
        builder, index = self.draft.builder, self.draft.index
        lot, period, column = (
            what[name].to_numpy(dtype=np.int64) for name in ("lot", "period", "column")
        )
        labels = {"lot": lot, "chip": self.lots.chip[lot], "period": period}
        if "row" in what:
            labels |= {"offer": what["row"].to_numpy(), "site": what["site"].to_numpy()}
        share = np.where(
            period < 0,
            1.0,
            alive(self.draft.case, index, self.lots, lot, np.maximum(period, 0)),
        )
        # no end for what is ordered anew
        top = np.floor(self.lots.upper[lot] / self.size[lot] + CLOSE)
        count = builder.columns(racks, labels, 0.0, top, integer=True)
        row = builder.rows(rows, labels, 0.0, 0.0, scale=CHIPS)
        builder.entries(row, column, 1.0)
        builder.entries(row, count, -share * self.size[lot])
        partial = np.flatnonzero(self.rest[lot] > 0)
        last = builder.columns(
            part,
            {axis: codes[partial] for axis, codes in labels.items()},
            0.0,
            1.0,
            integer=True,
        )
        builder.entries(row[partial], last, -(share * self.rest[lot])[partial])
        found = np.full(len(lot), -1, dtype=np.int64)
        found[partial] = last
        return found


def _part_stays(draft: Draft, kept: pd.DataFrame, moved: pd.DataFrame) -> None:
    """Row ``part_stays``: a last rack that went does not come back, and goes one way only."""
    builder = draft.builder
    kept = kept[kept["part"] >= 0].sort_values(["lot", "period"], ignore_index=True)
    lot, period = kept["lot"].to_numpy(dtype=np.int64), kept["period"].to_numpy(dtype=np.int64)
    part = kept["part"].to_numpy(dtype=np.int64)
    later = np.flatnonzero(period >= 0)
    first = np.concatenate([[True], lot[1:] != lot[:-1]])[later] if len(lot) else later > 0
    rows = builder.rows(
        "part_stays",
        {"lot": lot[later], "period": period[later]},
        -np.inf,
        np.where(first, 1.0, 0.0),  # of what is there when the plan starts there is one
    )
    builder.entries(rows, part[later], 1.0)
    builder.entries(rows[~first], part[later[~first] - 1], -1.0)
    gone = moved[moved["part"] >= 0]
    at = pd.Series(rows, index=pd.MultiIndex.from_arrays([lot[later], period[later]]))
    row = at.reindex(pd.MultiIndex.from_arrays([gone["lot"], gone["period"]]))
    builder.entries(row.to_numpy(dtype=np.int64), gone["part"].to_numpy(dtype=np.int64), 1.0)
