"""A move: one thing of a case that is turned on the page - how much, of what, of whom, and when -
as it stands in the address of a state."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

AXES: Final = {
    "demand": ("case", "workload"),
    "power": ("case", "site"),
    "supply": ("case", "group", "chip", "offer"),
    "price": ("case", "chip", "offer"),
    "electricity": ("case", "site"),
    "lead": ("case", "chip", "offer", "project"),
    "date": ("milestone", "chip", "site"),
}
"""Of whom each thing can be moved."""
SIGNS: Final = {
    "demand": "x",
    "power": "x+",
    "supply": "x+",
    "price": "x",
    "electricity": "x",
    "lead": "+",
    "date": "+",
}
"""How: ``x`` so many times, ``+`` so much more (MW, chips, periods)."""
IN_PERIODS: Final = ("demand", "power", "supply", "price")
"""What can be moved in a part of the periods only."""
LARGEST: Final = 1e6


class MoveError(ValueError):
    """A move that is none; the message says why."""


@dataclass(frozen=True, slots=True)
class Move:
    """One move."""

    what: str
    axis: str
    name: str
    """Of which site, chip, workload, ...; blank for the whole case."""
    first: str
    """First period; blank: from the beginning."""
    last: str
    """Last period; blank: to the end."""
    sign: str
    amount: float
    """The factor, or how much is added."""

    @property
    def changes(self) -> bool:
        """Whether it moves anything at all."""
        return self.amount != (1.0 if self.sign == "x" else 0.0)

    def text(self) -> str:
        """Return it as an address holds it: ``demand~workload~chat~2027Q3~~x1.1``."""
        parts = (self.what, self.axis, self.name, self.first, self.last)
        return "~".join([*map(_spelled, parts), f"{self.sign}{self.amount:.12g}"])


def read_move(text: str) -> Move:
    """Return the move that a part of an address means.

    Raises:
        MoveError: where it means none.
    """
    parts = text.split("~")
    if len(parts) != 6:
        raise MoveError(f"{text!r} is no move: it has {len(parts)} parts and needs 6")
    what, axis, name, first, last = map(unquote, parts[:5])
    sign, given = parts[5][:1], parts[5][1:]
    if what not in AXES:
        raise MoveError(f"{what!r} cannot be moved; there are {', '.join(AXES)}")
    if axis not in AXES[what]:
        raise MoveError(f"{what} is moved of {', '.join(AXES[what])}, not of {axis!r}")
    if (axis == "case") != (name == ""):
        raise MoveError(f"{what} of {axis}: {'no name' if axis == 'case' else 'a name'} is needed")
    if sign not in SIGNS[what]:
        raise MoveError(f"{what} is moved by {' or '.join(SIGNS[what])}, not by {sign!r}")
    if (first or last) and what not in IN_PERIODS:
        raise MoveError(f"{what} has no periods to be moved in")
    try:
        amount = float(given)
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount) or abs(amount) > LARGEST or (sign == "x" and amount < 0):
        raise MoveError(f"{given!r} is no amount to move by")
    if what in ("lead", "date") and amount != round(amount):
        raise MoveError(f"{what} moves by whole periods, not by {given}")
    return Move(what, axis, name, first, last, sign, amount)


def _spelled(part: str) -> str:
    return quote(part, safe="").replace("~", "%7E")
