"""What makes a worth right: it is that of the dual values, and blank where there is none.

Each must follow from the dual values of the proven bound, in the unit and money of its column; and,
whatever these say, a limit with room is worth nothing, an excess that is paid for is worth its
price, and a range holds around the limit as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from planner.audit.facts import Floats, or_zero
from planner.audit.verdict import Check, Describe, agree, at_most, blank_too, require

USD_FLOOR = 1e-6
"""A price of 12 significant digits may be off by this much where it is a difference of others."""


def allowance(plan: Mapping[str, Any]) -> float:
    """Return the USD by which room times worth may differ from 0: what the bound leaves open."""
    objective, bound = (float(plan.get(name) or 0.0) for name in ("objective_usd", "bound_usd"))
    return max(objective - bound, 0.0) + 1e-9 * abs(objective) + 1.0


def blank_or(name: str, written: Floats, truth: Floats, where: Describe, unit: str) -> Check:
    """Return the check that figures, (n,), equal the true ones, and are blank where there is
    none."""
    found, own = blank_too(written, truth)
    return agree(name, found, own, where, unit=unit, floor=USD_FLOOR)


def holds_around(
    name: str, low: Floats, high: Floats, at: Floats, worth: Floats, where: Describe
) -> Check:
    """Return the check that ranges hold around the limits as they are, ``at``, and that only a
    worth has one; (n,) each."""
    slack = 1e-6 * np.abs(or_zero(at)) + 1e-6
    holds = (np.isnan(low) | (low <= at + slack)) & (np.isnan(high) | (high >= at - slack))
    alone = np.isnan(low) & np.isnan(high)
    return require(
        name,
        np.where(worth != 0.0, holds, alone),
        lambda i: f"{where(i)}: from {low[i]:.10g} to {high[i]:.10g}, the limit is {at[i]:.10g}",
        "a range around the limit as it is; blank where there is no worth",
    )


def no_room(name: str, room: Floats, worth: Floats, usd: float, where: Describe) -> Check:
    """Return the check of complementary slackness: what a limit's room is worth is nothing."""
    return at_most(
        name,
        np.nan_to_num(np.maximum(room, 0.0) * worth),
        0.0,
        lambda i: f"{where(i)}: room of {room[i]:.10g} at a worth of {worth[i]:.10g} USD",
        unit="USD",
        floor=usd,
    )
