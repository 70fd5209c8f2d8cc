"""Charts: stacked bars, a heat map, spans, bubbles, gaps and a bridge, as SVG with the figures
behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.report.page.marks import (
    BOTTOM,
    COLOURS,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    frame,
    legend,
    line,
    period_axis,
    rect,
    short,
    text,
    text_of,
    value_axis,
)
from planner.words import number

Floats = NDArray[np.float64]
OTHER: Final = "all others"


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and, for those who want or need them as text, its figures."""

    title: str
    svg: str
    legend: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def largest(series: Mapping[str, Floats], most: int = COLOURS - 1) -> dict[str, Floats]:
    """Return the largest series by their sum, in their order, and the sum of the rest as "all
    others"."""
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
    *,
    limit: Floats | None = None,
    limit_name: str = "limit",
    note: str = "",
    say: Callable[[float], str] = number,
) -> Chart:
    """Return stacked bars over periods, with a stepped line for a limit.

    Args:
        title: what is drawn.
        periods: labels of the periods, T.
        series: name -> values, (T,), none negative.
        unit: what one is.
        limit: values of the line, (T,), NaN where there is none.
        limit_name: what the line is.
        note: what to know.
        say: how a value is written.

    Returns:
        The chart; more than eight series are drawn as seven and the rest.
    """
    shown = largest(series)
    total = np.sum(list(shown.values()), axis=0) if shown else np.zeros(len(periods))
    top = max(
        float(total.max(initial=0.0)),
        float(np.nanmax(limit)) if limit is not None and np.isfinite(limit).any() else 0.0,
    )
    height, low = 250.0, 250.0 - BOTTOM
    parts, _, scale = value_axis(top, low, low - TOP - 8, unit)
    step = (WIDTH - LEFT - RIGHT) / max(len(periods), 1)
    base = np.zeros(len(periods))
    for at, (name, values) in enumerate(shown.items()):
        for t in np.flatnonzero(values * scale >= 0.05).tolist():
            y = low - (base[t] + values[t]) * scale
            parts.append(
                rect(
                    LEFT + (t + 0.12) * step,
                    y,
                    0.76 * step,
                    values[t] * scale,
                    colour(name, at),
                    f"{periods[t]}  {name}: {say(float(values[t]))} {unit}".strip(),
                )
            )
        base += values
    if limit is not None:
        for t in np.flatnonzero(np.isfinite(limit)).tolist():
            y = low - limit[t] * scale
            parts.append(line(LEFT + t * step, y, LEFT + (t + 1) * step, y, "limit"))
    parts += period_axis(periods, low)
    names, kinds = list(shown), [colour(name, at) for at, name in enumerate(shown)]
    if limit is not None and np.isfinite(limit).any():
        names, kinds = [*names, limit_name], [*kinds, "limitkey"]
    header = ("period", *shown, "sum", *((limit_name,) if limit is not None else ()))
    rows = tuple(
        (
            periods[t],
            *(say(float(values[t])) for values in shown.values()),
            say(float(total[t])),
            *(
                (say(float(limit[t])) if np.isfinite(limit[t]) else "",)
                if limit is not None
                else ()
            ),
        )
        for t in range(len(periods))
    )
    return Chart(
        title, frame(height, parts, f"{title}, by period"), legend(names, kinds), header, rows, note
    )


def heat(
    title: str,
    periods: Sequence[str],
    names: Sequence[str],
    share: Floats,
    tips: Sequence[Sequence[str]],
    binding: NDArray[np.bool_],
    note: str = "",
) -> Chart:
    """Return a heat map: one row per limit, one column per period, how full it is; where one more
    unit is worth something the cell is framed.

    Args:
        title: what is drawn.
        periods: labels, T.
        names: rows, N.
        share: how full each is, (N, T), NaN where there is no limit.
        tips: what to say of each cell, N x T.
        binding: where one more unit would save something, (N, T).
        note: what to know.
    """
    left, tall = 178.0, 19.0
    step = (WIDTH - left - RIGHT) / max(len(periods), 1)
    parts: list[str] = []
    for i, name in enumerate(names):
        y = TOP + i * tall
        parts.append(text(left - 6, y + 13, short(name, 28), "row", "end"))
        for t in range(len(periods)):
            if not np.isfinite(share[i, t]):
                continue
            full = min(max(float(share[i, t]), 0.0), 1.0)
            parts.append(
                rect(
                    left + t * step + 0.5,
                    y + 0.5,
                    step - 1,
                    tall - 1,
                    "heat bind" if binding[i, t] else "heat",
                    tips[i][t],
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
    parts += period_axis(periods, low, left)
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
        frame(low + BOTTOM, parts, title),
        '<ul class="legend"><li><svg viewBox="0 0 12 12" aria-hidden="true"><rect x="1" y="1" '
        'width="10" height="10" class="heat bind" fill-opacity="0.8"/></svg>one more unit is '
        "worth something</li></ul>",
        ("limit", *periods),
        rows,
        note,
    )


def spans(
    title: str,
    periods: Sequence[str],
    items: Sequence[tuple[str, float, float, float, str]],
    note: str = "",
) -> Chart:
    """Return spans on a time axis: (name, from, to, deadline, tip) in periods; NaN where there is
    none."""
    left, tall = 150.0, 24.0
    step = (WIDTH - left - RIGHT) / max(len(periods), 1)
    low = TOP + len(items) * tall
    parts = [
        line(left + t * step, TOP - 4, left + t * step, low, "grid")
        for t in range(len(periods))
        if t == 0 or periods[t][:4] != periods[t - 1][:4]
    ]
    for i, (name, begin, end, deadline, tip) in enumerate(items):
        y = TOP + i * tall
        parts.append(text(left - 6, y + 15, short(name, 22), "row", "end"))
        if np.isfinite(begin) and np.isfinite(end):
            parts.append(
                rect(
                    left + begin * step, y + 4, max((end - begin) * step, 2.0), tall - 9, "s0", tip
                )
            )
        if np.isfinite(deadline):
            x = left + min(deadline, len(periods)) * step
            parts.append(line(x, y + 1, x, y + tall - 2, "limit"))
    parts += period_axis(periods, low, left)
    rows = tuple((name, tip) for name, _, _, _, tip in items)
    return Chart(
        title,
        frame(low + BOTTOM, parts, title),
        legend(["planned", "deadline"], ["s0", "limitkey"]),
        ("milestone", "plan"),
        rows,
        note,
    )


def bubbles(
    title: str,
    periods: Sequence[str],
    names: Sequence[str],
    amounts: Floats,
    unit: str,
    note: str = "",
) -> Chart:
    """Return circles whose area is an amount, one row per name and one column per period: when how
    much is ordered."""
    left, tall = 178.0, 34.0
    step = (WIDTH - left - RIGHT) / max(len(periods), 1)
    top = float(np.nanmax(amounts)) if amounts.size and np.nanmax(amounts) > 0 else 1.0
    biggest = min(tall / 2.0 - 1.0, max(step * 0.62, 5.0))
    parts: list[str] = []
    for i, name in enumerate(names):
        y = TOP + (i + 0.5) * tall
        parts += [
            line(left, y, WIDTH - RIGHT, y, "grid"),
            text(left - 6, y + 4, short(name, 28), "row", "end"),
        ]
        for t in np.flatnonzero(amounts[i] > 0).tolist():
            radius = max(biggest * (amounts[i, t] / top) ** 0.5, 1.8)
            tip = f"{periods[t]}  {name}: {number(float(amounts[i, t]))} {unit}"
            parts.append(
                f'<circle cx="{left + (t + 0.5) * step:.1f}" cy="{y:.1f}" r="{radius:.1f}" '
                f'class="s0 bubble" data-tip="{text_of(tip)}"/>'
            )
    low = TOP + len(names) * tall
    parts += period_axis(periods, low, left)
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
    return Chart(title, frame(low + BOTTOM, parts, title), "", ("order", *periods), rows, note)


def gaps(title: str, items: Sequence[tuple[str, float, str]], note: str = "") -> Chart:
    """Return horizontal bars (name, per cent, words): how far each is from coming in."""
    left, tall, right = 250.0, 22.0, 180.0
    room = WIDTH - left - right
    top = max((share for _, share, _ in items), default=1.0) or 1.0
    parts: list[str] = []
    for i, (name, share, words) in enumerate(items):
        y = TOP + i * tall
        parts += [
            text(left - 6, y + 14, short(name, 40), "row", "end"),
            rect(left, y + 4, max(share / top * room, 1.0), tall - 8, "s1", f"{name}: {words}"),
            text(
                left + max(share / top * room, 1.0) + 6, y + 14, f"{number(share, 3)} %", "cellleft"
            ),
        ]
    rows = tuple((name, f"{number(share, 3)} %", words) for name, share, words in items)
    return Chart(
        title,
        frame(TOP + len(items) * tall + 8, parts, title),
        "",
        ("offer", "cut", "price"),
        rows,
        note,
    )


def bridge(
    title: str,
    first: tuple[str, float],
    steps: Sequence[tuple[str, float]],
    last: tuple[str, float],
    say: Callable[[float], str],
    note: str = "",
) -> Chart:
    """Return a bridge from one total to another: each step hangs where the one before it ended."""
    names = [first[0], *(name for name, _ in steps), last[0]]
    ends = np.cumsum([first[1], *(value for _, value in steps)])
    begins = np.concatenate([[0.0], ends[:-1], [0.0]])
    ends = np.append(ends, last[1])
    span = np.concatenate([begins[1:-1], ends]) if steps else ends
    low_value, high_value = float(span.min()), float(span.max())
    floor = (
        max(low_value - 0.4 * max(high_value - low_value, 0.02 * abs(high_value)), 0.0)
        if low_value > 0
        else low_value
    )
    height, low = 270.0, 270.0 - 46.0
    scale = (low - TOP - 18) / max(high_value - floor, 1e-12)
    step = (WIDTH - RIGHT - 10) / len(names)
    parts = [line(4, low, WIDTH - RIGHT, low, "axis")]
    for i, name in enumerate(names):
        total = i in (0, len(names) - 1)
        a, b = (floor, ends[i]) if total else (begins[i], ends[i])
        y, tall = low - (max(a, b) - floor) * scale, abs(b - a) * scale
        change = float(ends[i] if total else ends[i] - begins[i])
        words = say(change) if total else f"{'+' if change > 0 else ''}{say(change)}"
        kind = "s8" if total else "up" if change > 0 else "down"
        parts += [
            rect(
                10 + i * step + 0.1 * step, y, 0.8 * step, max(tall, 1.0), kind, f"{name}: {words}"
            ),
            text(10 + (i + 0.5) * step, y - 5, words, "cell", "middle"),
        ]
        for at, part in enumerate(_two_lines(name, int(step / 6.4))):
            parts.append(text(10 + (i + 0.5) * step, low + 15 + 13 * at, part, "tick", "middle"))
    rows = tuple(
        (name, say(float(ends[i] if i in (0, len(names) - 1) else ends[i] - begins[i])))
        for i, name in enumerate(names)
    )
    return Chart(title, frame(height, parts, title), "", ("what", "cost"), rows, note)


def _two_lines(words: str, most: int) -> list[str]:
    """Words in at most two lines of so many characters."""
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) + 1 > most and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    lines = lines if len(lines) <= 2 else [lines[0], " ".join(lines[1:])]
    return [short(part, max(most, 4)) for part in lines]
