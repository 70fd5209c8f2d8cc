"""Milestones: when training finishes, where it runs, and what it costs at the margin."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts
from planner.plan.answer import Answer
from planner.plan.progress import counted


def milestone_table(answer: Answer, rows: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return ``milestones`` and the marginal cost of every run, USD per FLOP discounted to the
    middle of its deadline's period."""
    f = answer.formulation
    index, runs, axes = f.index, f.milestones, f.index.axes
    M, T, W = len(runs.flop), index.T, len(axes["workload"])
    mine = rows[rows["work"] >= W]
    m, t = mine["work"].to_numpy() - W, mine["period"].to_numpy()
    flop, hours = np.zeros((M, T)), np.zeros((M, T))
    np.add.at(flop, (m, t), mine["volume"].to_numpy())
    np.add.at(hours, (m, t), mine["chip_hours"].to_numpy())
    at_once = (
        mine.assign(m=m)
        .groupby(["m", "period", "slice"])["chips"]
        .sum()
        .groupby(level=0)
        .max()
        .reindex(range(M), fill_value=0.0)
        .to_numpy()
    )
    cumulative = counted(f.case, index, runs, flop)
    enough = cumulative >= runs.flop[:, None] * (1.0 - 1e-7)
    over = runs.past >= runs.flop * (1.0 - 1e-7)  # finished before the plan
    finish = np.where(enough.any(axis=1) & ~over, enough.argmax(axis=1), T)
    works = flop > 0
    begins = np.where(works.any(axis=1), works.argmax(axis=1), T)
    by_deadline = np.where(
        runs.deadline >= 0, cumulative[np.arange(M), np.maximum(runs.deadline, 0)], runs.past
    )
    by_deadline = np.minimum(by_deadline, runs.flop)
    where = (
        mine.assign(m=m)
        .groupby(["m", "chip", "site"])["chip_hours"]
        .sum()
        .reset_index()
        .sort_values(["m", "chip_hours"], ascending=[True, False])
    )
    where["text"] = axes["chip"][where["chip"]] + "@" + axes["site"][where["site"]]
    places = (
        where.groupby("m")["text"]
        .agg(", ".join)
        .reindex(range(M), fill_value="")
        .to_numpy(dtype=object)
    )
    late_cost = np.zeros(M)
    labels = answer.column_labels("late")
    if not labels.empty:
        at = labels["milestone"].to_numpy()
        np.add.at(late_cost, at, (answer.value("late") * (runs.late / runs.flop)[at]))
    dual = np.zeros(M)
    labels = answer.row_labels("milestone")
    if not labels.empty:
        np.add.at(dual, labels["milestone"].to_numpy(), answer.dual[answer.rows["milestone"]])
    table, period = f.case["milestones"], np.append(axes["period"], "")
    missing = runs.flop - by_deadline
    frame = pd.DataFrame(
        {
            "milestone": axes["milestone"],
            "class": texts(table, "class"),
            "flop": runs.flop,
            "done_flop": runs.past if runs.past.any() else np.full(M, np.nan),
            "start": [_instant(f, value, False) for value in numbers(table, "start")],
            "deadline": [_instant(f, value, True) for value in numbers(table, "deadline")],
            "planned_start": period[begins],
            "planned_finish": period[finish],
            "slack_periods": np.where(finish < T, runs.deadline - finish, np.nan),
            "delivered_flop": by_deadline,
            "late_flop": np.where(missing > 1e-7 * runs.flop, missing, 0.0),
            "late_usd": late_cost,
            "peak_chips": at_once,
            "chip_hours": hours.sum(axis=1),
            "where": places,
            "marginal_usd_per_1e21_flop": dual * 1e21,
        }
    )
    volume = flop @ index.mid
    return frame, dict(
        zip(
            axes["milestone"],
            np.divide(dual * flop.sum(axis=1), volume, out=np.full(M, np.nan), where=volume > 0),
            strict=True,
        )
    )


def _instant(formulation: object, position: float, end: bool) -> str:
    """Write a position in periods as the period it starts or ends, or the period and the share
    elapsed."""
    calendar = formulation.case.calendar  # type: ignore[attr-defined]
    whole = int(np.floor(position))
    if abs(position - whole) < 1e-9:
        return str(calendar.label(whole - 1 if end else whole))
    return f"{calendar.label(whole)}+{100.0 * (position - whole):.0f}%"
