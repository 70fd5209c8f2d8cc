"""Giving: how much each limit must give, by an elastic re-solve, and the changes of inputs that say
so."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.diagnosis.changes import Cells, Change, enough, written
from planner.diagnosis.ground import Ground
from planner.lp.conflict import Slacks, elastic
from planner.lp.effort import Effort
from planner.lp.highs import LiveModel
from planner.lp.solution import Solution
from planner.model.index import Floats, Ints, numbers
from planner.plan.answer import read_answer
from planner.plan.policy import policy_table

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


def changes_of(
    ground: Ground, given: Given, cells: Cells, more: float = 1.0
) -> list[Change] | None:
    """Return the changes of inputs that let limits give; None where no change of inputs says it.

    Args:
        ground: the case.
        given: what gives.
        cells: its cells as written.
        more: factor on all amounts, above 1 where the least was too little by a hair.
    """
    found: list[Change] = []
    table = ground.limits.table
    # a loop over the few limits that give
    for limit, part in given.slack.groupby(
        given.slack["limit"].to_numpy(dtype=np.int64), sort=True
    ):
        row: Any = table.iloc[int(str(limit))]
        amount = part["amount"].to_numpy(dtype=np.float64) * more
        kind, source, at, column = (
            str(row["kind"]),
            str(row["table"]),
            int(row["at"]),
            str(row["column"]),
        )
        old = ground.case[source].iloc[at][column]
        if kind == "deadline":
            made = _milestone(ground, part, at, cells, more)
        elif kind in ("online", "batch", "research"):
            made = _less_work(ground, kind, at, int(row["period"]), float(amount.sum()), cells)
        elif kind in ("research_share", "research_multiple"):
            made = [
                cells.change(
                    source,
                    at,
                    column,
                    written(
                        max(float(old) - enough(_floor_share(ground, given, kind, part, more)), 0.0)
                    ),
                )
            ]
        elif kind == "limit" and column != "max":
            made = _share(ground, given, at, column, float(old), part, cells, more)
        elif int(row["side"]) == 0:
            made = [
                cells.change(
                    source, at, column, written(max(float(old) - enough(float(amount.max())), 0.0))
                )
            ]
        else:
            made = [
                cells.change(source, at, column, written(float(old) + enough(float(amount.max()))))
            ]
        if made is None:
            return None
        found += made
    return found + _whole_power(ground, found, cells)


def _whole_power(ground: Ground, found: list[Change], cells: Cells) -> list[Change]:
    """Raise a site's power to its liquid-cooled part where that has outgrown it."""
    power, more = ground.case["power"], []
    for change in found:
        if change.table == "power" and change.column == "liquid_mw":
            mw = max(
                [
                    float(c.new)
                    for c in found
                    if c.table == "power" and c.column == "mw" and c.at == change.at
                ],
                default=float(power["mw"].iloc[change.at]),
            )
            if float(change.new) > mw and not any(
                c.column == "mw" and c.at == change.at for c in found
            ):
                more.append(cells.change("power", change.at, "mw", change.new))
    return more


def _milestone(
    ground: Ground, part: pd.DataFrame, at: int, cells: Cells, more: float
) -> list[Change] | None:
    """A later deadline, or fewer FLOP."""
    case = ground.case
    row = case["milestones"].iloc[at]
    found: list[Change] = []
    cut = part[part["variant"] == "flop"]
    if len(cut):
        less = enough(float(cut["amount"].sum()) * more)
        left = float(row["flop"]) - less
        if left <= 0:
            return None
        if np.isfinite(row["params_b"]) and np.isfinite(row["tokens_t"]):
            found.append(
                cells.change(
                    "milestones",
                    at,
                    "tokens_t",
                    written(
                        float(
                            f"{float(row['tokens_t']) * left / float(row['flop']) * (1 - 1e-6):.9g}"
                        )
                    ),
                )
            )
        else:
            found.append(cells.change("milestones", at, "flop", written(left)))
    late = part[part["variant"] == "deadline"]
    if len(late):
        finish = int(late["period"].max()) + 1
        if finish >= case.calendar.count:
            return None
        found.append(deadline(ground, at, finish, cells))
    return found


def deadline(ground: Ground, at: int, finish: int, cells: Cells) -> Change:
    """Return the change of a milestone's deadline to the end of a period."""
    calendar = ground.case.calendar
    return cells.change(
        "milestones", at, "deadline", calendar.label(finish), old=deadline_text(ground, at)
    )


def deadline_text(ground: Ground, at: int) -> str:
    """Return a deadline as people read it: the period it ends with, or the day within it."""
    import datetime

    end, calendar = float(ground.case["milestones"].iloc[at]["deadline"]), ground.case.calendar
    t = int(np.ceil(end)) - 1
    if end == t + 1:
        return calendar.label(t)
    first, following = calendar.first_day(t), calendar.first_day(t + 1)
    return (
        first + datetime.timedelta(days=round((end - t) * (following - first).days))
    ).isoformat()


def _less_work(
    ground: Ground, kind: str, at: int, period: int, amount: float, cells: Cells
) -> list[Change]:
    """Less demand: all token columns of a period (of a batch window) by the same share, so that the
    mix stays."""
    case = ground.case
    demand = case["demand"]
    name = demand.iloc[at]["workload"]
    length = (
        int(case["workloads"].set_index("workload").loc[name, "window_periods"])
        if kind == "batch"
        else 1
    )
    first = period // length * length
    mine = np.flatnonzero(
        (demand["workload"] == name) & (demand["period"] >= first) & (demand["period"] <= period)
    )
    columns = (
        ["flop"]
        if kind == "research"
        else [
            c
            for c in ("output_mtok", "input_mtok", "cached_mtok")
            if (demand[c].iloc[mine] > 0).any()
        ]
    )
    everything = demand[demand["workload"] == name]
    counted = (
        "flop"
        if kind == "research"
        else "output_mtok"
        if (everything["output_mtok"] > 0).any()
        else "input_mtok"
    )
    total = float(numbers(demand, counted)[mine].sum())
    share = min(enough(amount) / total, 1.0)
    share = 1.0 if share > 1.0 - 1e-9 else share
    found = []
    for column in columns:
        for i in mine:
            old = float(demand[column].iloc[i])
            if old > 0:
                found.append(
                    cells.change(
                        "demand",
                        int(i),
                        column,
                        written(float(f"{old * (1.0 - share):.9g}") if share < 1.0 else 0.0),
                    )
                )
    return found


def _floor_share(ground: Ground, given: Given, kind: str, part: pd.DataFrame, more: float) -> float:
    """By how much a research floor must fall: its slack over what the floor is a share (multiple)
    of, in the worst period."""
    f = ground.formulation
    period, amount = (
        part["period"].to_numpy(dtype=np.int64),
        part["amount"].to_numpy(dtype=np.float64) * more,
    )
    base = np.zeros(f.index.T)
    if kind == "research_share":
        place = f.capacity.powered_place
        np.add.at(
            base,
            f.capacity.period[place],
            f.index.availability[f.capacity.chip[place]] * given.x[f.capacity.powered],
        )
    else:
        progress = f.training.progress
        np.add.at(base, progress.period, given.x[progress.done])
    return float(
        np.divide(
            amount, base[period], out=np.full(len(amount), np.inf), where=base[period] > 0
        ).max()
    )


def _share(
    ground: Ground,
    given: Given,
    at: int,
    column: str,
    old: float,
    part: pd.DataFrame,
    cells: Cells,
    more: float,
) -> list[Change] | None:
    """Another share of a policy: the share of the total that it comes to in the worst period."""
    f = ground.formulation
    zero = Solution(
        status="optimal",
        message="",
        objective=0.0,
        x=given.x,
        row_dual=np.zeros(f.program.num_rows),
        reduced_cost=np.zeros(len(given.x)),
        iterations=0,
        seconds=0.0,
        solver="",
    )
    shown = policy_table(read_answer(dataclasses.replace(f, program=ground.program), zero))
    mine = shown[
        (shown["limit"] == ground.case["limits"].iloc[at]["limit"])
        & (shown["side"] == column)
        & (shown["total"] > 0)
    ]
    if mine.empty:
        return None
    shares = mine["value"] / mine["total"]
    off = float((shares - old).max() if column == "max_share" else (old - shares).max())
    off = enough(off * more)
    return [
        cells.change(
            "limits",
            at,
            column,
            written(min(old + off, 1.0) if column == "max_share" else max(old - off, 0.0)),
        )
    ]
