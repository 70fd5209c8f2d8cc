"""What is to be rolled how, and what was rolled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.actuals.history import Past
from planner.edit import Change
from planner.roll.draft import Draft
from planner.roll.periods import Move


@dataclass(frozen=True, slots=True)
class Ways:
    """How to roll."""

    by: int = 1
    keep_end: bool = False
    to: Path | None = None
    """The new folder; None: beside the case, named by the new start."""
    actuals: Path | None = None
    """What really happened; None: all went as planned."""


@dataclass(frozen=True, slots=True)
class Rolled:
    """What was rolled."""

    folder: Path
    run: Path
    case: Path
    """The folder that was carried on: the case's own, or the copy in the run."""
    move: Move
    past: Past
    """Plan against actual of the passed periods."""
    passed_usd: float
    """Planned cost of the passed periods, discounted to the old start."""
    rest_usd: float
    """What is left of the plan's cost, discounted to the new start."""
    drafts: Mapping[str, Draft]
    changes: tuple[Change, ...]
    news: tuple[str, ...]
    """Tables of the case (and ``case``, its settings) that have changed since the plan was made,
    and are carried as they are."""
