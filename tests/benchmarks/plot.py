"""The picture of a benchmark: CPU seconds as bars on a logarithmic axis, ours above what it is
compared with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Final

WIDTH: Final = 900
NAMES: Final = 330
RIGHT: Final = 90
ROW: Final = 24
TOP: Final = 44
OURS, OTHERS, INK, LINE = "#0072b2", "#999999", "#222222", "#dddddd"

Bar = tuple[str, float, bool]
"""Name, seconds, and whether it was stopped there."""


def picture(charts: Sequence[tuple[str, Sequence[Bar]]]) -> str:
    """Return an SVG of charts below each other; each has a title and bars, and a decade's lines
    behind them."""
    parts, y = [], 0
    for title, bars in charts:
        low = math.floor(math.log10(min(seconds for _, seconds, _ in bars)))
        high = max(math.ceil(math.log10(max(seconds for _, seconds, _ in bars))), low + 1)
        unit = (WIDTH - NAMES - RIGHT) / (high - low)
        bottom = y + TOP + ROW * len(bars)
        parts.append(f'<text x="12" y="{y + 22}" font-weight="bold">{escape(title)}</text>')
        for decade in range(low, high + 1):
            x = NAMES + unit * (decade - low)
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y + TOP - 8}" y2="{bottom}" '
                f'stroke="{LINE}"/>'
            )
            parts.append(
                f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" '
                f'font-size="12">{10.0**decade:g} s</text>'
            )
        for number, (name, seconds, stopped) in enumerate(bars):
            top, long = y + TOP + ROW * number, unit * (math.log10(seconds) - low)
            told = f"{'> ' if stopped else ''}{seconds:.3g}"
            parts.append(
                f'<text x="{NAMES - 10}" y="{top + 13}" text-anchor="end">{escape(name)}</text>'
            )
            parts.append(
                f'<rect x="{NAMES}" y="{top}" width="{max(long, 1.0):.1f}" height="{ROW - 7}" '
                f'fill="{OURS if name.startswith("ours") else OTHERS}"/>'
            )
            parts.append(
                f'<text x="{NAMES + max(long, 1.0) + 6:.1f}" y="{top + 13}" '
                f'font-size="12">{told}</text>'
            )
        y = bottom + 34
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" '
        f'height="{y}" font-family="sans-serif" font-size="13" fill="{INK}">'
        f'<title>CPU seconds</title><rect width="{WIDTH}" height="{y}" '
        f'fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def bars(rows: Sequence[Sequence[str]], column: int) -> list[Bar]:
    """Return the bars of a table's rows: the first cell, and the seconds in another; rows without a
    figure are left out."""
    found = []
    for row in rows:
        text = row[column].removeprefix("> ")
        if text.replace(".", "", 1).isdigit() and float(text) > 0:
            found.append((row[0], float(text), row[column].startswith(">")))
    return found
