"""Trials: a case planned anew with changes of its inputs, as far as the effort goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.case.case import Case
from planner.diagnosis.changes import Cells, Change, apply
from planner.diagnosis.conflicts import Found
from planner.diagnosis.ground import Ground
from planner.diagnosis.repair import Repair
from planner.diagnosis.replan import Replan
from planner.lp.effort import Effort
from planner.model.index import Bools


@dataclass(slots=True)
class Trials:
    """A case whose repairs are tried; what it counts is how many were not."""

    ground: Ground
    overrides: tuple[str, ...]
    """What the case was read with."""
    found: Sequence[Found]
    """Its conflicts as far as they are known: a way out lets something of each give."""
    replan: Replan
    note: Callable[[str], None]
    """Called with a line of text for every way out that is found."""
    cells: Cells = field(init=False)
    untried: int = 0
    """Ways out that were found but not planned, as the effort was spent."""

    def __post_init__(self) -> None:
        self.cells = Cells(self.case, self.overrides)

    @property
    def case(self) -> Case:
        """The case as it is."""
        return self.ground.case

    @property
    def effort(self) -> Effort:
        """What may be taken to plan anew."""
        return self.replan.effort

    def cost(self, changes: Sequence[Change]) -> float | None:
        """Return what the case costs with changes applied to its inputs; None where that is no way
        out."""
        other = apply(self.case, self.overrides, changes)
        return None if other is None else self.replan.cost(other)

    def hit(self, limits: Bools) -> bool:
        """Return whether every conflict has one of these limits, (limits,)."""
        return all((one.chosen & limits).any() for one in self.found)

    def of_kind(self, kind: str, at: int | None = None) -> Bools:
        """Return the limits of a kind, of one row of its table, (limits,)."""
        table = self.ground.limits.table
        mine = np.asarray(table["kind"] == kind, dtype=bool)
        return mine if at is None else mine & np.asarray(table["at"] == at, dtype=bool)

    def unpriced(self, changes: Sequence[Change], text: str, family: str) -> Repair | None:
        """Return the repair that these changes are, which nothing prices; None where it is none or
        the effort is spent."""
        if self.effort.spent:
            self.untried += 1
            return None
        cost = self.cost(changes)
        if cost is None:
            return None
        self.note(f"way out: {text}")
        return Repair((family,), text, tuple(changes), cost, None)
