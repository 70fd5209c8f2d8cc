"""Rewriting: the program of a changed case by changing limits in place, where formulating it anew
would change nothing else.

Demand, power and supply stand on the right-hand sides of rows and nowhere else::

    rows ``online``, ``batch``, ``research`` = demand        row ``supply`` <= max_chips
    row ``site_loss`` = quota x demand
    row ``power`` <= mw                                      row ``liquid_power`` <= liquid_mw

as long as nothing appears or disappears and the mix of tokens, on which throughput depends, stays.
The scales stay those of the first program; they are no part of its meaning.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
import pandas as pd

from planner.case.batches import Windows, windows_of
from planner.case.case import Case
from planner.case.columns import numbers, texts, whole
from planner.lp.program import Block, Program
from planner.model import Formulation
from planner.model.demand import amounts
from planner.model.index import Floats, Index
from planner.model.power import usable_share
from planner.model.resilience import asked_after_loss
from planner.model.work import Work

REWRITTEN: Final = frozenset({"demand", "power", "supply"})
SAME_MIX: Final = 1e-12
"""Relative difference of two ratios of demand that is rounding."""


def rewrite(formulation: Formulation, case: Case) -> Formulation | None:
    """Return the formulation of a case whose tables differ from another's in demand, power or
    supply only.

    Args:
        formulation: the formulation of the other case.
        case: the case; tables that are the same object are taken for unchanged.

    Returns:
        A formulation with the same columns, rows and coefficients; None where the case needs one of
        its own.
    """
    old = formulation.case
    changed = changed_tables(case, old)
    if not changed <= REWRITTEN or (
        case.settings is not old.settings and case.settings != old.settings
    ):
        return None
    program = formulation.program
    lower, upper = program.row_lower.copy(), program.row_upper.copy()
    blocks = {block.name: block for block in program.row_blocks}
    index, work = formulation.index, formulation.work
    if "supply" in changed:
        limits = _limits(
            case["supply"],
            old["supply"],
            index,
            "max_chips",
            same=("supply_group", "min_chips", "basis"),
        )
        if limits is None:
            return None
        _put(upper, blocks["supply"], limits, "supply_group", program.row_scale)
    if "power" in changed:
        for name, column in (("power", "mw"), ("liquid_power", "liquid_mw")):
            limits = _limits(case["power"], old["power"], index, column, same=("site",))
            if limits is None:
                return None
            usable = usable_share(index)[:, None] > 0
            limits = np.where(usable | np.isinf(limits), limits, 0.0)
            _put(upper, blocks[name], limits, "site", program.row_scale)
    if "demand" in changed:
        windows = windows_of(case)
        ratio = _growth(case, old, index, work, windows)
        if ratio is None:
            return None
        work = dataclasses.replace(work, demand=work.demand * ratio)
        _put_demand(lower, upper, program, index, work, windows)
        if "site_loss" in blocks:
            loss = blocks["site_loss"]
            mine = slice(loss.first, loss.first + loss.count)
            asked = asked_after_loss(case, index, work)
            asked = asked[loss.labels["workload"], loss.labels["period"], loss.labels["slice"]]
            lower[mine] = asked / program.row_scale[mine]
            # where tokens are called from a provider more may go on than is asked
            upper[mine] = np.where(np.isinf(upper[mine]), np.inf, lower[mine])
    if (lower > upper).any():
        return None  # formulating says what is wrong
    return dataclasses.replace(
        formulation,
        case=case,
        program=dataclasses.replace(program, row_lower=lower, row_upper=upper),
        work=work,
    )


def changed_tables(case: Case, old: Case) -> frozenset[str]:
    """Return which tables of a case are other objects than those of another case."""
    return frozenset(name for name in case.tables if case.tables[name] is not old.tables.get(name))


def _limits(
    table: pd.DataFrame, before: pd.DataFrame, index: Index, column: str, same: tuple[str, ...]
) -> Floats | None:
    """Limits of a table by (first of ``same``, period), infinite where there is none; None where
    more than the figures has changed: other rows, or another figure in a column of ``same``."""
    axis = same[0]
    if len(table) != len(before) or not all(
        table[key].equals(before[key]) for key in (*same, "period")
    ):
        return None
    value = numbers(table, column)
    if not np.array_equal(np.isnan(value), np.isnan(numbers(before, column))):
        return None
    period = whole(table, "period")
    inside = (period >= 0) & (period < index.T)
    limits = np.full((len(index.axes[axis]), index.T), np.inf)
    limits[index.code(axis, texts(table, axis)[inside]), period[inside]] = np.where(
        np.isnan(value), np.inf, value
    )[inside]
    return limits


def _put(into: Floats, block: Block, limits: Floats, axis: str, scale: Floats) -> None:
    """Write the limits of a block of rows, scaled."""
    mine = slice(block.first, block.first + block.count)
    into[mine] = limits[block.labels[axis], block.labels["period"]] / scale[mine]


def _growth(case: Case, old: Case, index: Index, work: Work, windows: Windows) -> Floats | None:
    """Demand over what it was, by workload and period; None where its mix, its gaps or its rows
    change."""
    table, before = case["demand"], old["demand"]
    name, period = texts(table, "workload"), whole(table, "period")
    if not (
        np.array_equal(name, texts(before, "workload"))
        and np.array_equal(period, whole(before, "period"))
    ):
        return None
    now, then = (
        np.stack(
            [
                numbers(frame, column)
                for column in ("output_mtok", "input_mtok", "cached_mtok", "flop")
            ]
        )
        for frame in (table, before)
    )
    if not np.array_equal(now > 0, then > 0):
        return None
    some = then > 0
    each = np.divide(now, then, out=np.zeros_like(then), where=some)
    row = np.where(some.any(axis=0), each.max(axis=0), 1.0)
    if (some & (np.abs(each - row) > SAME_MIX * row)).any():
        return None
    here = period >= 0
    if (np.abs(row[~here] - 1.0) > 0.0).any():  # what was asked before the plan is in its mix
        return None
    ratio = np.ones((len(work.kind), index.T))
    ratio[np.searchsorted(index.axes["workload"], name[here]), period[here]] = row[
        here
    ]  # the tables of a case are sorted by key
    several = (work.kind == "batch") & (windows.length > 1)
    if several.any():  # a window is served as one: its mix stays where all of it grows alike
        there = several[:, None] & (work.demand > 0)
        mean = windows.sums(ratio * there) / np.maximum(windows.sums(there.astype(np.float64)), 1.0)
        # also of a window that began before the plan, where nothing can grow any more
        begun = (windows.passed > 0)[:, None] & (windows.numbers(index.T) == 0)
        mean = np.where(begun, 1.0, mean)
        if (there & (np.abs(ratio - mean) > SAME_MIX * mean)).any():
            return None
    return ratio


def _put_demand(
    lower: Floats, upper: Floats, program: Program, index: Index, work: Work, windows: Windows
) -> None:
    """Write the demand of rows, scaled."""
    blocks = {block.name: block for block in program.row_blocks}
    for kind in ("online", "batch", "research"):
        amount = amounts(index, work, kind, windows)
        block = blocks[kind]
        w, mine = block.labels["workload"], slice(block.first, block.first + block.count)
        number = windows.number(w, block.labels["period"])
        asked = amount[w, number, block.labels.get("slice", 0)]
        lower[mine] = upper[mine] = asked / program.row_scale[mine]
