"""Words: figures and names as people read them, the same on the terminal and in summary.md."""

from __future__ import annotations

import math
import unicodedata
from typing import Any


def printable(text: Any) -> str:
    """Return text on one line, control and direction-changing characters escaped, so that no name
    can act on a terminal or look like another; a space of any width is a space."""
    line = str(text)
    return line if line.isprintable() else "".join(map(_escaped, line))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode("ascii")


def lines(text: Any) -> str:
    """Return text of several lines, each of them :func:`printable`."""
    return "\n".join(printable(line) for line in str(text).split("\n"))


def number(value: float | None, digits: int = 4) -> str:
    """Return a number with thousands separators: whole from 10,000 on, otherwise up to ``digits``
    significant digits; blank for none."""
    if value is None or not math.isfinite(value):
        return ""
    if abs(value) >= 1e15 or 0 < abs(value) < 1e-4:
        return f"{value:.{digits - 1}e}"
    if abs(value) >= 1e4 or value == round(value):
        return f"{value + 0.0:,.0f}"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    shown = f"{value:,.{decimals}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def money_unit(*values: float | None) -> tuple[float, str]:
    """Return the (size, name) of the unit that shows these USD amounts best: USD, thousand USD,
    million USD or billion USD.

    Several amounts stand in one column: there the smaller ones keep their digits for longer, and
    one alone is told in USD up to a million.
    """
    top = max(
        (abs(value) for value in values if value is not None and math.isfinite(value)), default=0.0
    )
    if len(values) == 1:
        return next(
            (
                (size, name)
                for size, name in ((1e9, "billion USD"), (1e6, "million USD"))
                if top >= size * (1.0 - 5e-6)
            ),
            (1.0, "USD"),
        )
    if top >= 1e7:
        return 1e6, "million USD"
    return (1e3, "thousand USD") if top >= 1e5 else (1.0, "USD")


def money(value: float | None, unit: tuple[float, str] | None = None) -> str:
    """Return a USD amount in a unit of :func:`money_unit`; without one given, in its own with the
    unit's name behind it."""
    if value is None or not math.isfinite(value):
        return ""
    size, name = unit or money_unit(value)
    shown = f"{value / size + 0.0:,.{0 if size == 1.0 and abs(value) >= 1e3 else 2}f}"
    if float(shown.replace(",", "")) == 0.0:
        shown = shown.lstrip("-")
    return shown if unit else f"{shown} {name}"


def count(value: float | None) -> str:
    """Return how many chips these are, in whole ones; of less than one its first digits, blank for
    none."""
    if value is None or not math.isfinite(value):
        return ""
    return f"{value + 0.0:,.0f}" if abs(value) >= 0.995 or value == 0 else number(value, 2)


def cents(value: float) -> str:
    """Return a USD amount to the cent, as proofs tell it."""
    return f"{value:,.2f} USD"


def percent(share: float) -> str:
    """Return a share as a percentage that never rounds something short up to 100 %."""
    if share < 1.0 and share > 0.9995:
        return f"{math.floor(share * 1e6) / 1e4:.4f} %"
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def plural(count: int, one: str, many: str = "") -> str:
    """Return ``1 line``, ``3 lines``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """Return seconds as ``0.42 s`` or ``3 min 05 s``."""
    return (
        f"{seconds:.2f} s"
        if seconds < 60
        else f"{int(seconds // 60)} min {int(seconds % 60):02d} s"
    )
