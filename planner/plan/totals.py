"""Totals: figures of a whole plan that more than one artefact tells, each defined here and nowhere
else."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from planner.plan.actions import DECISIONS

SHORT: Final = 1e-6
"""Share of a demand, or of a training run; less than that is rounding, not short."""


class Worst(NamedTuple):
    """The workload and period of which the smallest share is served; blank where all is."""

    workload: str
    period: str
    share: float
    """Served of the demand there, 1 = all."""


def committed(buy: pd.DataFrame, first: str) -> pd.DataFrame:
    """Return the lines of buy_plan.csv that commit money in the first period: new ones that are
    ordered then, rentals included.

    Args:
        buy: the buy plan.
        first: label of the first period.
    """
    mine = buy[(buy["order_period"] == first) & (buy["status"] == "new")]
    return mine[mine["total_usd"].fillna(0.0) != 0.0]


def commit_usd(buy: pd.DataFrame, first: str) -> float:
    """Return what the lines of :func:`committed` cost over their lives, nominal USD, to the
    cent."""
    return round(float(committed(buy, first)["total_usd"].round(2).sum()), 2)


def to_decide(buy: pd.DataFrame, first: str) -> pd.DataFrame:
    """Return the lines of buy_plan.csv that somebody has to decide in the first period.

    Args:
        buy: the buy plan.
        first: label of the first period.
    """
    return buy[(buy["order_period"] == first) & buy["action"].isin(DECISIONS)]


def is_late(milestones: pd.DataFrame) -> pd.Series:
    """Return which rows of milestones.csv are not finished by their deadline, (n,)."""
    return milestones["late_flop"].fillna(0.0) > SHORT * milestones["flop"]


def is_short(coverage: pd.DataFrame) -> pd.Series:
    """Return which rows of demand_coverage.csv are not served in full, (n,)."""
    return coverage["short"] > SHORT * coverage["demand"]


def worst_served(coverage: pd.DataFrame) -> Worst:
    """Return the workload and period of demand_coverage.csv with the smallest share served; of
    equal ones the dearest miss, then the first."""
    asked = coverage[coverage["demand"] > 0]
    short = asked[is_short(asked)]
    if short.empty:
        return Worst("", "", 1.0)
    share = 1.0 - short["short"] / short["demand"]
    at = np.lexsort((np.arange(len(short)), -short["short_usd"].fillna(0.0), share.round(12)))[0]
    row = short.iloc[int(at)]
    return Worst(str(row["workload"]), str(row["period"]), float(share.iloc[int(at)]))
