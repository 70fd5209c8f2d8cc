"""A matrix of a table by fiscal year: names down, years across."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.report.years import Floats, Years


def matrix(
    frame: pd.DataFrame, names: pd.Series, column: str, years: Years
) -> tuple[list[str], Floats]:
    """Return names and a column by name and fiscal year, (names, years)."""
    table = frame.assign(_name=names).pivot_table(
        index="_name", columns="fiscal_year", values=column, aggfunc="sum", sort=False
    )
    table = table.reindex(columns=list(years.names)).fillna(0.0)
    return [str(name) for name in table.index], table.to_numpy(dtype=np.float64)
