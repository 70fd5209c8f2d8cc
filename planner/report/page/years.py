"""Years first: figures of long plans by year, and by period on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

import numpy as np

from planner.report.page.chart import Chart, Floats
from planner.report.page.marks import year_of

FEW: Final = 8
"""Periods that are shown as they are, whatever they are."""
How = Literal["sum", "last", "least", "greatest"]
Draw = Callable[[Sequence[str], Mapping[str, Floats]], Chart]


def by_year(
    periods: Sequence[str], series: Mapping[str, Floats], how: How
) -> tuple[list[str], dict[str, Floats]]:
    """Return years and series, (years,) each, of series by period, (T,).

    Args:
        periods: labels, T.
        series: name -> values.
        how: what a year is of its periods: their sum, or the last, least or greatest of them.
    """
    labels = [year_of(label) for label in periods]
    years = list(dict.fromkeys(labels))
    places = [np.flatnonzero([label == year for label in labels]) for year in years]
    made: dict[How, Callable[[Floats], float]] = {
        "sum": lambda values: float(values.sum()),
        "last": lambda values: float(values[-1]),
        "least": lambda values: float(values.min()),
        "greatest": lambda values: float(values.max()),
    }
    return years, {
        name: np.array([made[how](np.asarray(values)[at]) for at in places])
        for name, values in series.items()
    }


def years_first(
    periods: Sequence[str], series: Mapping[str, Floats], how: How, draw: Draw
) -> Chart:
    """Return a chart by year with the same by period beside it; of a plan of few periods, or of
    years, the chart by period alone."""
    detailed = draw(periods, series)
    if len(periods) <= FEW or len({year_of(label) for label in periods}) == len(periods):
        return detailed
    return replace(draw(*by_year(periods, series, how)), by_period=detailed)
