"""Time value of money: discount factors, the annuity share and the residual value.

Pure functions over numpy arrays; every formula stands in a docstring with a number that a test
runs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def discount(rate: float, years: ArrayLike) -> Floats:
    """Discount factor after a number of years: ``(1 + rate) ** -years``.

    Args:
        rate: annual rate, 0.1 for 10 %.
        years: years after the start of the plan, any shape; negative before it.

    Returns:
        Factors, the shape of ``years``.

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
        Shares between 0 and 1, broadcast over the arguments.

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


def residual_share(
    setting: str,
    rate: float,
    used_years: ArrayLike,
    life_years: ArrayLike,
    end_years: float,
    paid: ArrayLike,
    price: ArrayLike,
    resale: ArrayLike,
) -> Floats:
    """Discounted credit, per chip still held at the end of the plan, for the life left after it.

    ``annuity``: ``paid x (1 - annuity_share)``; ``straight_line``: ``price x (1 - n/L)`` and
    ``table``: ``price x resale``, both discounted from the end of the plan; ``none``: 0.  Nothing
    is credited once the life is used up.

    Args:
        setting: one of the four names.
        rate: annual rate.
        used_years: years of service inside the plan, ``n``.
        life_years: whole life or term, ``L``.
        end_years: years from the start of the plan to its end.
        paid: discounted up-front price per chip (``annuity``), USD.
        price: nominal up-front price per chip, USD.
        resale: share of the price that a chip of that age brings (``table``).

    Returns:
        USD per chip, discounted to the start of the plan.

    Raises:
        ValueError: for another setting.

    >>> float(residual_share("straight_line", 0.0, 2.0, 5.0, 2.0, 100.0, 100.0, 0.5))
    60.0
    >>> float(residual_share("annuity", 0.1, 2.0, 5.0, 2.0, 100.0, 100.0, 0.5).round(4))
    54.2174
    >>> float(residual_share("table", 0.0, 2.0, 5.0, 2.0, 100.0, 100.0, 0.5))
    50.0
    """
    used, life = np.asarray(used_years, dtype=np.float64), np.asarray(life_years, dtype=np.float64)
    left = used < life
    if setting == "annuity":
        return np.where(left, np.asarray(paid) * (1.0 - annuity_share(rate, used, life)), 0.0)
    at_end = discount(rate, end_years)
    if setting == "straight_line":
        return np.where(left, np.asarray(price) * (1.0 - used / life) * at_end, 0.0)
    if setting == "table":
        return np.where(left, np.asarray(price) * np.asarray(resale) * at_end, 0.0)
    if setting == "none":
        return np.zeros(np.broadcast(used, life).shape)
    raise ValueError(f"unknown residual setting {setting!r}: annuity, straight_line, table or none")
