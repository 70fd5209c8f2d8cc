"""Energy: what chips draw, by site, period and slice, what that costs and emits.

::

    kw = pue x (kw_idle powered + (kw_active - kw_idle) work)     of every column, one expression
    peak >= sum kw, every slice                                   row ``peak_draw``

All who need energy (the ledger, the demand charge, limits of carbon, the tables) read the same
entries; a balance of its own would add a row and a column per site, period and slice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.index import Codes, Floats, Index
from planner.model.milestones import Milestones
from planner.model.serving import Serving
from planner.model.training import Training
from planner.model.work import Work

KW_PER_MW = 1000.0


@dataclass(frozen=True, slots=True)
class Draw:
    """Energy of every column that draws at a site with a meter, entry by entry (E,), per chip.

    A powered chip draws its idle power in every slice; work adds what it draws above idle.
    """

    column: Codes
    chip: Codes
    site: Codes
    period: Codes
    slice: Codes
    kw: Floats
    """Utility kW: what the chip draws times the site's PUE."""
    mwh: Floats
    """Utility MWh in the slice of the period."""
    tonnes: Floats
    """CO2 of it."""
    usd: Floats
    """What it costs, nominal; energy is priced here and nowhere else."""


def list_draw(
    index: Index,
    capacity: Capacity,
    work: Work,
    serving: Serving,
    milestones: Milestones,
    training: Training,
) -> Draw:
    """Return what every column draws, and what that costs.

    ``kw = pue x kw_idle`` of a powered chip, ``pue x (kw_active - kw_idle)`` of a chip at work;
    ``mwh = kw x hours x share / 1000``, ``usd = mwh x usd_per_mwh`` of site, period and slice.

    Args:
        index: the index.
        capacity: the places.
        work: the workloads.
        serving: their columns.
        milestones: the milestones.
        training: their columns.

    Returns:
        Draw by entry: for the ledger, the demand charge, carbon limits and tables.
    """
    K = index.K
    steady = training.slice < 0
    all_k = np.arange(K)

    def joined(*parts: NDArray[np.integer[Any]]) -> Codes:
        return np.concatenate(parts, dtype=np.int32, casting="same_kind")

    # idle chips in every slice; above idle: work where it arrives at a place, interruptible
    # training per slice, steady training in every slice
    powered, times = capacity.powered_place, int(steady.sum())
    use, arrives = serving.hub < 0, serving.hubs.hub < 0
    used, place = serving.place[use], np.repeat(serving.hubs.place[arrives], K)
    column = joined(
        np.repeat(capacity.powered, K),
        serving.column[use],
        serving.way[arrives].ravel(),
        training.column[~steady],
        np.repeat(training.column[steady], K),
    )
    place = joined(
        np.repeat(powered, K),
        used,
        place,
        training.place[~steady],
        np.repeat(training.place[steady], K),
    )
    k = joined(
        np.tile(all_k, len(powered)),
        serving.slice[use],
        np.tile(all_k, int(arrives.sum())),
        training.slice[~steady],
        np.tile(all_k, times),
    )
    above = work.kw - index.kw_idle
    run = (
        milestones.kw[training.milestone, capacity.chip[training.place]]
        - index.kw_idle[capacity.chip[training.place]]
    )
    kw = np.concatenate(
        [
            np.repeat(index.kw_idle[capacity.chip[powered]], K),
            above[serving.work[use], capacity.chip[used]],
            np.repeat(
                (serving.hubs.kw - index.kw_idle[capacity.chip[serving.hubs.place]])[arrives], K
            ),
            run[~steady],
            np.repeat(run[steady], K),
        ]
    )
    owned = ~index.cloud[capacity.site[place]]
    column, place, k, utility_kw = column[owned], place[owned], k[owned], kw[owned]
    del kw, owned
    chip, site, period = (
        codes.astype(np.int32)[place] for codes in (capacity.chip, capacity.site, capacity.period)
    )
    del place
    utility_kw *= index.pue[site]
    mwh = utility_kw * (index.hours[:, None] * index.share / KW_PER_MW)[period, k]
    tonnes = mwh * (index.kg_per_mwh / 1000.0)[site, period, k]
    usd = mwh * index.usd_per_mwh[site, period, k]
    return Draw(column, chip, site, period, k, utility_kw, mwh, tonnes, usd)


def add_energy(draft: Draft, draw: Draw) -> None:
    """Add what energy and its carbon cost, and the demand charge: columns ``peak`` and rows
    ``peak_draw``.

    Args:
        draft: the program being written.
        draw: what every column draws.
    """
    builder, ledger, case, index = draft.builder, draft.ledger, draft.case, draft.index
    T, K = index.T, index.K
    place = {"site": draw.site, "chip": draw.chip}
    ledger.add("energy", draw.column, draw.period, draw.usd, **place)
    carbon = draw.tonnes * case.settings.carbon_usd_per_tonne
    ledger.add("carbon", draw.column, draw.period, carbon, **place)

    charged = index.demand_charge > 0
    s, t = np.nonzero(charged)
    peak = builder.columns("peak", {"site": s, "period": t}, 0.0, np.inf, scale=KW_PER_MW)
    ledger.add("demand_charge", peak, t, index.demand_charge[s, t], site=s)
    rows = builder.rows(
        "peak_draw",
        {
            "site": np.repeat(s, K),
            "period": np.repeat(t, K),
            "slice": np.tile(np.arange(K), len(s)),
        },
        0.0,
        np.inf,
        scale=KW_PER_MW,
    )
    number = np.full((len(index.pue), T, K), -1, dtype=np.int64)
    number[s, t] = rows.reshape(len(s), K)
    builder.entries(rows, np.repeat(peak, K), 1.0)
    at = number[draw.site, draw.period, draw.slice]
    some = at >= 0
    builder.entries(at[some], draw.column[some], -draw.kw[some])
