"""A matrix of a table by fiscal year: names down, years across."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.report.years import Floats, Years


def matrix(
    frame: pd.DataFrame, names: pd.Series, column: str, years: Years
) -> tuple[list[str], Floats]:
    """Return names and a column by name and fiscal year, (names, years)."""
    at, own = pd.factorize(names)  # in the order in which they come
    year = pd.Index(years.names).get_indexer(pd.Index(frame["fiscal_year"]))
    values = np.nan_to_num(frame[column].to_numpy(dtype=np.float64), nan=0.0)
    of = (at >= 0) & (year >= 0)
    table = np.zeros((len(own), len(years.names)))
    np.add.at(table, (at[of], year[of]), values[of])
    return [str(name) for name in own], table
