"""The split of a variance into quantity, price and timing.

What is paid is amount x price x weight, summed over the components of whatever is paid for, with
the weight what falls due in a period (a share of the price, hours of a contract)::

    planned   = Q0 p0 w0
    actual    = Q1 p1 w1
    quantity  = (Q1 - Q0) p0 w0     more or less of it, at the planned price, when planned
    price     = Q1 (p1 - p0) w0     at another price, what was really bought, when planned
    timing    = Q1 p1 (w1 - w0)     paid in another period

The three sum to the whole.  In cents they do so exactly: what rounding leaves goes to the largest
of the three.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.case.columns import Floats

PARTS: Final = ("quantity_usd", "price_usd", "timing_usd")
LEDGER: Final = (
    "kind",
    "name",
    "term",
    "period",
    "site",
    "planned_usd",
    "actual_usd",
    *PARTS,
)
"""Columns of a ledger of variances: what it is about (a line, a workload, a milestone, or a term of
cost that none of these explains), its term of cost, period, site, and money of that period."""


def split(
    amounts: tuple[Floats, Floats], prices: tuple[Floats, Floats], weights: tuple[Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """Return quantity, price and timing of variances, (n,) each.

    Args:
        amounts: planned and actual amount, (n,) each.
        prices: planned and actual price.
        weights: what falls due of it, planned and really.
    """
    (q0, q1), (p0, p1), (w0, w1) = amounts, prices, weights
    return (q1 - q0) * p0 * w0, q1 * (p1 - p0) * w0, q1 * p1 * (w1 - w0)


def in_cents(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return a ledger in whole cents, of which planned + quantity + price + timing = actual holds
    row by row, exactly.

    Args:
        ledger: with the columns of ``LEDGER``, and planned and actual that differ by the sum of the
            parts.
    """
    planned, actual = (_cents(ledger, name) for name in ("planned_usd", "actual_usd"))
    parts = np.stack([_cents(ledger, name) for name in PARTS])
    rest = actual - planned - parts.sum(axis=0)
    exact = np.stack([ledger[name].to_numpy(dtype=np.float64) for name in PARTS])
    largest = np.abs(exact).argmax(axis=0)
    parts[largest, np.arange(len(ledger))] += rest
    found = dict(zip(("planned_usd", "actual_usd", *PARTS), (planned, actual, *parts), strict=True))
    return ledger.assign(**{name: cents / 100.0 for name, cents in found.items()})


def _cents(ledger: pd.DataFrame, column: str) -> Floats:
    return np.asarray(np.round(ledger[column].to_numpy(dtype=np.float64) * 100.0))


def empty_ledger() -> pd.DataFrame:
    """Return a ledger without rows."""
    kinds = dict.fromkeys(LEDGER[:5], "object") | {"period": "int64"}
    return pd.DataFrame({name: np.empty(0, dtype=kinds.get(name, "float64")) for name in LEDGER})
