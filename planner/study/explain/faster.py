"""Faster: how much more a chip would have to do to come in at its price."""

from __future__ import annotations

from typing import Any, Final

from planner.study.explain.outcome import decisions, try_case
from planner.study.explain.scaled import with_speed
from planner.study.live import Live

MOST_FASTER: Final = 4.0


def faster(live: Live, chip: str, row: Any) -> float | None:
    """Return the smallest factor on the chip's work at which this offer is bought in this period,
    to 1 %; None above ``MOST_FASTER``."""

    def bought(factor: float) -> bool:
        outcome, asked = try_case(live, "", with_speed(live.case, chip, factor))
        if outcome.status != "optimal":
            return False
        found = decisions(live, asked)
        return bool(
            any(f"{row['offer']}@{row['site']}@{row['order_period']}" in key for key in found.index)
        )

    low, high = 1.0, 1.25
    while not bought(high):
        low, high = high, high * high if high < 2 else high * 2
        if high > MOST_FASTER:
            return None
    while high / low > 1.01:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if bought(middle) else (middle, high)
    return high
