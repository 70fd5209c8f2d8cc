"""Restated: what must give, as changes of the inputs that let it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from planner.case.batches import windows_of
from planner.case.columns import numbers, whole
from planner.diagnosis.changes import Cells, Change, enough, written
from planner.diagnosis.deadlines import milestone_changes
from planner.diagnosis.elastic import Given
from planner.diagnosis.ground import Ground
from planner.lp.solution import Solution
from planner.model.policy import AMOUNTS
from planner.plan.answer import read_answer
from planner.plan.policy import policy_table


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
            made = milestone_changes(ground, part, at, cells, more)
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
        elif kind == "limit" and column not in AMOUNTS:
            made = _share(ground, given, at, column, cells, more)
        elif kind == "max_orders":  # there are no parts of an order
            times = float(np.ceil(float(amount.max()) - 1e-6))
            made = [cells.change(source, at, column, written(float(old) + max(times, 1.0)))]
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


def _less_work(
    ground: Ground, kind: str, at: int, period: int, amount: float, cells: Cells
) -> list[Change] | None:
    """Less demand: all token columns of a period (of a batch window) by the same share, so that the
    mix stays."""
    case = ground.case
    demand = case["demand"]
    name = demand.iloc[at]["workload"]
    w = case["workloads"]["workload"].to_numpy() == name
    windows, when = windows_of(case), whole(demand, "period")
    at_w = np.full(len(demand), int(np.flatnonzero(w)[0]))
    same = windows.number(at_w, when) == windows.number(at_w[:1], np.array([period]))
    # what was asked before the plan cannot be asked less
    mine = np.flatnonzero((demand["workload"] == name).to_numpy() & same & (when >= 0))
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
    if windows.passed[at_w[0]] > 0 and enough(amount) > total:
        return None  # of a window that began before the plan more is left than is still asked
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
        spots = (f.capacity.chip[place], f.capacity.site[place], f.capacity.period[place])
        np.add.at(base, spots[2], f.index.availability[spots] * given.x[f.capacity.powered])
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
    cells: Cells,
    more: float,
) -> list[Change] | None:
    """Another share of a policy: the share of the total that it comes to in the worst period."""
    f, old = ground.formulation, float(ground.case["limits"].iloc[at][column])
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
