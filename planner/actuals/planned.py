"""What was planned: the written tables of a run, for the periods that have passed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import Floats, Texts, codes, numbers, texts, whole
from planner.model.index import power_order_names
from planner.runs.inputs import read_inputs
from planner.runs.read import read_run_table


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and the periods of it that have passed; periods are relative to its start."""

    case: Case
    by: int
    buy_plan: pd.DataFrame
    """All lines as written, with ``order`` and ``arrives`` as periods (NaN for none)."""
    vintages: pd.DataFrame
    """Chips held of every line, passed periods only, with ``period`` as one."""
    costs: pd.DataFrame
    """Cash by term, period and site, passed periods only."""
    work: pd.DataFrame
    """``work``, ``kind``, ``period``, ``site``, ``chip`` with ``volume`` (Mtok or FLOP),
    ``chip_hours`` and ``usd`` (energy and carbon above idle), passed periods only."""
    power: pd.DataFrame
    """``site``, ``project``, ``period``, ``mw``: what each gives, passed periods only."""
    asked: pd.DataFrame
    """``workload``, ``period``, ``asked``: demand of every period, also of those to come, in work
    tokens or FLOP."""


def planned_of(run: Path, by: int, case: Case | None = None) -> Planned:
    """Return what a run planned for the periods that have passed.

    Args:
        run: the run folder.
        by: periods that have passed.
        case: its case, where it has been read already.

    Raises:
        RunError: where it cannot be read.
    """
    case = read_inputs(run) if case is None else case
    lines = read_run_table(run, "buy_plan")
    lines["order"] = periods(case, lines, "order_period")
    lines["arrives"] = periods(case, lines, "in_service_period")
    costs = _passed(case, read_run_table(run, "costs"), by)
    costs = costs[costs["category"] != "none"]
    costs = costs.groupby(["term", "period", "site"], as_index=False).agg({"nominal_usd": "sum"})
    work = _passed(case, read_run_table(run, "allocation"), by)
    work["volume"] = np.where(work["kind"].isin(["online", "batch"]), work["mtok"], work["flop"])
    work = work.groupby(["work", "kind", "period", "site", "chip"], as_index=False).agg(
        volume=("volume", "sum"), chip_hours=("chip_hours", "sum"), usd=("cost_usd", "sum")
    )
    return Planned(
        case,
        by,
        lines,
        _passed(case, read_run_table(run, "vintages"), by),
        costs,
        work,
        _power(case, lines, _passed(case, read_run_table(run, "power"), by), by),
        asked_of(case),
    )


def periods(case: Case, frame: pd.DataFrame, column: str) -> Floats:
    """Return a column of labels as periods, (n,); NaN for blanks."""
    distinct, code = np.unique(texts(frame, column).astype(str), return_inverse=True)
    values = [float(case.calendar.parse(label)) if label else np.nan for label in distinct]
    return np.array(values, dtype=np.float64)[code]


def _passed(case: Case, frame: pd.DataFrame, by: int) -> pd.DataFrame:
    """Return the rows of a written table that are of periods which have passed."""
    labels = {case.calendar.label(t): t for t in range(by)}
    kept: pd.DataFrame = frame[frame["period"].isin(labels)].reset_index(drop=True)
    return kept.assign(period=kept["period"].map(labels).astype(np.int64))


def _power(case: Case, lines: pd.DataFrame, power: pd.DataFrame, by: int) -> pd.DataFrame:
    """Return the MW of every site without projects and of every project."""
    own = pd.DataFrame(
        {"site": power["site"], "project": "", "period": power["period"], "mw": power["limit_mw"]}
    )
    built = lines[lines["action"] == "build_power"]
    built = built.assign(project=project_of(case, texts(built, "offer")))
    each = [
        built.assign(period=t)[["site", "project", "period", "mw"]][
            (built["arrives"] <= t).to_numpy()
        ]
        for t in range(by)
    ]
    frame = pd.concat([own, *each], ignore_index=True)
    return frame.groupby(["site", "project", "period"], as_index=False).agg({"mw": "sum"})


def project_of(case: Case, offers: Texts) -> Texts:
    """Return the power projects that offers of lines are, (n,): those ordered before the plan have
    names of their own."""
    orders = case["power_orders"]
    at = codes(power_order_names(case), offers)
    return np.where(at >= 0, np.append(texts(orders, "project"), "")[at], offers).astype(object)


def asked_of(case: Case) -> pd.DataFrame:
    """Return what workloads ask for by period, in work tokens (output, or input where a workload
    has no output) or FLOP; none for research by share or multiple."""
    workloads, demand = case["workloads"], case["demand"]
    names = texts(workloads, "workload")
    row = codes(names, texts(demand, "workload"))
    inside = (whole(demand, "period") >= 0) & (whole(demand, "period") < case.calendar.count)
    output = numbers(demand, "output_mtok")
    has_output = np.bincount(row[inside], (output > 0)[inside], len(names)) > 0
    research = texts(workloads, "kind") == "research"
    volume = np.where(
        research[row],
        numbers(demand, "flop"),
        np.where(has_output[row], output, numbers(demand, "input_mtok")),
    )
    frame = pd.DataFrame(
        {"workload": names[row], "period": whole(demand, "period"), "asked": volume}
    )
    found: pd.DataFrame = frame[inside].reset_index(drop=True)
    return found
