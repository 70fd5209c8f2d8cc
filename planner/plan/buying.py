"""Buying: the lines of the buy plan as they are written, the hand-over to procurement, and what
changed since the last plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.limits import ON_ORDERS
from planner.model.index import numbers, texts
from planner.plan.answer import Answer, Floats
from planner.plan.causes import row_families, row_name
from planner.plan.first_use import first_use
from planner.plan.pricing import price_weights
from planner.plan.rounding import round_lots
from planner.plan.tables import PLAN_TABLE


def buy_table(
    answer: Answer,
    lines: pd.DataFrame,
    causes: pd.DataFrame,
    worth: Floats,
    prices: pd.DataFrame,
    work: pd.DataFrame,
    cost_up: Floats,
) -> pd.DataFrame:
    """Return ``buy_plan``.

    Args:
        answer: the answer.
        lines: coded lines of ``all_lines``.
        causes: causes of the lines.
        worth: worth of one chip (MW) of each line, (n,).
        prices: coded rows of ``price_table``.
        work: coded rows of ``work_rows``.
        cost_up: highest objective coefficient of each column at which the optimum stays, USD per
            unit; NaN where not computed.

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
        distinct, back = np.unique(periods, return_inverse=True)
        return (
            np.asarray(np.array([calendar.label(int(t)) for t in distinct], dtype=object)[back])
            if len(periods)
            else np.empty(0, object)
        )

    def day(periods: np.ndarray) -> np.ndarray:
        distinct, back = np.unique(periods, return_inverse=True)
        return (
            np.asarray(
                np.array([calendar.first_day(int(t)).isoformat() for t in distinct], dtype=object)[
                    back
                ]
            )
            if len(periods)
            else np.empty(0, object)
        )

    chips, mw = lines["chips"].to_numpy(dtype=np.float64), lines["mw"].to_numpy(dtype=np.float64)
    rounded, lots = round_lots(answer, lines)
    kw = np.where(has_chip, index.kw_peak[np.maximum(chip, 0)], 0.0)
    mw_it = np.where(has_chip, chips * kw / 1000.0, np.nan)
    names = np.append(axes["chip"], "")
    vendor = np.append(texts(f.case["chips"], "vendor"), "")
    shown_order = np.where(ordered, order, 0)
    firsts = first_use(answer, work)
    adds = lines["action"].isin(["keep", "buy", "lease", "reserve", "rent", "relocate"]).to_numpy()
    served = np.clip(arrives, 0, index.T - 1)
    use = np.where(adds & has_chip, firsts[np.maximum(chip, 0), site, served], "")
    decided = ordered & (lines["status"].to_numpy() == "new") | (
        lines["action"].to_numpy() == "cancel"
    )
    top = causes.assign(rank=causes.groupby("line_id").cumcount() + 1)
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
    columns["worth_usd_per_chip"] = worth
    columns["break_even_usd_per_chip"] = _dearest(answer, lines, cost_up)
    columns["runner_up"], columns["runner_up_gap_pct"] = _runner_up(answer, lines, causes, prices)
    columns["binding_limits"] = _binding(answer, lines)
    columns["change_vs_last"], columns["change_reason"] = _changes(answer, lines)
    columns["in_scenarios"] = ""
    columns["cancellable_until"] = np.where(
        lines["cancellable"].to_numpy(dtype=bool), day(_last_period(answer, lines)), ""
    )
    # existing lines have no own price of capacity beyond what is paid
    frame = pd.DataFrame(columns, index=pd.RangeIndex(n))
    return frame[[column.name for column in PLAN_TABLE["buy_plan"].columns]]


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
        & lines["action"].isin(["buy", "lease", "reserve"]).to_numpy()
        & (lines["status"] == "new").to_numpy()
    )
    at = np.flatnonzero(bought)
    lot = lines["lot"].to_numpy(dtype=np.int64)[at]
    cost = program.cost[column[at]] * program.money_scale / program.column_scale[column[at]]
    by_hour = ~(f.lots.price[lot] > 0)
    weight = price_weights(answer, lot, by_hour)
    price = np.where(by_hour, f.lots.hourly[lot], f.lots.price[lot])
    slack = cost_up[column[at]] - cost
    with np.errstate(invalid="ignore"):
        value = price + np.divide(slack, weight, out=np.full(len(at), np.nan), where=weight > 0)
    result[at] = np.where(np.isfinite(value), value, np.nan)
    return result


def _runner_up(
    answer: Answer, lines: pd.DataFrame, causes: pd.DataFrame, prices: pd.DataFrame
) -> tuple[np.ndarray, Floats]:
    """The alternative with the smallest cut that could do the line's first cause, in service within
    a year of the line."""
    f = answer.formulation
    axes, index = f.index.axes, f.index
    name, gap = np.full(len(lines), "", dtype=object), np.full(len(lines), np.nan)
    first = (
        causes.groupby("line_id")["cause"].first().reindex(lines["line_id"]).to_numpy(dtype=object)
    )
    wanted = (
        lines["action"].isin(["buy", "lease", "reserve", "rent"]).to_numpy()
        & (lines["status"] == "new").to_numpy()
    )
    options = prices[
        (prices["chip"] >= 0) & np.isfinite(prices["cut_pct"]) & (prices["blocked_by"] == "")
    ]
    if options.empty:
        return name, gap
    o_chip, o_site, o_time = (
        options[column].to_numpy(dtype=np.int64) for column in ("chip", "site", "arrives")
    )
    cut = options["cut_pct"].to_numpy()
    ids = (
        options["offer"]
        + "@"
        + axes["site"][o_site]
        + "@"
        + axes["period"][options["order_period"].to_numpy(dtype=np.int64)]
    ).to_numpy(dtype=object)
    works = {f"workload:{w}": i for i, w in enumerate(axes["workload"])} | {
        f"site_loss:{w}": i for i, w in enumerate(axes["workload"])
    }
    runs = {f"milestone:{m}": i for i, m in enumerate(axes["milestone"])}
    # a loop over distinct causes; alternatives of each are ranked once, by arrays
    for cause in sorted({c for c in first[wanted] if isinstance(c, str)}):
        if cause in works:
            can = f.work.eligible[works[cause], o_chip, o_site, o_time]
        elif cause in runs:
            can = f.runs.may[runs[cause], o_chip, o_site, o_time]
        else:
            continue
        pick = np.flatnonzero(can)
        if not len(pick):
            continue
        pick = pick[np.argsort(cut[pick], kind="stable")]
        best = np.full(index.T, -1, dtype=np.int64)
        near = np.abs(o_time[pick][None, :] - np.arange(index.T)[:, None]) <= index.ppy
        some = near.any(axis=1)
        best[some] = pick[near[some].argmax(axis=1)]
        mine = np.flatnonzero(wanted & (first == cause))
        at = best[np.clip(lines["arrives"].to_numpy(dtype=np.int64)[mine], 0, index.T - 1)]
        name[mine[at >= 0]], gap[mine[at >= 0]] = ids[at[at >= 0]], cut[at[at >= 0]]
    return name, gap


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


def _changes(answer: Answer, lines: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """new, same, +n or -n against the last plan, by offer, site and order period; with the reason
    where the last plan is frozen."""
    f = answer.formulation
    last = f.case["last_plan"]
    result, reason = np.full(len(lines), "", dtype=object), np.full(len(lines), "", dtype=object)
    if last.empty:
        return result, reason
    keys = pd.MultiIndex.from_arrays(
        [texts(last, "offer"), texts(last, "site"), last["order_period"].to_numpy(dtype=np.int64)]
    )
    amount = (
        pd.Series(numbers(last, "chips") + numbers(last, "mw"), index=keys)
        .groupby(level=[0, 1, 2])
        .sum()
    )
    mine = (
        lines["action"].isin(["buy", "lease", "reserve", "build_power"]).to_numpy()
        & (lines["status"] == "new").to_numpy()
    )
    part = lines[mine]
    wanted = pd.MultiIndex.from_arrays(
        [
            part["offer"],
            f.index.axes["site"][part["site"].to_numpy(dtype=np.int64)],
            part["order_period"].to_numpy(dtype=np.int64),
        ]
    )
    before = amount.reindex(wanted).to_numpy()
    now = np.where(part["chips"].notna(), part["chips"], part["mw"]).astype(np.float64)
    change = now - before
    words = np.array(
        [
            ("+" if c > 0 else "-") + f"{abs(c):,.6g} ({b:,.6g} -> {v:,.6g})"
            for c, b, v in zip(change, before, now, strict=True)
        ],
        dtype=object,
    )
    same = np.abs(change) <= 1e-4 * np.maximum(np.abs(now), 1.0)
    result[mine] = np.where(np.isnan(before), "new", np.where(same, "same", words))
    frozen = part["order_period"].to_numpy(dtype=np.int64) < f.case.settings.frozen_periods
    reason[mine] = np.where(frozen, "frozen: kept from the last plan", "")
    return result, reason


def orders_table(buy: pd.DataFrame, answer: Answer) -> pd.DataFrame:
    """Return ``orders``: new lines to be placed, in lots, with dates and totals."""
    new = buy[
        (buy["status"] == "new")
        & buy["action"].isin(["buy", "lease", "reserve", "rent", "build_power"])
    ]
    calendar = answer.formulation.case.calendar
    in_service = [
        calendar.first_day(calendar.parse(label)).isoformat() for label in new["in_service_period"]
    ]
    built = (new["action"] == "build_power").to_numpy()
    quantity = np.where(built, new["lots"].fillna(0.0) * _lot_mw(answer, new), new["chips_rounded"])
    unit = new["usd_per_chip"].where(new["usd_per_chip"].fillna(0.0) > 0, new["usd_per_chip_hour"])
    up_front = new["usd_per_chip"].fillna(0.0) > 0
    planned = np.where(built, new["mw"], new["chips"])
    contract = new["total_usd"] * np.divide(
        quantity, planned, out=np.ones(len(new)), where=planned > 0
    )
    chip = new["chip"].where(~built, "power")
    return pd.DataFrame(
        {
            "line_id": new["line_id"],
            "what": new["action"]
            + " "
            + chip
            + " ("
            + new["kind"]
            + ", offer "
            + new["offer"]
            + ")",
            "vendor": new["vendor"],
            "chip": chip,
            "quantity": quantity,
            "site": new["site"],
            "order_by": new["decide_by"],
            "needed_by": in_service,
            "unit_price_usd": unit,
            "total_usd": np.where(up_front, quantity * unit.fillna(0.0), contract),
        }
    ).sort_values(["order_by", "line_id"], ignore_index=True)


def _lot_mw(answer: Answer, new: pd.DataFrame) -> Floats:
    projects = answer.formulation.case["power_projects"]
    lot = pd.Series(numbers(projects, "lot_mw"), index=texts(projects, "project"))
    return np.asarray(lot.reindex(new["offer"]).fillna(0.0), dtype=np.float64)
