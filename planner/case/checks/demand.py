"""Demand: complete, inside the plan, of the kind its workload reads, and served at rates that are
known."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from planner.case.batches import before_plan, rows_before, windows_of
from planner.case.checks.findings import Cells, Missing, absent, rows
from planner.case.checks.workloads import by_volume
from planner.case.columns import Bools, Floats, codes, keys, numbers, texts, whole
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case

TOKENS = ("output_mtok", "input_mtok", "cached_mtok")


def volume(case: Case, column: str) -> Floats:
    """Return one column of demand.csv, (W, T); 0 where it has no row."""
    demand, names, T = case["demand"], texts(case["workloads"], "workload"), case.calendar.count
    amount = np.zeros((len(names), T))
    row, period = codes(names, texts(demand, "workload")), whole(demand, "period")
    inside = (row >= 0) & (period >= 0) & (period < T)
    amount[row[inside], period[inside]] = numbers(demand, column)[inside]
    return amount


def counts_output(case: Case) -> Bools:
    """Return which workloads are counted by output tokens: those that ever have some, (W,)."""
    now = volume(case, "output_mtok").any(axis=1)
    return np.asarray(now | (before_plan(case, "output_mtok") > 0), dtype=bool)


def asked_before(case: Case) -> Floats:
    """Return the work that was asked of the window that is open when the plan starts, in its passed
    periods, million work tokens, (W,)."""
    output, other = (before_plan(case, column) for column in ("output_mtok", "input_mtok"))
    return np.where(counts_output(case), output, other)


def demand_columns(case: Case) -> list[Problem]:
    """Inference has tokens, research FLOP."""
    workloads, demand = case["workloads"], case["demand"]
    research = (
        demand["workload"].isin(workloads["workload"][workloads["kind"] == "research"]).to_numpy()
    )
    problems = rows(
        Cells(case, "demand", "flop", ~research & (numbers(demand, "flop") > 0)),
        "demand-column",
        "must be blank: {workload} is inference, whose demand is in tokens",
        "move the figure",
    )
    for column in TOKENS:
        problems += rows(
            Cells(case, "demand", column, research & (numbers(demand, column) > 0)),
            "demand-column",
            "must be blank: {workload} is research, whose demand is in flop",
            "move the figure",
        )
    return problems


def demand_complete(case: Case) -> list[Problem]:
    """A workload with a volume has a demand row in every period; one whose window has begun also
    in the passed periods of that."""
    demand, names, T = case["demand"], texts(case["workloads"], "workload"), case.calendar.count
    if demand.empty:
        return []
    given = np.zeros((len(names), T), dtype=bool)
    row, period = codes(names, texts(demand, "workload")), whole(demand, "period")
    inside = (row >= 0) & (period >= 0) & (period < T)
    given[row[inside], period[inside]] = True
    problems = absent(
        Missing(case, "demand", "period", names, by_volume(case)[:, None] & ~given),
        "demand-gap",
        "needs a row for {name} in {first} (periods missing: {count} of {periods})",
        "add the rows to demand.csv; write 0 where there is no demand",
    )
    passed = windows_of(case).passed
    told = np.bincount(rows_before(case)[1][rows_before(case)[0]], minlength=len(names))
    return problems + rows(
        Cells(case, "workloads", "window_start", (passed > 0) & (told < passed)),
        "window-demand-gap",
        "needs the demand rows of {workload} of the {passed} periods from {window_start} to the "
        "start of the plan: it has {told}",
        "keep them in demand.csv; write 0 where there was no demand",
        passed=passed,
        told=told,
    )


def demand_inside(case: Case) -> list[Problem]:
    """Demand lies inside the plan, or in a window that was open when it starts."""
    period = whole(case["demand"], "period")
    outside = ((period < 0) & ~rows_before(case)[0]) | (period >= case.calendar.count)
    return rows(
        Cells(case, "demand", "period", outside),
        "demand-outside",
        "must be a period from {start} to {end}, the plan",
        "remove the row, or change start or periods in case.yaml",
        start=case.calendar.labels[0],
        end=case.calendar.labels[-1],
    )


def served_before(case: Case) -> list[Problem]:
    """A window that is open when the plan starts was served no more than it asks for."""
    workloads, windows = case["workloads"], windows_of(case)
    column = np.where(counts_output(case)[:, None], *(volume(case, name) for name in TOKENS[:2]))
    asked = windows.sums(column, asked_before(case))[:, 0]
    served = numbers(workloads, "served_mtok")
    beyond = (windows.passed > 0) & (served > asked * (1.0 + 1e-9))
    return rows(
        Cells(case, "workloads", "served_mtok", beyond),
        "served-beyond-window",
        "is more than the window of {workload} asks for ({asked}): nothing is left of it, and what "
        "is beyond counts for no other",
        "correct it, or the demand of the window",
        severity="warning",
        asked=asked,
    )


def work_token(case: Case) -> list[Problem]:
    """The work token (output tokens, or input tokens if there is no output at all) is there
    wherever other tokens are."""
    workloads, demand, T = case["workloads"], case["demand"], case.calendar.count
    names = texts(workloads, "workload")
    windows = windows_of(case)
    tokens = {
        column: windows.sums(volume(case, column), before_plan(case, column)) for column in TOKENS
    }
    has_output = counts_output(case)
    work = np.where(has_output[:, None], tokens["output_mtok"], tokens["input_mtok"])
    lacks = (np.sum(list(tokens.values()), axis=0) > 0) & (work <= 0)
    row, period = codes(names, texts(demand, "workload")), whole(demand, "period")
    inside = (row >= 0) & (period >= 0) & (period < T)
    bad = inside.copy()
    bad[inside] = lacks[row[inside], period[inside]]
    bad &= np.sum([numbers(demand, column) for column in TOKENS], axis=0) > 0
    output = np.where(row >= 0, has_output[row] if len(names) else False, False)
    problems = rows(
        Cells(case, "demand", "output_mtok", bad & output),
        "work-token",
        "needs output tokens of {workload} in {period}: work is counted by them and there is "
        "other work in this period",
        "fill in output_mtok, or split the input into a workload of its own",
    )
    return problems + rows(
        Cells(case, "demand", "input_mtok", bad & ~output),
        "work-token",
        "needs input tokens of {workload} in {period}: without output, work is counted by them",
        "fill in input_mtok, or output_mtok",
    )


def rates_of_work(case: Case) -> list[Problem]:
    """A chip that serves a model has a rate for its work token: a blank rate is never read as no
    work."""
    workloads, table = case["workloads"], case["throughput"]
    inference = texts(workloads, "kind") != "research"
    output = counts_output(case)
    other = volume(case, "input_mtok").any(axis=1) | (before_plan(case, "input_mtok") > 0)
    problems = []
    for column, mask, what in (
        ("output_tok_per_s", inference & output, "a workload asks for output tokens"),
        ("input_tok_per_s", inference & ~output & other, "a workload asks for input tokens only"),
    ):
        served = set(itertools.compress(keys(workloads, ("model", "tier")), mask))
        asked = np.array([key in served for key in keys(table, ("model", "tier"))], dtype=bool)
        problems += rows(
            Cells(case, "throughput", column, asked & np.isnan(numbers(table, column))),
            "rate-missing",
            f"needs a rate of {{chip}} for {{model}} at tier {{tier}}, because {what}",
            "fill it in, or remove the row if the chip cannot serve it",
        )
    return problems


def no_demand(case: Case) -> list[Problem]:
    """A workload with a volume asks for something in some period."""
    if case["demand"].empty:
        return []
    total = np.sum([volume(case, column) for column in (*TOKENS, "flop")], axis=(0, 2))
    total += asked_before(case)
    listed = case["workloads"]["workload"].isin(case["demand"]["workload"]).to_numpy()
    return rows(
        Cells(case, "workloads", "workload", by_volume(case) & listed & (total == 0)),
        "demand-nothing",
        "asks for nothing in any period",
        "fill in demand.csv, or remove the workload",
        severity="warning",
    )
