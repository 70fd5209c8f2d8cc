"""A start: whole counts near the divisible plan, feasible by construction where that can be seen.

Racks of an offer at a site are rounded in sum, order by order: up, so that at no time less is held
than the divisible plan holds, to the nearest, or down.  Period by period what the limits have no
room for is taken back and asked for again in the next, and what a least amount lacks is added.
What is kept, moved and given up of a lot follows from what there is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from planner.case.columns import whole
from planner.lp.program import Block, Program
from planner.lp.whole.shift import shift
from planner.lp.whole.start import NEAR, singles
from planner.model import Formulation
from planner.model.first_counts import mend
from planner.model.index import Floats, Ints
from planner.model.lots import NEW
from planner.model.stability import last_orders

PASSES: Final = 8
"""Limits that share orders are looked at so often in a period."""
Rounding = Callable[[Floats], Floats]


def whole_starts(formulation: Formulation, x: Floats) -> list[Floats]:
    """Return whole counts to begin with, scaled, in the order of the integer columns, the most
    careful first.

    Args:
        formulation: the formulation.
        x: its divisible answer, user units, (columns,).
    """
    program = formulation.program
    scaled = x / program.column_scale
    base = singles(program, scaled)
    mend(formulation, scaled, base)
    racks = _racks(formulation, scaled)
    found: list[Floats] = []
    for rounding in (_up, np.rint, _down):
        counts = base.copy()
        if racks is not None:
            _order(program, racks, rounding, counts)
        if not found and racks is not None and not formulation.case["last_plan"].empty:
            found.append(_as_planned(formulation, racks, counts))
        found.append(counts)
    for counts in found:
        _keep(formulation, scaled, counts)
    return [
        counts
        for at, counts in enumerate(found)
        if not any(np.array_equal(counts, other) for other in found[:at])
    ]


def _up(value: Floats) -> Floats:
    return np.ceil(value - NEAR)


def _down(value: Floats) -> Floats:
    return np.floor(value + NEAR)


@dataclass(frozen=True, slots=True)
class _Racks:
    """Racks of new orders, (n,) each unless said otherwise."""

    place: Ints
    """Among the integer columns."""
    lot: Ints
    size: Floats
    """Chips of one."""
    value: Floats
    """Racks of the divisible plan."""
    chain: Ints
    """Offer and site."""
    period: Ints
    """Order period."""
    entry: Ints
    """The racks behind each entry of a limit, (entries,)."""
    row: Ints
    """Its limit, (entries,)."""
    weight: Floats
    """What one rack takes of it, (entries,)."""
    low: Floats
    high: Floats
    """What racks must at least and may at most take of every limit, (limits,)."""


def _block(program: Program, name: str) -> Block | None:
    return next((block for block in program.column_blocks if block.name == name), None)


def _racks(f: Formulation, x: Floats) -> _Racks | None:
    """Return the racks of new orders with the limits that they meet; None where there are none."""
    program, block = f.program, _block(f.program, "racks")
    if block is None:
        return None
    lot, period = (np.asarray(block.labels[axis]) for axis in ("lot", "period"))
    mine = np.flatnonzero((period < 0) & (f.lots.origin[lot] == NEW))
    if not len(mine):
        return None
    lot = lot[mine]
    racks = block.first + mine
    order = f.holding.order[lot]
    # whole_held: order - size x racks = 0
    per_rack = -_entry(program, racks) / _entry_in(program, order, racks)
    of = np.full(program.num_columns, -1, dtype=np.int64)
    of[order] = np.arange(len(order))
    column, row = program.entry_columns(), program.indices
    known = of[column] >= 0
    with np.errstate(invalid="ignore"):
        least = np.where(
            program.data > 0, program.column_lower[column], program.column_upper[column]
        )
        most = np.where(
            program.data > 0, program.column_upper[column], program.column_lower[column]
        )
        low_of, high_of = program.data * least, program.data * most
    rest_low = np.bincount(row, weights=np.where(known, 0.0, low_of), minlength=program.num_rows)
    rest_high = np.bincount(row, weights=np.where(known, 0.0, high_of), minlength=program.num_rows)
    high, low = program.row_upper - rest_low, program.row_lower - rest_high
    counted = program.whole_columns()
    whole_rows = np.bincount(row, weights=counted[column], minlength=program.num_rows) > 0
    limits = (np.isfinite(high) | np.isfinite(low)) & ~whole_rows
    here = known & limits[row]
    numbers = np.cumsum(limits) - 1
    entry = of[column[here]]
    return _Racks(
        place=np.searchsorted(program.integer, racks),
        lot=lot,
        size=per_rack * program.column_scale[order],
        value=x[racks],
        chain=f.lots.row[lot] * (int(f.lots.site.max()) + 1) + f.lots.site[lot],
        period=f.lots.order_period[lot],
        entry=entry,
        row=numbers[row[here]],
        weight=program.data[here] * per_rack[entry],
        low=np.where(np.isfinite(low), low, -np.inf)[limits],
        high=np.where(np.isfinite(high), high, np.inf)[limits],
    )


def _entry(program: Program, columns: Ints) -> Floats:
    """Return the first coefficient of columns, (n,)."""
    return np.asarray(program.data[program.indptr[columns]])


def _entry_in(program: Program, columns: Ints, others: Ints) -> Floats:
    """Return the coefficients of columns in the first rows of others, (n,)."""
    wanted = program.indices[program.indptr[others]]
    which = np.repeat(np.arange(len(columns)), np.diff(program.indptr)[columns])
    start = program.indptr[columns]
    at = np.arange(len(which)) - np.repeat(
        np.cumsum(np.diff(program.indptr)[columns]) - np.diff(program.indptr)[columns],
        np.diff(program.indptr)[columns],
    )
    entries = start[which] + at
    hit = program.indices[entries] == wanted[which]
    found = np.zeros(len(columns))
    found[which[hit]] = program.data[entries[hit]]
    return found


def _order(program: Program, racks: _Racks, rounding: Rounding, counts: Floats) -> None:
    """Round the racks of new orders, period by period, into ``counts``."""
    number = np.zeros(len(racks.value))
    chains, chain = np.unique(racks.chain, return_inverse=True)
    wanted, placed = np.zeros(len(chains)), np.zeros(len(chains))
    taken = np.bincount(
        racks.row, weights=racks.weight * racks.value[racks.entry], minlength=len(racks.low)
    )
    for t in np.unique(racks.period):
        now = np.flatnonzero(racks.period == t)
        wanted[chain[now]] += racks.value[now]
        ask = np.maximum(rounding(wanted[chain[now]]) - placed[chain[now]], 0.0)
        number[now] = ask
        mine = racks.period[racks.entry] == t
        entry, row, weight = racks.entry[mine], racks.row[mine], racks.weight[mine]
        divisible = np.bincount(row, weights=weight * racks.value[entry], minlength=len(taken))
        others = taken - divisible
        for _ in range(PASSES):
            used = others + np.bincount(row, weights=weight * number[entry], minlength=len(taken))
            size = 1e-9 * np.maximum(1.0, np.abs(used))
            over, under = used - racks.high > size, racks.low - used > size
            if not (over | under).any():
                break
            shift(number, racks.value, entry, row, weight, np.where(over, used - racks.high, 0.0))
            shift(number, racks.value, entry, row, weight, np.where(under, used - racks.low, 0.0))
        taken = others + np.bincount(row, weights=weight * number[entry], minlength=len(taken))
        placed[chain[now]] += number[now]
    counts[racks.place] = number


def _as_planned(f: Formulation, racks: _Racks, counts: Floats) -> Floats:
    """Return counts with the orders of the last plan, as far as it goes and where they are whole
    racks: a plan that is still good enough stays."""
    kept = last_orders(f.case, f.index, f.lots)[racks.lot] / racks.size
    last = int(whole(f.case["last_plan"], "order_period").max())
    good = (racks.period <= last) & (np.abs(kept - np.rint(kept)) <= NEAR)
    planned = counts.copy()
    planned[racks.place[good]] = np.rint(kept[good])
    return planned


def _keep(f: Formulation, x: Floats, counts: Floats) -> None:
    """Round what is kept and moved of every lot that can leave early, into ``counts``: as many
    racks as the divisible plan keeps, rounded up, and no more than there are."""
    program, block = f.program, _block(f.program, "racks")
    if block is None:
        return
    lot, period = (np.asarray(block.labels[axis]) for axis in ("lot", "period"))
    place = np.searchsorted(program.integer, block.first + np.arange(block.count))
    frame = pd.DataFrame({"lot": lot, "period": period, "place": place, "moved": 0.0})
    frame["value"] = x[block.first : block.first + block.count]
    moved = _block(program, "racks_moved")
    if moved is not None and moved.count:
        to = np.searchsorted(program.integer, moved.first + np.arange(moved.count))
        value = x[moved.first : moved.first + moved.count]
        away = pd.DataFrame(
            {
                "lot": np.asarray(moved.labels["lot"]),
                "period": np.asarray(moved.labels["period"]),
                "racks": np.floor(value + NEAR),
            }
        )
        counts[to] = away["racks"]
        sums = away.groupby(["lot", "period"])["racks"].sum()
        key = pd.MultiIndex.from_frame(frame[["lot", "period"]])
        frame["moved"] = sums.reindex(key).fillna(0.0).to_numpy()
    number = counts[place]
    top = program.column_upper[program.integer[place]]
    value, gone = frame["value"].to_numpy(), frame["moved"].to_numpy()
    before, stays = _before(frame), ~f.lots.retire[lot]
    for t in np.unique(period[period >= 0]):  # by period: what is kept is at most what there was
        now = np.flatnonzero(period == t)
        had = np.where(before[now] >= 0, number[before[now]], top[now])
        left = np.maximum(had - gone[now], 0.0)
        number[now] = np.where(stays[now], left, np.minimum(np.ceil(value[now] - NEAR), left))
    counts[place] = number
    for name, amount in (("part", 1.0), ("part_moved", 0.0)):
        part = _block(program, name)
        if part is not None and part.count:
            own = np.asarray(part.labels["lot"])
            at = np.searchsorted(program.integer, part.first + np.arange(part.count))
            only = ~f.lots.retire[own] & (np.asarray(part.labels["period"]) >= 0)
            counts[at] = np.where(only | (amount == 0.0), amount, counts[at])


def _before(frame: pd.DataFrame) -> Ints:
    """Return the row of what the lot had before, (n,): in the period before, or as it was ordered;
    -1 where it was there when the plan starts."""
    key = pd.MultiIndex.from_frame(frame[["lot", "period"]])
    last = key.get_indexer(pd.MultiIndex.from_arrays([frame["lot"], frame["period"] - 1]))
    own = key.get_indexer(pd.MultiIndex.from_arrays([frame["lot"], np.full(len(frame), -1)]))
    return np.asarray(np.where(last >= 0, last, own), dtype=np.int64)
