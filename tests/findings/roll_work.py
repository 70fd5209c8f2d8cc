"""The part of a roll by hand that is about work and money: what was done and used by then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from planner.plan.answer import Answer
from planner.plan.progress import counted
from tests.findings.roll import Tables
from tests.findings.roll import rolled as rolled_lots

Settings = dict[str, Any]


def rolled(
    answer: Answer, tables: Mapping[str, Any], settings: Mapping[str, Any], by: int = 1
) -> tuple[Tables, Settings]:
    """Return tables and settings of the same case ``by`` periods later, with the end kept: lots as
    :func:`tests.findings.roll.rolled`, and what was done of milestones and research."""
    kept, later = rolled_lots(answer, tables, settings, by)
    done, idle = _milestones(answer, by)
    if "milestones" in kept:
        at = {name: i for i, name in enumerate(answer.formulation.index.axes["milestone"])}
        kept["milestones"] = [
            row | {"done_flop": repr(float(done[at[row["milestone"]]]))}
            for row in kept["milestones"]
        ]
    if "workloads" in kept:
        research = _research(answer, by, idle)
        kept["workloads"] = [
            row | ({"done_flop": repr(research[row["workload"]])} if _multiple(row) else {})
            for row in kept["workloads"]
        ]
    return kept, later


def _multiple(row: Mapping[str, str]) -> bool:
    return row.get("multiple_of_milestones", "") != ""


def _milestones(answer: Answer, by: int) -> tuple[np.ndarray, float]:
    """Return the FLOP done of every milestone, at most the whole, (M,), and what was trained
    beyond that, by chips that must be kept."""
    f = answer.formulation
    runs, training = f.milestones, f.training
    flop = np.zeros(runs.inside.shape)
    period = f.capacity.period[training.place]
    np.add.at(flop, (training.milestone, period), training.flop * answer.x[training.column])
    if not len(flop):
        return np.zeros(0), 0.0
    done = np.minimum(counted(f.case, f.index, runs, flop)[:, by - 1], runs.flop)
    done = np.where(done >= runs.flop * (1.0 - 1e-9), runs.flop, done)
    return done, float((runs.past + flop[:, :by].sum(axis=1) - done).sum())


def _research(answer: Answer, by: int, idle: float) -> dict[str, float]:
    """Return the FLOP done of research by multiple, less what it owed to training that no longer
    counts."""
    f = answer.formulation
    table, serving = f.case["workloads"], answer.serving
    work = serving["work"].to_numpy()
    mine = f.capacity.period[serving["place"].to_numpy()] < by
    done = np.bincount(work[mine], serving["volume"].to_numpy()[mine], minlength=len(table))
    times = table["multiple_of_milestones"].to_numpy(dtype=np.float64)
    left = table["done_flop"].to_numpy(dtype=np.float64) + done - np.nan_to_num(times) * idle
    return dict(zip(table["workload"], np.maximum(left, 0.0).tolist(), strict=True))
