"""The part of a roll by hand that is about work and money: what was done and used by then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from planner.case.batches import windows_of
from planner.model.budgets import periods_of
from planner.model.ledger import CATEGORIES
from planner.model.policy import in_scope
from planner.plan.answer import Answer
from planner.plan.policy import measured
from planner.plan.progress import counted
from tests.findings.roll import Tables
from tests.findings.roll import rolled as rolled_lots

Settings = dict[str, Any]


def rolled(
    answer: Answer, tables: Mapping[str, Any], settings: Mapping[str, Any], by: int = 1
) -> tuple[Tables, Settings]:
    """Return tables and settings of the same case ``by`` periods later, with the end kept: lots as
    :func:`tests.findings.roll.rolled`, and what was done of milestones and research."""
    money = {name: tables[name] for name in ("budgets", "limits") if name in tables}
    others = {name: rows for name, rows in tables.items() if name not in money}
    kept, later = rolled_lots(answer, others, settings, by)
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
        _windows(answer, tables, kept, by)
    for name, rows in money.items():
        kept[name] = [row for row in map(_used(answer, name, by), rows) if row]
    return {name: rows for name, rows in kept.items() if rows}, later


def _used(answer: Answer, table: str, by: int) -> Callable[[dict[str, str]], dict[str, str]]:
    """Return what makes of a budget or limit the same one when period ``by`` starts: with what was
    used of its window since, or nothing where that is over."""
    f = answer.formulation
    ledger, cubes = f.ledger, measured(answer)
    usd = ledger.nominal * answer.x[ledger.column]
    kinds = np.array(CATEGORIES)[ledger.category]

    def later(row: dict[str, str]) -> dict[str, str]:
        covers = periods_of(f.case, f.index, row.get("period", ""))
        passed = covers & (np.arange(len(covers)) < by)
        if not (covers & ~passed).any():
            return {}
        if table == "budgets":
            mine = np.append(passed, False)[ledger.period] & (kinds != "none")
            if row["category"] != "all":
                mine &= kinds == row["category"]
            return row | {"used_usd": _more(row, "used_usd", float(usd[mine].sum()))}
        if row["measure"] not in ("spend", "carbon"):
            return row
        cube = cubes[row["measure"]]
        sites, chips = in_scope(f.case, row["scope"], row.get("member", ""))
        return row | {
            "used": _more(row, "used", float(cube[np.ix_(sites, chips, passed)].sum())),
            "used_total": _more(row, "used_total", float(cube[:, :, passed].sum())),
        }

    return later


def _more(row: Mapping[str, str], name: str, amount: float) -> str:
    """Return what was used with what was used before that."""
    return repr(max(float(row.get(name) or 0.0) + amount, 0.0))


def _windows(answer: Answer, tables: Mapping[str, Any], kept: Tables, by: int) -> None:
    """Tell of every batch window that is open when period ``by`` starts when it began, what was
    served of it, and, in demand.csv, what was asked of it since."""
    f = answer.formulation
    windows, calendar, serving = windows_of(f.case), f.case.calendar, answer.serving
    kept["demand"] = list(kept.get("demand", ()))
    for w, name in enumerate(f.index.axes["workload"]):
        at = next(i for i, row in enumerate(kept["workloads"]) if row["workload"] == name)
        if kept["workloads"][at]["kind"] != "batch":
            continue
        length, passed = int(windows.length[w]), int(windows.passed[w])
        start = (by + passed) // length * length - passed
        period = f.capacity.period[serving["place"].to_numpy()]
        mine = (serving["work"].to_numpy() == w) & (period >= start) & (period < by)
        served = float(serving["volume"].to_numpy()[mine].sum())
        if start < 0:
            served += float(f.case["workloads"]["served_mtok"].iloc[w])
        told = {"window_start": calendar.label(start), "served_mtok": repr(served)}
        blank = {"window_start": "", "served_mtok": ""}
        kept["workloads"][at] = kept["workloads"][at] | (told if start < by else blank)
        kept["demand"] += [
            row
            for row in tables["demand"]
            if row["workload"] == name and start <= calendar.parse(row["period"]) < by
        ]
    if not kept["demand"]:
        del kept["demand"]


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
