"""Repairs: the cheapest ways out, family by family, each tried on the inputs themselves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.diagnosis.changes import Cells, Change, apply, cost_of, lifted, setting
from planner.diagnosis.conflicts import MOST_RULES, Ground, feasible, prepare, without_rules
from planner.diagnosis.elastic import Elastic, Given, changes_of, deadline
from planner.diagnosis.sentences import sentence
from planner.diagnosis.words import entities
from planner.limits import FAMILIES
from planner.model import formulate

MARGINS: Final = (1.0, 1.0001, 1.01)
"""The least that must give is tried first, then a little more: the solver's tolerance is not the
case's."""
ALTERNATIVES: Final = 2
"""Other limits of a family that are tried beside the cheapest."""
LIFTABLE: Final = "policies"


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
    def rank(self) -> tuple[bool, float, int]:
        """What repairs are ordered by: priced ones first, then the sum of both costs, then how
        little is touched."""
        return self.given_usd is None, self.cost_usd + (self.given_usd or 0.0), len(self.changes)


class Search:
    """The search for repairs of one case."""

    def __init__(
        self,
        ground: Ground,
        overrides: Sequence[str],
        *,
        time_limit_s: float | None = None,
        threads: int = 2,
        note: Callable[[str], None] | None = None,
        until: float = math.inf,
    ) -> None:
        self.ground, self.case, self.overrides = ground, ground.case, tuple(overrides)
        self._elastic, self._cells = Elastic(ground), Cells(ground.case)
        self._limit, self._threads, self._until = time_limit_s, threads, until
        self._note = note or (lambda text: None)

    def possible(self) -> bool:
        """Return whether the case has a plan as it is."""
        return self._elastic.solve(()) is not None

    def tried(self, changes: Sequence[Change]) -> float | None:
        """Return what the case costs with changes applied to its inputs; None where that is no way
        out."""
        other = apply(self.case, self.overrides, changes)
        return (
            None
            if other is None
            else cost_of(other, time_limit_s=self._limit, threads=self._threads)
        )

    def of(
        self, families: Collection[str], variant: str = "", banned: np.ndarray | None = None
    ) -> tuple[Repair, Given] | None:
        """Return the repair in which only some families give, and what gives in it; None where
        there is none."""
        given = self._elastic.solve(families, variant, banned)
        if given is None or given.slack.empty:
            return None
        for margin in MARGINS:
            changes = changes_of(self.ground, given, self._cells, margin)
            if changes is None:
                return None
            cost = self.tried(changes)
            if cost is not None:
                changes, cost = self._sooner(given, changes, cost)
                used = self.ground.limits.table["family"].to_numpy(dtype=object)[
                    given.slack["limit"].to_numpy(dtype=np.int64)
                ]
                text = sentence(self.ground, changes, given)
                self._note(f"way out: {text}")
                return Repair(
                    tuple(f for f in FAMILIES if f in set(used)),
                    text,
                    tuple(changes),
                    cost,
                    given.usd,
                ), given
        return None

    def _sooner(
        self, given: Given, changes: list[Change], cost: float
    ) -> tuple[list[Change], float]:
        """Move every new deadline to the first period with which the case can still be planned."""
        late = given.slack[given.slack["variant"] == "deadline"]
        for limit, part in late.groupby(late["limit"].to_numpy(dtype=np.int64), sort=True):
            at = int(self.ground.limits.table["at"].iloc[int(str(limit))])
            low, high = (
                int(self.ground.formulation.runs.deadline[at]),
                int(part["period"].max()) + 1,
            )
            while high - low > 1:
                middle = (low + high) // 2
                trial = [
                    deadline(self.ground, at, middle, self._cells)
                    if c.table == "milestones" and c.at == at and c.column == "deadline"
                    else c
                    for c in changes
                ]
                found = self.tried(trial)
                if found is None:
                    low = middle
                else:
                    high, changes, cost = middle, trial, found
        return changes, cost

    def all(self) -> tuple[Repair, ...]:
        """Return the repairs: every family alone, with other limits of the family, then
        combinations where none is enough; cheapest first."""
        found: list[Repair] = []
        for family in FAMILIES:
            found += self._alternatives(
                [family], ("deadline", "flop") if family == "milestones" else ("",)
            )
        found += self.unpriced()
        if not found:
            found += self._alternatives(FAMILIES, ("deadline", "flop"), others=0)
            for family in FAMILIES:  # other combinations: each does without one family
                found += self._alternatives(
                    [f for f in FAMILIES if f != family], ("deadline",), others=0
                )
        return tuple(sorted(distinct(found), key=lambda repair: repair.rank))

    def _alternatives(
        self, families: Collection[str], variants: Sequence[str], others: int = ALTERNATIVES
    ) -> list[Repair]:
        found = []
        for variant in variants:
            banned = np.empty(0, np.int64)
            for _ in range(1 + others):
                best = (
                    self.of(families, variant, banned) if time.monotonic() < self._until else None
                )
                if best is None:
                    break
                found.append(best[0])
                banned = np.concatenate([banned, self._like(best[1].slack)])
        return found

    def _like(self, slack: pd.DataFrame) -> np.ndarray:
        """Return the limits of the name that gives most, in all periods."""
        limit = slack["limit"].to_numpy(dtype=np.int64)
        worth = np.bincount(
            limit, weights=(slack["amount"] * slack["price"]).to_numpy(dtype=np.float64)
        )
        top = self.ground.limits.table.iloc[[int(worth.argmax())]]
        table = self.ground.limits.table
        same = np.flatnonzero(
            (
                (table["kind"] == top["kind"].iloc[0]) & (table["column"] == top["column"].iloc[0])
            ).to_numpy(dtype=bool)
        )
        mine: np.ndarray = same[
            entities(self.case, table.iloc[same]) == entities(self.case, top)[0]
        ]
        return mine

    def unpriced(self) -> list[Repair]:
        """Return the repairs that nothing prices: fewer frozen periods, runs that do not wait,
        rules lifted."""
        found = []
        frozen = self.case.settings.frozen_periods
        if frozen and not self.case["last_plan"].empty:
            for kept in range(frozen - 1, -1, -1):
                repair = self._unpriced(
                    [setting("frozen_periods", frozen, str(kept))],
                    f"freeze {kept or 'none'} of the last plan's periods instead of {frozen}",
                )
                if repair:
                    found.append(repair)
                    break
        return found + self._alone() + self._rules()

    def _alone(self) -> list[Repair]:
        """Return the milestones that need not wait for what they build on."""
        found = []
        for at in np.flatnonzero(
            self.case["milestones"]["after"].map(len).to_numpy(dtype=np.int64) > 0
        ):
            row = self.case["milestones"].iloc[int(at)]
            change = self._cells.change(
                "milestones", int(at), "after", "", old=";".join(row["after"])
            )
            repair = self._unpriced(
                [change],
                f"let {row['milestone']} begin without waiting for {' and '.join(row['after'])}",
                "milestones",
            )
            if repair:
                found.append(repair)
        return found

    def _unpriced(self, changes: list[Change], text: str, family: str = LIFTABLE) -> Repair | None:
        cost = self.tried(changes)
        return None if cost is None else Repair((family,), text, tuple(changes), cost, None)

    def _rules(self) -> list[Repair]:
        """Return the rules whose lifting alone is a way out, otherwise the fewest found that
        together are one."""
        rules = self.case["rules"]
        if rules.empty or len(rules) > MOST_RULES:
            return []
        every = np.ones(len(rules), dtype=bool)
        if not self._possible(every):
            return []
        alone = [
            self._lift([at])
            for at in range(len(rules))
            if self._possible(np.arange(len(rules)) == at)
        ]
        found = [repair for repair in alone if repair is not None]
        if found:
            return found
        out = every.copy()
        for at in range(len(rules)):
            out[at] = False
            if not self._possible(out):
                out[at] = True
        repair = self._lift(np.flatnonzero(out).tolist())
        return [repair] if repair else []

    def _possible(self, out: np.ndarray) -> bool:
        try:
            return feasible(formulate(without_rules(self.case, out)).program)
        except ValueError:
            return False

    def _lift(self, rows: Sequence[int]) -> Repair | None:
        reasons = self.case["rules"]["reason"].iloc[list(rows)]
        return self._unpriced(
            [lifted(self.case, at) for at in rows],
            "lift the rule"
            + ("s" if len(rows) > 1 else "")
            + " "
            + " and ".join(f"“{reason}”" for reason in reasons),
        )


def distinct(repairs: Sequence[Repair]) -> list[Repair]:
    """Return repairs without those that change the same cells in the same way as an earlier one."""
    seen, kept = set(), []
    for repair in repairs:
        key = frozenset((c.table, c.row, c.column, c.key, c.new) for c in repair.changes)
        if key not in seen:
            seen.add(key)
            kept.append(repair)
    return kept


def probe(
    case: Case,
    overrides: Sequence[str],
    families: Sequence[str],
    *,
    time_limit_s: float | None = None,
    threads: int = 2,
) -> Repair | None:
    """Return the least by which limits of some families must be exceeded, when only these may be.

    Args:
        case: the case, as read.
        overrides: the overrides it was read with.
        families: which.
        time_limit_s: seconds for each solve; None = no limit.
        threads: threads for the solver.

    Returns:
        The repair, without changes where nothing has to give; None where no amount is enough.
    """
    search = Search(prepare(case), overrides, time_limit_s=time_limit_s, threads=threads)
    if search.possible():
        return Repair((), "nothing has to give", (), float("nan"), 0.0)
    best = [
        found[0]
        for variant in (("deadline", "flop") if "milestones" in families else ("",))
        if (found := search.of(families, variant)) is not None
    ]
    if not best:
        best = [repair for repair in search.unpriced() if set(repair.families) <= set(families)]
    return min(best, key=lambda repair: repair.rank) if best else None
