"""Blocks: power projects are ordered in whole blocks, opened once and one after another.

::

    build[p,t] = lot_mw[p] x blocks[p,t],  blocks whole                  row ``power_block``
    sum_u<=t build[p,u] <= mw_max[p] x sum_u<=t project_opening[p,u]     row ``project_open``
    mw_max[q] x project_full[q,t] <= sum_u<=t build[q,u] + ordered[q]    row ``project_full``
    build[p,t] <= mw_max[p] x project_full[q,t], p after q               row ``project_after``

``project_opening`` and ``project_full`` are 0 or 1; ``usd_to_open`` is paid with the former, at the
start of its period.  The relaxation (``whole: no``) has neither blocks nor an order of projects,
and pays that part of ``usd_to_open`` which the MW are of ``mw_max``.  Orders that are as the last
plan has them are what they are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import codes, numbers, texts
from planner.model.draft import Draft
from planner.model.index import Bools, Ints
from planner.model.moves import spans
from planner.model.stability import KeptProjects

SMALLEST_BLOCK = 0.001
"""MW: ``lot_mw`` of projects that are not ordered in blocks."""


def add_blocks(draft: Draft, build: pd.DataFrame, signed: pd.DataFrame, kept: KeptProjects) -> None:
    """Add what is whole of power projects.

    Args:
        draft: the program being written.
        build: the columns ``build``: project (row), period, column, site.
        signed: what was ordered before, as ``add_power_orders`` returns it.
        kept: the orders that are as the last plan says.
    """
    builder, index, projects = draft.builder, draft.index, draft.case["power_projects"]
    row, period, column = (build[name].to_numpy(np.int64) for name in ("row", "period", "column"))
    lot = numbers(projects, "lot_mw")
    free = ~kept.fixed(index.axes["project"][row], period)
    mine = np.flatnonzero(free & (lot[row] > SMALLEST_BLOCK)) if draft.whole else row[:0]
    if len(mine):
        labels = {"project": row[mine], "period": period[mine]}
        blocks = builder.columns("blocks", labels, 0.0, np.inf, integer=True)
        rows = builder.rows("power_block", labels, 0.0, 0.0)
        builder.entries(rows, column[mine], 1.0)
        builder.entries(rows, blocks, -lot[row[mine]])
    known = signed[signed["project"] >= 0]
    before = np.zeros(len(projects), dtype=bool)
    before[known["project"].to_numpy(np.int64)] = True
    _add_openings(draft, build, (numbers(projects, "usd_to_open") > 0) & ~before)
    if draft.whole:
        _add_order(draft, build, free, known)


def _through(draft: Draft, build: pd.DataFrame, chosen: Bools) -> tuple[Ints, Ints, Ints, Ints]:
    """Return, for the projects that are ``chosen``, (projects,), pairs of a column ``build`` and a
    period from its order on in which that project can be ordered: row of ``build``, project,
    period, (n,) each; and the cells (project, period) that there are, (2, cells)."""
    mine = np.flatnonzero(chosen[build["row"].to_numpy(np.int64)])
    row, period = (build[name].to_numpy(np.int64)[mine] for name in ("row", "period"))
    which, later = spans(period, np.full(len(mine), draft.index.T))
    there = np.zeros((len(chosen), draft.index.T), dtype=bool)
    there[row, period] = True
    keep = there[row[which], later]
    which, later = which[keep], later[keep]
    return mine[which], row[which], later, np.stack(np.nonzero(there))


def _add_openings(draft: Draft, build: pd.DataFrame, chosen: Bools) -> None:
    """Columns ``project_opening``, rows ``project_open`` and what opening costs, of the projects
    that are ``chosen``, (projects,)."""
    builder, case, index = draft.builder, draft.case, draft.index
    projects = case["power_projects"]
    which, row, later, (project, period) = _through(draft, build, chosen)
    if not len(project):
        return
    labels = {"project": project, "period": period}
    opening = builder.columns("project_opening", labels, 0.0, 1.0, integer=draft.whole)
    rows = builder.rows("project_open", labels, -np.inf, 0.0)
    number = np.full((len(projects), index.T), -1, dtype=np.int64)
    number[project, period] = np.arange(len(project))
    builder.entries(rows[number[row, later]], build["column"].to_numpy(np.int64)[which], 1.0)
    first, through = number[row, build["period"].to_numpy(np.int64)[which]], number[row, later]
    builder.entries(rows[through], opening[first], -numbers(projects, "mw_max")[row])
    usd = numbers(projects, "usd_to_open")[project]
    site = index.code("site", texts(projects, "site"))[project]
    draft.ledger.add("power_projects", opening, period, usd, site=site)


def _add_order(draft: Draft, build: pd.DataFrame, free: Bools, known: pd.DataFrame) -> None:
    """Columns and rows ``project_full``, rows ``project_after``, of orders that are ``free``,
    (orders,); ``known`` are the MW of projects ordered before the plan: project, column."""
    builder, index, projects = draft.builder, draft.index, draft.case["power_projects"]
    after = codes(index.axes["project"], texts(projects, "after"))
    most = numbers(projects, "mw_max")
    of, when, column = (build[name].to_numpy(np.int64) for name in ("row", "period", "column"))
    mine = np.flatnonzero(free & (after[of] >= 0))
    if not len(mine):
        return
    first, period = after[of[mine]], when[mine]
    # one column for every project that others wait for, in the periods in which any can be ordered
    cells, at = np.unique(np.stack([first, period]), axis=1, return_inverse=True)
    labels = {"project": cells[0], "period": cells[1]}
    full = builder.columns("project_full", labels, 0.0, 1.0, integer=True)
    rows = builder.rows("project_full", labels, -np.inf, 0.0)
    builder.entries(rows, full, most[cells[0]])
    cell, before = np.nonzero((cells[0][:, None] == of) & (when <= cells[1][:, None]))
    builder.entries(rows[cell], column[before], -1.0)
    cell, before = np.nonzero(cells[0][:, None] == known["project"].to_numpy(np.int64))
    builder.entries(rows[cell], known["column"].to_numpy(np.int64)[before], -1.0)
    order = builder.rows("project_after", {"project": of[mine], "period": period}, -np.inf, 0.0)
    builder.entries(order, column[mine], 1.0)
    builder.entries(order, full[at.ravel()], -most[of[mine]])
