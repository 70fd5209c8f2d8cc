"""What a rule of thumb may order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.case.case import Case
from planner.case.columns import numbers, texts
from planner.model import Formulation
from planner.model.lots import NEW

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
HOURS: float = 8760.0


def refused(formulation: Formulation, buy: str) -> Bools:
    """Return the orders that a policy never makes, as a mask of columns, (columns,).

    ``on_demand`` refuses every order.  ``newest`` takes in each period the chip that could be
    ordered latest for the first time, of equal ones the one with the most FLOP/s; ``cheapest`` the
    one whose tokens cost least: price by the years of its life, or contract by the year, over its
    tokens a second, as a mean over models of its share of the fastest chip's.
    """
    lots = formulation.lots
    new = lots.origin == NEW
    mask = np.zeros(formulation.program.num_columns, dtype=bool)
    if buy == "any":
        return mask
    if buy == "on_demand":
        mask[formulation.holding.order[new]] = True
        return mask
    case = formulation.case
    rank = _newness(case, formulation) if buy == "newest" else -_dearness(case, formulation)
    best = np.full(case.calendar.count, -np.inf)
    np.maximum.at(best, lots.order_period[new], rank[new])
    worse = new & (rank < best[np.maximum(lots.order_period, 0)])
    mask[formulation.holding.order[worse]] = True
    return mask


def _newness(case: Case, formulation: Formulation) -> Floats:
    """By lot, how new its chip is: larger is newer, (V,)."""
    lots = formulation.lots
    chips = len(formulation.index.axes["chip"])
    new = lots.origin == NEW
    first = np.full(chips, np.inf)
    np.minimum.at(first, lots.chip[new], lots.order_period[new].astype(np.float64))
    table = case["chips"]
    code = formulation.index.code("chip", texts(table, "chip"))
    fast = np.zeros(chips)
    fast[code] = numbers(table, "peak_tflops_bf16")
    order = np.lexsort((np.arange(chips), fast, np.where(np.isfinite(first), first, -np.inf)))
    rank = np.empty(chips)
    rank[order] = np.arange(chips)
    return np.asarray(rank[lots.chip], dtype=np.float64)


def _dearness(case: Case, formulation: Formulation) -> Floats:
    """By lot, what a year of it costs over how fast its chip is, (V,)."""
    lots = formulation.lots
    chips = len(formulation.index.axes["chip"])
    speed, life = np.zeros(chips), np.ones(chips)
    told = case["throughput"]
    model = (told["model"].astype(str) + "\0" + told["tier"].astype(str)).to_numpy()
    _, row = np.unique(model, return_inverse=True)
    code = formulation.index.code("chip", texts(told, "chip"))
    best = np.zeros(int(row.max(initial=-1)) + 1)
    tokens = numbers(told, "output_tok_per_s")
    np.maximum.at(best, row, tokens)
    np.add.at(speed, code, tokens / best[row] / max(len(best), 1))
    table = case["chips"]
    life[formulation.index.code("chip", texts(table, "chip"))] = numbers(
        table, "economic_life_years"
    )
    yearly = lots.price / life[lots.chip] + lots.hourly * HOURS
    mine = speed[lots.chip]
    return np.asarray(np.divide(yearly, mine, out=np.full(len(mine), np.inf), where=mine > 0))
