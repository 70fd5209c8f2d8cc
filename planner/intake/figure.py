"""Figures as people write them: separators by one locale a file, multipliers, currencies, percent,
negative in brackets; what is none is told as what it is."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from planner.intake.cell import Cell
from planner.intake.unit import Unit, unit_of

Locale = Literal["us", "german"]
LOCALES: Final = ("us", "german")
SHOWN: Final = {"us": "305,600.5", "german": "305.600,5"}
_SAID: Final = (
    "tbd tbc tba n/a na n.a. n.a - -- --- – — ? ?? x xx xxx . … ... k.a. unknown open pending none "
    "nil null offen nan unavailable"
)
OPEN: Final = frozenset(_SAID.split())
"""What people write where they have no figure yet: never a zero."""

_DIGITS: Final = r"[0-9]+(?:[.,'’\u00a0\u202f\u2009 ][0-9]+)*(?:[.,])?(?:[eE][+-]?[0-9]{1,3})?"
_FIGURE: Final = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+−–])?\s*(?P<money>us\$|[$€£]|usd|eur|gbp)?\s*(?P<sign2>[-−])?"
    rf"(?P<digits>{_DIGITS}|[.,][0-9]+)\s*(?P<unit>[^0-9()\s][^0-9()]*(?:[0-9]+[^()]*)?)?\s*"
    r"(?P<close>\))?",
    re.IGNORECASE,
)
_SPACES: Final = re.compile(r"['’\u00a0\u202f\u2009 ](?=[0-9]{3}(?:\D|$))")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its value in the unit that the cell says beside it, if any; or why it is none."""

    value: float = float("nan")
    unit: Unit | None = None
    need: str = ""
    is_open: bool = False
    """Whether the cell says that there is no figure yet."""


def looks_like_figure(cell: Cell) -> bool:
    """Return whether a cell holds a figure, or stands where one is to come."""
    if cell.kind in ("number", "error", "uncalculated"):
        return True
    if cell.kind != "text":
        return False
    return is_open(cell.text) or _match(cell.text) is not None


def is_open(text: str) -> bool:
    """Return whether a text says that there is no figure yet."""
    return text.strip().lower() in OPEN


@functools.lru_cache(maxsize=65_536)
def _match(text: str) -> re.Match[str] | None:
    text = text.strip()
    if len(text) > 60:
        return None
    match = _FIGURE.fullmatch(text)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    if match["unit"] and unit_of(match["unit"].strip()) is None:
        return None
    return match


def locale_of(cells: Iterable[Cell]) -> tuple[Locale | None, str]:
    """Return the one locale of a file's figures, and the figure that says so.

    None with a figure where it cannot be told (``40.000`` alone), None without one where no figure
    has a separator, or with both where they contradict each other.

    Args:
        cells: all of the file.
    """
    sure: dict[str, str] = {}
    likely: dict[str, str] = {}
    for cell in cells:
        if cell.kind != "text" or (match := _match(cell.text)) is None:
            continue
        digits = _SPACES.sub("", re.split("[eE]", match["digits"])[0])
        points, commas = digits.count("."), digits.count(",")
        if not points and not commas:
            continue
        if points and commas:
            which = "us" if digits.rfind(".") > digits.rfind(",") else "german"
            sure.setdefault(which, cell.text)
        elif points > 1 or commas > 1:
            sure.setdefault("german" if points > 1 else "us", cell.text)
        else:
            mark = "." if points else ","
            head, _, tail = digits.partition(mark)
            grouped = len(tail) == 3 and 1 <= len(head) <= 3 and head[0] != "0"
            as_decimal = "us" if mark == "." else "german"
            if grouped:
                likely.setdefault("german" if mark == "." else "us", cell.text)
            else:
                sure.setdefault(as_decimal, cell.text)
    if len(sure) == 1:
        [(which, shown)] = sure.items()
        return ("us" if which == "us" else "german"), shown
    if len(sure) == 2:
        return None, f"{sure['us']} and {sure['german']}"
    if set(likely) == {"us"}:  # 305,600: three decimals and a comma are seldom meant
        return "us", likely["us"]
    return None, next(iter(likely.values()), "")


def figure_of(cell: Cell, locale: Locale | None) -> Figure:
    """Return the figure of a cell.

    Args:
        cell: the cell.
        locale: that of its file; None where no figure of it has a separator.
    """
    if cell.kind == "number":
        unit = _of_format(cell.format)
        return Figure(cell.value, unit)
    if cell.kind == "error":
        return Figure(need=f"is an error ({cell.text}), which stands for no figure")
    if cell.kind == "uncalculated":
        return Figure(need="is a formula without a stored value: open it in a spreadsheet and save")
    if cell.kind == "date":
        return Figure(need="is a date, and a figure stands here")
    if is_open(cell.text):
        return Figure(need="is no figure yet, and never read as zero", is_open=True)
    match = _match(cell.text)
    if match is None:
        return Figure(need="is not a figure")
    digits = _SPACES.sub("", match["digits"])
    thousands, decimal = (",", ".") if locale != "german" else (".", ",")
    plain = _plain(digits, thousands, decimal)
    if plain is None:
        need = f"is not written as the figures of this file ({SHOWN[locale or 'us']})"
        return Figure(need=need)
    negative = bool(match["open"]) or any(
        (match[name] or "") in ("-", "−", "–") and match[name] for name in ("sign", "sign2")
    )
    unit = _unit_beside(match["money"] or "", (match["unit"] or "").strip())
    value = -plain if negative else plain
    if unit is not None and unit.bare:
        return Figure(value * unit.factor)
    return Figure(value, unit)


def _plain(digits: str, thousands: str, decimal: str) -> float | None:
    """Return a number without marks; None where its thousands are not grouped in three."""
    mantissa, _, exponent = digits.lower().partition("e")
    whole, point, rest = mantissa.partition(decimal)
    if thousands in rest or decimal in rest:
        return None
    groups = whole.split(thousands)
    if len(groups) > 1 and (
        any(len(group) != 3 for group in groups[1:]) or not 1 <= len(groups[0]) <= 3
    ):
        return None
    text = "".join(groups) + ("." + rest if point and rest else "")
    try:
        return float((text or "0") + (f"e{exponent}" if exponent else ""))
    except ValueError:
        return None


def _unit_beside(money: str, rest: str) -> Unit | None:
    """Return the unit beside a figure: ``$`` and ``M`` of ``$5M``."""
    if money:
        return unit_of(f"{money}{rest}") or unit_of(f"{rest} {money}") or unit_of(f"{money} {rest}")
    return unit_of(rest) if rest else None


def _of_format(style: str) -> Unit | None:
    """Return the unit that a number format shows: percent, or a text in quotes beside digits."""
    shown = style.split(";", maxsplit=1)[0]
    if "%" in re.sub(r'"[^"]*"', "", shown):
        return Unit("% of the format", 1.0)
    for text in re.findall(r'"([^"]+)"', shown):
        found = unit_of(text)
        if found is not None and found.bases:
            return found
    if "$" in re.sub(r"\[\$[^\]]*\]|\$\$", lambda m: "$" if "$" in m[0][2:] else "", shown):
        return unit_of("USD")
    return None
