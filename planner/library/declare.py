"""How a topic of the library is declared: its columns, their units and ranges, and what makes two
rows speak of the same thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["name", "names", "text", "number", "choice", "date"]
"""``name``: lower case, digits, ``.``, ``-`` and ``/``; ``names``: several, separated by ``;``."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a topic; ``low`` and ``high`` are inclusive, a blank is allowed where it is not
    ``required`` and means that nobody published it."""

    name: str
    kind: Kind
    help: str
    unit: str = ""
    required: bool = True
    low: float = 0.0
    high: float = 1e30
    allowed: tuple[str, ...] = ()
    head: str = ""
    """What stands above it on a terminal; blank = its name, ``-`` = it is not shown there."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One file of the library: ``data/NAME.csv``.

    Rows with equal cells in ``key`` are about one thing; the newest of them is what is known now,
    the others are how it was.
    """

    name: str
    help: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The columns and, at the end, those of every topic: source, as_of and licence."""
        return self.columns + PROVENANCE


LICENCES: Final = (
    "public domain",
    "CC-BY-4.0",
    "MIT",
    "Apache-2.0",
    "MPL-2.0",
    "vendor",
    "press",
    "own",
)
"""``vendor`` and ``press``: a single figure quoted from what they publish; ``own``: nobody
published one, the figure is ours."""
ASSUMPTION: Final = "assumption"
PROVENANCE: Final = (
    Column("source", "text", "Who published it; begins with `assumption` where nobody did."),
    Column("as_of", "date", "The date that the figure is of."),
    Column("licence", "choice", "Under what it is published.", allowed=LICENCES),
)
