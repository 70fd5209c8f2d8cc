"""What the page is made of: a run's tables, its plan.json, the inputs' words, and the
type of its chapters."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.plan.tables import PLAN_TABLES
from planner.report.facts import facts_of
from planner.report.figures import Figures, figures_of
from planner.report.page.chart import Chart, Floats
from planner.report.page.sheet import Sheet
from planner.report.summary import SUMMARISED
from planner.report.years import Yearly, fiscal_start, years_of
from planner.runs.read import read_plan, read_run_table
from planner.runs.resolved import Resolved, read_resolved

UNTOLD = ("site_loss", "order_steps", "tokens", "commitment_orders", "covered", "vintages")
"""Tables that the page does not read."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder, read once."""

    folder: Path
    plan: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    periods: tuple[str, ...]
    figures: Figures
    """What every artefact tells of it."""
    resolved: Resolved | None
    """What was solved again for it, where that was."""
    facts: Mapping[str, str]
    """What the summary tells first, by name."""
    yearly: Yearly
    """The tables by fiscal year."""

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    def at(self, labels: pd.Series[Any]) -> NDArray[np.int64]:
        """Return the positions of period labels in the plan, (n,), -1 where outside."""
        return pd.Index(self.periods).get_indexer(pd.Index(labels)).astype(np.int64)

    def by_period(self, frame: pd.DataFrame, group: str, value: str) -> dict[str, Floats]:
        """Return value summed by group over the plan's periods: name -> (T,)."""
        at = self.at(frame["period"])
        inside = at >= 0
        names = frame[group].to_numpy(dtype=object)[inside]
        codes, distinct = pd.factorize(names, sort=True)
        T = len(self.periods)
        sums = np.bincount(
            codes * T + at[inside],
            weights=frame[value].fillna(0.0).to_numpy(dtype=np.float64)[inside],
            minlength=len(distinct) * T,
        ).reshape(len(distinct), T)
        return {str(name): sums[i] for i, name in enumerate(distinct)}


@dataclass(frozen=True, slots=True)
class Card:
    """One of the figures: what, how much in which unit (or in words), and a line below it."""

    name: str
    value: str
    unit: str = ""
    more: str = ""
    alarm: bool = False
    figure: str = ""
    """What it is called beside the figure as it is, for programs that read the page."""
    exact: float | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the summary: a heading, and a short table or a few sentences."""

    title: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    right: frozenset[int] = frozenset()
    """Columns of numbers."""
    lines: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """A heading that opens to a few facts."""

    title: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A numbered chapter of the page."""

    id: str
    title: str
    intro: str = ""
    says: str = ""
    """The heading as a sentence; blank: the title is the heading."""
    cards: tuple[Card, ...] = ()
    panels: tuple[Panel, ...] = ()
    charts: tuple[Chart, ...] = ()
    pictures: tuple[Chart, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    details: tuple[Details, ...] = ()
    facts: tuple[tuple[str, str], ...] = field(default=())


def read_run(folder: Path) -> Run:
    """Return a run folder, read; raises ``RunError`` where a file is missing or not what it should
    be."""
    plan = read_plan(folder)
    names = [
        table.name
        for table in PLAN_TABLES
        if table.name in SUMMARISED
        or (table.name not in UNTOLD and (folder / table.path).is_file())
    ]
    tables = {name: read_run_table(folder, name) for name in names}
    figures, resolved = figures_of(plan, tables), read_resolved(folder)
    facts = dict(facts_of(plan, tables, resolved, figures))
    periods = plan_periods(plan)
    yearly = Yearly(tables, years_of(periods, fiscal_start(folder)))
    return Run(folder, plan, tables, periods, figures, resolved, facts, yearly)


def plan_periods(plan: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the labels of all periods of a plan, from its first one on."""
    first, count, frequency = (
        str(plan["horizon"]["first"]),
        int(plan["horizon"]["periods"]),
        str(plan["horizon"]["frequency"]),
    )
    year = int(first[:4])
    if frequency == "year":
        return tuple(str(year + t) for t in range(count))
    per, mark = (4, "Q") if frequency == "quarter" else (12, "-")
    begin = int(first[5:] if frequency == "month" else first.split("Q")[1]) - 1
    width = 1 if frequency == "quarter" else 2
    return tuple(
        f"{year + (begin + t) // per}{mark}{(begin + t) % per + 1:0{width}d}" for t in range(count)
    )


def input_rows(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of an input CSV of the run as it was read; none where the case has no such
    file or keeps it in a workbook."""
    path = folder / "inputs" / name
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [
            {str(key): str(value) for key, value in row.items() if isinstance(value, str)}
            for row in csv.DictReader(stream)
        ]
