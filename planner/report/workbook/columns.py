"""Columns of a sheet: what of a table is shown, under which heading and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from planner.case.declare import Column
from planner.plan.tables import PLAN_TABLE

WIDEST: Final = {"text": 46, "wrap": 56}

WORDS: Final = {
    "usd": "USD",
    "npv": "NPV",
    "mw": "MW",
    "mwh": "MWh",
    "it": "IT",
    "pct": "%",
    "flop": "FLOP",
    "mtok": "Mtok",
    "co2": "CO2",
    "1e21": "1e21",
    "id": "ID",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a sheet: which of the frame, how it is called, how it is shown, and whether it
    has a total.

    ``kind`` is ``text``, ``wrap``, one of ``FIXED``, ``number`` (decimals by its largest figure) or
    ``price`` (by its smallest).
    """

    name: str
    head: str
    kind: str = "text"
    total: bool = False
    help: str = ""


def heading(name: str) -> str:
    """Return the name of a column in words: ``usd_per_chip`` as ``USD per chip``."""
    words = [WORDS.get(word, word) for word in name.split("_")]
    return (words[0][0].upper() if words[0] not in WORDS.values() else words[0][0]) + " ".join(
        words
    )[1:]


def _kind(column: Column) -> str:
    """Return how a declared column is shown: by its unit."""
    if column.type not in ("number", "integer"):
        return (
            "wrap"
            if column.name in ("message", "action", "why", "note") and column.type == "text"
            else "text"
        )
    if column.unit == "%":
        return "percent"
    if column.unit == "FLOP":
        return "science"
    if column.unit == "USD" and column.name.endswith("usd") and "price" not in column.name:
        return "usd"
    return "price" if "/" in column.unit or "price" in column.name else "number"


def fields(
    table: str,
    names: Sequence[str],
    *,
    totals: Sequence[str] = (),
    heads: Mapping[str, str] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> list[Field]:
    """Return columns of a declared table of the plan, shown by their units; ``heads`` and ``kinds``
    say otherwise for some."""
    declared = {column.name: column for column in PLAN_TABLE[table].columns}
    return [
        Field(
            name,
            (heads or {}).get(name) or heading(name),
            (kinds or {}).get(name) or _kind(declared[name]),
            name in totals,
            declared[name].help,
        )
        for name in names
    ]
