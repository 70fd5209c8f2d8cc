"""Batches: the windows within which batch work may be served whenever there is time.

They keep their calendar: the first window of the plan may have begun before it.  Then rows of
demand.csv tell what was asked in its periods that have passed, and ``served_mtok`` of workloads.csv
what was served.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.case.columns import Bools, Floats, Ints, codes, numbers, texts, whole

if TYPE_CHECKING:
    from planner.case.case import Case

Codes = NDArray[np.integer[Any]]
"""Integers of any size."""


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of every workload; all but batch work has windows of one period."""

    length: Ints
    """Periods in a window, (W,)."""
    passed: Ints
    """Periods of the first window that lie before the plan, (W,)."""

    def number(self, w: Codes, t: Codes) -> Ints:
        """Return the window of workload ``w`` that period ``t`` lies in, the plan's first one 0;
        arrays that fit each other."""
        return np.asarray((t + self.passed[w]) // self.length[w], dtype=np.int64)

    def numbers(self, periods: int) -> Ints:
        """Return the window of every period of the plan, (W, periods)."""
        return self.number(np.arange(len(self.length))[:, None], np.arange(periods)[None, :])

    def last(self, w: Codes, number: Codes, periods: int) -> Ints:
        """Return the last period of windows inside a plan of so many periods."""
        ends = (number + 1) * self.length[w] - self.passed[w]
        return np.asarray(np.minimum(ends, periods) - 1, dtype=np.int64)

    def ends(self, periods: int) -> Ints:
        """Return the last period of the window that every period lies in, (W, periods)."""
        every = np.arange(len(self.length))[:, None]
        return self.last(every, self.numbers(periods), periods)

    def sums(self, amount: Floats, before: Floats | float = 0.0) -> Floats:
        """Return, for every period, the sum of ``amount`` (W, T) over the window it lies in, with
        ``before`` (W,) in the first one."""
        number = self.numbers(amount.shape[1])
        totals = np.zeros_like(amount)
        np.add.at(totals, (np.arange(len(amount))[:, None], number), amount)
        totals[:, 0] += before
        return np.take_along_axis(totals, number, axis=1)


def windows_of(case: Case) -> Windows:
    """Return the windows of the workloads: ``window_periods`` for batch work, from
    ``window_start`` on, one period for all other."""
    workloads = case["workloads"]
    batch = texts(workloads, "kind") == "batch"
    start, length = numbers(workloads, "window_start"), whole(workloads, "window_periods")
    return Windows(
        np.where(batch, whole(workloads, "window_periods"), 1),
        # a start that cannot be is told by the checks
        np.where(batch & (start <= 0) & (start > -length), -np.nan_to_num(start), 0).astype(
            np.int64
        ),
    )


def rows_before(case: Case) -> tuple[Bools, Ints]:
    """Return which rows of demand.csv are of a window that began before the plan, in a period of it
    that has passed, and the workload of every row (-1: unknown), (rows,) each."""
    demand = case["demand"]
    row = codes(texts(case["workloads"], "workload"), texts(demand, "workload"))
    period, passed = whole(demand, "period"), np.append(windows_of(case).passed, 0)
    return np.asarray((period < 0) & (period >= -passed[row]), dtype=bool), row


def before_plan(case: Case, column: str) -> Floats:
    """Return one column of demand.csv summed over the passed periods of the window that is open
    when the plan starts, (W,)."""
    mine, row = rows_before(case)
    amount = np.zeros(len(case["workloads"]))
    np.add.at(amount, row[mine], numbers(case["demand"], column)[mine])
    return amount
