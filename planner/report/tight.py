"""Tight limits: every limit that is worth something, ranked once, in one kind of money.

A worth written in money of its period (a megawatt) is discounted to the start of the plan from the
middle of that period, ``(1 + r)^-((t + 1/2) / ppy)``, as the plan's cost is, so that megawatts,
chips and dollars can be compared with each other and with what a re-solve saves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from planner.limits import WORTHS
from planner.limits.limit import Worth

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

UNIT_OF_MEASURE: Final = {"spend": "USD", "chips": "chip", "power": "MW", "carbon": "tonne"}
"""What one more unit of a policy is, by what it measures."""
LEAST_ROOM: Final = 1e-6
"""Share of a limit; a worth that holds for no more than that holds for nothing."""
LEAST_USD: Final = 0.01
"""A limit all of which is worth less than a cent is none that binds."""


def tight_cells(plan: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return every limit of a run that is worth something, the tightest first.

    Args:
        plan: plan.json.
        tables: tables of the run; those of limits that its case does not state may be missing.

    Returns:
        Columns ``kind`` (power, liquid cooling, supply, ...), ``item``, ``period``, ``unit``,
        ``worth`` (USD of the start of the plan, of one more unit), ``used`` and ``size`` of the
        limit (in the unit), ``up`` (for how many units more that worth holds for certain: 0 where
        it is not known to hold for any), and ``value`` (USD, worth x used, or x up where all of
        nothing is used), sorted by value, then kind, item and period.
    """
    import numpy as np
    import pandas as pd

    parts = [_cells(plan, worth, tables[worth.table]) for worth in WORTHS if worth.table in tables]
    cells = pd.concat(parts, ignore_index=True)
    few = cells["up"].where(np.isfinite(cells["up"]), 0.0)
    much = cells["used"].abs().where(cells["used"].abs() > 0, few)
    cells = cells.assign(value=cells["worth"].abs() * much)
    return cells[cells["value"] > LEAST_USD].sort_values(
        ["value", "kind", "item", "period"],
        ascending=[False, True, True, True],
        ignore_index=True,
        kind="stable",
    )


def tight_limits(plan: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the tight cells by limit, the tightest first: ``kind``, ``item``, ``unit``,
    ``periods`` (how many), ``when`` (the period in which it is worth most), ``worth``, ``used``,
    ``size`` and ``up`` (there) and ``value`` (over all periods)."""
    cells = tight_cells(plan, tables)
    top = cells.sort_values("worth", key=lambda worth: -worth.abs(), kind="stable").groupby(
        ["kind", "item", "unit"], sort=True
    )
    found = top.agg(
        periods=("period", "size"),
        when=("period", "first"),
        worth=("worth", "first"),
        used=("used", "first"),
        size=("size", "first"),
        up=("up", "first"),
        value=("value", "sum"),
    ).reset_index()
    return found.sort_values(
        ["value", "kind", "item"], ascending=[False, True, True], kind="stable"
    )


def _cells(plan: Mapping[str, Any], worth: Worth, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one kind of limit: what binds is used to the full, whatever it grew to."""
    import numpy as np
    import pandas as pd

    factor = discounted(plan, table["period"]) if worth.money == "period" else 1.0
    return pd.DataFrame(
        {
            "kind": worth.word,
            "item": table[worth.item],
            "period": table["period"].where(table["period"] != "", "the whole plan"),
            "unit": table["measure"].map(UNIT_OF_MEASURE) if "measure" in table else worth.unit,
            "worth": table[worth.column] * factor,
            "used": table[worth.used],
            "size": table.get(worth.limit, np.nan),
            "up": _room(worth, table),
        }
    )


def _room(worth: Worth, table: pd.DataFrame) -> NDArray[np.float64]:
    """Return for how many units more than there are each worth of a table holds for certain, (n,):
    0 where no range is written, or none that goes up."""
    import numpy as np

    if not worth.low or worth.high not in table or worth.limit not in table:
        return np.zeros(len(table))
    low, high, size = (
        table[name].to_numpy(dtype=np.float64) for name in (worth.low, worth.high, worth.limit)
    )
    # a range without an upper end is written blank; one that is not known has no lower end either
    end = np.where(np.isnan(high) & ~np.isnan(low), np.inf, high)
    room = np.nan_to_num(end - size, nan=0.0, posinf=np.inf)
    return np.where(room > LEAST_ROOM * np.maximum(np.nan_to_num(size), 1.0), room, 0.0)


def discounted(plan: Mapping[str, Any], periods: pd.Series) -> pd.Series:
    """Return the factor from the middle of every period to the start of the plan."""
    from planner.case.periods import PER_YEAR, Calendar, absolute_period

    span = plan["horizon"]
    first = absolute_period(span["first"], span["frequency"])
    labels = Calendar(span["frequency"], first, span["periods"]).labels
    ppy, rate = PER_YEAR[span["frequency"]], float(span["discount_rate"])
    return periods.map(
        {label: (1.0 + rate) ** -((t + 0.5) / ppy) for t, label in enumerate(labels)}
    ).astype(float)
