"""The tree of futures: which scenarios cannot be told apart in a period, and which columns of their
programs are therefore one.

Decided here and now are orders and power projects, by the period in which they are ordered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.futures.scenario import Futures
from planner.lp.program import Ints
from planner.lp.relabel import column_keys, mixed
from planner.model import Formulation
from planner.model.lots import NEW

Bools = NDArray[np.bool_]


def groups(futures: Futures) -> Ints:
    """Return, for every scenario and period, (scenarios, periods), the number of the first scenario
    that it cannot be told from then: its own where it is told from all before it."""
    count = futures.base.case.calendar.count
    names = [one.name for one in futures.scenarios]
    found = np.zeros((len(names), count), dtype=np.int64)
    for number, one in enumerate(futures.scenarios):  # each is like one above it
        found[number, futures.reveal.periods[0] :] = number
        if one.like:
            other = found[names.index(one.like)]
            found[number, : one.known] = other[: one.known]
    return found


@dataclass(frozen=True, slots=True)
class Tied:
    """What is decided before scenarios can be told apart."""

    keys: tuple[NDArray[np.uint64], ...]
    """Of every scenario, the key of each of its columns, 0 for what is its own."""
    barred: tuple[Bools, ...]
    """Columns that another scenario which cannot be told from it does not have: nothing can be
    ordered there."""


def decisions(formulation: Formulation) -> Ints:
    """Return the period in which every column is decided once and for all, (columns,); -1 for what
    is no order."""
    period = np.full(formulation.program.num_columns, -1, dtype=np.int64)
    new = np.flatnonzero(formulation.lots.origin == NEW)
    period[formulation.holding.order[new]] = formulation.lots.order_period[new]
    build = formulation.build
    period[build["column"].to_numpy(np.int64)] = build["period"].to_numpy(np.int64)
    return period


def tie(formulations: Sequence[Formulation], group: Ints) -> Tied:
    """Return which columns of the programs of scenarios are one.

    Args:
        formulations: of every scenario.
        group: of ``groups``, (scenarios, periods).
    """
    size = np.stack([(group == number).sum(axis=0) for number in range(len(group))])
    keys, needs = [], []
    for number, formulation in enumerate(formulations):
        period = decisions(formulation)
        mine = group[number][np.maximum(period, 0)]
        together = np.where(period >= 0, size[mine, np.maximum(period, 0)], 1)
        key = mixed(column_keys(formulation.program) ^ mixed(mine.astype(np.uint64)))
        keys.append(np.where(together > 1, np.maximum(key, np.uint64(1)), np.uint64(0)))
        needs.append(together)
    _, back, count = np.unique(np.concatenate(keys), return_inverse=True, return_counts=True)
    short = (np.concatenate(keys) > 0) & (count[back] < np.concatenate(needs))
    ends = np.cumsum([len(key) for key in keys])[:-1]
    return Tied(tuple(keys), tuple(np.split(short, ends)))
