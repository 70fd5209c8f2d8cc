"""Price steps: a chip costs less, or more, from so many on.

``at_step[v,s]`` are the chips of a new lot ``v`` at step ``s >= 1``; what is left of its order has
the offer's own price, step 0::

    sum over s of at_step[v,s] <= order[v]                                  row ``step_split``

``F[s]`` are the chips of a window (an order, a fiscal year, the plan) at step ``s``, ``from[s]``
and ``to[s] = from[s+1]`` where the step begins and ends, less what was ordered before.  Where the
price holds for all chips, one step does, and ``step_on[s]`` is 1 for it::

    sum over s of step_on[s] = 1                                            row ``step_one``
    from[s] x step_on[s] <= F[s] <= to[s] x step_on[s]        rows ``step_least``, ``step_most``

Where it holds for those above, steps are filled one after another: with ``F[s,t]`` at step ``s``
through period ``t`` and ``full[s,t]`` 1 where the step is full by then::

    F[s,t] <= to[s] - from[s]                                               row ``step_width``
    F[s,t] >= (to[s] - from[s]) x full[s,t]                                 row ``step_full``
    F[s,t] - F[s,t-1] <= (to[s] - from[s]) x full[s-1,t]                    row ``step_open``
    full[s,t] <= full[s,t+1]                                                row ``step_stays``

The last step has no end but that of ``max_per_period``, where it is stated, and the supply of the
market.  What a chip costs more
or less than the offer's own price is paid with it, deposit and rest, and so is its residual value.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.columns import numbers
from planner.lp.builder import let_through
from planner.model.aging import alive, residual
from planner.model.draft import Draft
from planner.model.holding import CHIPS, Holding
from planner.model.index import Bools, Floats, Ints
from planner.model.lots import Lots
from planner.model.step_windows import Windows, step_windows
from planner.model.supply import most_of_lots


def add_steps(draft: Draft, lots: Lots, holding: Holding) -> pd.DataFrame:
    """Add the columns ``at_step``, ``step_on`` and ``full``, their rows and what they pay.

    Args:
        draft: the program being written.
        lots: its lots.
        holding: their columns.

    Returns:
        What is bought at steps, columns lot, step, from_chips, usd_per_chip and column.
    """
    windows = step_windows(draft.case, draft.index, lots)
    if not len(windows.lots):
        return pd.DataFrame(
            {
                "lot": np.empty(0, np.int64),
                "step": np.empty(0, np.int64),
                "from_chips": np.empty(0),
                "usd_per_chip": np.empty(0),
                "column": np.empty(0, np.int64),
            }
        )
    steps = windows.steps
    bought = windows.lots.merge(steps[steps["step"] > 0], on="window")
    bought = bought.sort_values(["lot", "step"], ignore_index=True)
    lot = bought["lot"].to_numpy(dtype=np.int64)
    column = draft.builder.columns(
        "at_step",
        {"lot": lot, "step": bought["step"].to_numpy(dtype=np.int64)},
        0.0,
        np.inf,
        scale=CHIPS,
    )
    bought = bought.assign(column=column)
    _pay(draft, lots, bought)
    own = windows.lots.assign(column=holding.order[windows.lots["lot"].to_numpy(dtype=np.int64)])
    of = own["lot"].to_numpy(dtype=np.int64)
    split = draft.builder.rows("step_split", {"lot": of}, 0.0, np.inf, scale=CHIPS)
    draft.builder.entries(split, own["column"].to_numpy(dtype=np.int64), 1.0)
    draft.builder.entries(split[np.searchsorted(of, lot)], column, -1.0)
    # chips of every step: those of step 0 are what is ordered, less those of the others
    chips = pd.concat(
        [
            bought[["window", "period", "step", "column"]].assign(sign=1.0),
            bought[["window", "period", "column"]].assign(step=0, sign=-1.0),
            own[["window", "period", "column"]].assign(step=0, sign=1.0),
        ],
        ignore_index=True,
    )
    filled = Filled(draft, lots, windows, chips)
    _add_all(filled)
    _add_above(filled)
    return bought[["lot", "step", "from_chips", "usd_per_chip", "column"]]


def _pay(draft: Draft, lots: Lots, bought: pd.DataFrame) -> None:
    """What chips at a step cost beyond the offer's own price: with the order, on arrival, and back
    at the end of the plan."""
    index, ledger = draft.index, draft.ledger
    lot = bought["lot"].to_numpy(dtype=np.int64)
    column = bought["column"].to_numpy(dtype=np.int64)
    more = bought["usd_per_chip"].to_numpy(dtype=np.float64) - lots.price[lot]
    arrives = lots.arrives[lot]
    one = dataclasses.replace(lots, price=np.ones(len(lots)))
    credit = residual(draft.case, index, one, lot) / index.start[index.T]
    left = alive(draft.case, index, lots, lot, np.full(len(lot), index.T))
    place = {"site": lots.site[lot], "chip": lots.chip[lot]}
    for capex, payment in ((True, "chips"), (False, "prepaid")):
        mine = np.flatnonzero(lots.capex[lot] == capex)
        here = {name: code[mine] for name, code in place.items()}
        first = (more * lots.deposit[lot])[mine]
        rest = (more * (1.0 - lots.deposit[lot]))[mine]
        ledger.add(payment, column[mine], lots.order_period[lot[mine]], first, **here)
        ledger.add(payment, column[mine], arrives[mine], rest, **here)
    ledger.add("residual", column, index.T, -more * credit * left, **place)


def counted(bought: pd.Series, period: pd.Series, alone: bool) -> pd.Series:
    """Return which purchases are counted through a period, or in it ``alone``."""
    return bought == period if alone else bought <= period


@dataclass(frozen=True, slots=True)
class Filled:
    """What fills the steps of windows, and the program that is written."""

    draft: Draft
    lots: Lots
    windows: Windows
    chips: pd.DataFrame
    """Chips of every step: window, period, step, column and sign."""

    def names(self, frame: pd.DataFrame) -> dict[str, Ints]:
        """Return the labels of rows or columns of windows, by window, period and step."""
        table = self.windows.table.iloc[frame["window"].to_numpy(dtype=np.int64)]
        return {
            "offer": table["offer"].to_numpy(dtype=np.int64),
            "supply_group": table["supply_group"].to_numpy(dtype=np.int64),
            "period": frame["period"].to_numpy(dtype=np.int64),
            "step": frame["step"].to_numpy(dtype=np.int64),
        }

    def rows(
        self,
        name: str,
        frame: pd.DataFrame,
        low: Floats | float,
        high: Floats | float,
        alone: bool = False,
    ) -> Ints:
        """Add rows with the chips of a window at a step through a period, or in it ``alone``;
        returns them, (n,)."""
        rows = self.draft.builder.rows(name, self.names(frame), low, high, scale=CHIPS)
        keyed = frame[["window", "period", "step"]].assign(number=rows)
        joined = keyed.merge(self.chips, on=["window", "step"], suffixes=("", "_bought"))
        joined = joined[counted(joined["period_bought"], joined["period"], alone)]
        self.draft.builder.entries(
            joined["number"].to_numpy(dtype=np.int64),
            joined["column"].to_numpy(dtype=np.int64),
            joined["sign"].to_numpy(dtype=np.float64),
        )
        return rows

    def choices(self, name: str, frame: pd.DataFrame, upper: Floats | float) -> Ints:
        """Add columns of 0 or 1, in a whole plan; returns them, (n,)."""
        whole = self.draft.whole
        return self.draft.builder.columns(name, self.names(frame), 0.0, upper, integer=whole)

    def at_most(
        self, name: str, frame: pd.DataFrame, room: Floats, switch: Ints, alone: bool = False
    ) -> None:
        """Add rows: chips at a step are at most ``room``, and at most what offers allow, where a
        column is 1, none where it is 0; room without end is a switch."""
        offered, supplied = self.most(frame, alone)
        room = np.minimum(room, offered)
        ends = np.isfinite(room)
        rows = self.rows(name, frame, -np.inf, np.where(ends, 0.0, np.inf), alone)
        self.draft.builder.entries(rows[ends], switch[ends], -let_through(room[ends]))
        self.draft.builder.switch(rows[~ends], switch[~ends], supplied[~ends])

    def most(self, frame: pd.DataFrame, alone: bool) -> tuple[Floats, Floats]:
        """Return the most chips that may be ordered in a window through a period, or in it
        ``alone``, by what offers state and by what the market gives, (n,) each; infinite where
        nothing is stated."""
        draft, lots = self.draft, self.windows.lots
        most = np.nan_to_num(numbers(draft.case["offers"], "max_per_period"), nan=np.inf)
        cell, given = most_of_lots(draft.case, draft.index, self.lots)
        lot, row = (lots[name].to_numpy(dtype=np.int64) for name in ("lot", "row"))
        orders = lots.assign(offered=most[row], cell=cell[lot], supplied=given[lot])
        joined = frame[["window", "period"]].reset_index(names="number")
        joined = joined.merge(orders, on="window", suffixes=("", "_ordered"))
        joined = joined[counted(joined["period_ordered"], joined["period"], alone)]
        each = joined.drop_duplicates(["number", "row", "period_ordered"])
        cells = joined.drop_duplicates(["number", "cell"])
        every = np.arange(len(frame))
        sums = [
            parts.groupby("number")[name].sum().reindex(every, fill_value=0.0)
            for parts, name in ((each, "offered"), (cells, "supplied"))
        ]
        return sums[0].to_numpy(dtype=np.float64), sums[1].to_numpy(dtype=np.float64)

    def of(self, on: str) -> pd.DataFrame:
        """Return the steps of the windows whose price holds for ``all`` chips, or for those
        ``above``, less what was ordered before: window, period (the last one), step, low, high."""
        table = self.windows.table
        mine: Bools = (table["on"] == on).to_numpy(dtype=bool)
        steps = self.windows.steps
        number = steps["window"].to_numpy(dtype=np.int64)
        before = table["before"].to_numpy(dtype=np.float64)[number]
        frame = steps.assign(
            period=table["last"].to_numpy(dtype=np.int64)[number],
            low=np.maximum(steps["from_chips"] - before, 0.0),
            high=np.maximum(steps["to_chips"] - before, 0.0),
        )
        kept: pd.DataFrame = frame[mine[number]].reset_index(drop=True)
        return kept


def _add_all(filled: Filled) -> None:
    """One step for all chips of a window."""
    steps = filled.of("all")
    if steps.empty:
        return
    low, high = (steps[name].to_numpy(dtype=np.float64) for name in ("low", "high"))
    on = filled.choices("step_on", steps, np.where(high > 0.0, 1.0, 0.0))
    first = steps[steps["step"] == 0]
    names = filled.names(first)
    names.pop("step")
    one = filled.draft.builder.rows("step_one", names, 1.0, 1.0)
    order = np.searchsorted(first["window"].to_numpy(), steps["window"].to_numpy())
    filled.draft.builder.entries(one[order], on, 1.0)
    later = np.flatnonzero((steps["step"] > 0).to_numpy() & (low > 0.0))
    rows = filled.rows("step_least", steps.iloc[later].reset_index(drop=True), 0.0, np.inf)
    filled.draft.builder.entries(rows, on[later], -low[later])
    filled.at_most("step_most", steps, high, on)


def _add_above(filled: Filled) -> None:
    """Steps that are filled one after another, in the order of time."""
    steps = filled.of("above")
    if steps.empty:
        return
    width = (steps["high"] - steps["low"]).to_numpy(dtype=np.float64)
    ends = np.isfinite(width)
    filled.rows("step_width", steps[ends].reset_index(drop=True), -np.inf, width[ends])
    periods = filled.windows.lots[["window", "period"]].drop_duplicates()
    every = steps.assign(width=width).drop(columns="period").merge(periods, on="window")
    every = every.sort_values(["window", "period", "step"], ignore_index=True)
    closing = every[np.isfinite(every["width"])].reset_index(drop=True)
    full = filled.choices("full", closing, 1.0)
    room = closing["width"].to_numpy(dtype=np.float64)
    some = np.flatnonzero(room > 0.0)
    rows = filled.rows("step_full", closing.iloc[some].reset_index(drop=True), 0.0, np.inf)
    filled.draft.builder.entries(rows, full[some], -room[some])
    _stays(filled, closing.assign(column=full))
    # what opens a step stands one before it, in the same window and period
    later = every[every["step"] > 0].reset_index(drop=True)
    opened = closing.assign(column=full, step=closing["step"] + 1)
    joined = later.merge(opened[["window", "period", "step", "column"]], how="left")
    most, opens = joined["width"].to_numpy(np.float64), joined["column"].to_numpy(np.int64)
    filled.at_most("step_open", later, most, opens, alone=True)  # tighter than through the period


def _stays(filled: Filled, closing: pd.DataFrame) -> None:
    """A step that is full stays so: of no plan it takes anything, and of a search half."""
    ordered = closing.sort_values(["window", "step", "period"], ignore_index=True)
    column = ordered["column"].to_numpy(dtype=np.int64)
    same = ordered[["window", "step"]].eq(ordered[["window", "step"]].shift(-1)).all(axis=1)
    at = np.flatnonzero(same.to_numpy(dtype=bool))
    if not len(at):
        return
    names = filled.names(ordered.iloc[at])
    rows = filled.draft.builder.rows("step_stays", names, -np.inf, 0.0)
    filled.draft.builder.entries(rows, column[at], 1.0)
    filled.draft.builder.entries(rows, column[at + 1], -1.0)
