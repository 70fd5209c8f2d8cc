"""Repairs: the cheapest ways out, family by family, each tried on the inputs themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.diagnosis.conflicts import Found
from planner.diagnosis.elastic import Elastic, Given
from planner.diagnosis.ground import Ground, prepare
from planner.diagnosis.repair import Repair, distinct
from planner.diagnosis.replan import Replan
from planner.diagnosis.restated import changes_of
from planner.diagnosis.sentences import sentence
from planner.diagnosis.trials import Trials
from planner.diagnosis.unpriced import unpriced_repairs
from planner.diagnosis.words import entities
from planner.limits import FAMILIES
from planner.lp.effort import Effort
from planner.model.index import Ints

MARGINS: Final = (1.0, 1.0001, 1.01)
"""The least that must give is tried first, then a little more: the solver's tolerance is not the
case's."""
ALTERNATIVES: Final = 2
"""Other limits of a family that are tried beside the cheapest."""


class Search:
    """The search for repairs of one case.

    Args:
        ground: the case.
        overrides: the overrides it was read with.
        found: its conflicts as far as they are known: a way out lets something of each give.
        replan: what plans the case again.
        weighing: what may be taken to find how much must give.
        note: called with a line of text for every way out that is found.
    """

    def __init__(
        self,
        ground: Ground,
        overrides: Sequence[str],
        found: Sequence[Found] = (),
        replan: Replan | None = None,
        weighing: Effort | None = None,
        note: Callable[[str], None] | None = None,
    ) -> None:
        self.ground, self.case = ground, ground.case
        self._weighing = weighing or Effort()
        self._elastic = Elastic(ground, self._weighing)
        self._trials = Trials(
            ground, tuple(overrides), found, replan or Replan(Effort()), note or (lambda text: None)
        )

    @property
    def untried(self) -> int:
        """Ways out that were found but not planned, as the effort was spent."""
        return self._trials.untried

    def possible(self) -> bool:
        """Return whether the case has a plan as it is."""
        return self._elastic.solve(()) is not None

    def give(
        self, families: Collection[str], variant: str = "", banned: Ints | None = None
    ) -> Given | None:
        """Return the least that must give where only some families may, every deadline moved no
        further than it must; None where that is no way out."""
        table, slack = self.ground.limits.table, self.ground.limits.slack
        may = np.zeros(len(table), dtype=bool)
        may[slack["limit"].to_numpy(dtype=np.int64)] = True
        may &= table["family"].isin(list(families)).to_numpy(dtype=bool)
        if banned is not None:
            may[banned] = False
        if self._weighing.spent or not self._trials.hit(may):
            return None
        given = self._elastic.solve(families, variant, banned)
        return None if given is None or given.slack.empty else self._sooner(given)

    def of(self, given: Given) -> Repair | None:
        """Return the repair that lets just this give, planned anew; None where there is none."""
        for margin in MARGINS:
            changes = changes_of(self.ground, given, self._trials.cells, margin)
            if changes is None:
                return None
            cost = self._trials.cost(changes)
            if cost is not None:
                family = self.ground.limits.table["family"].to_numpy(dtype=object)
                used = set(family[given.slack["limit"].to_numpy(dtype=np.int64)])
                text = sentence(self.ground, changes, given)
                self._trials.note(f"way out: {text}")
                families = tuple(name for name in FAMILIES if name in used)
                return Repair(families, text, tuple(changes), cost, given.usd)
        return None

    def _sooner(self, given: Given) -> Given:
        """Move every new deadline to the first period with which nothing else must give more."""
        late = given.slack[given.slack["variant"] == "deadline"]
        for limit, part in late.groupby(late["limit"].to_numpy(dtype=np.int64), sort=True):
            number = int(str(limit))
            at = int(self.ground.limits.table["at"].iloc[number])
            low, high = (
                int(self.ground.formulation.milestones.deadline[at]),
                int(part["period"].max()),
            )
            while high > low and not self._weighing.spent:
                middle = (low + high) // 2
                sooner = self._elastic.sooner(given, number, middle)
                if sooner is None:
                    low = middle + 1
                else:
                    given, high = sooner, middle
        return given

    def unpriced(self) -> list[Repair]:
        """Return the repairs that nothing prices."""
        return unpriced_repairs(self._trials)

    def all(self) -> tuple[Repair, ...]:
        """Return the repairs: every family alone, then what has no price, then other limits of the
        families, then combinations where none is enough; cheapest first."""
        # what was decided on paper may give first: it is cheapest where it is to blame
        order = FAMILIES[::-1]
        first = [(family, variant) for family in order for variant in _variants(family)]
        ways = [(pair, self.give([pair[0]], pair[1])) for pair in first]
        open_ = [(pair, given) for pair, given in ways if given is not None]
        open_.sort(key=lambda way: way[1].usd)
        found = self._planned([given for _, given in open_])
        found += self.unpriced()
        for (family, variant), given in open_:
            found += self._others(family, variant, given)
        if not found:
            variants = ("deadline", "flop")
            found = self._planned(self.give(FAMILIES, variant) for variant in variants)
            without = ([f for f in FAMILIES if f != family] for family in FAMILIES)
            found += self._planned(self.give(families, "deadline") for families in without)
        return tuple(sorted(distinct(found), key=lambda repair: repair.rank))

    def _planned(self, ways: Iterable[Given | None]) -> list[Repair]:
        """Return repairs that let this give, as many as the effort allows, but at least one."""
        found: list[Repair] = []
        for given in ways:
            if given is None:
                continue
            if found and self._trials.effort.spent:
                self._trials.untried += 1
                continue
            repair = self.of(given)
            found += [] if repair is None else [repair]
        return found

    def _others(self, family: str, variant: str, given: Given) -> list[Repair]:
        """Return the repairs of a family without what gives most in the cheapest one."""
        found: list[Repair] = []
        banned = np.empty(0, np.int64)
        for _ in range(ALTERNATIVES):
            if self._trials.effort.spent or self._weighing.spent:
                break
            banned = np.concatenate([banned, self._like(given.slack)])
            other = self.give([family], variant, banned)
            repair = self.of(other) if other is not None else None
            if other is None or repair is None:
                break
            found.append(repair)
            given = other
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


def _variants(family: str) -> tuple[str, ...]:
    return ("deadline", "flop") if family == "milestones" else ("",)


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
    search = Search(prepare(case), overrides, replan=Replan(Effort(), time_limit_s, threads))
    if search.possible():
        return Repair((), "nothing has to give", (), float("nan"), 0.0)
    variants = ("deadline", "flop") if "milestones" in families else ("",)
    ways = [search.give(families, variant) for variant in variants]
    best = [repair for given in ways if given is not None and (repair := search.of(given))]
    if not best:
        best = [repair for repair in search.unpriced() if set(repair.families) <= set(families)]
    return min(best, key=lambda repair: repair.rank) if best else None
