"""Capacity: chips powered and rented, and the time they can work.

::

    powered[c,s,t] <= held[c,s,t]                                        row ``powering``
    per slice: sum use + sum train <= availability[c] x powered + sum rented
                                                                         row ``chip_time``

The dual of ``powering`` is what one more chip held would save in that period, that of ``chip_time``
what one more usable chip in that slice would (USD per chip).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.case.columns import numbers
from planner.case.kinds import BURST_KINDS
from planner.model.draft import Draft
from planner.model.holding import CHIPS, Holding
from planner.model.index import Ints
from planner.model.lots import prices, windows


@dataclass(frozen=True, slots=True)
class Capacity:
    """Places where chips can work: one entry per (chip, site, period) that could hold or rent any,
    (P,).

    ``chip_time[p, k]`` is the row of the place's time in a slice.  ``powered`` columns exist for
    the places in ``powered_place``; ``rented`` columns for (offer row, place, slice).
    """

    chip: Ints
    site: Ints
    period: Ints
    chip_time: Ints
    powered: Ints
    powered_place: Ints
    powering: Ints
    rented: Ints
    rented_row: Ints
    rented_place: Ints
    rented_slice: Ints


def add_capacity(
    draft: Draft,
    holding: Holding,
) -> Capacity:
    """Add the columns ``powered`` and ``rented`` and the rows ``powering``, ``chip_time`` and
    ``rental_limit``.

    Args:
        draft: the program being written.
        holding: what is held, as coefficients of columns.

    Returns:
        The places and their rows.
    """
    builder, ledger, case, index = draft.builder, draft.ledger, draft.case, draft.index
    S, T, K = len(index.pue), index.T, index.K

    def key(chip: Ints, site: Ints, period: Ints) -> Ints:
        return (chip * S + site) * T + period

    held_key = key(holding.chip, holding.site, holding.period)
    burst = windows(case, index, BURST_KINDS)
    row, site, period, chip = (
        burst[name].to_numpy(dtype=np.int64) for name in ("row", "site", "period", "chip")
    )
    burst_key = key(chip, site, period)
    places = np.unique(np.concatenate([held_key, burst_key]))
    place_chip, place_site, place_period = places // (S * T), places // T % S, places % T

    powered_place = np.flatnonzero(np.isin(places, held_key))
    at = np.searchsorted(places, held_key)
    labels = {
        "chip": place_chip[powered_place],
        "site": place_site[powered_place],
        "period": place_period[powered_place],
    }
    powered = builder.columns("powered", labels, 0.0, np.inf, scale=CHIPS)
    powering = builder.rows("powering", labels, -np.inf, 0.0, scale=CHIPS)
    builder.entries(powering, powered, 1.0)
    builder.entries(
        powering[np.searchsorted(powered_place, at)], holding.column, -holding.coefficient
    )

    times = np.arange(K)
    r_place = np.repeat(np.searchsorted(places, burst_key), K)
    r_row, r_slice = np.repeat(row, K), np.tile(times, len(row))
    rented = builder.columns(
        "rented",
        {
            "offer": r_row,
            "site": np.repeat(site, K),
            "period": np.repeat(period, K),
            "slice": r_slice,
        },
        0.0,
        np.inf,
        scale=CHIPS,
    )
    _rental_limits(draft, rented, r_row, np.repeat(period, K), r_slice)
    hourly = prices(case, index, row, period, "usd_per_chip_hour")
    hours = index.hours[period][:, None] * index.share
    ledger.add(
        "rental",
        rented,
        np.repeat(period, K),
        (hourly[:, None] * hours).ravel(),
        site=np.repeat(site, K),
        chip=np.repeat(chip, K),
    )
    ledger.add(
        "space",
        powered,
        labels["period"],
        index.space[labels["site"]] * index.kw_peak[labels["chip"]],
        site=labels["site"],
        chip=labels["chip"],
    )

    p, k = np.repeat(np.arange(len(places)), K), np.tile(times, len(places))
    time_rows = builder.rows(
        "chip_time",
        {"chip": place_chip[p], "site": place_site[p], "period": place_period[p], "slice": k},
        -np.inf,
        0.0,
        scale=CHIPS,
    )
    chip_time = time_rows.reshape(len(places), K)
    builder.entries(
        chip_time[powered_place].ravel(),
        np.repeat(powered, K),
        -index.available[labels["chip"], labels["site"], labels["period"]].ravel(),
    )
    builder.entries(chip_time[r_place, r_slice], rented, -1.0)
    return Capacity(
        place_chip,
        place_site,
        place_period,
        chip_time,
        powered,
        powered_place,
        powering,
        rented,
        r_row,
        r_place,
        r_slice,
    )


def _rental_limits(draft: Draft, rented: Ints, row: Ints, period: Ints, times: Ints) -> None:
    """Row ``rental_limit``, per slice: ``min_per_period <= sum over sites of rented <=
    max_per_period``."""
    builder, case = draft.builder, draft.case
    offers = case["offers"]
    low, high = numbers(offers, "min_per_period"), numbers(offers, "max_per_period")
    limited = (low[row] > 0) | ~np.isnan(high[row])
    (offer, when, part), groups = np.unique(
        np.stack([row[limited], period[limited], times[limited]]), axis=1, return_inverse=True
    )
    rows = builder.rows(
        "rental_limit",
        {"offer": offer, "period": when, "slice": part},
        np.where(low[offer] > 0, low[offer], -np.inf),
        np.where(np.isnan(high[offer]), np.inf, high[offer]),
        scale=CHIPS,
    )
    builder.entries(rows[groups.ravel()], rented[limited], 1.0)
