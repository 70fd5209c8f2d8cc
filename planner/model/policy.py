"""Policy: the most or least of spend, chips, power or carbon that a vendor, chip, site, region or
country may have.

::

    measure(scope) - over <= max_share x measure(all)            row ``policy``, side max_share
    measure(scope) + over >= min_share x measure(all)            side min_share
    measure(scope) - over <= max                                 side max
    measure(scope) + over >= min                                 side min

Spend and carbon are summed over a window; of one that began before the plan, what was used by then
counts in measure(scope) and measure(all).  The dual is what one more unit of room would save (USD
NPV per USD, chip, MW or tonne).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.case.case import Case
from planner.case.columns import numbers, texts
from planner.model.budgets import left_of, periods_of
from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.energy import KW_PER_MW, Draw
from planner.model.holding import CHIPS, Holding
from planner.model.index import Bools, Codes, Floats
from planner.model.ledger import SPEND_TERMS, Ledger

SIDES: Final = ("min_share", "max_share", "max", "min")
AMOUNTS: Final = ("max", "min")
"""Sides that are no share of all."""
LEAST: Final = ("min_share", "min")
"""Sides that say how much there must be."""
_SCALE: Final = {"spend": 1e6, "chips": CHIPS, "power": 1.0, "carbon": 1e3}

Entries = tuple[Codes, Codes, Codes, Codes, Floats]
"""column, period, site, chip, amount per unit of the column."""


def summed_entries(ledger: Ledger, draw: Draw) -> dict[str, Entries]:
    """Return what the measures count that are summed over a window, entry by entry: spend (USD) and
    carbon (t).

    Args:
        ledger: all payments for capacity.
        draw: energy and carbon.
    """
    spend = ledger.of(SPEND_TERMS)
    return {
        "spend": (
            ledger.column[spend],
            ledger.period[spend].astype(np.int64),
            ledger.site[spend].astype(np.int64),
            ledger.chip[spend].astype(np.int64),
            ledger.nominal[spend],
        ),
        "carbon": (draw.column, draw.period, draw.site, draw.chip, draw.tonnes),
    }


def measure_entries(
    draft: Draft, holding: Holding, capacity: Capacity, draw: Draw
) -> dict[str, Entries]:
    """Return what each measure counts, entry by entry.

    Args:
        draft: the program being written, with all payments for capacity.
        holding: chips held.
        capacity: chips powered and rented.
        draw: energy and carbon.

    Returns:
        For spend (USD), chips (held and mean rented), power (IT MW of powered chips) and carbon
        (t): column, period, site, chip, amount.
    """
    index = draft.index
    p, r = capacity.powered_place, capacity.rented_place
    return summed_entries(draft.ledger.freeze(), draw) | {
        "chips": (
            np.concatenate([holding.column, capacity.rented]),
            np.concatenate([holding.period, capacity.period[r]]),
            np.concatenate([holding.site, capacity.site[r]]),
            np.concatenate([holding.chip, capacity.chip[r]]),
            np.concatenate([holding.coefficient, index.share[capacity.rented_slice]]),
        ),
        "power": (
            capacity.powered,
            capacity.period[p],
            capacity.site[p],
            capacity.chip[p],
            index.kw_peak[capacity.chip[p]] / KW_PER_MW,
        ),
    }


def in_scope(case: Case, scope: str, member: str) -> tuple[Bools, Bools]:
    """Return the sites (S,) and chips (C,) that a limit's scope covers."""
    sites, chips = case["sites"], case["chips"]
    every_site, every_chip = np.ones(len(sites), bool), np.ones(len(chips), bool)
    if scope in ("vendor", "chip"):
        return every_site, texts(chips, scope) == member
    if scope in ("site", "region", "country"):
        return texts(sites, scope) == member, every_chip
    return every_site, every_chip


def used_before(case: Case) -> tuple[Floats, Floats]:
    """Return what the members of limits and what all scopes had of their windows before the plan,
    (limits,) each."""
    table = case["limits"]
    used = numbers(table, "used")
    return used, np.maximum(numbers(table, "used_total"), used)


def add_policies(
    draft: Draft,
    measures: dict[str, Entries],
) -> None:
    """Add the rows ``policy`` and, for soft limits, the columns ``over_policy``.

    Args:
        draft: the program being written.
        measures: what ``measure_entries`` returned.
    """
    builder, ledger, case, index = draft.builder, draft.ledger, draft.case, draft.index
    table = case["limits"]
    bounds = {side: numbers(table, side) for side in SIDES}
    price = numbers(table, "over_usd_per_unit")
    scopes, owners, kinds = texts(table, "scope"), texts(table, "member"), texts(table, "measure")
    labels: dict[str, list[int]] = {"limit": [], "period": [], "side": []}
    used, used_all = used_before(case)
    blocks: list[
        tuple[Codes, Floats, float, float, float]
    ] = []  # columns, coefficients, low, high, scale
    # a loop over policies, their sides and windows: each writes one dense row by mask
    for number in range(len(table)):
        window = np.flatnonzero(periods_of(case, index, texts(table, "period")[number]))
        summed = kinds[number] in ("spend", "carbon")
        site_in, chip_in = in_scope(case, scopes[number], owners[number])
        column, period, site, chip, amount = measures[kinds[number]]
        mine = site_in[site] & chip_in[chip]
        for group in [window] if summed else [window[i : i + 1] for i in range(len(window))]:
            inside = np.isin(period, group)
            for code, side in enumerate(SIDES):
                bound = bounds[side][number]
                if np.isnan(bound):
                    continue
                value = amount[inside] * (mine[inside] - (0.0 if side in AMOUNTS else bound))
                most = float(bound if side in AMOUNTS else bound * used_all[number])
                left = float(left_of(np.array([most]), used[number : number + 1])[0])
                low, high = (left, np.inf) if side in LEAST else (-np.inf, left)
                labels["limit"].append(number)
                labels["period"].append(int(group[-1]))
                labels["side"].append(code)
                blocks.append((column[inside], value, low, high, _SCALE[kinds[number]]))
    count = len(blocks)
    key = {name: np.array(values, dtype=np.int64) for name, values in labels.items()}
    rows = builder.rows(
        "policy",
        key,
        np.array([b[2] for b in blocks]),
        np.array([b[3] for b in blocks]),
        scale=np.array([b[4] for b in blocks]),
    )
    for i in range(count):
        builder.entries(np.full(len(blocks[i][0]), rows[i]), blocks[i][0], blocks[i][1])
    soft = np.flatnonzero(~np.isnan(price[key["limit"]]))
    over = builder.columns(
        "over_policy",
        {name: values[soft] for name, values in key.items()},
        0.0,
        np.inf,
        scale=np.array([blocks[i][4] for i in soft]),
    )
    builder.entries(
        rows[soft],
        over,
        np.where(np.isin(key["side"][soft], [SIDES.index(side) for side in LEAST]), 1.0, -1.0),
    )
    ledger.add("over", over, key["period"][soft], price[key["limit"][soft]])
