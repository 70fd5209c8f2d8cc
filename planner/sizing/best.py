"""Sizing: a row for a chip, by the best way that there is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from planner.sizing.asked import Asked, Chip, Sized
from planner.sizing.kernels import SYSTEMS, installed, is_remembered, path_of, sized_kernels
from planner.sizing.measured import sized_measured
from planner.sizing.roofline import fewest, sized_roofline

SECONDS = 30
"""What a model and chip take in kernels, about."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row for a chip, and why it is not of a better kind; blank where it is of the best."""

    chip: Chip
    sized: Sized
    instead: str = ""
    beside: Sized | None = None
    """What results of the library come to, where the row is of kernels."""


def size(asked: Asked, chip: Chip, today: str, note: Callable[[str], None] | None = None) -> Row:
    """Return a row for a chip: of measured kernels, else of measured results, else scaled.

    Args:
        asked: the model, its lengths and latency.
        chip: the chip.
        today: the date of what is computed.
        note: called with what is being done, where it takes time.

    Raises:
        NotSized: where there is nothing to scale from.
    """
    told, instead = _by_kernels(asked, chip, today, note)
    if told is None:
        told = _measured(asked, chip) or sized_roofline(asked, chip)
    if told.chips_per_replica < fewest(asked, chip):
        more = f"; {fewest(asked, chip)} chips hold the weights, fewer were given"
        told = _with_chips(told, fewest(asked, chip), more)
    beside = _measured(asked, chip) if told.how == "kernels" else None
    return Row(chip, told, instead, beside)


def _measured(asked: Asked, chip: Chip) -> Sized | None:
    """Return a row of measured results, where the library knows model and chip."""
    return sized_measured(asked, chip.known) if chip.known and asked.model.name else None


def _with_chips(sized: Sized, chips: int, more: str) -> Sized:
    return dataclasses.replace(sized, chips_per_replica=chips, note=sized.note + more)


def _by_kernels(
    asked: Asked, chip: Chip, today: str, note: Callable[[str], None] | None
) -> tuple[Sized | None, str]:
    """Return a row of measured kernels, or None and why there is none."""
    if not installed():
        return None, ""
    if chip.known not in SYSTEMS:
        return None, "aiconfigurator does not know the chip"
    path = path_of(asked.model.given, asked.model.name)
    if not path:
        return None, "aiconfigurator does not know the model"
    if note is not None and not is_remembered(asked, chip, path):
        note(f"{chip.name}: asking aiconfigurator, about {SECONDS} s")
    told = sized_kernels(asked, chip, path, today)
    return (None, told) if isinstance(told, str) else (told, "")
