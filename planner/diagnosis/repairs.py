"""Repairs: the cheapest ways out, family by family, each tried on the inputs themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.diagnosis.changes import Cells, Change, apply, lifted, setting, splits_missing
from planner.diagnosis.conflicts import Found
from planner.diagnosis.elastic import Elastic, Given, changes_of
from planner.diagnosis.ground import Ground, prepare, still_conflict, without_rules
from planner.diagnosis.replan import Replan
from planner.diagnosis.sentences import sentence
from planner.diagnosis.words import entities
from planner.limits import FAMILIES
from planner.lp.effort import Effort
from planner.model.index import Bools, Ints

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
    def rank(self) -> tuple[bool, float, int, int]:
        """What repairs are ordered by: priced ones first, then the sum of both costs (to seven
        digits: what differs by less is the solver's tolerance), then how little is touched, then
        the order of the families."""
        total = float(f"{self.cost_usd + (self.given_usd or 0.0):.7g}")
        family = max((FAMILIES.index(name) for name in self.families), default=0)
        return self.given_usd is None, total, len(self.changes), family


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
        self.ground, self.case, self.overrides = ground, ground.case, tuple(overrides)
        self._replan = replan or Replan(Effort())
        self._effort = self._replan.effort
        self._weighing = weighing or Effort()
        self._elastic, self._cells = Elastic(ground, self._weighing), Cells(ground.case)
        self._found = found
        self._note = note or (lambda text: None)
        self.untried = 0
        """Ways out that were found but not planned, as the effort was spent."""

    def possible(self) -> bool:
        """Return whether the case has a plan as it is."""
        return self._elastic.solve(()) is not None

    def tried(self, changes: Sequence[Change]) -> float | None:
        """Return what the case costs with changes applied to its inputs; None where that is no way
        out."""
        other = apply(self.case, self.overrides, changes)
        return None if other is None else self._replan.cost(other)

    def _hit(self, limits: Bools) -> bool:
        """Return whether every conflict has one of these limits, (limits,)."""
        return all((one.chosen & limits).any() for one in self._found)

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
        if self._weighing.spent or not self._hit(may):
            return None
        given = self._elastic.solve(families, variant, banned)
        return None if given is None or given.slack.empty else self._sooner(given)

    def of(self, given: Given) -> Repair | None:
        """Return the repair that lets just this give, planned anew; None where there is none."""
        for margin in MARGINS:
            changes = changes_of(self.ground, given, self._cells, margin)
            if changes is None:
                return None
            cost = self.tried(changes)
            if cost is not None:
                family = self.ground.limits.table["family"].to_numpy(dtype=object)
                used = set(family[given.slack["limit"].to_numpy(dtype=np.int64)])
                text = sentence(self.ground, changes, given)
                self._note(f"way out: {text}")
                families = tuple(name for name in FAMILIES if name in used)
                return Repair(families, text, tuple(changes), cost, given.usd)
        return None

    def _sooner(self, given: Given) -> Given:
        """Move every new deadline to the first period with which nothing else must give more."""
        late = given.slack[given.slack["variant"] == "deadline"]
        for limit, part in late.groupby(late["limit"].to_numpy(dtype=np.int64), sort=True):
            number = int(str(limit))
            at = int(self.ground.limits.table["at"].iloc[number])
            low, high = int(self.ground.formulation.runs.deadline[at]), int(part["period"].max())
            while high > low and not self._weighing.spent:
                middle = (low + high) // 2
                sooner = self._elastic.sooner(given, number, middle)
                if sooner is None:
                    low = middle + 1
                else:
                    given, high = sooner, middle
        return given

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
            if found and self._effort.spent:
                self.untried += 1
                continue
            repair = self.of(given)
            found += [] if repair is None else [repair]
        return found

    def _others(self, family: str, variant: str, given: Given) -> list[Repair]:
        """Return the repairs of a family without what gives most in the cheapest one."""
        found: list[Repair] = []
        banned = np.empty(0, np.int64)
        for _ in range(ALTERNATIVES):
            if self._effort.spent or self._weighing.spent:
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

    def unpriced(self) -> list[Repair]:
        """Return the repairs that nothing prices: fewer frozen periods, runs that do not wait,
        rules lifted."""
        return self._thawed() + self._alone() + self._rules()

    def _thawed(self) -> list[Repair]:
        """Return the plan in which fewer of the last plan's periods are frozen."""
        frozen = self.case.settings.frozen_periods
        if not frozen or self.case["last_plan"].empty or not self._hit(self._of_kind("frozen")):
            return []
        for kept in range(frozen - 1, -1, -1):
            repair = self._unpriced(
                [setting("frozen_periods", frozen, str(kept))],
                f"freeze {kept or 'none'} of the last plan's periods instead of {frozen}",
            )
            if repair:
                return [repair]
        return []

    def _of_kind(self, kind: str, at: int | None = None) -> Bools:
        """Return the limits of a kind, of one row of its table, (limits,)."""
        table = self.ground.limits.table
        mine = (table["kind"] == kind).to_numpy(dtype=bool)
        return mine if at is None else mine & (table["at"] == at).to_numpy(dtype=bool)

    def _alone(self) -> list[Repair]:
        """Return the milestones that need not wait for what they build on."""
        found = []
        waits = self.case["milestones"]["after"].map(len).to_numpy(dtype=np.int64) > 0
        for at in np.flatnonzero(waits):
            if not self._hit(self._of_kind("after", int(at))):
                continue
            row = self.case["milestones"].iloc[int(at)]
            change = self._cells.change(
                "milestones", int(at), "after", "", old=";".join(row["after"])
            )
            repair = self._unpriced(
                [change],
                f"let {row['milestone']} begin without waiting for {' and '.join(row['after'])}",
                "milestones",
            )
            found += [repair] if repair else []
        return found

    def _unpriced(self, changes: list[Change], text: str, family: str = LIFTABLE) -> Repair | None:
        if self._effort.spent:
            self.untried += 1
            return None
        cost = self.tried(changes)
        if cost is None:
            return None
        self._note(f"way out: {text}")
        return Repair((family,), text, tuple(changes), cost, None)

    def _rules(self) -> list[Repair]:
        """Return the rules whose lifting alone is a way out, otherwise the fewest found that
        together are one."""
        rules = [one.rules for one in self._found if one.rules is not None]
        if self.case["rules"].empty or any(not of for of in rules):
            return []
        every = set(range(len(self.case["rules"])))
        alone = sorted(every.intersection(*rules)) if rules else sorted(every)
        some = sorted(set().union(*rules)) if rules else sorted(every)
        found = [repair for at in alone if (repair := self._lift([at])) is not None]
        if found or len(some) < 2:
            return found
        out = self._mask(some)
        if not self._feasible_without(out):
            return []
        for at in some:
            out[at] = False
            if not self._feasible_without(out):
                out[at] = True
        repair = self._lift(np.flatnonzero(out).tolist())
        return [repair] if repair else []

    def _mask(self, rows: Sequence[int]) -> Bools:
        mask = np.zeros(len(self.case["rules"]), dtype=bool)
        mask[list(rows)] = True
        return mask

    def _feasible_without(self, out: Bools) -> bool:
        """Return whether the case has a plan without some rules, (rules,)."""
        every = np.ones(len(self.ground.limits.table), dtype=bool)
        other = without_rules(self.case, out)
        return not self._effort.spent and not still_conflict(
            self.ground, every, other, self._effort
        )

    def _lift(self, rows: Sequence[int]) -> Repair | None:
        reasons = self.case["rules"]["reason"].iloc[list(rows)]
        changes = [lifted(self.case, at) for at in rows]
        text = f"lift the rule{'s' if len(rows) > 1 else ''} "
        text += " and ".join(f"“{reason}”" for reason in reasons)
        for at in splits_missing(self.case, self._mask(rows)):
            name = self.case["milestones"]["milestone"].iloc[at]
            changes.append(self._cells.change("milestones", at, "split_efficiency", "1"))
            text += f" and state the split_efficiency of {name} (here 1: nothing is lost)"
        return self._unpriced(changes, text)


def _variants(family: str) -> tuple[str, ...]:
    return ("deadline", "flop") if family == "milestones" else ("",)


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
    search = Search(prepare(case), overrides, replan=Replan(Effort(), time_limit_s, threads))
    if search.possible():
        return Repair((), "nothing has to give", (), float("nan"), 0.0)
    variants = ("deadline", "flop") if "milestones" in families else ("",)
    ways = [search.give(families, variant) for variant in variants]
    best = [repair for given in ways if given is not None and (repair := search.of(given))]
    if not best:
        best = [repair for repair in search.unpriced() if set(repair.families) <= set(families)]
    return min(best, key=lambda repair: repair.rank) if best else None
