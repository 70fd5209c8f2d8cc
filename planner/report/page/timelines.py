"""Timelines: a row per name and a column per period - how full limits are, spans with their
deadlines, and circles by amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.report.page.chart import Chart, Floats
from planner.report.page.marks import (
    BOTTOM,
    NARROW,
    RIGHT,
    TOP,
    WIDTH,
    Box,
    frame,
    legend,
    line,
    period_axis,
    rect,
    short,
    text,
    text_of,
)
from planner.words import number


@dataclass(frozen=True, slots=True)
class Fullness:
    """How full limits are: N of them by T periods."""

    names: Sequence[str]
    share: Floats
    """Used of each, (N, T), 1 = all of it; NaN where there is no limit."""
    tips: Sequence[Sequence[str]]
    """What to say of each cell, N x T."""
    binding: NDArray[np.bool_]
    """Where one more unit would save something, (N, T)."""


def heat(title: str, periods: Sequence[str], limits: Fullness, note: str = "") -> Chart:
    """Return a heat map: one row per limit, one column per period, how full it is; where one more
    unit is worth something the cell is framed.

    Args:
        title: what is drawn.
        periods: labels, T.
        limits: how full each is.
        note: what to know.
    """
    names, share = limits.names, limits.share
    rows = tuple(
        (
            name,
            *(
                f"{100 * share[i, t]:.1f} %" if np.isfinite(share[i, t]) else ""
                for t in range(len(periods))
            ),
        )
        for i, name in enumerate(names)
    )
    return Chart(
        title,
        _cells(title, periods, limits, WIDTH),
        '<ul class="legend"><li><svg viewBox="0 0 12 12" aria-hidden="true"><rect x="1" y="1" '
        'width="10" height="10" class="heat bind" fill-opacity="0.8"/></svg>it binds: more of it '
        "would save something</li></ul>",
        ("limit", *periods),
        rows,
        note,
        _cells(title, periods, limits, NARROW),
    )


def _cells(title: str, periods: Sequence[str], limits: Fullness, wide: float) -> str:
    """Draw the cells of a heat map."""
    names, share = limits.names, limits.share
    left, tall = _margin(wide, 178.0), 19.0
    step = (wide - left - RIGHT) / max(len(periods), 1)
    parts: list[str] = []
    for i, name in enumerate(names):
        y = TOP + i * tall
        parts.append(text(left - 6, y + 13, short(name, int(left / 6.3)), "row", "end"))
        for t in range(len(periods)):
            if not np.isfinite(share[i, t]):
                continue
            full = min(max(float(share[i, t]), 0.0), 1.0)
            parts.append(
                rect(
                    Box(left + t * step + 0.5, y + 0.5, step - 1, tall - 1),
                    "heat bind" if limits.binding[i, t] else "heat",
                    limits.tips[i][t],
                    f' fill-opacity="{0.06 + 0.74 * full:.2f}"',
                )
            )
            if step >= 30:
                parts.append(
                    text(
                        left + (t + 0.5) * step,
                        y + 13,
                        f"{100 * share[i, t]:.0f}",
                        "cell",
                        "middle",
                    )
                )
    low = TOP + len(names) * tall
    parts += period_axis(periods, low, left, wide - RIGHT)
    return frame(low + BOTTOM, parts, title, wide)


def _margin(wide: float, left: float) -> float:
    """Room for the names of rows: less of it in a narrow drawing."""
    return left if wide >= WIDTH else 0.34 * wide


def spans(
    title: str,
    periods: Sequence[str],
    items: Sequence[tuple[str, float, float, float, str]],
    note: str = "",
) -> Chart:
    """Return spans on a time axis: (name, from, to, deadline, tip) in periods; NaN where there is
    none."""
    rows = tuple((name, tip) for name, _, _, _, tip in items)
    wide, narrow = (_spans(title, periods, items, width) for width in (WIDTH, NARROW))
    keys = legend(["planned", "deadline"], ["s0", "limitkey"])
    return Chart(title, wide, keys, ("milestone", "plan"), rows, note, narrow)


def _spans(
    title: str,
    periods: Sequence[str],
    items: Sequence[tuple[str, float, float, float, str]],
    wide: float,
) -> str:
    """Draw spans on a time axis."""
    left, tall = _margin(wide, 150.0), 24.0
    step = (wide - left - RIGHT) / max(len(periods), 1)
    low = TOP + len(items) * tall
    parts = [
        line(left + t * step, TOP - 4, left + t * step, low, "grid")
        for t in range(len(periods))
        if t == 0 or periods[t][:4] != periods[t - 1][:4]
    ]
    for i, (name, begin, end, deadline, tip) in enumerate(items):
        y = TOP + i * tall
        parts.append(text(left - 6, y + 15, short(name, int(left / 6.6)), "row", "end"))
        if np.isfinite(begin) and np.isfinite(end):
            parts.append(
                rect(
                    Box(left + begin * step, y + 4, max((end - begin) * step, 2.0), tall - 9),
                    "s0",
                    tip,
                )
            )
        if np.isfinite(deadline):
            x = left + min(deadline, len(periods)) * step
            parts.append(line(x, y + 1, x, y + tall - 2, "limit"))
    parts += period_axis(periods, low, left, wide - RIGHT)
    return frame(low + BOTTOM, parts, title, wide)


def bubbles(
    title: str,
    periods: Sequence[str],
    names: Sequence[str],
    amounts: Floats,
    unit: str,
    note: str = "",
) -> Chart:
    """Return circles whose area is an amount, (names, T), one row per name and one column per
    period: when how much is ordered."""
    rows = tuple(
        (
            name,
            *(
                number(float(amounts[i, t])) if amounts[i, t] > 0 else ""
                for t in range(len(periods))
            ),
        )
        for i, name in enumerate(names)
    )
    wide, narrow = (_bubbles(title, periods, names, (amounts, unit), w) for w in (WIDTH, NARROW))
    return Chart(title, wide, "", ("order", *periods), rows, note, narrow)


def _bubbles(
    title: str,
    periods: Sequence[str],
    names: Sequence[str],
    much: tuple[Floats, str],
    wide: float,
) -> str:
    """Draw circles by amount, (names, T) in a unit."""
    amounts, unit = much
    left, tall = _margin(wide, 178.0), 34.0
    step = (wide - left - RIGHT) / max(len(periods), 1)
    top = float(np.nanmax(amounts)) if amounts.size and np.nanmax(amounts) > 0 else 1.0
    biggest = min(tall / 2.0 - 1.0, max(step * 0.62, 5.0))
    parts: list[str] = []
    for i, name in enumerate(names):
        y = TOP + (i + 0.5) * tall
        parts += [
            line(left, y, wide - RIGHT, y, "grid"),
            text(left - 6, y + 4, short(name, int(left / 6.3)), "row", "end"),
        ]
        for t in np.flatnonzero(amounts[i] > 0).tolist():
            radius = max(biggest * (amounts[i, t] / top) ** 0.5, 1.8)
            tip = f"{periods[t]}  {name}: {number(float(amounts[i, t]))} {unit}"
            parts.append(
                f'<circle cx="{left + (t + 0.5) * step:.1f}" cy="{y:.1f}" r="{radius:.1f}" '
                f'class="s0 bubble" data-tip="{text_of(tip)}"/>'
            )
    low = TOP + len(names) * tall
    parts += period_axis(periods, low, left, wide - RIGHT)
    return frame(low + BOTTOM, parts, title, wide)
