"""Ramps: how fast the chips of a supply group, vendor, chip type or site can grow.

::

    count[t] - (1 + max_growth) x count[t-1] <= seed                                 row ``ramp``

``count[t]``: chips ordered, arriving or held in ``t``; ``count[-1] = before``, a column that is
what it is.  The dual is the worth of one more chip of seed in a period (USD per chip, discounted).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.case.case import Case
from planner.case.columns import numbers, texts
from planner.model.draft import Draft
from planner.model.holding import CHIPS, Holding
from planner.model.index import Bools, Floats, Index, Ints
from planner.model.lots import FLEET, NEW, Lots


class Counted(NamedTuple):
    """What ramps count, entry by entry, (n,) each: chips = coefficient x column."""

    ramp: Ints
    period: Ints
    column: Ints
    coefficient: Floats


def counted_chips(case: Case, index: Index, lots: Lots, holding: Holding) -> Counted:
    """Return the chips that every ramp counts in every period.

    Args:
        case: the case.
        index: its index.
        lots: its lots.
        holding: their columns.
    """
    table = case["growth"]
    counts, scope, member = (texts(table, name) for name in ("counts", "scope", "member"))
    vendor = texts(case["chips"], "vendor")
    names = {"site": index.axes["site"], "chip": index.axes["chip"]}
    new, fresh = lots.origin == NEW, (lots.origin != FLEET) & (lots.born == lots.arrives)

    def mine(chip: Ints, site: Ints, group: Ints) -> Bools:
        """Which entries each ramp is about, (ramps, n)."""
        named = {
            "vendor": vendor[chip],
            "chip": names["chip"][chip],
            "site": names["site"][site],
            "supply_group": np.append(index.axes["supply_group"], "")[group],
        }
        found = np.zeros((len(table), len(chip)), dtype=bool)
        for name, values in named.items():
            of = scope == name
            found[of] = member[of][:, None] == values[None, :]
        return found

    of_lots = mine(lots.chip, lots.site, lots.group)
    parts = []
    for name, some, period in (
        ("ordered", new, lots.order_period),
        ("arriving", fresh, lots.arrives),
    ):
        inside = some & (period >= 0) & (period < index.T)
        ramp, lot = np.nonzero(of_lots & inside[None, :] & (counts == name)[:, None])
        parts.append(Counted(ramp, period[lot], holding.order[lot], np.ones(len(lot))))
    of_held = mine(holding.chip, holding.site, np.full(len(holding.chip), -1))
    ramp, at = np.nonzero(of_held & (counts == "held")[:, None])
    parts.append(Counted(ramp, holding.period[at], holding.column[at], holding.coefficient[at]))
    return Counted(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def add_ramps(draft: Draft, lots: Lots, holding: Holding) -> None:
    """Add the rows ``ramp``, one per ramp and period, and the columns ``ramp_before``.

    Args:
        draft: the program being written.
        lots: its lots.
        holding: their columns.
    """
    builder, case, index = draft.builder, draft.case, draft.index
    table = case["growth"]
    G, T = len(table), index.T
    ramp, period = np.divmod(np.arange(G * T), T)
    grown = 1.0 + numbers(table, "max_growth")
    rows = builder.rows(
        "ramp",
        {"ramp": ramp, "period": period},
        -np.inf,
        numbers(table, "seed")[ramp],
        scale=CHIPS,
    )
    known = numbers(table, "before")
    before = builder.columns("ramp_before", {"ramp": np.arange(G)}, known, known, scale=CHIPS)
    builder.entries(rows[period == 0], before, -grown)
    found = counted_chips(case, index, lots, holding)
    builder.entries(rows[found.ramp * T + found.period], found.column, found.coefficient)
    later = np.flatnonzero(found.period + 1 < T)
    ramp = found.ramp[later]
    builder.entries(
        rows[ramp * T + found.period[later] + 1],
        found.column[later],
        -grown[ramp] * found.coefficient[later],
    )
