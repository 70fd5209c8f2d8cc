"""Known figures: what is public of a chip, a model, a place and a cloud, each with where it is
from."""

from __future__ import annotations

import functools
import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from planner.library.read import Row, figure, newest


@dataclass(frozen=True, slots=True)
class Known:
    """A figure, or the range of several, and where it is from."""

    low: float
    high: float
    source: str

    @property
    def middle(self) -> float:
        """The figure itself, of a range its geometric middle."""
        return math.sqrt(self.low * self.high)


CHIP_FIGURES: Final = (
    "kw_peak",
    "peak_tflops_bf16",
    "peak_tflops_fp8",
    "peak_tflops_fp4",
    "hbm_gb",
    "hbm_gb_per_s",
    "usd_per_chip",
    "usd_per_chip_hour",
)
"""Columns of a case in which a chip is known by its name; ``usd_per_chip`` includes the server."""


@functools.cache
def of_chips(column: str) -> Mapping[str, Known]:
    """Return what is known in a column of :data:`CHIP_FIGURES`, by chip."""
    if column == "usd_per_chip_hour":
        return _rents()
    topic, figures, cells = {
        "kw_peak": ("power", "kw_per_chip", {"basis": "all-in"}),
        "usd_per_chip": ("prices", "usd_per_chip", {"includes": "installed"}),
    }.get(column, ("chips", column, {}))
    rows = [row for row in newest(topic) if all(row[c] == cell for c, cell in cells.items())]
    return {row["chip"]: _known([row], figures) for row in rows if row[figures]}


def _rents() -> Mapping[str, Known]:
    """Return the middle price of renting a chip, over providers and contracts."""
    found: dict[str, list[Row]] = {}
    for row in newest("clouds"):
        found.setdefault(row["chip"], []).append(row)
    return {
        chip: _known([min(rows, key=lambda row: _from_middle(row, rows))], "usd_per_chip_hour")
        for chip, rows in found.items()
    }


def _from_middle(row: Row, rows: list[Row]) -> float:
    middle = statistics.median(float(row["usd_per_chip_hour"]) for row in rows)
    return abs(float(row["usd_per_chip_hour"]) - middle)


@functools.cache
def of_clouds() -> Mapping[tuple[str, str, str], Known]:
    """Return what providers ask for a chip-hour over their regions, by provider, chip and
    contract."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in newest("clouds"):
        if row["provider"] not in ("any", "index"):
            found.setdefault((row["provider"], row["chip"], row["contract"]), []).append(row)
    return {key: _known(rows, "usd_per_chip_hour") for key, rows in found.items()}


@functools.cache
def of_rates() -> Mapping[tuple[str, str], Known]:
    """Return the measured output tokens a second and chip, from the slowest to the fastest tier, by
    model and chip."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in newest("throughput"):
        found.setdefault((row["model"], row["chip"]), []).append(row)
    return {key: _known(rows, "output_tok_per_s") for key, rows in found.items()}


@functools.cache
def of_models() -> Mapping[str, Known]:
    """Return the parameters of a model in billions, from those that a token uses to all."""
    return {
        row["model"]: Known(float(row["active_b"]), float(row["params_b"]), _source([row]))
        for row in newest("models")
    }


@functools.cache
def of_places(column: str) -> Mapping[str, Known]:
    """Return the price or the emissions of electricity, by place, and for countries by their code.

    Args:
        column: ``usd_per_mwh`` or ``kg_co2_per_mwh``.
    """
    rows = newest("energy" if column == "usd_per_mwh" else "carbon")
    found = {row["place"]: _known([row], column) for row in rows}
    return found | {row["country"]: found[row["place"]] for row in rows if not row["state"]}


@functools.cache
def of_tokens() -> Mapping[str, Known]:
    """Return what a million output tokens cost in the market, by model; by ``""`` over all."""
    found: dict[str, list[Row]] = {}
    for row in newest("tokens"):
        found.setdefault(row["model"], []).append(row)
        found.setdefault("", []).append(row)
    return {model: _known(rows, "output_usd_per_mtok") for model, rows in found.items()}


def _known(rows: list[Row], column: str) -> Known:
    values = [value for row in rows if (value := figure(row, column)) is not None]
    return Known(min(values), max(values), _source(rows))


def _source(rows: list[Row]) -> str:
    """Return where figures are from: the newest source and its date."""
    newest_row = max(rows, key=lambda row: row["as_of"])
    return f"{newest_row['source']}, {newest_row['as_of']}"
