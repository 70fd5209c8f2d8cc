"""Milestones: what there is to train, in which window, on which chips and where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.case.case import Case
from planner.case.columns import flags, numbers, texts
from planner.model.index import Bools, Floats, Index, Ints, codes, members
from planner.model.work import flop_rate


@dataclass(frozen=True, slots=True)
class Milestones:
    """What there is to train and how; arrays over milestones (M,) unless said otherwise."""

    flop: Floats
    past: Floats
    """FLOP done before the plan."""
    inside: Floats
    """Share of each period in which work counts, (M, T)."""
    whole: Bools
    """Periods wholly inside the window, (M, T)."""
    kept: Bools
    """Whether it must keep chips (``min_chips``) in some period."""
    builds: Bools
    """Whether it builds on another (``after``)."""
    deadline: Ints
    """Last period the window touches, D; negative where it lies before the plan."""
    rate: Floats
    """FLOP per chip-second up to full efficiency, (M, C); 0 = cannot."""
    split: Floats
    """Efficiency left where the run may spread over chip types and sites, (M, C, S)."""
    kw: Floats
    """Draw at work, (M, C)."""
    full: Floats
    """Chips on one site up to which the efficiency is full, (M, C); infinite where there is no such
    limit."""
    beyond: Floats
    """Relative efficiency beyond, (M, C)."""
    may: Bools
    """Where it may run: chip and site allowed, a training row, no rule, (M, C, S, T)."""
    interruptible: Bools
    one_site: Bools
    """Whether it runs on one site, which the plan may have to choose."""
    one_chip: Bools
    """Whether it runs on one chip type."""
    late: Floats
    """USD per period of lateness, NaN where the deadline is hard."""


def spread(pairs: Bools, one_site: Bools, one_chip: Bools) -> Ints:
    """Return over how many pairs of chip and site a run may spread that works on one of them, (M,
    C, S): at its site alone where it runs on one, on its chip type alone where it runs on one.

    Args:
        pairs: pairs that it may use, (M, C, S).
        one_site: whether it runs on one site, (M,).
        one_chip: whether it runs on one chip type, (M,).
    """
    chips, sites = pairs.sum(axis=1, keepdims=True), pairs.sum(axis=2, keepdims=True)
    at_site, on_chip = one_site[:, None, None], one_chip[:, None, None]
    every = pairs.sum(axis=(1, 2), keepdims=True)
    count = np.where(at_site, np.where(on_chip, 1, chips), np.where(on_chip, sites, every))
    return np.broadcast_to(count, pairs.shape).astype(np.int64)


def list_milestones(case: Case, index: Index) -> Milestones:
    """Return the milestones of a case as arrays.

    Args:
        case: the case.
        index: its index.

    Returns:
        Windows, rates and permissions.
    """
    table, training = case["milestones"], case["training"]
    M, T = len(table), index.T
    start, end = numbers(table, "start"), numbers(table, "deadline")
    t = np.arange(T)
    inside = np.clip(np.minimum(end[:, None], t + 1) - np.maximum(start[:, None], t), 0.0, 1.0)
    deadline = np.minimum(np.ceil(end - 1e-9).astype(np.int64) - 1, T - 1)
    late = numbers(table, "late_usd_per_period")
    work = np.where(~np.isnan(late)[:, None] & (t[None, :] > deadline[:, None]), 1.0, inside)
    rate, kw = flop_rate(case, index, texts(table, "class"))
    rate = rate * members(index.axes["chip"], texts(table, "chips"))
    sites = members(index.axes["site"], texts(table, "sites"))
    may = (
        (rate > 0)[:, :, None, None]
        & sites[:, None, :, None]
        & ~index.run_forbidden
        & (work > 0)[:, None, None, :]
    )
    one_site, one_chip = flags(table, "single_site"), flags(table, "single_chip")
    pairs = np.asarray(may.any(axis=3))
    together = spread(pairs, one_site, one_chip)
    split = np.where(together > 1, numbers(table, "split_efficiency")[:, None, None], 1.0)
    if np.isnan(split).any():
        raise ValueError("a milestone with a choice of sites or chips has no split_efficiency")
    full, beyond = np.full(rate.shape, np.inf), np.ones(rate.shape)
    if len(training) and M:
        classes = np.array(sorted(set(texts(training, "class"))), dtype=object)
        grid_full, grid_beyond = (
            np.full((len(classes), rate.shape[1]), np.inf),
            np.ones((len(classes), rate.shape[1])),
        )
        where = (
            codes(classes, texts(training, "class")),
            index.code("chip", texts(training, "chip")),
        )
        tiered = ~np.isnan(numbers(training, "chips_at_full_efficiency"))
        grid_full[where] = np.where(tiered, numbers(training, "chips_at_full_efficiency"), np.inf)
        grid_beyond[where] = np.where(tiered, numbers(training, "efficiency_beyond"), 1.0)
        mine = codes(classes, texts(table, "class"))
        full, beyond = grid_full[mine], grid_beyond[mine]
    throughout = inside >= 1.0 - 1e-12
    return Milestones(
        flop=numbers(table, "flop"),
        past=numbers(table, "done_flop"),
        inside=work,
        whole=throughout,
        kept=(numbers(table, "min_chips") > 0) & throughout.any(axis=1),
        builds=np.array([len(names) > 0 for names in texts(table, "after")], dtype=bool),
        deadline=deadline,
        rate=rate,
        split=split,
        kw=kw,
        full=full,
        beyond=beyond,
        may=may,
        interruptible=table["interruptible"].to_numpy(dtype=bool),
        one_site=one_site,
        one_chip=one_chip,
        late=late,
    )
