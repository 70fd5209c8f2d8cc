"""The history of a case: every approved plan of it in one picture, in money of one date and by the
same periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.actuals.planned import asked_of
from planner.case.folder import HISTORY
from planner.case.periods import PER_YEAR, absolute_period
from planner.case.tables import TABLE
from planner.plan.actions import HELD
from planner.report.history import read_history as read_past
from planner.report.page.run import plan_periods
from planner.runs.approval import approval_words
from planner.runs.find import RunLine, find_run, find_runs
from planner.runs.inputs import INPUTS, read_inputs
from planner.runs.read import RunError, is_run, read_manifest, read_plan, read_run_table

PAST: Final = TABLE["past_forecasts"]
FORECAST: Final = ("plan", "workload", "period", "forecast")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Kept:
    """One plan of the history: its run, or what a roll kept of it."""

    folder: Path
    plan: dict[str, Any]
    approval: str
    """Who approved it, in words."""

    @property
    def start(self) -> str:
        """Its first period."""
        return str(self.plan["horizon"]["first"])

    @property
    def end(self) -> str:
        """Its last period."""
        return str(self.plan["horizon"]["last"])

    @property
    def first(self) -> int:
        """Absolute number of its first period."""
        return absolute_period(self.start, str(self.plan["horizon"]["frequency"]))

    @property
    def periods(self) -> tuple[str, ...]:
        """Labels of its periods."""
        return plan_periods(self.plan)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """costs.csv, ``at``: absolute numbers of its periods."""
        return self._numbered("costs")

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """demand_coverage.csv, ``at``: absolute numbers of its periods."""
        return self._numbered("demand_coverage")

    @cached_property
    def fleet(self) -> pd.DataFrame:
        """fleet.csv, ``at``: absolute numbers of its periods."""
        return self._numbered("fleet")

    def _numbered(self, name: str) -> pd.DataFrame:
        frame = read_run_table(self.folder, name)
        frequency = str(self.plan["horizon"]["frequency"])
        codes, labels = pd.factorize(frame["period"])
        numbers = np.array([absolute_period(str(label), frequency) for label in labels])
        return frame.assign(at=numbers[codes] if len(labels) else np.zeros(0, dtype=np.int64))

    def to_pay(self, since: int) -> float:
        """Return the cost from a period on, in money of its start, USD.

        ``(sum of the discounted cost of the periods from it on) x (1 + r)^(periods passed / periods
        a year)``
        """
        span = self.plan["horizon"]
        rest = float(self.costs.loc[self.costs["at"] >= since, "discounted_usd"].sum())
        years = (since - self.first) / PER_YEAR[str(span["frequency"])]
        return float(rest * (1.0 + float(span["discount_rate"])) ** years)

    def cash(self, since: int, until: int) -> float:
        """Return what is paid in some periods, the last one included, nominal USD."""
        costs = self.costs
        mine = costs["at"].between(since, until) & (costs["category"] != "none")
        return float(costs.loc[mine, "nominal_usd"].sum())

    def by_period(self, frame: pd.DataFrame, value: str, labels: Sequence[str]) -> Floats:
        """Return a column summed by period, (T,); NaN outside the plan."""
        sums = frame.groupby("period")[value].sum()
        inside = np.isin(np.array(labels, dtype=object), np.array(self.periods, dtype=object))
        found = sums.reindex(pd.Index(labels)).fillna(0.0).to_numpy(dtype=np.float64)
        return np.where(inside, found, np.nan)

    def ordered_first(self) -> float:
        """Return the chips that it ordered in its first period."""
        buy = read_run_table(self.folder, "buy_plan")
        mine = (buy["status"] == "new") & buy["action"].isin(HELD)
        return float(buy.loc[mine & (buy["order_period"] == self.start), "chips"].sum())


@dataclass(frozen=True, slots=True)
class History:
    """The approved plans of a case, the one that began first in front; and the newest, approved or
    not."""

    case: str
    plans: tuple[Kept, ...]
    forecasts: pd.DataFrame
    """What every plan took demand to be: plan, workload, period (labels), forecast."""
    past: pd.DataFrame
    """Forecasts of the plans that were rolled, with what was then asked for, as
    ``planner.report.history`` reads them."""
    asked: pd.DataFrame
    """What was asked for, where it is known: workload, period, asked."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of all periods of all plans, in their order."""
        first = min(self.plans, key=lambda kept: kept.first)
        last = max(self.plans, key=lambda kept: kept.first + len(kept.periods))
        count = last.first + len(last.periods) - first.first
        return plan_periods({"horizon": {**first.plan["horizon"], "periods": count}})


def read_history(text: str | None, out: Path) -> History:
    """Return the history of a case: what rolls kept of earlier plans in its folder, and the runs
    under ``out``.

    Args:
        text: the case folder, the name of a case, or a run of it; None: the case of the newest run.
        out: where runs are.

    Returns:
        The last approved plan of every start, and the newest plan where none of its start is
        approved.

    Raises:
        RunError: where there is no plan, or one cannot be read.
    """
    path = Path(text) if text is not None else None
    if path is not None and path.is_dir() and not is_run(path) and (path / HISTORY).is_dir():
        home = path
        kept = _rolled(path)
        name = kept[-1].plan["case"] if kept else path.name
    else:
        folder = find_run(text, out).folder
        name = read_plan(folder)["case"]
        home = Path(read_manifest(folder)["case_folder"])
        kept = _rolled(home)
    runs = [r for r in find_runs(out) if r.case == name and r.objective_usd is not None]
    found = {plan.first: plan for plan in kept}
    for run in _chosen([r for r in runs if r.what_if is None]):
        plan = _of_run(run.folder)
        if plan.first not in found:
            found[plan.first] = plan
    if not found:
        raise RunError(f"{name} has no plan under {out}. Make one with: planner run CASE")
    plans = tuple(found[first] for first in sorted(found))
    if len({str(plan.plan["horizon"]["frequency"]) for plan in plans}) > 1:
        raise RunError(f"the plans of {name} have periods of different lengths")
    told = _told(home)
    known = told[told["asked"].notna()].drop_duplicates(["workload", "period"], keep="last")
    return History(
        str(name),
        plans,
        _forecasts(plans, told),
        read_past(home).forecasts,
        known[["workload", "period", "asked"]].reset_index(drop=True),
    )


def _rolled(case: Path) -> list[Kept]:
    """Return the plans that rolls kept in a case folder."""
    folders = sorted((case / HISTORY).glob("*/plan.json")) if case.is_dir() else []
    return [_of_run(path.parent) for path in folders]


def _of_run(folder: Path) -> Kept:
    return Kept(folder, read_plan(folder), approval_words(folder))


def _chosen(runs: Sequence[RunLine]) -> list[RunLine]:
    """Return the last approved run of every start, and the newest run where it begins later than
    all of them; runs are newest first."""
    chosen: dict[str, RunLine] = {}
    for run in sorted(runs, key=lambda run: run.approved_utc, reverse=True):
        if run.approved_utc:
            chosen.setdefault(_start(run), run)
    if runs and _start(runs[0]) not in chosen:
        chosen[_start(runs[0])] = runs[0]
    return list(chosen.values())


def _start(run: RunLine) -> str:
    return str(read_plan(run.folder)["horizon"]["first"])


def _told(home: Path) -> pd.DataFrame:
    """Return what rolls wrote of forecasts in a case folder, periods as labels."""
    past, table = home / PAST.path, [column.name for column in PAST.columns]
    if not past.is_file():
        return pd.DataFrame(columns=table, dtype=object).assign(asked=np.empty(0))
    frame = pd.read_csv(past, dtype=object, keep_default_na=False, na_filter=False)
    frame = frame.reindex(columns=table, fill_value="")
    numbers = {name: pd.to_numeric(frame[name], errors="coerce") for name in ("forecast", "asked")}
    return frame.assign(**numbers)


def _forecasts(plans: Sequence[Kept], told: pd.DataFrame) -> pd.DataFrame:
    """Return the demand of every plan by workload and period: as its roll wrote it, or of its
    inputs.  (What a run covers of batch work it says by window.)"""
    frames = [told[list(FORECAST)]]
    for kept in plans:
        if kept.start in set(told["plan"]) or not (kept.folder / INPUTS).is_dir():
            continue
        case = read_inputs(kept.folder)
        frame = asked_of(case).rename(columns={"asked": "forecast"})
        labels = np.array(case.calendar.labels, dtype=object)[frame["period"].to_numpy()]
        frames.append(frame.assign(plan=kept.start, period=labels)[list(FORECAST)])
    return pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)
