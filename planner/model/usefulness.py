"""Usefulness: how many chips of a type any sensible plan could ever put to work.

The program gives every column a finite upper bound, so that weak duality always yields a bound on
the cost.  Where no limit of the case provides one, this does: ten times what all work would need if
this chip did it alone.  A plan that reaches it is not a plan but a sign that something earns money
by existing, and is reported as unbounded.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.case.case import Case
from planner.model.index import Floats, Index, numbers
from planner.model.lots import Lots
from planner.model.training import Runs
from planner.model.work import SECONDS, Work, window_sum, windows_of

GENEROSITY: Final = 10.0


def useful_chips(case: Case, index: Index, lots: Lots, work: Work, runs: Runs) -> Floats:
    """Return a generous number of chips of every type, (C,), above which more cannot help.

    Args:
        case: the case.
        index: its index.
        lots: its lots (obligations to order are added).
        work: the workloads.
        runs: the milestones.

    Returns:
        Chips per type, finite and above 0.
    """
    C, hours = len(index.kw_peak), index.hours
    peak = work.load.max(axis=1, initial=1.0)
    due = window_sum(work.demand, windows_of(case)) * peak[:, None]
    chip_hours = np.zeros((C,))
    ratio = np.zeros_like(work.rate)
    np.divide(due[:, None, :] / hours / SECONDS, work.rate, out=ratio, where=work.rate > 0)
    chip_hours += ratio.max(axis=2, initial=0.0).sum(axis=0)
    # a run finished within the shortest stretch of its window, and research done as a multiple of
    # all runs
    stretch = np.where(runs.inside > 0, runs.inside * hours, np.inf).min(axis=1, initial=np.inf)
    need = np.zeros_like(runs.rate)
    reach = np.where(runs.beyond < 1.0, runs.rate * runs.beyond, runs.rate)
    np.divide(
        runs.flop[:, None] / np.where(np.isfinite(stretch), stretch, 1.0)[:, None] / SECONDS,
        reach,
        out=need,
        where=reach > 0,
    )
    chip_hours += need.sum(axis=0)
    multiple = np.nan_to_num(numbers(case["workloads"], "multiple_of_milestones"))
    research = np.zeros((len(multiple), C))
    slowest = work.rate.min(axis=2, initial=np.inf) if index.T else work.rate[:, :, 0]
    np.divide(
        (multiple * runs.flop.sum())[:, None] / hours.min() / SECONDS,
        slowest,
        out=research,
        where=(slowest > 0) & np.isfinite(slowest),
    )
    chip_hours += research.sum(axis=0)
    share = min(float(np.nansum(numbers(case["workloads"], "share_of_fleet"))), 0.95)
    owned = float(lots.lower.sum()) + float(
        numbers(case["offers"], "min_per_period").sum() + numbers(case["supply"], "min_chips").sum()
    )
    total = (
        chip_hours / index.availability.min(initial=1.0) / (1.0 - share)
        + owned
        + float(numbers(case["milestones"], "min_chips").sum())
        + 1.0
    )
    if (numbers(case["limits"], "min_share") > 0).any():
        total = np.full(C, total.max())  # a quota may call for chips that no work needs
    return np.asarray(GENEROSITY * total, dtype=np.float64)
