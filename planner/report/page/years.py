"""Years first: figures of long plans by calendar year, and by period on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from planner.report.page.chart import Chart, Floats
from planner.report.years import How, calendar_years

FEW: Final = 8
"""Periods that are shown as they are, whatever they are."""
Draw = Callable[[Sequence[str], Mapping[str, Floats]], Chart]


def years_first(
    periods: Sequence[str], series: Mapping[str, Floats], how: How, draw: Draw
) -> Chart:
    """Return a chart by year with the same by period beside it; of a plan of few periods, or of
    years, the chart by period alone.

    Args:
        periods: labels, T.
        series: name -> values by period, (T,).
        how: what a year is of its periods.
        draw: what draws a chart of labels and series.
    """
    detailed, years = draw(periods, series), calendar_years(periods)
    if len(periods) <= FEW or len(years.names) == len(periods):
        return detailed
    yearly = {name: years.grouped(values, how) for name, values in series.items()}
    return replace(draw(years.names, yearly), by_period=detailed)
