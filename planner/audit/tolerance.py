"""Tolerances: every one of the audit, and how exact a plan of so many chips can be."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

RELATIVE: Final = 1e-6
"""A figure may be off by this share of its size (or of the limit's size)."""

FLOOR: Final[Mapping[str, float]] = MappingProxyType({"MW": 1e-9, "USD": 0.01, "share": 1e-9})
"""And by this much on top, by unit: money is written to the cent, MW and shares to 12 digits.

What is made of chips has the floor of chips times what one chip does, draws or costs (hours,
tokens, FLOP, kW, USD): chips are written to 6 decimals (``WRITTEN``) and solved to so many
(``few_chips``).
"""

SOLVED: Final = 1e-4
"""Chips that a solver may be off by in a plan of hundreds of chips: 1e-7 of a thousand."""

CENT: Final = 0.0051
"""An amount written to the cent is within half of one."""

WRITTEN: Final = 1e-6
"""Chips may differ by this much from the unrounded decision; amounts carry it on, times their unit
price."""


def few_chips(largest: float) -> float:
    """Return the chips that the rows of a plan may be off by: what a solver leaves, at most
    ``RELATIVE`` of the most chips that stand anywhere, at least what six decimals leave.

    Args:
        largest: the most chips of one kind at one site in one period.
    """
    return float(np.clip(RELATIVE * np.nan_to_num(largest), 2.0 * WRITTEN, SOLVED))


class Slack(NamedTuple):
    """What figures may be off by: ``relative x size + floor``."""

    floor: ArrayLike | None = None
    """Absolute tolerance, in the unit of the figures; that of the unit when left out."""
    size: ArrayLike = 0.0
    """Size that the share refers to, where larger than the figures themselves."""
    relative: float = RELATIVE
    """Share of its size by which a figure may be off; less for what follows exactly."""


def slack_of(floor: ArrayLike | Slack | None) -> Slack:
    """Return a tolerance as a whole, of which a call may give the floor alone."""
    return floor if isinstance(floor, Slack) else Slack(floor)
