"""Bars: how far each offer is from coming in, and a bridge from one total to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from planner.report.page.chart import Chart, Floats
from planner.report.page.marks import NARROW, RIGHT, TOP, WIDTH, Box, frame, line, rect, short, text
from planner.words import number


def gaps(title: str, items: Sequence[tuple[str, float, str]], note: str = "") -> Chart:
    """Return horizontal bars (name, per cent, words): how far each is from coming in."""
    rows = tuple((name, f"{number(share, 3)} %", words) for name, share, words in items)
    wide, narrow = (_gaps(title, items, width) for width in (WIDTH, NARROW))
    return Chart(title, wide, "", ("offer", "cheaper by", "price"), rows, note, narrow)


def _gaps(title: str, items: Sequence[tuple[str, float, str]], wide: float) -> str:
    """Draw horizontal bars."""
    left, right = (250.0, 180.0) if wide >= WIDTH else (0.5 * wide, 60.0)
    tall = 22.0
    room = wide - left - right
    top = max((share for _, share, _ in items), default=1.0) or 1.0
    parts: list[str] = []
    for i, (name, share, words) in enumerate(items):
        y = TOP + i * tall
        parts += [
            text(left - 6, y + 14, short(name, int(left / 6.3)), "row", "end"),
            rect(
                Box(left, y + 4, max(share / top * room, 1.0), tall - 8), "s1", f"{name}: {words}"
            ),
            text(
                left + max(share / top * room, 1.0) + 6, y + 14, f"{number(share, 3)} %", "cellleft"
            ),
        ]
    return frame(TOP + len(items) * tall + 8, parts, title, wide)


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
    step = max((WIDTH - RIGHT - 10) / len(names), 56.0)
    wide = max(WIDTH, 10 + RIGHT + step * len(names))
    parts = [line(4, low, wide - RIGHT, low, "axis")]
    for i, name in enumerate(names):
        total = i in (0, len(names) - 1)
        a, b = (floor, ends[i]) if total else (begins[i], ends[i])
        y, tall = low - (max(a, b) - floor) * scale, abs(b - a) * scale
        change = float(ends[i] if total else ends[i] - begins[i])
        words = say(change) if total else f"{'+' if change > 0 else ''}{say(change)}"
        kind = "s8" if total else "up" if change > 0 else "down"
        parts += [
            rect(
                Box(10 + i * step + 0.1 * step, y, 0.8 * step, max(tall, 1.0)),
                kind,
                f"{name}: {words}",
            ),
            text(10 + (i + 0.5) * step, y - 5, words, "cell", "middle"),
        ]
        for at, part in enumerate(_two_lines(name, int(step / 6.4))):
            parts.append(text(10 + (i + 0.5) * step, low + 15 + 13 * at, part, "tick", "middle"))
    rows = tuple(
        (name, say(float(ends[i] if i in (0, len(names) - 1) else ends[i] - begins[i])))
        for i, name in enumerate(names)
    )
    narrow = _bridge_rows(title, names, (begins, ends), floor, say)
    drawing = frame(height, parts, title, wide)
    return Chart(title, drawing, "", ("what", "cost"), rows, note, narrow)


def _bridge_rows(
    title: str,
    names: Sequence[str],
    sides: tuple[Floats, Floats],
    floor: float,
    say: Callable[[float], str],
) -> str:
    """Draw a bridge for a narrow screen: a row each, from where the one before it ended."""
    begins, ends = sides
    tall, left, right = 34.0, 8.0, 78.0
    top = float(max(ends.max(), begins.max()))
    scale = (NARROW - left - right) / max(top - floor, 1e-12)
    parts = []
    for i, name in enumerate(names):
        total = i in (0, len(names) - 1)
        a, b = (floor, float(ends[i])) if total else (float(begins[i]), float(ends[i]))
        change = b if total else b - a
        words = say(change) if total else f"{'+' if change > 0 else ''}{say(change)}"
        kind = "s8" if total else "up" if change > 0 else "down"
        y = TOP + i * tall
        at = left + (min(a, b) - floor) * scale
        parts += [
            text(left, y + 10, short(name, 44), "row"),
            rect(Box(at, y + 14, max(abs(b - a) * scale, 1.0), 12), kind, f"{name}: {words}"),
            text(left + (max(a, b) - floor) * scale + 5, y + 24, words, "cellleft"),
        ]
    return frame(TOP + len(names) * tall, parts, title, NARROW)


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
