"""Demand: what is served of it, what is short, and what one more unit would cost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.batches import windows_of
from planner.case.columns import numbers, texts
from planner.plan.answer import Answer, Floats


def _demand_duals(answer: Answer) -> Floats:
    """Discounted USD per unit of demand, (W, T): load-weighted over slices, batch windows on every
    period of the window."""
    f = answer.formulation
    index, work = f.index, f.work
    dual = np.full((len(work.kind), index.T), np.nan)
    for block in ("online", "batch", "research", "research_share", "research_multiple"):
        labels = answer.row_labels(block)
        if labels.empty:
            continue
        values = answer.dual[answer.rows[block]]
        w, t = labels["workload"].to_numpy(), labels["period"].to_numpy()
        if block == "online":
            k = labels["slice"].to_numpy()
            values = values * index.share[k] * work.load[w, k]
        sums = np.zeros_like(dual)
        np.add.at(sums, (w, t), values)
        hit = np.zeros(dual.shape, dtype=bool)
        hit[w, t] = True
        dual[hit] = sums[hit]
    # a batch row stands at the last period of its window and holds for all of them
    batch = np.flatnonzero(work.kind == "batch")
    last = windows_of(f.case).ends(index.T)[batch]
    dual[batch] = np.take_along_axis(dual[batch], last, axis=1)
    return dual


def coverage_table(
    answer: Answer, rows: pd.DataFrame, called: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return ``demand_coverage`` and the marginal cost of every workload over the plan.

    Args:
        answer: the answer.
        rows: coded rows of ``work_rows``.
        called: coded rows of ``token_rows``.

    Returns:
        The table, and discounted dual value over discounted demand, USD per Mtok or FLOP, by
        workload.
    """
    f = answer.formulation
    index, work, axes = f.index, f.work, f.index.axes
    W, T = len(work.kind), index.T
    windows = windows_of(f.case)
    dual = _demand_duals(answer)
    mine = rows[rows["work"] < W]
    w, t = mine["work"].to_numpy(), mine["period"].to_numpy()
    served = np.zeros((W, T))
    np.add.at(served, (w, t), mine["volume"].to_numpy())
    np.add.at(served, (called["work"], called["period"]), called["mtok"])
    # of a window that began before the plan: what is left of it
    left = np.where(windows.passed > 0, work.before, 0.0)
    demand = np.maximum(windows.sums(work.demand, left), 0.0)
    batch = work.kind == "batch"
    served[batch] = windows.sums(served)[batch]
    # by share and by multiple the demand is what the fleet and the runs call for
    p = f.capacity.powered_place
    spots = (f.capacity.chip[p], f.capacity.site[p], f.capacity.period[p])
    powered = answer.x[f.capacity.powered] * index.availability[spots]
    usable = np.bincount(f.capacity.period[f.capacity.powered_place], weights=powered, minlength=T)
    floor, times = (
        numbers(f.case["workloads"], "share_of_fleet"),
        numbers(f.case["workloads"], "multiple_of_milestones"),
    )
    share_rows, multiple_rows = work.kind == "share", work.kind == "multiple"
    at_work = np.zeros((W, T))
    np.add.at(at_work, (w, t), mine["chips"].to_numpy() * index.share[mine["slice"].to_numpy()])
    demand[share_rows] = floor[share_rows][:, None] * usable
    served[share_rows] = at_work[share_rows]
    trained = np.zeros(T)
    trained[0] = f.milestones.past.sum()
    runs = rows[rows["work"] >= W]
    np.add.at(trained, runs["period"].to_numpy(), runs["volume"].to_numpy())
    demand[multiple_rows] = times[multiple_rows][:, None] * np.cumsum(trained)
    before = numbers(f.case["workloads"], "done_flop")[multiple_rows]
    served[multiple_rows] = before[:, None] + np.cumsum(served[multiple_rows], axis=1)

    short = np.zeros((W, T))
    for block in ("short_online", "short_batch", "short_research"):
        labels = answer.column_labels(block)
        if not labels.empty:
            np.add.at(
                short,
                (labels["workload"].to_numpy(), labels["period"].to_numpy()),
                answer.value(block),
            )
    price = np.where(
        work.kind == "research",
        numbers(f.case["workloads"], "short_usd_per_1e21_flop") / 1e21,
        numbers(f.case["workloads"], "short_usd_per_mtok"),
    )
    last = windows.ends(T) == np.arange(T)[None, :]
    show_w, show_t = np.nonzero(last & ((demand > 0) | (served > 0)))
    unit = np.select(
        [work.kind == "share", np.isin(work.kind, ["research", "multiple"])],
        ["chips", "FLOP"],
        "Mtok",
    )
    amount, missing = demand[show_w, show_t], short[show_w, show_t]
    value = served[show_w, show_t]
    per_unit = dual[show_w, show_t] / index.mid[show_t]
    # noise of the solver is not a shortage, and no more than all of it is short
    missing = np.minimum(np.where(missing > 1e-9 * amount, missing, 0.0), amount)
    table = pd.DataFrame(
        {
            "workload": axes["workload"][show_w],
            "period": axes["period"][show_t],
            "kind": texts(f.case["workloads"], "kind")[show_w],
            "unit": unit[show_w],
            "demand": amount,
            "served": np.where(
                np.isin(work.kind[show_w], ["share", "multiple"]),
                value,
                np.minimum(value, amount - missing),
            ),
            "short": missing,
            "short_usd": missing * np.nan_to_num(price[show_w]),
            "why": np.where(
                missing > 0, "serving it would cost more than the price of not serving", ""
            ),
            "marginal_usd_per_unit": per_unit,
        }
    )
    weights = work.demand * index.mid
    total = weights.sum(axis=1)
    known = np.nan_to_num(dual) * work.demand
    marginal = np.divide(known.sum(axis=1), total, out=np.full(W, np.nan), where=total > 0)
    return table, dict(zip(axes["workload"], marginal, strict=True))
