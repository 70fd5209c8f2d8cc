"""Stacks: what adds up, by period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from planner.report.page.chart import Chart, Floats
from planner.report.page.marks import (
    BOTTOM,
    COLOURS,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Box,
    frame,
    legend,
    period_axis,
    rect,
    value_axis,
)
from planner.words import number

OTHER: Final = "all others"


def largest(series: Mapping[str, Floats], most: int = COLOURS - 1) -> dict[str, Floats]:
    """Return the largest series, (T,) each, by their sum, in their order, and the sum of the rest
    as "all others"."""
    shown = {name: values for name, values in series.items() if np.abs(values).sum() > 0}
    if len(shown) <= most:
        return shown
    order = sorted(shown, key=lambda name: -float(np.abs(shown[name]).sum()))
    kept = set(order[: most - 1] if most < COLOURS else order[:most])
    result = {name: values for name, values in shown.items() if name in kept}
    result[OTHER] = np.sum([values for name, values in shown.items() if name not in kept], axis=0)
    return result


def colour(name: str, at: int) -> str:
    """Return the class of a series' colour."""
    return f"s{COLOURS - 1}" if name == OTHER else f"s{at % (COLOURS - 1)}"


def stacked(
    title: str,
    periods: Sequence[str],
    series: Mapping[str, Floats],
    unit: str,
    note: str = "",
) -> Chart:
    """Return stacked bars over periods.

    Args:
        title: what is drawn.
        periods: labels of the periods, T.
        series: name -> values, (T,), none negative.
        unit: what one is.
        note: what to know.

    Returns:
        The chart; more than eight series are drawn as seven and the rest.
    """
    shown = largest(series)
    total = np.sum(list(shown.values()), axis=0) if shown else np.zeros(len(periods))
    top = float(total.max(initial=0.0))
    height, low = 250.0, 250.0 - BOTTOM
    parts, _, scale = value_axis(top, low, low - TOP - 8, unit)
    step = (WIDTH - LEFT - RIGHT) / max(len(periods), 1)
    base = np.zeros(len(periods))
    for at, (name, values) in enumerate(shown.items()):
        for t in np.flatnonzero(values * scale >= 0.05).tolist():
            y = low - (base[t] + values[t]) * scale
            parts.append(
                rect(
                    Box(LEFT + (t + 0.12) * step, y, 0.76 * step, values[t] * scale),
                    colour(name, at),
                    f"{periods[t]}  {name}: {number(float(values[t]))} {unit}".strip(),
                )
            )
        base += values
    parts += period_axis(periods, low)
    names, kinds = list(shown), [colour(name, at) for at, name in enumerate(shown)]
    header = ("period", *shown, "sum")
    rows = tuple(
        (
            periods[t],
            *(number(float(values[t])) for values in shown.values()),
            number(float(total[t])),
        )
        for t in range(len(periods))
    )
    return Chart(
        title, frame(height, parts, f"{title}, by period"), legend(names, kinds), header, rows, note
    )
