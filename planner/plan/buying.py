"""Buying: the lines of the buy plan as they are written."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from planner.case.columns import texts
from planner.limits import ON_ORDERS
from planner.plan.actions import ADDING, HELD
from planner.plan.answer import Answer, Floats
from planner.plan.causes import LineCauses
from planner.plan.first_use import first_use
from planner.plan.last_plan import changes
from planner.plan.pricing import price_weights
from planner.plan.rounding import round_lots
from planner.plan.runner_up import runner_up
from planner.plan.tables import PLAN_TABLE
from planner.plan.touching import row_families, row_name


def buy_table(
    answer: Answer,
    lines: pd.DataFrame,
    causes: LineCauses,
    prices: pd.DataFrame,
    work: pd.DataFrame,
    cost_up: Floats,
) -> pd.DataFrame:
    """Return ``buy_plan``.

    Args:
        answer: the answer.
        lines: coded lines of ``all_lines``.
        causes: causes of the lines, and what one more chip of each is worth.
        prices: coded rows of ``price_table``.
        work: coded rows of ``work_rows``.
        cost_up: highest objective coefficient of each column at which the optimum stays, USD per
            unit, (columns,); NaN where not computed.

    Returns:
        The table, one row per line.
    """
    f = answer.formulation
    axes, calendar, index = f.index.axes, f.case.calendar, f.index
    n = len(lines)
    chip, site = lines["chip"].to_numpy(dtype=np.int64), lines["site"].to_numpy(dtype=np.int64)
    order, arrives, leaves = (
        lines[name].to_numpy(dtype=np.int64) for name in ("order_period", "arrives", "leaves")
    )
    has_chip, ordered = chip >= 0, order >= 0

    def label(periods: np.ndarray) -> np.ndarray:
        return _each(periods, calendar.label)

    def day(periods: np.ndarray) -> np.ndarray:
        return _each(periods, lambda t: calendar.first_day(t).isoformat())

    chips, mw = lines["chips"].to_numpy(dtype=np.float64), lines["mw"].to_numpy(dtype=np.float64)
    rounded, lots = round_lots(answer, lines)
    kw = np.where(has_chip, index.kw_peak[np.maximum(chip, 0)], 0.0)
    mw_it = np.where(has_chip, chips * kw / 1000.0, np.nan)
    names = np.append(axes["chip"], "")
    vendor = np.append(texts(f.case["chips"], "vendor"), "")
    shown_order = np.where(ordered, order, 0)
    firsts = first_use(answer, work)
    adds = lines["action"].isin(ADDING).to_numpy()
    served = np.clip(arrives, 0, index.T - 1)
    use = np.where(adds & has_chip, firsts[np.maximum(chip, 0), site, served], "")
    decided = ordered & (lines["status"].to_numpy() == "new") | (
        lines["action"].to_numpy() == "cancel"
    )
    top = causes.table.assign(rank=causes.table.groupby("line_id").cumcount() + 1)
    columns: dict[str, object] = {
        "line_id": lines["line_id"],
        "offer": lines["offer"],
        "order_period": np.where(ordered, label(shown_order), ""),
        "site": axes["site"][site],
        "from_site": np.append(axes["site"], "")[lines["from_site"].to_numpy(dtype=np.int64)],
        "status": lines["status"],
        "action": lines["action"],
        "vendor": vendor[chip],
        "chip": names[chip],
        "kind": lines["kind"],
        "decide_by": np.where(decided, day(shown_order), ""),
        "in_service_period": label(arrives),
        "leaves_period": label(leaves),
        "chips": chips,
        "chips_rounded": rounded,
        "lots": lots,
        "mw": mw,
        "usd_per_chip": lines["usd_per_chip"],
        "usd_per_chip_hour": lines["usd_per_chip_hour"],
        "total_usd": lines["total_usd"],
        "npv_usd": lines["npv_usd"],
        "mw_it": mw_it,
        "mw_utility": np.where(index.cloud[site], np.nan, mw_it * index.pue[site]),
        "first_use": use,
    }
    for rank in (1, 2, 3):
        mine = top[top["rank"] == rank].set_index("line_id")
        columns[f"cause_{rank}"] = mine["cause"].reindex(lines["line_id"]).fillna("").to_numpy()
        columns[f"cause_{rank}_share_pct"] = mine["share_pct"].reindex(lines["line_id"]).to_numpy()
    columns["worth_usd_per_chip"] = causes.worth
    columns["break_even_usd_per_chip"] = _dearest(answer, lines, cost_up)
    columns["runner_up"], columns["runner_up_gap_pct"] = runner_up(
        answer, lines, causes.table, prices
    )
    columns["binding_limits"] = _binding(answer, lines)
    columns["change_vs_last"], columns["change_reason"] = changes(answer, lines)
    columns["in_scenarios"] = ""
    columns["cancellable_until"] = np.where(
        lines["cancellable"].to_numpy(dtype=bool), day(_last_period(answer, lines)), ""
    )
    # existing lines have no own price of capacity beyond what is paid
    frame = pd.DataFrame(columns, index=pd.RangeIndex(n))
    return frame[[column.name for column in PLAN_TABLE["buy_plan"].columns]]


def _each(periods: np.ndarray, word: Callable[[int], str]) -> np.ndarray:
    """The word of every period, (n,): asked once for each that there is, since lines are many."""
    distinct, back = np.unique(periods, return_inverse=True)
    if not len(periods):
        return np.empty(0, object)
    return np.asarray(np.array([word(int(t)) for t in distinct], dtype=object)[back])


def _last_period(answer: Answer, lines: pd.DataFrame) -> np.ndarray:
    """Last period of the term of each line's lot, also where that is beyond the plan, (n,)."""
    lot = np.maximum(lines["lot"].to_numpy(dtype=np.int64), 0)
    leaves = answer.formulation.lots.leaves
    return np.maximum(leaves[lot] - 1, 0) if len(leaves) else np.zeros(len(lines), np.int64)


def _dearest(answer: Answer, lines: pd.DataFrame, cost_up: Floats) -> Floats:
    """Price above which the optimum takes less of a line: the price plus its slack in the objective
    over the price's weight."""
    f = answer.formulation
    column = lines["column"].to_numpy(dtype=np.int64)
    program = f.program
    result = np.full(len(lines), np.nan)
    bought = (
        (column >= 0)
        & lines["action"].isin(HELD).to_numpy()
        & (lines["status"] == "new").to_numpy()
    )
    at = np.flatnonzero(bought)
    lot = lines["lot"].to_numpy(dtype=np.int64)[at]
    cost = program.cost[column[at]] * program.money_scale / program.column_scale[column[at]]
    by_hour = ~(f.lots.price[lot] > 0)
    weight = price_weights(answer, lot, by_hour)
    price = np.where(by_hour, f.lots.hourly[lot], f.lots.price[lot])
    slack = cost_up[column[at]] - cost
    slack[np.isin(lot, f.steps["lot"])] = np.nan  # their price is that of a step
    with np.errstate(invalid="ignore"):
        value = price + np.divide(slack, weight, out=np.full(len(at), np.nan), where=weight > 0)
    result[at] = np.where(np.isfinite(value), value, np.nan)
    return result


def _binding(answer: Answer, lines: pd.DataFrame) -> np.ndarray:
    """Limits with a worth that a line's column touches, and the power of its site while it
    serves."""
    f = answer.formulation
    index = f.index
    column = lines["column"].to_numpy(dtype=np.int64)
    new = (column >= 0) & (lines["status"] == "new").to_numpy()
    touching = row_families(answer, column[new])
    touching = touching[touching["family"].isin(ON_ORDERS) & (touching["usd"].abs() > 1e-6)]
    rows = {int(r): row_name(answer, int(r)) for r in touching["row"].unique()}
    direct = (
        touching.assign(name=touching["row"].map(rows))
        .groupby("column")["name"]
        .agg(lambda names: sorted(set(names)))
    )
    tight = np.zeros((len(index.pue), index.T), dtype=bool)
    for block in ("power", "liquid_power"):
        labels = answer.row_labels(block)
        if not labels.empty:
            tight[labels["site"], labels["period"]] |= answer.worth(block) > 1e-6
    serving = np.arange(index.T)[None, :]
    arrives, leaves = (
        lines["arrives"].to_numpy(dtype=np.int64),
        lines["leaves"].to_numpy(dtype=np.int64),
    )
    powered = (
        tight[lines["site"].to_numpy(dtype=np.int64)]
        & (serving >= arrives[:, None])
        & (serving < leaves[:, None])
    ).any(axis=1) & lines["chip"].ge(0).to_numpy()
    result = np.full(len(lines), "", dtype=object)
    sites = index.axes["site"][lines["site"].to_numpy(dtype=np.int64)]
    for i in np.flatnonzero(
        (lines["status"] == "new").to_numpy()
    ):  # one line of text per new line of the plan
        words = list(direct.get(column[i], [])) if column[i] >= 0 else []
        result[i] = "; ".join(words + ([f"power:{sites[i]}"] if powered[i] else []))
    return result
