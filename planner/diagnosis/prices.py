"""Prices of what gives: what one more unit of a limit is valued at, from the dearest figures of the
case itself.

They make repairs of different kinds comparable; they are no part of a plan's cost.  A chip is
valued at what the dearest offer of it costs per period, a megawatt at what the dearest power
project (without one: the chips it carries) costs per period, work at what the dearest chips that
can do it cost, a year of lateness at as much as the whole run, money at itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.case.columns import numbers, texts, whole
from planner.model import Formulation
from planner.model.index import Floats
from planner.model.work import SECONDS

LEAST = 1e-6
"""USD per unit where the case knows no price at all, so that giving nothing is always the
cheapest."""


@dataclass(frozen=True, slots=True)
class Prices:
    """USD per unit of what gives."""

    chip: Floats
    """Per chip and period, (C,)."""
    offer: Floats
    """Per chip of an offer over its whole term, (offers,)."""
    mw: Floats
    """Per MW and period, (S,)."""
    work: Floats
    """Per million tokens or FLOP, (W,)."""
    flop: Floats
    """Per FLOP of a milestone, (M,)."""
    usd: float
    tonne: float


def price_limits(f: Formulation) -> Prices:
    """Return the prices of a case.

    Args:
        f: its formulation.

    Returns:
        Prices, all above 0.
    """
    case, index = f.case, f.index
    offers, prices = case["offers"], case["offer_prices"]
    hours, term = float(index.hours.mean()), np.maximum(whole(offers, "term_periods"), 1)
    both = []
    for column in ("usd_per_chip", "usd_per_chip_hour"):
        dearest = (
            prices.groupby("offer")[column]
            .max()
            .reindex(offers["offer"])
            .to_numpy(dtype=np.float64)
        )
        both.append(np.fmax(np.nan_to_num(dearest), np.nan_to_num(numbers(offers, column))))
    total = np.maximum(both[0] + both[1] * hours * term, LEAST)
    chip = np.zeros(len(index.kw_peak))
    code = index.code("chip", texts(offers, "chip"))
    np.maximum.at(chip, code, np.where(texts(offers, "kind") == "relocate", 0.0, total / term))
    chip = np.where(chip > 0, chip, max(float(chip.max(initial=0.0)), LEAST))

    projects = case["power_projects"]
    per_mw = numbers(projects, "usd_per_mw") / np.maximum(
        numbers(projects, "life_years") * index.ppy, 1.0
    ) + numbers(projects, "usd_per_mw_period")
    carried = float((chip / index.kw_peak).max()) * 1000.0
    mw = np.zeros(len(index.pue))
    np.maximum.at(mw, index.code("site", texts(projects, "site")), per_mw)
    mw = np.where(mw > 0, mw, float(per_mw.max()) if len(per_mw) and per_mw.max() > 0 else carried)

    return Prices(
        chip=chip,
        offer=total,
        mw=mw,
        work=_dearest(f.work.rate, chip, index.hours),
        flop=_dearest(
            (f.milestones.rate * f.milestones.split.min(axis=2, initial=1.0))[:, :, None],
            chip,
            index.hours,
        ),
        usd=max(
            float(np.nan_to_num(numbers(case["budgets"], "over_usd_per_usd")).max(initial=0.0)), 1.0
        ),
        tonne=max(case.settings.carbon_usd_per_tonne, _per_tonne(f)),
    )


def _dearest(rate: Floats, chip: Floats, hours: Floats) -> Floats:
    """Return what a unit of work costs on the dearest chips that can do it, per row of ``rate``
    (rows, C, T or 1)."""
    done = rate * SECONDS * hours
    cost = np.divide(
        np.broadcast_to(chip[None, :, None], done.shape),
        done,
        out=np.zeros(done.shape),
        where=done > 0,
    )
    most = cost.max(axis=(1, 2), initial=0.0)
    known = most[most > 0]
    return np.where(most > 0, most, float(known.max()) if len(known) else LEAST)


def _per_tonne(f: Formulation) -> float:
    """Return the dearest energy's cost per tonne of its carbon."""
    tonnes, usd = f.draw.tonnes, f.draw.usd
    real = (tonnes > 0) & (usd > 0)
    return float((usd[real] / tonnes[real]).max()) if real.any() else 1.0
