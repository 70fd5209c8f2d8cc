"""Stacks: what adds up, by period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.report.page.chart import Chart, Floats
from planner.report.page.marks import (
    BOTTOM,
    COLOURS,
    LEFT,
    NARROW,
    PICTURE,
    RIGHT,
    TOP,
    WIDTH,
    Box,
    frame,
    legend,
    line,
    period_axis,
    rect,
    text,
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


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside stacked bars: a step line, and words above the bars."""

    name: str
    line: Floats
    """Values, (T,), NaN where there is none."""
    words: tuple[str, ...] = ()
    """Above the bars, T of them; none: none."""
    head: str = ""
    """What the words are, for the table."""
    order: tuple[str, ...] = ()
    """Names in the order of their colours, where several drawings share them; none: as they
    come."""


def coloured(count: int, series: Mapping[str, Floats]) -> Beside:
    """Return nothing beside ``count`` bars but colours that drawings of some of the series share:
    the largest have one of their own."""
    order = sorted(series, key=lambda name: (-float(series[name].sum()), name))
    return Beside("", np.full(count, np.nan), order=tuple(order))


def _kinds(shown: Mapping[str, Floats], order: tuple[str, ...]) -> list[str]:
    """Classes of the colours of series: each name's own where drawings share them."""
    places = {name: at for at, name in enumerate(order[: COLOURS - 1])}
    return [
        colour(name, at if not order else places.get(name, COLOURS - 1))
        if not order or name in places
        else f"s{COLOURS - 1}"
        for at, name in enumerate(shown)
    ]


def stacked(
    title: str,
    periods: Sequence[str],
    series: Mapping[str, Floats],
    unit: str,
    note: str = "",
    beside: Beside | None = None,
) -> Chart:
    """Return stacked bars over periods.

    Args:
        title: what is drawn.
        periods: labels of the periods, T.
        series: name -> values, (T,), none negative.
        unit: what one is.
        note: what to know.
        beside: a line and words beside the bars.

    Returns:
        The chart; more than eight series are drawn as seven and the rest.
    """
    shown = largest(series)
    total = np.sum(list(shown.values()), axis=0) if shown else np.zeros(len(periods))
    names, kinds = list(shown), _kinds(shown, beside.order if beside is not None else ())
    header = ("period", *shown, "sum")
    columns = [*shown.values(), total]
    if beside is not None and beside.name:
        header, columns = (*header, beside.name), [*columns, beside.line]
        names, kinds = [*names, beside.name], [*kinds, "limitkey"]
    rows = tuple(
        (periods[t], *(number(float(values[t])) for values in columns)) for t in range(len(periods))
    )
    if beside is not None and beside.words:
        header = (*header, beside.head)
        rows = tuple((*row, word) for row, word in zip(rows, beside.words, strict=True))
    wide, narrow = (_bars(title, periods, shown, unit, beside, w) for w in (WIDTH, NARROW))
    return Chart(title, wide, legend(names, kinds), header, rows, note, narrow)


def picture(
    title: str,
    periods: Sequence[str],
    series: Mapping[str, Floats],
    unit: str,
    note: str = "",
    beside: Beside | None = None,
) -> Chart:
    """Return stacked bars as a small picture, its figures left to a table; see :func:`stacked`."""
    shown = largest(series, 5)
    names, kinds = list(shown), _kinds(shown, beside.order if beside is not None else ())
    if beside is not None and np.isfinite(beside.line).any():
        names, kinds = [*names, beside.name], [*kinds, "limitkey"]
    drawing = _bars(title, periods, shown, unit, beside, PICTURE)
    return Chart(title, drawing, legend(names, kinds), (), (), note, picture=True)


def _bars(
    title: str,
    periods: Sequence[str],
    shown: Mapping[str, Floats],
    unit: str,
    beside: Beside | None,
    wide: float,
) -> str:
    """Draw stacked bars."""
    total = np.sum(list(shown.values()), axis=0) if shown else np.zeros(len(periods))
    line_ = beside.line if beside is not None else np.full(len(periods), np.nan)
    words = beside.words if beside is not None and wide > PICTURE else ()
    room = (wide - LEFT - RIGHT) / max(len(periods), 1)
    words = words if room >= 6.4 * max((len(word) for word in words), default=0) else ()
    top = max(float(total.max(initial=0.0)), float(np.nanmax(line_, initial=0.0)))
    height = 150.0 if wide == PICTURE else 250.0
    low = height - BOTTOM
    parts, _, scale = value_axis(top, low, low - TOP - (22 if words else 8), unit, wide)
    step = (wide - LEFT - RIGHT) / max(len(periods), 1)
    thin = min(0.76 * step, 84.0)
    base = np.zeros(len(periods))
    kinds = _kinds(shown, beside.order if beside is not None else ())
    for kind, (name, values) in zip(kinds, shown.items(), strict=True):
        for t in np.flatnonzero(values * scale >= 0.05).tolist():
            y = low - (base[t] + values[t]) * scale
            parts.append(
                rect(
                    Box(LEFT + (t + 0.5) * step - thin / 2, y, thin, values[t] * scale),
                    kind,
                    f"{periods[t]}  {name}: {number(float(values[t]))} {unit}".strip(),
                )
            )
        base += values
    for t in np.flatnonzero(np.isfinite(line_)).tolist():
        x, y = LEFT + t * step, low - float(line_[t]) * scale
        tip = f"{periods[t]}  {beside.name if beside else ''}: {number(float(line_[t]))} {unit}"
        parts += [
            line(x, y, x + step, y, "limit"),
            rect(Box(x, y - 4, step, 8), "over", tip),
        ]
    tops = np.fmax(total, line_)
    for t, word in enumerate(words):
        y = low - float(tops[t]) * scale
        parts.append(text(LEFT + (t + 0.5) * step, y - 5, word, "cell", "middle"))
    parts += period_axis(periods, low, LEFT, wide - RIGHT)
    return frame(height, parts, title, wide)
