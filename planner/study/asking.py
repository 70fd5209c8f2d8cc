"""Variants of a case as questions that may be answered anywhere: what of each differs travels, the
case and the basis of its optimum once."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.lp.basis import Basis
from planner.lp.solution import Solution
from planner.machines.job import Job
from planner.model import Formulation
from planner.model.lots import NEW
from planner.model.rewrite import changed_tables
from planner.study.live import Live, open_case

CHIPS_SHOWN: Final = 1e-3
"""Fewer chips than these are noise of the solver."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a variant comes to: NaN and no chips where there is no plan."""

    status: str
    objective: float
    """USD."""
    chips: tuple[tuple[str, float], ...]
    """Chips by type ordered in the first period, most first."""
    seconds: float
    """Wall-clock seconds for formulating and solving."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What makes a variant of a case, of the parts that are not the case's own."""

    settings: Any
    calendar: Any
    tables: Mapping[str, pd.DataFrame]

    def applied(self, base: Case) -> Case:
        """Return the variant of a worker's own base: what is the same object stays the same object,
        as ``rewrite`` needs it."""
        return dataclasses.replace(
            base,
            settings=self.settings,
            calendar=self.calendar,
            tables={**base.tables, **self.tables},
        )


def difference(case: Case, base: Case) -> Difference:
    """Return what a worker needs to make a variant of the base."""
    return Difference(
        case.settings,
        case.calendar,
        {name: case.tables[name] for name in changed_tables(case, base)},
    )


def variants_of(base: Case, basis: Basis | None) -> Job:
    """Return the job of answering variants of a case (``Difference``; None is the case itself) with
    what they come to (``Result``).

    Args:
        base: the case.
        basis: of its optimum, if known.
    """
    return Job(opened_case, asked_variant, (base, basis))


def opened_case(base: tuple[Case, Basis | None], own: bool) -> Live:
    """Open a case; what is no user's own process need not watch for Ctrl-C.

    Raises:
        RunError: where it has no optimal plan.
    """
    live = open_case(*base, threads=1)
    live.model.watched = own
    return live


def asked_variant(live: Live, question: Difference | None) -> Result:
    """Return what a variant comes to, from where the plan of the base stands."""
    if question is None:
        return Result(
            "optimal",
            live.solution.objective,
            first_orders(live.formulation, live.solution),
            0.0,
        )
    begin = time.perf_counter()
    asked = live.ask(question.applied(live.case))
    chips = first_orders(asked.formulation, asked.solution) if asked.status == "optimal" else ()
    return Result(asked.status, asked.objective, chips, time.perf_counter() - begin)


def first_orders(formulation: Formulation, solution: Solution) -> tuple[tuple[str, float], ...]:
    """Return chips by type that an answer orders in the first period, most first; what is rented by
    the hour is no order."""
    lots = formulation.lots
    now = np.flatnonzero((lots.origin == NEW) & (lots.order_period == 0))
    chips = np.bincount(
        lots.chip[now],
        weights=solution.x[formulation.holding.order[now]],
        minlength=len(formulation.index.axes["chip"]),
    )
    chips = np.where(chips > CHIPS_SHOWN, chips, 0.0)
    return tuple(
        (str(formulation.index.axes["chip"][c]), float(chips[c]))
        for c in np.argsort(-chips, kind="stable")
        if chips[c] > 0.0
    )
