"""Phases: what an input token and an output token cost a chip, from results that tell both
together.

A request takes ``osl / rate`` chip-seconds; over the lengths that were measured this is
``isl x input_s + osl x output_s``, fitted by least squares of the relative error.
"""

from __future__ import annotations

import functools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.library.read import Row, newest

CACHED: Final = 10.0
"""Times faster than computed that input is read from a cache: as price lists charge it."""
_NEAR: Final = 0.5


@dataclass(frozen=True, slots=True)
class Phases:
    """Chip-seconds of a token that is read, and of one that is written."""

    input_s: float
    output_s: float

    def rate(self, isl: int, osl: int) -> float:
        """Return output tokens a second and chip, the input's work included."""
        return osl / (isl * self.input_s + osl * self.output_s)


def fit(rows: Sequence[Row]) -> Phases:
    """Return the phases of results of one model, chip and tier.

    Args:
        rows: rows of the library's throughput that tell their lengths; one is split as most are.
    """
    found = _solved(rows)
    if found is not None:
        return found
    ratio = typical()
    weights = np.array([(ratio * isl + osl) / (osl / rate) for isl, osl, rate in _points(rows)])
    output = float(weights.sum() / (weights**2).sum())
    return Phases(ratio * output, output)


def _points(rows: Sequence[Row]) -> list[tuple[float, float, float]]:
    return [
        (float(r["input_tokens"]), float(r["output_tokens"]), float(r["output_tok_per_s"]))
        for r in rows
    ]


def _solved(rows: Sequence[Row]) -> Phases | None:
    """Return the phases that fit best; None where the lengths do not tell them apart."""
    points = _points(rows)
    if len({isl / osl for isl, osl, _ in points}) < 2:
        return None
    times = np.array([osl / rate for _, osl, rate in points])
    parts = np.array([(isl, osl) for isl, osl, _ in points]) / times[:, None]
    input_s, output_s = np.linalg.lstsq(parts, np.ones(len(points)), rcond=None)[0]
    if not input_s > 0 or not output_s > 0:
        return None
    return Phases(float(input_s), float(output_s))


@functools.cache
def typical() -> float:
    """Return the middle of what an input token costs over an output token, over all results."""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in newest("throughput"):
        if row["input_tokens"]:
            groups.setdefault((row["model"], row["chip"], row["tier"]), []).append(row)
    found = (_solved(rows) for rows in groups.values())
    return statistics.median(one.input_s / one.output_s for one in found if one is not None)
