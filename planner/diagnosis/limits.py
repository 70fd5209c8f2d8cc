"""Listing: the limits of a formulation, family by family."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.kinds import BURST_KINDS
from planner.diagnosis.declared import list_declared
from planner.diagnosis.limit import LOWER, UPPER, LimitList, Limits, grouped
from planner.diagnosis.prices import Prices, price_limits
from planner.model import Formulation
from planner.model.holding import CHIPS
from planner.model.index import Bools, Floats, Ints, numbers, texts, whole
from planner.model.lots import COMMITTED, FLEET, NEW
from planner.model.policy import SIDES
from planner.model.work import windows_of


def _frozen_builds(f: Formulation, period: Ints) -> Bools:
    return np.asarray(
        (period < f.case.settings.frozen_periods) & (not f.case["last_plan"].empty), dtype=bool
    )


def list_limits(f: Formulation, hard: Bools) -> Limits:
    """Return the limits of a case.

    Args:
        f: its formulation, every milestone with columns ``late``.
        hard: milestones whose deadline is hard in the inputs, (M,).

    Returns:
        The limits, the parts of the program they are and the slacks that let them give.
    """
    found, price = LimitList(f), price_limits(f)
    _power(f, found, price)
    list_declared(f, found, price)
    _supply(f, found, price)
    _offers(f, found, price)
    _milestones(f, found, price, hard)
    _demand(f, found, price)
    _floors(f, found, price)
    _site_loss(f, found, price)
    _budgets(f, found, price)
    _policies(f, found, price)
    _decided(f, found)
    return found.done()


def _position(
    frame: pd.DataFrame, *keys: pd.Series | Ints | np.ndarray, names: tuple[str, ...]
) -> Ints:
    """Return the row of a case table with these keys."""
    at = pd.Series(np.arange(len(frame)), index=pd.MultiIndex.from_frame(frame[list(names)]))
    return at.reindex(pd.MultiIndex.from_arrays(list(keys))).to_numpy(dtype=np.int64)


def _power(f: Formulation, found: LimitList, price: Prices) -> None:
    axes = f.index.axes
    for name, column in (("power", "mw"), ("liquid_power", "liquid_mw")):
        block = found.block(name)
        if block is None:
            continue
        site, period = block.labels["site"], block.labels["period"]
        rows = block.first + np.arange(block.count)
        limit = found.limits(
            "power",
            column,
            "power",
            _position(f.case["power"], axes["site"][site], period, names=("site", "period")),
            column,
            period,
            UPPER,
        )
        found.rows(limit, rows, UPPER)
        found.gives(found.slack(limit, "", price.mw[site], np.inf, 1.0, period), rows, -1.0)
    block = found.block("project_limit")
    if block is not None:
        rows, project = block.first + np.arange(block.count), block.labels["project"]
        limit = found.limits("power", "project", "power_projects", project, "mw_max", -1, UPPER)
        found.rows(limit, rows, UPPER)
        site = f.index.code("site", texts(f.case["power_projects"], "site"))[project]
        found.gives(found.slack(limit, "", price.mw[site] * f.index.T, np.inf, 1.0), rows, -1.0)


def _supply(f: Formulation, found: LimitList, price: Prices) -> None:
    block = found.block("supply")
    if block is None:
        return
    group, period = block.labels["supply_group"], block.labels["period"]
    rows = block.first + np.arange(block.count)
    names = texts(f.case["offers"], "supply_group")
    chip = np.array(
        [price.offer[names == name].max(initial=0.0) for name in f.index.axes["supply_group"]]
    )
    at = _position(
        f.case["supply"],
        f.index.axes["supply_group"][group],
        period,
        names=("supply_group", "period"),
    )
    for side, column, sign, bound in (
        (UPPER, "max_chips", -1.0, f.program.row_upper),
        (LOWER, "min_chips", 1.0, f.program.row_lower),
    ):
        real = np.isfinite(bound[rows])
        if not real.any():
            continue
        first, member = grouped(at[real])
        limit = found.limits(
            "supply", column, "supply", at[real][first], column, period[real][first], side
        )
        most = np.inf if side == UPPER else numbers(f.case["supply"], column)[at[real][first]]
        found.rows(limit[member], rows[real], side)
        slack = found.slack(
            limit, "", np.maximum(chip[group[real][first]], 1e-6), most, CHIPS, period[real][first]
        )
        found.gives(slack[member], rows[real], sign)


def _offers(f: Formulation, found: LimitList, price: Prices) -> None:
    """One cell holds in every period: a limit is an offer's maximum or minimum in all of them."""
    burst = np.isin(texts(f.case["offers"], "kind"), BURST_KINDS)
    for name in ("offer_limit", "rental_limit"):
        block = found.block(name)
        if block is None:
            continue
        offer, rows = block.labels["offer"], block.first + np.arange(block.count)
        for side, column, sign, bound in (
            (UPPER, "max_per_period", -1.0, f.program.row_upper),
            (LOWER, "min_per_period", 1.0, f.program.row_lower),
        ):
            real = np.isfinite(bound[rows])
            if not real.any():
                continue
            first, member = grouped(offer[real])
            row = offer[real][first]
            limit = found.limits(
                "supply", "rent" if burst[row[0]] else "offer", "offers", row, column, -1, side
            )
            most = np.inf if side == UPPER else numbers(f.case["offers"], column)[row]
            found.rows(limit[member], rows[real], side)
            found.gives(
                found.slack(limit, "", price.offer[row] * f.index.T, most, CHIPS)[member],
                rows[real],
                sign,
            )


def _milestones(f: Formulation, found: LimitList, price: Prices, hard: Bools) -> None:
    block = found.block("milestone")
    flop = f.runs.flop
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
                "milestones", "deadline", "milestones", m[first], "deadline", -1, LOWER
            )
            found.rows(limit[member], rows, LOWER)
            scale = f.program.row_scale[rows]
            # a year of lateness is valued like the whole run; the later, the dearer, so that all
            # finish as early as can be
            late = price.flop[m] / f.index.ppy * (1.0 + 0.1 * (period - f.runs.deadline[m]))
            found.gives(
                found.slack(limit[member], "deadline", late, flop[m], scale, period), rows, 1.0
            )
            found.gives(
                found.slack(limit, "flop", price.flop[m[first]], flop[m[first]], scale[first])[
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
        limit = found.limits("milestones", column, "milestones", m[first], column, -1, side)
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
            "milestones",
            "after",
            "milestones",
            block.labels["milestone"][first],
            "after",
            -1,
            UPPER,
        )
        found.rows(limit[member], block.first + np.arange(block.count), UPPER)


def _demand(f: Formulation, found: LimitList, price: Prices) -> None:
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
        limit = found.limits("demand", name, "demand", at, column, period[first], LOWER)
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
    demand, length = f.case["demand"], windows_of(f.case)
    columns = ["output_mtok", "input_mtok", "cached_mtok", "flop"]
    some = np.flatnonzero((demand[columns] > 0).any(axis=1).to_numpy(dtype=bool))
    of, when = (
        f.index.code("workload", texts(demand, "workload")[some]),
        whole(demand, "period")[some],
    )
    last = np.full((len(length), f.index.T), -1, dtype=np.int64)
    inside = when < f.index.T
    np.maximum.at(last, (of[inside], when[inside] // length[of[inside]]), some[inside])
    return np.asarray(last[w, period // length[w]], dtype=np.int64)


def _floors(f: Formulation, found: LimitList, price: Prices) -> None:
    for name, column, dear in (
        ("research_share", "share_of_fleet", np.full(len(price.work), float(price.chip.max()))),
        ("research_multiple", "multiple_of_milestones", price.work),
    ):
        block = found.block(name)
        if block is None:
            continue
        w, rows = block.labels["workload"], block.first + np.arange(block.count)
        first, member = grouped(w)
        limit = found.limits("demand", name, "workloads", w[first], column, -1, LOWER)
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


def _site_loss(f: Formulation, found: LimitList, price: Prices) -> None:
    block = found.block("site_loss")
    if block is None:
        return
    w, rows = block.labels["workload"], block.first + np.arange(block.count)
    first, member = grouped(w)
    limit = found.limits(
        "policies", "site_loss", "workloads", w[first], "survive_site_loss", -1, LOWER
    )
    found.rows(limit[member], rows, LOWER)
    quota = numbers(f.case["workloads"], "survive_site_loss")[w]
    need = f.program.row_lower[rows] * f.program.row_scale[rows] / quota
    value = np.bincount(member, weights=need) * price.work[w[first]]
    found.gives(found.slack(limit, "", value, quota[first], 1.0)[member], rows, need)


def _budgets(f: Formulation, found: LimitList, price: Prices) -> None:
    block = found.block("budget")
    if block is None:
        return
    rows = block.first + np.arange(block.count)
    limit = found.limits(
        "budgets", "budget", "budgets", block.labels["budget"], "usd_max", -1, UPPER
    )
    found.rows(limit, rows, UPPER)
    found.gives(found.slack(limit, "", price.usd, np.inf, 1e6), rows, -1.0)


def _policies(f: Formulation, found: LimitList, price: Prices) -> None:
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
        number, side = block.labels["limit"][mine], LOWER if column == "min_share" else UPPER
        first, member = grouped(number)
        limit = found.limits("policies", "limit", "limits", number[first], column, -1, side)
        found.rows(limit[member], rows[mine], side)
        scale = f.program.row_scale[rows[mine]]
        if column == "max":
            found.gives(
                found.slack(limit, "", worth[number[first]], np.inf, scale[first])[member],
                rows[mine],
                -1.0,
            )
        else:
            found.gives(
                found.slack(
                    limit[member], "", worth[number], np.inf, scale, block.labels["period"][mine]
                ),
                rows[mine],
                1.0 if side == LOWER else -1.0,
            )


def _decided(f: Formulation, found: LimitList) -> None:
    """What was decided before the plan: frozen orders, which can be let go, and fleet and orders in
    flight, which are facts."""
    lots, program = f.lots, f.program
    fixed = program.column_lower[f.holding.order] == program.column_upper[f.holding.order]
    frozen = np.flatnonzero(
        (lots.origin == NEW) & fixed & (lots.order_period < f.case.settings.frozen_periods)
    )
    if len(frozen) and not f.case["last_plan"].empty:
        first, member = grouped(lots.order_period[frozen])
        limit = found.limits(
            "policies",
            "frozen",
            "last_plan",
            np.full(len(first), -1),
            "",
            lots.order_period[frozen][first],
            LOWER,
        )
        found.columns(limit[member], f.holding.order[frozen])
    builds = f.build[_frozen_builds(f, f.build["period"].to_numpy(dtype=np.int64))]
    if len(builds):
        first, member = grouped(builds["period"].to_numpy(dtype=np.int64))
        limit = found.limits(
            "policies",
            "frozen",
            "last_plan",
            np.full(len(first), -1),
            "",
            builds["period"].to_numpy(dtype=np.int64)[first],
            LOWER,
        )
        found.columns(limit[member], builds["column"].to_numpy(dtype=np.int64))
    for origin, name in ((FLEET, "fleet"), (COMMITTED, "orders")):
        mine = np.flatnonzero((lots.origin == origin) & fixed & (lots.lower > 0))
        if len(mine):
            found.columns(
                found.limits(
                    "fact",
                    name,
                    name,
                    lots.row[mine],
                    "chips",
                    np.maximum(lots.arrives[mine], 0),
                    LOWER,
                ),
                f.holding.order[mine],
            )
