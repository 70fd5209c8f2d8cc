"""Throughput of a model on a chip to begin with: as it was measured, else scaled by memory
bandwidth from the chip measured that is most like it, and marked so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from planner.library.read import Row, newest, where

SCALED_BY: Final = 2.0
"""Times less or more that a rate scaled from another chip may well be."""
_ORDER: Final = (
    ("InferenceX", "chat", "1024"),
    ("InferenceX", "chat", "8192"),
    ("MLPerf", "server", ""),
    ("MLPerf", "offline", ""),
)
"""Which results are taken for a service that people wait for, the first that there are."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Output tokens a second and chip of a model on a chip."""

    output_tok_per_s: float
    low: float
    high: float
    source: str
    as_of: str
    measured: bool
    note: str


def rate(model: str, chip: str) -> Rate | None:
    """Return what a chip makes of a model in a service that people wait for; None where the model
    was measured on no chip.

    ``output = measured x bandwidth / bandwidth of the chip measured x maturity / its maturity``,
    the maturities being what software makes of the bandwidth of a vendor's chips.

    Args:
        model: name of the library.
        chip: name of the library.
    """
    for benchmark, tier, tokens in _ORDER:
        found = [
            row
            for row in where("throughput", model=model, benchmark=benchmark, tier=tier)
            if row["input_tokens"] == tokens
        ]
        mine = [row for row in found if row["chip"] == chip]
        if mine:
            return _measured(mine[0])
    for benchmark, tier, tokens in _ORDER:
        found = [
            row
            for row in where("throughput", model=model, benchmark=benchmark, tier=tier)
            if row["input_tokens"] == tokens
        ]
        if found:
            return _scaled(min(found, key=lambda row: _unlike(row["chip"], chip)), chip)
    return None


def _measured(row: Row) -> Rate:
    value = float(row["output_tok_per_s"])
    of_all = [
        float(other["output_tok_per_s"])
        for other in where("throughput", model=row["model"], chip=row["chip"])
        if other["benchmark"] == row["benchmark"]
        and other["input_tokens"] == row["input_tokens"]
        and other["output_tokens"] == row["output_tokens"]
    ]
    shape = (
        f"{row['input_tokens']} tokens in and {row['output_tokens']} out, "
        if row["input_tokens"]
        else ""
    )
    speed = (
        f"at least {row['least_tok_per_s_user']} tokens/s a user, "
        if row["least_tok_per_s_user"] not in ("", "0")
        else ""
    )
    return Rate(
        value,
        min(of_all),
        max(of_all),
        f"{row['source']}: {row['model']} {row['tier']}",
        row["as_of"],
        True,
        f"{shape}{speed}range over tiers; the input is in the rate".strip(),
    )


def _scaled(row: Row, chip: str) -> Rate:
    factor = _bandwidth(chip) / _bandwidth(row["chip"]) * _maturity(chip) / _maturity(row["chip"])
    value = float(f"{float(row['output_tok_per_s']) * factor:.3g}")
    software = "" if _maturity(chip) == _maturity(row["chip"]) else " and maturity of software"
    return Rate(
        value,
        float(f"{value / SCALED_BY:.3g}"),
        float(f"{value * SCALED_BY:.3g}"),
        f"assumption: {row['chip']} ({row['source']}, {row['tier']}) scaled by memory bandwidth"
        f"{software}",
        row["as_of"],
        False,
        "not measured: measure it, or replace it",
    )


def _unlike(one: str, other: str) -> float:
    """Return how unlike two chips are: by bandwidth, and another vendor counts ten times."""
    away = abs(math.log(_bandwidth(one) / _bandwidth(other)))
    return away + (math.log(10.0) if _chip(one)["vendor"] != _chip(other)["vendor"] else 0.0)


def _bandwidth(chip: str) -> float:
    return float(_chip(chip)["hbm_gb_per_s"])


def _maturity(chip: str) -> float:
    vendor = _chip(chip)["vendor"]
    return float(next(r["share_of_nvidia"] for r in newest("maturity") if r["vendor"] == vendor))


def _chip(name: str) -> Row:
    return next(row for row in newest("chips") if row["chip"] == name)
