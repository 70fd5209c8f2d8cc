"""Time value of money: discount factors, the annuity share and the residual value.

Pure functions over numpy arrays; every formula stands in a docstring with a number that a test
runs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def discount(rate: float, years: ArrayLike) -> Floats:
    """Discount factor after a number of years: ``(1 + rate) ** -years``.

    Args:
        rate: annual rate, 0.1 for 10 %.
        years: years after the start of the plan, any shape; negative before it.

    Returns:
        Factors, the shape of ``years``: (n,) or ().

    >>> float(discount(0.1, 2.0).round(6))
    0.826446
    """
    return np.power(1.0 + rate, -np.asarray(years, dtype=np.float64))


def annuity_share(rate: float, used_years: ArrayLike, life_years: ArrayLike) -> Floats:
    """Share of a price that belongs to the first ``used_years`` of a life when it is spread as a
    level annuity.

    ``(1 - (1+r)^-n) / (1 - (1+r)^-L)``, and ``n / L`` at ``r = 0``; 1 from the end of the life on.

    Args:
        rate: annual rate ``r``.
        used_years: years of service inside the plan ``n``.
        life_years: years of the whole life ``L``, above 0.

    Returns:
        Shares between 0 and 1, broadcast over the arguments: (n,) or ().

    >>> float(annuity_share(0.0, 2.0, 5.0))
    0.4
    >>> float(annuity_share(0.1, 2.0, 5.0).round(6))
    0.457826
    """
    used, life = np.broadcast_arrays(
        np.asarray(used_years, dtype=np.float64), np.asarray(life_years, dtype=np.float64)
    )
    used = np.minimum(used, life)
    if rate == 0.0:
        return np.asarray(used / life, dtype=np.float64)
    # expm1 keeps the quotient exact for small rates, where 1 - (1+r)^-n would cancel
    growth = np.log1p(rate)
    return np.asarray(np.expm1(-growth * used) / np.expm1(-growth * life), dtype=np.float64)


class Life(NamedTuple):
    """Years that something serves; numbers or arrays (n,)."""

    used: ArrayLike
    """Inside the plan, ``n``."""
    whole: ArrayLike
    """Whole life or term, ``L``."""
    end: float
    """From the start of the plan to its end."""


class Price(NamedTuple):
    """What was paid up front for one chip or MW, USD; numbers or arrays (n,)."""

    discounted: ArrayLike
    nominal: ArrayLike
    resale: ArrayLike
    """Share of the price that something of that age brings."""


def residual_share(
    setting: str,
    rate: float,
    life: Life,
    price: Price,
) -> Floats:
    """Discounted credit, per chip still held at the end of the plan, for the life left after it.

    ``annuity``: ``paid x (1 - annuity_share)``; ``straight_line``: ``price x (1 - n/L)`` and
    ``table``: ``price x resale``, both discounted from the end of the plan; ``none``: 0.  Nothing
    is credited once the life is used up.

    Args:
        setting: one of the four names.
        rate: annual rate.
        life: the years that something serves.
        price: what was paid for it.

    Returns:
        USD per chip, discounted to the start of the plan, (n,) or ().

    Raises:
        ValueError: for another setting.

    >>> float(residual_share("straight_line", 0.0, Life(2.0, 5.0, 2.0), Price(100.0, 100.0, 0.5)))
    60.0
    >>> bought = Price(100.0, 100.0, 0.5)
    >>> float(residual_share("annuity", 0.1, Life(2.0, 5.0, 2.0), bought).round(4))
    54.2174
    >>> float(residual_share("table", 0.0, Life(2.0, 5.0, 2.0), Price(100.0, 100.0, 0.5)))
    50.0
    """
    used, whole = np.asarray(life.used, np.float64), np.asarray(life.whole, np.float64)
    left = used < whole
    if setting == "annuity":
        credit = np.asarray(price.discounted) * (1.0 - annuity_share(rate, used, whole))
        return np.where(left, credit, 0.0)
    at_end = discount(rate, life.end)
    nominal = np.asarray(price.nominal)
    if setting == "straight_line":
        return np.where(left, nominal * (1.0 - used / whole) * at_end, 0.0)
    if setting == "table":
        return np.where(left, nominal * np.asarray(price.resale) * at_end, 0.0)
    if setting == "none":
        return np.zeros(np.broadcast(used, whole).shape)
    raise ValueError(f"unknown residual setting {setting!r}: annuity, straight_line, table or none")
