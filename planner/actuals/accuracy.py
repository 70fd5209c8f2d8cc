"""Forecast accuracy: what plans forecast of a workload, beside what was asked for.

::

    bias           = sum (forecast - asked) / sum asked      above 0: too much was forecast
    weighted error = sum |forecast - asked| / sum asked
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

ACCURACY: Final = ("workload", "ahead", "count", "bias", "weighted_error")


def accuracy(forecasts: pd.DataFrame, *, by_lead: bool = False) -> pd.DataFrame:
    """Return how good forecasts were, by workload.

    Args:
        forecasts: ``plan`` and ``period`` (numbers), ``workload``, ``forecast``, ``asked`` (NaN:
            not known yet).
        by_lead: also by how many periods ahead (0 = for the first period of the plan).

    Returns:
        ``workload``, ``ahead`` (-1 for all), ``count`` of forecasts, ``bias`` and
        ``weighted_error`` as shares; workloads of which nothing was asked are left out.
    """
    known = forecasts[forecasts["asked"].notna()]
    off = known["forecast"] - known["asked"]
    known = known.assign(
        off=off, error=off.abs(), ahead=known["period"] - known["plan"] if by_lead else -1
    )
    total = known.groupby(["workload", "ahead"], as_index=False).agg(
        count=("asked", "size"),
        asked=("asked", "sum"),
        off=("off", "sum"),
        error=("error", "sum"),
    )
    total = total[total["asked"].gt(0)]
    asked = total["asked"].to_numpy(dtype=np.float64)
    found = total.assign(bias=total["off"] / asked, weighted_error=total["error"] / asked)
    return found[list(ACCURACY)].reset_index(drop=True)
