"""The fleet that the lines make: chips of every lot, and by type, site and period."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.lots import COMMITTED, FLEET, NEW, describe
from planner.plan.answer import CHIP_TOLERANCE, Answer
from planner.plan.held import held_chips


def _blank(n: int) -> np.ndarray:
    return np.full(n, "", dtype=object)


def vintage_table(answer: Answer) -> pd.DataFrame:
    """Return ``vintages``: chips of every lot held, by period."""
    f = answer.formulation
    holding, lots, axes, calendar = f.holding, f.lots, f.index.axes, f.case.calendar
    names = describe(f.case, lots)
    held = held_chips(answer)
    at = np.flatnonzero(held > CHIP_TOLERANCE)
    lot, move = holding.lot[at], holding.move[at]
    moved = move >= 0
    moves = holding.moves
    line, offer = names["line"][lot].copy(), names["offer"][lot].copy()
    if moved.any():
        row, to, when = (
            moves[name].to_numpy(dtype=np.int64)[move[moved]] for name in ("row", "site", "period")
        )
        line[moved] = (
            axes["offer"][row]
            + "@"
            + axes["site"][to]
            + "@"
            + axes["period"][when]
            + "/"
            + names["line"][lot[moved]]
        )
        offer[moved] = axes["offer"][row]
    distinct, back = np.unique(lots.born[lot], return_inverse=True)
    label = np.array([calendar.label(int(t)) for t in distinct], dtype=object)
    frame = pd.DataFrame(
        {
            "line_id": line,
            "offer": offer,
            "chip": axes["chip"][holding.chip[at]],
            "site": axes["site"][holding.site[at]],
            "in_service": label[back] if len(at) else _blank(0),
            "period": holding.period[at],
            "held": held[at],
        }
    )
    frame = frame.sort_values(["line_id", "period"], ignore_index=True)
    frame["period"] = axes["period"][frame["period"]]
    return frame


def fleet_table(answer: Answer, work: pd.DataFrame) -> pd.DataFrame:
    """Return ``fleet``: chips by type, site and period, held by origin, powered, stranded, rented,
    busy and idle."""
    f = answer.formulation
    index, capacity, holding, axes = f.index, f.capacity, f.holding, f.index.axes
    P, S, T = len(capacity.chip), len(index.pue), index.T
    key = (capacity.chip * S + capacity.site) * T + capacity.period
    at = np.searchsorted(key, (holding.chip * S + holding.site) * T + holding.period)
    held = held_chips(answer)
    by_origin = [
        np.bincount(
            at, weights=np.where(f.lots.origin[holding.lot] == origin, held, 0.0), minlength=P
        )
        for origin in (FLEET, COMMITTED, NEW)
    ]
    powered, worth = np.zeros(P), np.zeros(P)
    powered[capacity.powered_place] = answer.x[capacity.powered]
    worth[capacity.powered_place] = (
        np.maximum(answer.worth("powering"), 0.0)
        / index.mid[capacity.period[capacity.powered_place]]
    )
    share = index.share[capacity.rented_slice]
    rented = np.bincount(
        capacity.rented_place, weights=answer.x[capacity.rented] * share, minlength=P
    )
    busy_at = np.searchsorted(
        key, (work["chip"].to_numpy() * S + work["site"].to_numpy()) * T + work["period"].to_numpy()
    )
    busy = np.bincount(busy_at, weights=work["chip_hours"], minlength=P)
    hours = index.hours[capacity.period]
    available = index.availability[capacity.chip, capacity.site, capacity.period]
    usable = (powered * available + rented) * hours
    total = by_origin[0] + by_origin[1] + by_origin[2]
    powered = np.minimum(powered, total)
    shown = np.flatnonzero((total > CHIP_TOLERANCE) | (rented > CHIP_TOLERANCE))
    return pd.DataFrame(
        {
            "chip": axes["chip"][capacity.chip[shown]],
            "site": axes["site"][capacity.site[shown]],
            "period": axes["period"][capacity.period[shown]],
            "existing": by_origin[0][shown],
            "committed": by_origin[1][shown],
            "new": by_origin[2][shown],
            "held": total[shown],
            "powered": powered[shown],
            "stranded": (total - powered)[shown],
            "rented": rented[shown],
            "busy_chip_hours": busy[shown],
            "idle_chip_hours": np.maximum(usable - busy, 0.0)[shown],
            "worth_usd_per_chip_period": worth[shown],
        }
    )
