"""Limits that ask for work: milestones, demand, research floors and the loss of a site."""

from __future__ import annotations

import numpy as np

from planner.case.batches import windows_of
from planner.case.columns import numbers, texts, whole
from planner.diagnosis.limit import LOWER, UPPER, LimitList, Stated, grouped
from planner.diagnosis.prices import Prices
from planner.model import Formulation
from planner.model.holding import CHIPS
from planner.model.index import Bools, Ints


def list_milestones(f: Formulation, found: LimitList, price: Prices, hard: Bools) -> None:
    """Deadlines that are ``hard`` in the inputs, (M,), fewest and most chips, and precedence."""
    block = found.block("milestone")
    flop = f.milestones.flop
    left = flop - f.milestones.past  # what was done cannot be taken back
    if block is not None:
        m, period, rows = (
            block.labels["milestone"],
            block.labels["period"],
            block.first + np.arange(block.count),
        )
        due = hard[m]
        m, period, rows = m[due], period[due], rows[due]
        if len(m):
            first, member = grouped(m)
            limit = found.limits(
                Stated("milestones", "deadline", "milestones", "deadline", LOWER), m[first], -1
            )
            found.rows(limit[member], rows, LOWER)
            scale = f.program.row_scale[rows]
            # a year of lateness is valued like the whole run; the later, the dearer, so that all
            # finish as early as can be
            late = price.flop[m] / f.index.ppy * (1.0 + 0.1 * (period - f.milestones.deadline[m]))
            found.gives(
                found.slack(limit[member], "deadline", late, flop[m], scale, period), rows, 1.0
            )
            found.gives(
                found.slack(limit, "flop", price.flop[m[first]], left[m[first]], scale[first])[
                    member
                ],
                rows,
                1.0,
            )
    for name, column, side, sign in (
        ("run_limit", "max_chips", UPPER, -1.0),
        ("run_floor", "min_chips", LOWER, 1.0),
    ):
        block = found.block(name)
        if block is None:
            continue
        m, rows = block.labels["milestone"], block.first + np.arange(block.count)
        first, member = grouped(m)
        limit = found.limits(Stated("milestones", column, "milestones", column, side), m[first], -1)
        found.rows(limit[member], rows, side)
        most = np.inf if side == UPPER else numbers(f.case["milestones"], column)[m[first]]
        found.gives(
            found.slack(limit, "", float(price.chip.max()) * f.index.T, most, CHIPS)[member],
            rows,
            sign,
        )
    block = found.block("precedence")
    if block is not None:
        first, member = grouped(block.labels["milestone"])
        limit = found.limits(
            Stated("milestones", "after", "milestones", "after", UPPER),
            block.labels["milestone"][first],
            -1,
        )
        found.rows(limit[member], block.first + np.arange(block.count), UPPER)


def list_demand(f: Formulation, found: LimitList, price: Prices) -> None:
    """Demand of a workload in a period (a batch window): its slack also takes its share off what
    must survive a site loss."""
    program, index = f.program, f.index
    loss = found.block("site_loss")
    for name in ("online", "batch", "research"):
        block = found.block(name)
        if block is None:
            continue
        w, period, rows = (
            block.labels["workload"],
            block.labels["period"],
            block.first + np.arange(block.count),
        )
        first, member = grouped(w, period)
        at = _asking(f, w[first], period[first])
        column = "flop" if name == "research" else "output_mtok"
        limit = found.limits(Stated("demand", name, "demand", column, LOWER), at, period[first])
        found.rows(limit[member], rows, LOWER)
        asked = program.row_lower[rows] * program.row_scale[rows]
        total = np.bincount(member, weights=asked)
        slack = found.slack(
            limit, "", price.work[w[first]], total, program.row_scale[rows][first], period[first]
        )
        found.gives(slack[member], rows, asked / total[member])
        if loss is None or name != "online":
            continue
        number = np.full((len(f.work.kind), index.T), -1, dtype=np.int64)
        number[w[first], period[first]] = np.arange(len(first))
        of = number[loss.labels["workload"], loss.labels["period"]]
        lost = loss.first + np.arange(loss.count)
        need = program.row_lower[lost] * program.row_scale[lost]
        found.gives(slack[of[of >= 0]], lost[of >= 0], need[of >= 0] / total[of[of >= 0]])


def _asking(f: Formulation, w: Ints, period: Ints) -> Ints:
    """Return the last row of demand.csv in the window of a workload that a period lies in."""
    demand, windows = f.case["demand"], windows_of(f.case)
    columns = ["output_mtok", "input_mtok", "cached_mtok", "flop"]
    some = np.flatnonzero((demand[columns] > 0).any(axis=1).to_numpy(dtype=bool))
    of, when = (
        f.index.code("workload", texts(demand, "workload")[some]),
        whole(demand, "period")[some],
    )
    last = np.full((len(windows.length), f.index.T), -1, dtype=np.int64)
    inside = when < f.index.T
    of, when, some = of[inside], when[inside], some[inside]
    np.maximum.at(last, (of, windows.number(of, when)), some)
    return np.asarray(last[w, windows.number(w, period)], dtype=np.int64)


def list_floors(f: Formulation, found: LimitList, price: Prices) -> None:
    """Research as a share of the fleet and as a multiple of the milestones."""
    for name, column, dear in (
        ("research_share", "share_of_fleet", np.full(len(price.work), float(price.chip.max()))),
        ("research_multiple", "multiple_of_milestones", price.work),
    ):
        block = found.block(name)
        if block is None:
            continue
        w, rows = block.labels["workload"], block.first + np.arange(block.count)
        first, member = grouped(w)
        limit = found.limits(Stated("demand", name, "workloads", column, LOWER), w[first], -1)
        found.rows(limit[member], rows, LOWER)
        found.gives(
            found.slack(
                limit[member],
                "",
                dear[w],
                np.inf,
                f.program.row_scale[rows],
                block.labels["period"],
            ),
            rows,
            1.0,
        )


def list_site_loss(f: Formulation, found: LimitList, price: Prices) -> None:
    """The share of its demand that a workload keeps when a site is lost."""
    block = found.block("site_loss")
    if block is None:
        return
    w, rows = block.labels["workload"], block.first + np.arange(block.count)
    first, member = grouped(w)
    limit = found.limits(
        Stated("policies", "site_loss", "workloads", "survive_site_loss", LOWER), w[first], -1
    )
    found.rows(limit[member], rows, LOWER)
    quota = numbers(f.case["workloads"], "survive_site_loss")[w]
    need = f.program.row_lower[rows] * f.program.row_scale[rows] / quota
    value = np.bincount(member, weights=need) * price.work[w[first]]
    found.gives(found.slack(limit, "", value, quota[first], 1.0)[member], rows, need)
