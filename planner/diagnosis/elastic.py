"""Elastic: how much each limit must give, by an elastic re-solve."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.diagnosis.ground import Ground
from planner.lp.effort import Effort
from planner.lp.elastic import Slacks, elastic
from planner.lp.highs import LiveModel
from planner.model.index import Floats, Ints

NOISE = 1e-7
"""Scaled slack below this is the solver's tolerance."""
IN_ORDER = 1e-4
"""By how much the last slack is dearer than it is, so that ties have an order."""


@dataclass(frozen=True, slots=True)
class Given:
    """What gives: slacks with their amounts (columns limit, period, amount, price, variant), and
    the point found."""

    slack: pd.DataFrame
    x: Floats
    usd: float
    """What all of it is valued at."""


def _in_order(slacks: Slacks) -> Slacks:
    """Return slacks of which those of later rows are dearer by a hair: of what gives equally
    cheaply the first row of a table gives, whatever the solver has solved before."""
    rank = np.arange(len(slacks.price)) / max(len(slacks.price), 1)
    return dataclasses.replace(slacks, price=slacks.price * (1.0 + IN_ORDER * rank))


class Elastic:
    """The elastic program of a case: solved again and again with other limits allowed to give."""

    def __init__(self, ground: Ground, effort: Effort | None = None) -> None:
        self.ground, self.effort = ground, effort or Effort()
        self._program = elastic(ground.program, _in_order(ground.limits.slacks))
        self._model = LiveModel(self._program, algorithm="simplex")
        self._families: set[str] = set()
        family = ground.limits.table["family"].to_numpy(dtype=object)
        slack = ground.limits.slack
        self.family = (
            family[slack["limit"].to_numpy(dtype=np.int64)]
            if len(slack)
            else np.empty(0, dtype=object)
        )

    def solve(
        self, families: Collection[str], variant: str = "", banned: Ints | None = None
    ) -> Given | None:
        """Return the least that must give where only some families may; None where nothing they
        give is enough.

        Args:
            families: which.
            variant: ``deadline`` or ``flop``: what gives of milestones beside their chips; blank =
                any.
            banned: limits that must not give.
        """
        ground, slack = self.ground, self.ground.limits.slack
        allowed = np.isin(self.family, list(families))
        if variant:
            allowed &= ((slack["variant"] == "") | (slack["variant"] == variant)).to_numpy()
        if banned is not None:
            allowed &= ~np.isin(slack["limit"].to_numpy(dtype=np.int64), banned)
        if set(families) != self._families:
            self._model.forget()  # where others give, the last answer is further than none
            self._families = set(families)
        return self._least(np.where(allowed, ground.limits.slacks.most, 0.0))

    def sooner(self, given: Given, limit: int, last: int) -> Given | None:
        """Return what gives where a deadline gives up to an earlier period and nothing else gives
        more; None where that is not enough.

        Args:
            given: what gives.
            limit: the deadline.
            last: the last period in which its milestone may be late.
        """
        slack, slacks = self.ground.limits.slack, self.ground.limits.slacks
        late = (slack["variant"] == "deadline").to_numpy(dtype=bool)
        used = given.slack["number"].to_numpy(dtype=np.int64)
        most = np.zeros(len(slack))
        most[used] = np.where(late[used], 0.0, given.slack["amount"] * (1 + NOISE))
        of, period = (slack[name].to_numpy(dtype=np.int64) for name in ("limit", "period"))
        for other in np.unique(of[used[late[used]]]):  # a loop over the few deadlines that give
            end = last if other == limit else int(period[used[of[used] == other]].max())
            mine = late & (of == other) & (period <= end)
            most[mine] = slacks.most[mine]
        return self._least(most)

    def _least(self, most: Floats) -> Given | None:
        """Return the least that must give where every slack may by so much, (slacks,)."""
        ground, slack = self.ground, self.ground.limits.slack
        columns = ground.program.num_columns + np.arange(len(slack))
        if len(columns):
            self._model.set_column_bounds(columns, np.zeros(len(columns)), most)
        solution = self._model.solve()
        self.effort.spend(solution.iterations, ground.program.num_rows)
        if solution.status != "optimal":
            return None
        amount = solution.x[columns]
        real = amount > NOISE * ground.limits.slacks.scale
        given = slack.assign(amount=amount, number=np.arange(len(slack)))[real]
        given = given.reset_index(drop=True)
        usd = float((given["amount"] * given["price"]).sum())
        return Given(given, solution.x[: ground.program.num_columns], usd)
