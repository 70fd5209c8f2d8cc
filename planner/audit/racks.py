"""Racks: what is ordered, kept, moved and given up is whole racks, recomputed from the written
lines and the inputs."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.audit.facts import Bools, Facts, Floats, column, text, whole
from planner.audit.files import NO_PERIOD
from planner.audit.lots import COMMITTED, FLEET, MOVED, NEW, Lots
from planner.audit.stability import changes
from planner.audit.tolerance import WRITTEN
from planner.audit.verdict import Check, require

NEAR: Final = 1e-6
"""Racks may be off a whole number by so much and by what six decimals of chips make."""
KINDS: Final = ("racks", "part", "racks_moved", "part_moved")
"""Kinds of whole.csv that are checked here."""


def rack_size(facts: Facts, lots: Lots) -> Floats:
    """Return the chips of a rack of every lot, (L,): of new lots the offer's, of moved ones the
    chip's, of others their own; of those that are whole racks but for rounding (``NEAR``), as a
    rolled case states them, their chips in equal parts."""
    size = column(facts.case["chips"], "lot_size")[lots.chip]
    new = lots.origin == NEW
    size[new] = column(facts.case["offers"], "lot_size")[lots.row[new]]
    for origin, table in ((FLEET, "fleet"), (COMMITTED, "orders")):
        mine = lots.origin == origin
        own = column(facts.case[table], "lot_size")[lots.row[mine]]
        chips = column(facts.case[table], "chips")[lots.row[mine]]
        racks = np.maximum(np.rint(chips / own), 1.0)
        off = np.abs(chips - racks * own)
        size[mine] = np.where((own != 1) & (off <= NEAR * own), chips / racks, own)
    return size


def kept_lots(facts: Facts, lots: Lots) -> Bools:
    """Return which new lots are ordered as the last plan, or a decision about it, says, (L,)."""
    found = np.zeros(len(lots), dtype=bool)
    change = changes(facts, lots)
    if change is None:
        return found
    new = np.flatnonzero(lots.origin == NEW)
    fixed = pd.MultiIndex.from_frame(change.loc[change["fixed"], ["offer", "site", "period"]])
    own = pd.DataFrame(
        {
            "offer": facts.offer[lots.row[new]],
            "site": facts.site[lots.site[new]],
            "period": lots.ordered[new],
        }
    )
    found[new] = pd.MultiIndex.from_frame(own).isin(fixed)
    return found


def check_racks(facts: Facts, lots: Lots, table: pd.DataFrame) -> list[Check]:
    """Return the checks of whole racks: every order, what stays of every lot that may leave early,
    every move, and the counts of whole.csv.

    Args:
        facts: the inputs.
        lots: every lot, with what is held and what leaves.
        table: whole.csv.
    """
    size = rack_size(facts, lots)
    mine = (size != 1) & ~kept_lots(facts, lots)
    rest = np.where(lots.origin == NEW, 0.0, np.mod(_given(facts, lots), size))
    rest = np.where(size - rest <= NEAR * size, 0.0, rest)
    ordered = _racks(lots.chips, size, rest)
    share = np.divide(
        lots.left,
        lots.alive[:, : facts.T],
        out=np.zeros_like(lots.left),
        where=lots.alive[:, : facts.T] > 0,
    )
    kept = np.maximum(lots.chips[:, None] - np.cumsum(share, axis=1), 0.0)
    stays = _racks(kept, size[:, None], rest[:, None], _slack(lots, size))
    return [
        require(
            "whole.orders",
            ordered | ~mine,
            lambda i: (
                f"buy_plan.csv, line {lots.line[i]}: {lots.chips[i]:.10g} chips are no whole racks "
                f"of {size[i]:.10g}"
            ),
            "whole racks, of older lots with their last one as it is",
        ),
        require(
            "whole.kept",
            stays | ~(mine & (lots.origin != MOVED))[:, None],
            lambda i: _kept(facts, lots, kept, size, i),
            "whole racks are kept, moved and given up",
        ),
        *_counts(facts, lots, (ordered, size), kept, table),
    ]


def _kept(facts: Facts, lots: Lots, kept: Floats, size: Floats, at: int) -> str:
    """The words of what stays of a lot, by its place in (L, T)."""
    lot, period = divmod(at, facts.T)
    return (
        f"buy_plan.csv, line {lots.line[lot]}: {kept[lot, period]:.10g} of its chips stay in "
        f"{facts.label(period)}, no whole racks of {size[lot]:.10g}"
    )


def _given(facts: Facts, lots: Lots) -> Floats:
    """Return the chips of every lot before anything of it was cancelled, (L,)."""
    chips = lots.chips.copy()
    orders = facts.case["orders"]
    names = pd.Series(column(orders, "chips"), index=text(orders, "order"))
    offer = np.array([str(line).rpartition("@")[0] for line in lots.line], dtype=object)
    found = names[~names.index.duplicated()].reindex(offer).to_numpy(dtype=np.float64)
    return np.where((lots.origin != NEW) & np.isfinite(found), found, chips)


def _slack(lots: Lots, size: Floats) -> Floats:
    """Return by how many racks six decimals of what left may be off, (L, 1)."""
    low = np.where(lots.alive > 0, lots.alive, np.inf).min(axis=1, initial=np.inf)
    steps = (lots.left > 0).sum(axis=1) + 1.0
    return np.asarray((WRITTEN * steps / np.minimum(low, 1.0) / size)[:, None])


def _racks(chips: Floats, size: Floats, rest: Floats, slack: Floats | float = WRITTEN) -> Bools:
    """Return whether chips are whole racks, or whole racks and a last one."""
    full, last = chips / size, (chips - rest) / size
    near = NEAR + slack
    return np.asarray(
        (np.abs(full - np.rint(full)) <= near) | (np.abs(last - np.rint(last)) <= near), dtype=bool
    )


def _counts(
    facts: Facts,
    lots: Lots,
    racks: tuple[Bools, Floats],
    kept: Floats,
    table: pd.DataFrame,
) -> list[Check]:
    """The checks of the counts of racks in whole.csv: every order has its own, every count is what
    the lines say."""
    ordered, size = racks
    rows = table[table["kind"].isin(("racks", "part"))].reset_index(drop=True)
    # an order that is cancelled in all has no line
    place = np.flatnonzero((lots.origin != MOVED) & (lots.line != ""))
    own = pd.Index(lots.line[place])
    at = own.get_indexer(pd.Index(text(rows, "line_id"))) if len(own) else np.full(len(rows), -1)
    lot = np.where(at >= 0, place[np.maximum(at, 0)] if len(place) else 0, 0)
    period = whole(rows, "period")
    inside = (period >= 0) & (period < facts.T)
    chips = (
        np.where(inside, kept[lot, np.clip(period, 0, facts.T - 1)], lots.chips[lot])
        if len(lots)
        else np.zeros(len(rows))
    )
    full = np.floor(chips / size[lot] + NEAR) if len(lots) else chips
    part = (chips - full * size[lot] > NEAR * size[lot]).astype(float) if len(lots) else chips
    is_part = text(rows, "kind") == "part"
    number = column(rows, "count")
    good = (at >= 0) & (number == np.where(is_part, part, full)) & (inside | (period == NO_PERIOD))
    good &= text(rows, "chip") == facts.chip[lots.chip[lot]] if len(lots) else False
    told = set(text(rows, "line_id")[(period == NO_PERIOD) & ~is_part])
    open_ = (lots.origin == NEW) & (size != 1) & (lots.chips >= size * (1 - NEAR)) & ordered
    open_ &= ~kept_lots(facts, lots)
    missing = np.array([str(line) not in told for line in lots.line], dtype=bool) & open_
    return [
        require(
            "whole.racks",
            good,
            lambda i: (
                f"whole.csv, row {i + 2}: {number[i]:.10g} {text(rows, 'kind')[i]} of line "
                f"{text(rows, 'line_id')[i]}, its chips make {full[i]:.10g}"
            ),
            "racks and last racks of every lot are what its lines say",
        ),
        require(
            "whole.rows",
            ~missing,
            lambda i: f"whole.csv: no racks of line {lots.line[i]}, {lots.chips[i]:.10g} chips",
            "every order of whole racks has its count",
        ),
    ]
