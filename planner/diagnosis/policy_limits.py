"""Limits that are decided: budgets, policies, frozen orders, and the fleet and orders in flight."""

from __future__ import annotations

import numpy as np

from planner.case.columns import texts
from planner.diagnosis.limit import LOWER, UPPER, LimitList, Stated, grouped
from planner.diagnosis.prices import Prices
from planner.model import Formulation
from planner.model.index import Floats
from planner.model.lots import COMMITTED, FLEET
from planner.model.policy import AMOUNTS, LEAST, SIDES
from planner.model.stability import fixed_orders, kept_projects


def list_budgets(f: Formulation, found: LimitList, price: Prices) -> None:
    """Budgets that must be kept."""
    block = found.block("budget")
    if block is None:
        return
    rows = block.first + np.arange(block.count)
    limit = found.limits(
        Stated("budgets", "budget", "budgets", "usd_max", UPPER), block.labels["budget"], -1
    )
    found.rows(limit, rows, UPPER)
    found.gives(found.slack(limit, "", price.usd, np.inf, 1e6), rows, -1.0)


def list_policies(f: Formulation, found: LimitList, price: Prices) -> None:
    """Policies on shares and amounts: a share gives period by period, an amount in all at once."""
    block = found.block("policy")
    if block is None:
        return
    measure = texts(f.case["limits"], "measure")
    value = {
        "spend": price.usd,
        "chips": float(price.chip.max()),
        "power": float(price.mw.max()),
        "carbon": price.tonne,
    }
    worth: Floats = np.array([value[name] for name in measure])
    rows = block.first + np.arange(block.count)
    for code, column in enumerate(SIDES):
        mine = block.labels["side"] == code
        if not mine.any():
            continue
        number, side = block.labels["limit"][mine], LOWER if column in LEAST else UPPER
        first, member = grouped(number)
        limit = found.limits(Stated("policies", "limit", "limits", column, side), number[first], -1)
        found.rows(limit[member], rows[mine], side)
        scale = f.program.row_scale[rows[mine]]
        if column in AMOUNTS:
            found.gives(
                found.slack(limit, "", worth[number[first]], np.inf, scale[first])[member],
                rows[mine],
                1.0 if side == LOWER else -1.0,
            )
        else:
            found.gives(
                found.slack(
                    limit[member], "", worth[number], np.inf, scale, block.labels["period"][mine]
                ),
                rows[mine],
                1.0 if side == LOWER else -1.0,
            )


def list_decided(f: Formulation, found: LimitList) -> None:
    """What was decided before the plan: frozen orders, which can be let go, and fleet and orders in
    flight, which are facts."""
    lots, program = f.lots, f.program
    fixed = program.column_lower[f.holding.order] == program.column_upper[f.holding.order]
    kept = np.flatnonzero(fixed_orders(f.case, f.index, lots) & fixed)
    names = f.index.axes["project"][f.build["row"].to_numpy(dtype=np.int64)]
    period = f.build["period"].to_numpy(dtype=np.int64)
    built = np.flatnonzero(kept_projects(f.case).fixed(names, period))
    periods = f.case.settings.frozen_periods
    for orders, when in (
        (f.holding.order[kept], lots.order_period[kept]),
        (f.build["column"].to_numpy(dtype=np.int64)[built], period[built]),
    ):
        for kind, those in (("frozen", when < periods), ("decided", when >= periods)):
            if not those.any() or f.case["last_plan"].empty:
                continue
            first, member = grouped(when[those])
            limit = found.limits(
                Stated("policies", kind, "last_plan", "", LOWER),
                np.full(len(first), -1),
                when[those][first],
            )
            found.columns(limit[member], orders[those])
    signed = f.signed[f.signed["arrives"] < f.index.T]
    if len(signed):
        limit = found.limits(
            Stated("fact", "power_orders", "power_orders", "mw", LOWER),
            signed["row"].to_numpy(dtype=np.int64),
            np.maximum(signed["arrives"].to_numpy(dtype=np.int64), 0),
        )
        found.columns(limit, signed["column"].to_numpy(dtype=np.int64))
    for origin, name in ((FLEET, "fleet"), (COMMITTED, "orders")):
        mine = np.flatnonzero((lots.origin == origin) & fixed & (lots.lower > 0))
        if len(mine):
            found.columns(
                found.limits(
                    Stated("fact", name, name, "chips", LOWER),
                    lots.row[mine],
                    np.maximum(lots.arrives[mine], 0),
                ),
                f.holding.order[mine],
            )
