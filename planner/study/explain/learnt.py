"""Learnt only then: what a change costs where nobody knows of it before a date, so that what is
ordered up to then is ordered as the plan has it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.lp.held import held
from planner.model import Formulation, formulate
from planner.model.rewrite import rewrite
from planner.plan.actions import COMMITTING
from planner.runs.read import read_run_table
from planner.study.explain.line import line_columns
from planner.study.explain.outcome import Outcome, outcome_of
from planner.study.live import Live
from planner.words import plural

KEPT: Final = (*COMMITTING, "rent")
"""What is kept as it was ordered."""


def learnt_then(live: Live, folder: Path, case: Case, then: int) -> Outcome:
    """Return what a changed case costs where all that the plan orders before a period is kept.

    Args:
        live: the run, reopened.
        folder: its folder.
        case: the case with something changed.
        then: period in which it is learnt; 0: at once.

    Returns:
        The outcome; orders that would now arrive after the plan are told in its words.
    """
    other = rewrite(live.formulation, case) or formulate(case)
    program, label = other.program, live.case.calendar.label(then)
    columns, x, gone = _orders(live, folder, other, then)
    kept = held(program, columns, x)
    late = f"; {plural(gone, 'order')} of before arrive after the plan" if gone else ""
    what = f"learnt only in {label}, what is ordered before kept{late}"
    asked = live.ask_program(dataclasses.replace(other, program=kept))
    return outcome_of(live, what, asked)[0]


def _orders(
    live: Live, folder: Path, other: Formulation, then: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Columns of another formulation that are ordered before a period and their amounts, user
    units, (n,) each; and how many lines have no columns there."""
    buy, rentals = (read_run_table(folder, name) for name in ("buy_plan", "rentals"))
    periods = {label: t for t, label in enumerate(live.formulation.index.axes["period"])}
    when = buy["order_period"].map(periods).fillna(then)
    lines = buy[(when < then) & (buy["status"] == "new") & buy["action"].isin(KEPT)]
    shadow = dataclasses.replace(live, formulation=other)
    found, amounts, gone = [np.zeros(0, dtype=np.int64)], [np.zeros(0)], 0
    for _, row in lines.iterrows():
        columns = np.asarray(line_columns(shadow, row), dtype=np.int64)
        amount = (
            _rented(rentals, other, row, columns)
            if row["action"] == "rent"
            else np.full(
                len(columns), row["mw"] if row["action"] == "build_power" else row["chips"]
            )
        )
        gone += not len(columns)
        found.append(columns)
        amounts.append(amount)
    return np.concatenate(found), np.concatenate(amounts), gone


def _rented(rentals: pd.DataFrame, other: Formulation, row: Any, columns: np.ndarray) -> np.ndarray:
    """Chips of a rental in the slices of its columns, (n,)."""
    mine = rentals[
        (rentals["offer"] == row["offer"])
        & (rentals["site"] == row["site"])
        & (rentals["period"] == row["order_period"])
    ]
    by_slice = dict(zip(mine["slice"], mine["chips"], strict=True))
    where = pd.Series(other.capacity.rented_slice, index=other.capacity.rented)
    slices = other.index.axes["slice"][where.reindex(columns).to_numpy(dtype=np.int64)]
    return np.array([by_slice.get(name, 0.0) for name in slices], dtype=np.float64)
