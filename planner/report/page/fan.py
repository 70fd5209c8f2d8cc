"""Fans: what one plan after the other said of the same periods, as lines, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot

import numpy as np

from planner.report.page.chart import Chart, Floats
from planner.report.page.marks import (
    BOTTOM,
    COLOURS,
    LEFT,
    NARROW,
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

HEIGHT = 260.0


def fan(
    title: str,
    periods: Sequence[str],
    plans: Mapping[str, Floats],
    unit: str,
    actual: tuple[str, Floats] | None = None,
    note: str = "",
) -> Chart:
    """Return one line a plan over periods, and thicker what was really so.

    Args:
        title: what is drawn.
        periods: labels, T.
        plans: name -> values, (T,), NaN where a plan says nothing.
        unit: what one is.
        actual: what to call what was really so, and its values, (T,).
        note: what to know.
    """
    lines = {**plans, **({} if actual is None else {actual[0]: actual[1]})}
    real = "" if actual is None else actual[0]
    kinds = [
        "limitkey" if actual is not None and name == real else f"s{at % (COLOURS - 1)}"
        for at, name in enumerate(lines)
    ]
    rows = tuple(
        (
            label,
            *(number(float(v[t])) if np.isfinite(v[t]) else "" for v in lines.values()),
        )
        for t, label in enumerate(periods)
    )
    wide, narrow = (
        _drawn(
            title,
            periods,
            dict(zip(lines, zip(kinds, lines.values(), strict=True), strict=True)),
            unit,
            w,
        )
        for w in (WIDTH, NARROW)
    )
    return Chart(title, wide, legend(list(lines), kinds), ("period", *lines), rows, note, narrow)


def _drawn(
    title: str,
    periods: Sequence[str],
    lines: Mapping[str, tuple[str, Floats]],
    unit: str,
    wide: float,
) -> str:
    """Draw lines, each of a colour; what was really so is thicker."""
    every = [values for _, values in lines.values() if np.isfinite(values).any()]
    top = max((float(np.nanmax(values)) for values in every), default=0.0)
    low = HEIGHT - BOTTOM
    parts, _, scale = value_axis(top, low, low - TOP - 8, unit, wide)
    step = (wide - LEFT - RIGHT) / max(len(periods), 1)
    for name, (kind, values) in lines.items():
        width, side = (3.2, 7.0) if kind == "limitkey" else (1.8, 4.0)
        known = np.flatnonzero(np.isfinite(values)).tolist()
        places = {t: (LEFT + (t + 0.5) * step, low - float(values[t]) * scale) for t in known}
        parts += [_stroke(places[t], places[t + 1], width, kind) for t in known if t + 1 in places]
        for t, (x, y) in places.items():
            tip = f"{periods[t]}  {name}: {number(float(values[t]))} {unit}".strip()
            parts.append(rect(Box(x - side / 2, y - side / 2, side, side), kind, tip))
    parts += period_axis(periods, low, right=wide - RIGHT)
    return frame(HEIGHT, parts, f"{title}, by period", wide)


def _stroke(one: tuple[float, float], other: tuple[float, float], width: float, kind: str) -> str:
    """Return a line between two places as a filled shape, so that it takes a series' colour."""
    (x1, y1), (x2, y2) = one, other
    length = max(hypot(x2 - x1, y2 - y1), 1e-9)
    dx, dy = -(y2 - y1) / length * width / 2, (x2 - x1) / length * width / 2
    corners = ((x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy))
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return f'<polygon points="{points}" class="{kind}"/>'
