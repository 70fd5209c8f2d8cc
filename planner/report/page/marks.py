"""Marks: scales, axes and escaped SVG text, from which every chart of the page is drawn.

Only presentation attributes and classes are used, never ``style``: the page's
Content-Security-Policy forbids inline styles.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from planner.words import number, printable

WIDTH: Final = 860
"""Width of a chart in its own units; the page scales it."""
NARROW: Final = 350
"""Width of the same chart on a narrow screen."""
PICTURE: Final = 300
"""Width of a picture among others of its kind."""
LEFT: Final = 64
RIGHT: Final = 14
TOP: Final = 14
BOTTOM: Final = 30
COLOURS: Final = 9
"""Series colours there are (classes s0 to s8); the last is grey, for what is left over."""


def text_of(value: object) -> str:
    """Return a value as text that is safe inside HTML and SVG, attributes included."""
    return escape(printable(value), quote=True)


def short(text: str, most: int) -> str:
    """Return text cut to at most so many characters, with an ellipsis where something is
    missing."""
    return text if len(text) <= most else text[: most - 1] + "…"


def ticks(top: float, most: int = 5) -> list[float]:
    """Return round numbers from 0 to at least ``top``: steps of 1, 2 or 5 times a power of ten."""
    if not top > 0:
        return [0.0, 1.0]
    raw = top / most
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(
        size * factor for factor in (1.0, 2.0, 5.0, 10.0) if size * factor >= raw * (1.0 - 1e-9)
    )
    count = math.ceil(top / step - 1e-9)
    return [step * i for i in range(count + 1)]


def units(top: float) -> tuple[float, str]:
    """Return the size and the word in which an axis up to ``top`` is labelled."""
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if top >= 2.0 * size:
            return size, word
    return 1.0, ""


def year_of(label: str) -> str:
    """Return the year that a period's label begins with."""
    return label[:4]


def text(x: float, y: float, words: object, kind: str = "", anchor: str = "start") -> str:
    """Return an SVG text element."""
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}"{where}{_class(kind)}>{text_of(words)}</text>'


class Box(NamedTuple):
    """A rectangle, in units of the drawing; never drawn with less than no width or height."""

    x: float
    y: float
    width: float
    height: float


def rect(box: Box, kind: str, tip: str = "", more: str = "") -> str:
    """Return an SVG rectangle with a tip that is shown on hover and read aloud."""
    width, height = max(box.width, 0.0), max(box.height, 0.0)
    size = f'x="{box.x:.1f}" y="{box.y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    if not tip:
        return f"<rect {size}{_class(kind)}{more}/>"
    return f'<rect {size}{_class(kind)}{more} data-tip="{text_of(tip)}"/>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Return an SVG line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"{_class(kind)}/>'


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def frame(height: float, body: Sequence[str], title: str, width: float = WIDTH) -> str:
    """Return a whole SVG with a title for those who cannot see it."""
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{text_of(title)}" '
        f'preserveAspectRatio="xMinYMin meet">{"".join(body)}</svg>'
    )


def value_axis(
    top: float, low: float, height: float, unit: str, width: float = WIDTH
) -> tuple[list[str], float, float]:
    """Return gridlines and labels of a vertical axis from 0 to ``top``, the value at its end and
    the pixels per unit.

    ``low`` is where 0 is drawn, ``height`` the room above it, ``width`` that of the drawing; the
    unit's word stands above the axis.
    """
    marks = ticks(top, 5 if height > 120 else 3)
    scale = height / marks[-1]
    size, word = units(marks[-1])
    parts = []
    for mark in marks:
        y = low - mark * scale
        parts += [
            line(LEFT, y, width - RIGHT, y, "grid" if mark else "axis"),
            text(LEFT - 6, y + 4, number(mark / size), "tick", "end"),
        ]
    parts.append(text(2, 11, " ".join(part for part in (word, unit) if part), "tick"))
    return parts, marks[-1], scale


def period_axis(
    periods: Sequence[str], low: float, left: float = LEFT, right: float = WIDTH - RIGHT
) -> list[str]:
    """Return the labels of a horizontal axis of periods: all of them where there is room, otherwise
    the years."""
    step = (right - left) / max(len(periods), 1)
    room = step >= 7.0 * max((len(label) for label in periods), default=1)
    parts, last = [], -1e9
    for i, label in enumerate(periods):
        x = left + (i + 0.5) * step
        if room:
            parts.append(text(x, low + 16, label, "tick", "middle"))
        elif i == 0 or year_of(label) != year_of(periods[i - 1]):
            parts.append(line(left + i * step, low, left + i * step, low + 6, "axis"))
            if left + i * step - last >= 34:
                parts.append(text(left + i * step + 2, low + 18, year_of(label), "tick"))
                last = left + i * step
    return parts


def legend(names: Sequence[str], kinds: Sequence[str]) -> str:
    """Return the legend of a chart as HTML: it wraps, as text in a drawing would not."""
    keys = "".join(
        '<li><svg viewBox="0 0 12 12" '
        f'aria-hidden="true">{rect(Box(0, 0, 12, 12), kind)}</svg>{text_of(name)}</li>'
        for name, kind in zip(names, kinds, strict=True)
    )
    return f'<ul class="legend">{keys}</ul>'
