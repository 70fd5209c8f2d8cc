"""A repair: a way out that was tried, and what repairs are ordered by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.diagnosis.changes import Change
from planner.limits import FAMILIES


@dataclass(frozen=True, slots=True)
class Repair:
    """A way out that was tried: what to change, what the plan then costs, and what is given up is
    valued at."""

    families: tuple[str, ...]
    text: str
    changes: tuple[Change, ...]
    cost_usd: float
    """Optimal cost of the case with the changes."""
    given_usd: float | None
    """What gives, at the prices of the diagnosis; None where it has none (a rule lifted, frozen
    orders let go)."""

    @property
    def rank(self) -> tuple[bool, float, int, int]:
        """What repairs are ordered by: priced ones first, then the sum of both costs (to seven
        digits: what differs by less is the solver's tolerance), then how little is touched, then
        the order of the families."""
        total = float(f"{self.cost_usd + (self.given_usd or 0.0):.7g}")
        family = max((FAMILIES.index(name) for name in self.families), default=0)
        return self.given_usd is None, total, len(self.changes), family


def distinct(repairs: Sequence[Repair]) -> list[Repair]:
    """Return repairs without those that change the same cells in the same way as an earlier one."""
    seen, kept = set(), []
    for repair in repairs:
        key = frozenset((c.table, c.row, c.column, c.key, c.new) for c in repair.changes)
        if key not in seen:
            seen.add(key)
            kept.append(repair)
    return kept
